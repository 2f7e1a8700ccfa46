/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that the run-as worker opens for consumers: of traces, of ring buffers. */
#include "common/ctf.h"
#include "tests/unit/worker_peer.h"

#define UID_DIR "ust/uid/1000/64-bit"

static struct worker_peer peer;

static void begin(void)
{
	struct rf_identity owner = {.uid = getuid(), .gid = getgid()};

	worker_start(&peer, &owner);
	cr_assert_eq(worker_tree_at(&peer, peer.dir), 0);
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
}

static void end(void)
{
	worker_end(&peer);
}

TestSuite(broker_files, .init = begin, .fini = end);

static struct stat status_of(const char *name)
{
	struct stat st = {0};

	cr_expect_eq(stat(worker_path(&peer, name), &st), 0, "%s", name);
	return st;
}

Test(broker_files, a_numbered_file_is_used_again_and_emptied)
{
	struct stat before;
	struct stat after;

	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_streams(&peer, 1, "ch", 1, 1, 2, false), 0);
	cr_expect_eq(peer.fd_count, 2);
	cr_assert_eq(write(peer.fds[0], "data", 4), 4);
	cr_assert_eq(write(peer.fds[1], "index", 5), 5);
	worker_close_fds(&peer);
	before = status_of(UID_DIR "/ch_1_2");
	cr_expect_eq(before.st_mode & 07777, 0660u);
	cr_expect_eq(before.st_size, 4);
	cr_expect_eq(status_of(UID_DIR "/index/ch_1_2.idx").st_size, 5);
	cr_assert_eq(worker_streams(&peer, 1, "ch", 1, 1, 2, false), 0);
	worker_close_fds(&peer);
	after = status_of(UID_DIR "/ch_1_2");
	cr_expect_eq(after.st_ino, before.st_ino);
	cr_expect_eq(after.st_size, 0);
	cr_expect_eq(status_of(UID_DIR "/index/ch_1_2.idx").st_size, 0);
}

Test(broker_files, without_index_there_is_one_descriptor_each)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_expect_eq(worker_streams(&peer, 1, "ch", 0, 3, RF_NO_FILE_NUMBER, true), 0);
	cr_expect_eq(peer.fd_count, 3);
	worker_close_fds(&peer);
	cr_expect(worker_has(&peer, UID_DIR "/ch_2"));
	cr_expect(worker_has(&peer, UID_DIR "/index"));
	cr_expect_not(worker_has(&peer, UID_DIR "/index/ch_2.idx"));
}

Test(broker_files, buffers_are_private_and_new)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_BUFFERS, RF_DIR_UST_UID), 0);
	cr_expect_not(worker_has(&peer, UID_DIR "/index"));
	cr_assert_eq(worker_buffers(&peer, 1, "ch", 4, 2), 0);
	cr_assert_eq(peer.fd_count, 2);
	cr_expect_eq(fcntl(peer.fds[0], F_GETFL) & O_ACCMODE, O_RDWR);
	worker_close_fds(&peer);
	cr_expect_eq(status_of(UID_DIR "/ch_4").st_mode & 07777, 0600u);
	cr_expect(worker_has(&peer, UID_DIR "/ch_5"));
	cr_expect_eq(worker_buffers(&peer, 1, "ch", 5, 2), -EEXIST);
	cr_expect_eq(peer.fd_count, 0);
	/* All or none, and what was there before stays. */
	worker_put(&peer, UID_DIR "/half_1", "mine");
	cr_expect_eq(worker_buffers(&peer, 1, "half", 0, 2), -EEXIST);
	cr_expect_not(worker_has(&peer, UID_DIR "/half_0"));
	cr_expect_eq(status_of(UID_DIR "/half_1").st_size, 4);
	cr_assert_eq(worker_metadata(&peer, 1), 0);
	cr_assert_eq(peer.fd_count, 1);
	cr_expect_eq(fcntl(peer.fds[0], F_GETFL) & O_ACCMODE, O_WRONLY);
	worker_close_fds(&peer);
	cr_expect_eq(status_of(UID_DIR "/metadata").st_mode & 07777, 0600u);
	cr_expect_eq(worker_metadata(&peer, 1), -EEXIST);
}

Test(broker_files, a_directory_serves_its_purpose_only)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_BUFFERS, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_dir(&peer, 2, 1, RF_DIR_TRACE, RF_DIR_UST_PID), 0);
	cr_expect_eq(worker_streams(&peer, 1, "ch", 0, 1, RF_NO_FILE_NUMBER, false), -EACCES);
	cr_expect_eq(worker_buffers(&peer, 2, "ch", 0, 1), -EACCES);
	cr_expect_eq(worker_buffers(&peer, 7, "ch", 0, 1), -ENOENT);
}

Test(broker_files, names_that_are_paths_are_refused)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_BUFFERS, RF_DIR_UST_UID), 0);
	cr_expect_eq(worker_buffers(&peer, 1, "../../above", 0, 1), -EINVAL);
	cr_expect_eq(worker_buffers(&peer, 1, "", 0, 1), -EINVAL);
	cr_expect_eq(worker_buffers(&peer, 1, "ch", 0, 0), -EINVAL);
	cr_expect_eq(worker_buffers(&peer, 1, "ch", 0, RF_OPEN_STREAMS_MAX + 1), -EINVAL);
}

Test(broker_files, removed_directories_leave_nothing)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_BUFFERS, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_buffers(&peer, 1, "ch", 0, 4), 0);
	worker_close_fds(&peer);
	cr_assert_eq(worker_metadata(&peer, 1), 0);
	worker_close_fds(&peer);
	cr_assert_eq(worker_dir(&peer, 2, 1, RF_DIR_BUFFERS, RF_DIR_UST_PID), 0);
	cr_assert_eq(worker_buffers(&peer, 2, "ch", 0, 1), 0);
	worker_close_fds(&peer);
	worker_tell_id(&peer, RF_BROKER_REMOVE_DIR, 2);
	cr_expect_eq(worker_metadata(&peer, 2), -ENOENT);
	cr_expect_not(worker_has(&peer, "ust/pid"));
	cr_expect(worker_has(&peer, UID_DIR "/ch_3"));
	worker_tell_id(&peer, RF_BROKER_REMOVE_DIR, 1);
	cr_expect_eq(worker_metadata(&peer, 1), -ENOENT);
	cr_expect_not(worker_has(&peer, "ust"));
	cr_expect(worker_has(&peer, ""));
}

/* Of a snapshot: packets of 128 bytes. */
static void put_packets(int fd, unsigned int count, size_t torn)
{
	uint8_t packet[128] = {0};
	const uint32_t magic = RF_CTF_PACKET_MAGIC;
	const uint64_t bits = sizeof(packet) * 8;

	memcpy(packet, &magic, sizeof(magic));
	memcpy(packet + RF_CTF_PACKET_BITS_AT, &bits, sizeof(bits));
	for (unsigned int i = 0; i < count; i++)
		cr_assert_eq(write(fd, packet, sizeof(packet)), (ssize_t)sizeof(packet));
	cr_assert_eq(write(fd, packet, torn), (ssize_t)torn);
}

Test(broker_files, a_killed_consumers_snapshot_is_cut)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_streams(&peer, 1, "ch", 0, 3, RF_NO_FILE_NUMBER, true), 0);
	put_packets(peer.fds[0], 2, 127);
	put_packets(peer.fds[1], 2, 0);
	put_packets(peer.fds[2], 0, 20);
	worker_close_fds(&peer);
	worker_put(&peer, UID_DIR "/ch_3", "of somebody else");
	worker_tell_id(&peer, RF_WORKER_TRIM, 1);
	cr_expect_eq(worker_metadata(&peer, 1), 0); /* it has been trimmed now */
	worker_close_fds(&peer);
	cr_expect_eq(status_of(UID_DIR "/ch_0").st_size, 256);
	cr_expect_eq(status_of(UID_DIR "/ch_1").st_size, 256);
	cr_expect_eq(status_of(UID_DIR "/ch_2").st_size, 0);
	cr_expect_eq(status_of(UID_DIR "/ch_3").st_size, 16);
}

Test(broker_files, a_killed_consumers_ring_buffers_are_not_cut)
{
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_BUFFERS, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_metadata(&peer, 1), 0);
	cr_assert_eq(write(peer.fds[0], "text", 4), 4);
	worker_close_fds(&peer);
	worker_tell_id(&peer, RF_WORKER_TRIM, 1);
	cr_expect_eq(worker_buffers(&peer, 1, "ch", 0, 1), 0);
	worker_close_fds(&peer);
	cr_expect_eq(status_of(UID_DIR "/metadata").st_size, 4);
}
