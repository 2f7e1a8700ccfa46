/* SPDX-License-Identifier: GPL-2.0-only */
/* Chunks of a tree, as the run-as worker makes, moves and removes them. */
#include "tests/unit/worker_peer.h"

#include <dirent.h>
#include <time.h>

/* Times of the requests, UTC: begin 0, end 60. */
#define BEGIN "19700101T000000+0000"
#define END "19700101T000100+0000"
#define UID_DIR "ust/uid/1000/64-bit"

static struct worker_peer peer;

static void begin(void)
{
	struct rf_identity owner = {.uid = getuid(), .gid = getgid()};

	setenv("TZ", "UTC0", 1);
	tzset();
	worker_start(&peer, &owner);
	cr_assert_eq(worker_tree_at(&peer, peer.dir), 0);
}

static void end(void)
{
	worker_end(&peer);
}

TestSuite(broker_chunks, .init = begin, .fini = end);

/* A trace with a file of each kind. */
static void make_trace(uint32_t dir, uint32_t chunk)
{
	cr_assert_eq(worker_dir(&peer, dir, chunk, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_streams(&peer, dir, "ch", 0, 2, RF_NO_FILE_NUMBER, false), 0);
	worker_close_fds(&peer);
	cr_assert_eq(worker_metadata(&peer, dir), 0);
	worker_close_fds(&peer);
}

Test(broker_chunks, names_are_of_fields)
{
	char full[600];

	cr_expect_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	cr_expect_str_eq(peer.where, peer.dir);
	cr_expect(worker_has(&peer, "ust"));
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_NUMBERED, 7, ""), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, BEGIN "-7"));
	cr_expect(worker_has(&peer, BEGIN "-7/ust"));
	cr_expect_eq(worker_chunk(&peer, 3, RF_CHUNK_SNAPSHOT, 3, "snapshot-1"), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, "snapshot-1-19700101-000000-3"));
	cr_expect_eq(worker_dir(&peer, 9, 2, RF_DIR_TRACE, RF_DIR_UST_PID), 0);
	snprintf(full, sizeof(full), "%s/%s", worker_path(&peer, BEGIN "-7"), "ust/pid/app-5-19700101-000000");
	cr_expect_str_eq(peer.where, full);
}

Test(broker_chunks, ids_are_new_and_known)
{
	cr_expect_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	cr_expect_eq(worker_chunk(&peer, 1, RF_CHUNK_NUMBERED, 1, ""), -EEXIST);
	cr_expect_eq(worker_chunk(&peer, 0, RF_CHUNK_NUMBERED, 1, ""), -EINVAL);
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_BASE, 0, ""), -EEXIST);
	cr_expect_eq(worker_chunk(&peer, 3, (enum rf_chunk_kind)9, 0, ""), -EINVAL);
	cr_expect_eq(worker_dir(&peer, 1, 77, RF_DIR_TRACE, RF_DIR_UST_UID), -ENOENT);
	cr_expect_eq(worker_dir(&peer, 1, 0, RF_DIR_TRACE, RF_DIR_UST_UID), -ENOENT);
	cr_expect_not(worker_has(&peer, "ust/uid"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 77, false), -ENOENT);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 0, false), -ENOENT);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 77, false), -ENOENT);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 0, false), -ENOENT);
	/* Only what was retired is archived, and that once. */
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 1, false), -EINVAL);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), -EINVAL);
	cr_expect_eq(worker_chunk(&peer, 4, RF_CHUNK_SNAPSHOT, 0, "s"), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 4, false), -EINVAL);
}

Test(broker_chunks, a_rotation_moves_what_is_open)
{
	int data;

	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_streams(&peer, 1, "ch", 0, 1, RF_NO_FILE_NUMBER, false), 0);
	data = dup(peer.fds[0]);
	worker_close_fds(&peer);
	worker_put(&peer, "foreign", "mine");
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, ".tmp_old_chunk"));
	cr_expect(worker_has(&peer, ".tmp_old_chunk/" UID_DIR "/ch_0"));
	cr_expect_not(worker_has(&peer, "ust"));
	cr_expect(worker_has(&peer, "foreign"));

	/* The next has its own directory of the same user, under its plain name. */
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_NUMBERED, 1, ""), 0);
	cr_expect_eq(worker_dir(&peer, 2, 2, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_expect(worker_has(&peer, BEGIN "-1/" UID_DIR "/index"));
	/* The old one is still granted. */
	cr_expect_eq(worker_metadata(&peer, 1), 0);
	worker_close_fds(&peer);
	cr_expect(worker_has(&peer, ".tmp_old_chunk/" UID_DIR "/metadata"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 1, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, "archives/" BEGIN "-" END "-0"));
	cr_expect_not(worker_has(&peer, ".tmp_old_chunk"));
	cr_assert_eq(write(data, "late", 4), 4);
	close(data);
	cr_expect(worker_has(&peer, "archives/" BEGIN "-" END "-0/" UID_DIR "/ch_0"));
	/* Until it is closed, then no more. */
	cr_expect_eq(worker_streams(&peer, 1, "late", 0, 1, RF_NO_FILE_NUMBER, false), 0);
	worker_close_fds(&peer);
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, 1);
	cr_expect_eq(worker_metadata(&peer, 1), -ENOENT);
	/* A chunk that was archived is forgotten. */
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), -ENOENT);
}

Test(broker_chunks, a_numbered_one_moves_as_a_whole)
{
	cr_assert_eq(worker_chunk(&peer, 5, RF_CHUNK_NUMBERED, 3, ""), 0);
	make_trace(1, 5);
	worker_put(&peer, BEGIN "-3/foreign", "mine");
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 5, false), 0);
	cr_expect_not(worker_has(&peer, BEGIN "-3"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 5, false), 0);
	cr_expect(worker_has(&peer, "archives/" BEGIN "-" END "-3/foreign"));
	cr_expect(worker_has(&peer, "archives/" BEGIN "-" END "-3/" UID_DIR "/metadata"));
}

Test(broker_chunks, what_is_there_already_is_never_replaced)
{
	cr_assert_eq(mkdir(worker_path(&peer, BEGIN "-1"), 0770), 0);
	cr_expect_eq(worker_chunk(&peer, 1, RF_CHUNK_NUMBERED, 1, ""), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, BEGIN "-1-1"));
	/* An empty leftover makes room, one that holds something does not. */
	cr_assert_eq(mkdir(worker_path(&peer, ".tmp_old_chunk"), 0770), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, ".tmp_old_chunk"));
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_NUMBERED, 2, ""), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 2, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, ".tmp_old_chunk-1"));
	cr_assert_eq(mkdir(worker_path(&peer, "archives"), 0770), 0);
	cr_assert_eq(mkdir(worker_path(&peer, "archives/" BEGIN "-" END "-1"), 0770), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 1, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, "archives/" BEGIN "-" END "-1-1"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 2, false), 0);
}

Test(broker_chunks, a_leftover_with_foreign_files_is_passed_by)
{
	cr_assert_eq(mkdir(worker_path(&peer, ".tmp_old_chunk"), 0770), 0);
	worker_put(&peer, ".tmp_old_chunk/foreign", "mine");
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	make_trace(1, 1);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, ".tmp_old_chunk-1"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, ".tmp_old_chunk-1"));
	cr_expect(worker_has(&peer, ".tmp_old_chunk/foreign"));
}

Test(broker_chunks, removing_leaves_nothing_of_ours)
{
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_NUMBERED, 0, ""), 0);
	make_trace(1, 1);
	cr_assert_eq(worker_dir(&peer, 2, 1, RF_DIR_TRACE, RF_DIR_UST_PID), 0);
	for (uint32_t number = 0; number < 5; number++) {
		cr_assert_eq(worker_streams(&peer, 2, "set", 0, 3, number, false), 0);
		worker_close_fds(&peer);
	}
	/* A single processor's set goes on, and begins anew. */
	for (uint32_t number = 5; number < 9; number++) {
		cr_assert_eq(worker_streams(&peer, 2, "set", 1, 1, number % 8, false), 0);
		worker_close_fds(&peer);
	}
	cr_assert_eq(worker_streams(&peer, 2, "flat", 0, 2, RF_NO_FILE_NUMBER, true), 0);
	worker_close_fds(&peer);
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, 2);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, BEGIN "-0"));
	cr_expect(worker_has(&peer, ""));
	/* Its name and id are free. */
	cr_expect_eq(worker_chunk(&peer, 1, RF_CHUNK_NUMBERED, 0, ""), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, BEGIN "-0"));
}

Test(broker_chunks, removing_leaves_what_is_foreign)
{
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	make_trace(1, 1);
	worker_put(&peer, UID_DIR "/ch_2", "mine");
	worker_put(&peer, UID_DIR "/index/ch_2.idx", "mine");
	/* What was ours is somebody's link now. */
	worker_put(&peer, "precious", "mine");
	cr_assert_eq(unlink(worker_path(&peer, UID_DIR "/ch_1")), 0);
	cr_assert_eq(symlink("../../../../precious", worker_path(&peer, UID_DIR "/ch_1")), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, true), 0);
	cr_expect(worker_has(&peer, UID_DIR "/ch_2"));
	cr_expect(worker_has(&peer, UID_DIR "/index/ch_2.idx"));
	cr_expect(worker_has(&peer, UID_DIR "/ch_1"));
	cr_expect(worker_has(&peer, "precious"));
	cr_expect_not(worker_has(&peer, UID_DIR "/ch_0"));
	cr_expect_not(worker_has(&peer, UID_DIR "/metadata"));
	cr_expect_not(worker_has(&peer, UID_DIR "/index/ch_0.idx"));
}

Test(broker_chunks, removing_follows_no_link)
{
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	make_trace(1, 1);
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, 1);
	cr_expect_eq(worker_metadata(&peer, 1), -ENOENT); /* it has been closed now */
	/* Where ours was, a link to the same names elsewhere. */
	cr_assert_eq(rename(worker_path(&peer, "ust"), worker_path(&peer, "elsewhere")), 0);
	cr_assert_eq(symlink("elsewhere", worker_path(&peer, "ust")), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect(worker_has(&peer, "elsewhere/uid/1000/64-bit/ch_0"));
	cr_expect(worker_has(&peer, "elsewhere/uid/1000/64-bit/metadata"));
	cr_expect(worker_has(&peer, "ust"));
}

Test(broker_chunks, retiring_and_archiving_follow_no_link)
{
	cr_assert_eq(mkdir(worker_path(&peer, "trap"), 0770), 0);
	cr_assert_eq(symlink("trap", worker_path(&peer, ".tmp_old_chunk")), 0);
	cr_assert_eq(symlink("trap", worker_path(&peer, "archives")), 0);
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, ".tmp_old_chunk-1"));
	cr_expect_lt(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 1, false), 0);
	cr_expect_eq(rmdir(worker_path(&peer, "trap")), 0);
}

Test(broker_chunks, the_root_goes_when_it_is_empty_and_that_is_wanted)
{
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	make_trace(1, 1);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, true), 0);
	cr_expect_not(worker_has(&peer, ""));
	cr_assert_eq(mkdir(peer.dir, 0700), 0); /* another: not that one */
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_NUMBERED, 1, ""), -ENOENT);
	cr_assert_eq(worker_chunk(&peer, 3, RF_CHUNK_BASE, 1, ""), -ENOENT);
	cr_expect(worker_has(&peer, ""));
}

Test(broker_chunks, a_cleared_base_begins_again_in_place)
{
	struct stat before;
	struct stat after;

	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	make_trace(1, 1);
	cr_assert_eq(stat(worker_path(&peer, UID_DIR), &before), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_BASE, 1, ""), 0);
	make_trace(2, 2);
	cr_assert_eq(stat(worker_path(&peer, UID_DIR), &after), 0);
	cr_expect_neq(before.st_ino, after.st_ino);
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, 1);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, ".tmp_old_chunk"));
	cr_expect(worker_has(&peer, UID_DIR "/ch_0"));
}

Test(broker_chunks, one_user_twice_in_a_chunk_gets_a_companion)
{
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	make_trace(1, 1);
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, 1);
	cr_expect_eq(worker_dir(&peer, 2, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, UID_DIR "-1"));
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, 2);
	cr_expect_eq(worker_dir(&peer, 3, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, UID_DIR "-2"));
}

static uint32_t finish_process(uint32_t pid, const char *channel)
{
	cr_assert_eq(worker_dir_of(&peer, pid, 1, RF_DIR_TRACE, RF_DIR_UST_PID, pid), 0);
	cr_assert_eq(worker_streams(&peer, pid, channel, 0, 2, RF_NO_FILE_NUMBER, pid % 2), 0);
	worker_close_fds(&peer);
	cr_assert_eq(worker_metadata(&peer, pid), 0);
	worker_close_fds(&peer);
	worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, pid);
	return pid;
}

/* Some have the same files, some do not, and there are more than one block of memory has room for. */
Test(broker_chunks, finished_processes_are_removed_with_their_chunk)
{
	uint32_t pid = 0;

	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_NUMBERED, 0, ""), 0);
	while (pid < 300) {
		char channel[16];

		snprintf(channel, sizeof(channel), "ch%u", pid % 40);
		pid = finish_process(pid + 1, channel);
	}
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, BEGIN "-0"));
}

static long memory(void)
{
	char name[64];
	char line[256];
	long kib = -1;
	FILE *status;

	snprintf(name, sizeof(name), "/proc/%d/status", (int)peer.pid);
	status = fopen(name, "r");
	cr_assert(status);
	while (kib < 0 && fgets(line, sizeof(line), status))
		sscanf(line, "RssAnon: %ld", &kib);
	fclose(status);
	cr_assert_geq(kib, 0);
	return kib * 1024;
}

/* There is one for each process that ever ran in a chunk. */
Test(broker_chunks, a_finished_process_takes_little_memory)
{
	uint32_t pid = 0;
	long before;

#ifdef RF_SANITIZED
	cr_skip_test("sanitizers keep memory that was freed");
#endif
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_NUMBERED, 0, ""), 0);
	while (pid < 100)
		pid = finish_process(pid + 1, "channel");
	cr_expect_eq(worker_metadata(&peer, 9999), -ENOENT); /* it has done all before */
	before = memory();
	while (pid < 1100)
		pid = finish_process(pid + 1, "channel");
	cr_expect_eq(worker_metadata(&peer, 9999), -ENOENT);
	cr_expect_leq(memory() - before, 100 * 1000);
}

/* A dead consumer's files are cut wherever they are. */
Test(broker_chunks, trimming_finds_a_moved_directory)
{
	struct stat st;

	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_BASE, 0, ""), 0);
	cr_assert_eq(worker_dir(&peer, 1, 1, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
	cr_assert_eq(worker_streams(&peer, 1, "ch", 0, 1, RF_NO_FILE_NUMBER, false), 0);
	cr_assert_eq(write(peer.fds[0], "torn", 4), 4);
	worker_close_fds(&peer);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	worker_tell_id(&peer, RF_WORKER_TRIM, 1);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_ARCHIVE_CHUNK, 1, false), 0);
	cr_assert_eq(stat(worker_path(&peer, "archives/" BEGIN "-" END "-0/" UID_DIR "/ch_0"), &st), 0);
	cr_expect_eq(st.st_size, 0);
}

static int count_descriptors(void)
{
	char fds[64];
	int count = 0;
	DIR *list;

	/* Its answer says that it has done all before. */
	cr_expect_eq(worker_metadata(&peer, 9999), -ENOENT);
	snprintf(fds, sizeof(fds), "/proc/%d/fd", (int)peer.pid);
	list = opendir(fds);
	cr_assert(list);
	while (readdir(list))
		count++;
	closedir(list);
	return count;
}

Test(broker_chunks, old_snapshots_are_forgotten)
{
	int before = 0;

	for (uint32_t i = 1; i <= 200; i++) {
		cr_assert_eq(worker_chunk(&peer, i, RF_CHUNK_SNAPSHOT, i, "s"), 0);
		cr_assert_eq(worker_dir(&peer, i, i, RF_DIR_TRACE, RF_DIR_UST_UID), 0);
		if (i != 1)
			worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, i);
		if (i == 100)
			before = count_descriptors();
	}
	cr_expect_eq(count_descriptors(), before);
	/* The newest and one that is in use are still known, what was forgotten is still there. */
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 200, false), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 50, false), -ENOENT);
	cr_expect(worker_has(&peer, "s-19700101-000000-50/" UID_DIR));
	cr_expect_eq(worker_metadata(&peer, 1), 0);
	worker_close_fds(&peer);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
}

Test(broker_chunks, descriptors_do_not_pile_up)
{
	int before = count_descriptors();

	for (uint32_t i = 1; i <= 50; i++) {
		uint32_t end_type = i % 2 ? RF_BROKER_ARCHIVE_CHUNK : RF_BROKER_REMOVE_CHUNK;

		cr_assert_eq(worker_chunk(&peer, i, RF_CHUNK_NUMBERED, i, ""), 0);
		make_trace(i, i);
		cr_assert_eq(worker_dir(&peer, 1000 + i, i, RF_DIR_TRACE, RF_DIR_UST_PID), 0);
		cr_assert_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, i, false), 0);
		cr_assert_eq(worker_end_chunk(&peer, end_type, i, false), 0);
		worker_tell_id(&peer, RF_BROKER_CLOSE_DIR, i);
		worker_tell_id(&peer, RF_BROKER_REMOVE_DIR, 1000 + i);
	}
	cr_expect_eq(count_descriptors(), before);
}

/* Somebody who moves the output away expects the next snapshot where the path says. */
Test(broker_chunks, snapshots_are_where_the_path_leads_now)
{
	char moved[600];

	snprintf(moved, sizeof(moved), "%s-moved", peer.dir);
	cr_assert_eq(worker_chunk(&peer, 1, RF_CHUNK_SNAPSHOT, 0, "s"), 0);
	cr_assert_eq(rename(peer.dir, moved), 0);
	cr_expect_eq(worker_chunk(&peer, 2, RF_CHUNK_SNAPSHOT, 1, "s"), -ESTALE);
	cr_expect_not(worker_has(&peer, "s-19700101-000000-1"));
	cr_assert_eq(rmdir(peer.dir), 0, "it was looked for, and is empty");
	cr_assert_eq(rename(moved, peer.dir), 0);
	cr_expect_eq(worker_chunk(&peer, 3, RF_CHUNK_SNAPSHOT, 2, "s"), 0);
}

static int kernel_chunk(uint32_t chunk, enum rf_chunk_kind kind, uint8_t parts)
{
	const struct rf_broker_make_chunk request = {
		.tree = 1, .chunk = chunk, .kind = (uint8_t)kind, .parts = parts, .number = 1};
	struct rf_writer w = worker_body();

	rf_broker_make_chunk_encode(&w, &request);
	return worker_ask(&peer, RF_BROKER_MAKE_CHUNK, &w, -1);
}

static void make_kernel_trace(uint32_t dir, uint32_t chunk)
{
	cr_assert_eq(worker_dir(&peer, dir, chunk, RF_DIR_TRACE, RF_DIR_KERNEL), 0);
	cr_assert_eq(worker_streams(&peer, dir, "ch", 0, 2, RF_NO_FILE_NUMBER, false), 0);
	worker_close_fds(&peer);
	cr_assert_eq(worker_metadata(&peer, dir), 0);
	worker_close_fds(&peer);
}

Test(broker_chunks, a_chunk_has_the_parts_that_were_asked_for)
{
	cr_expect_eq(kernel_chunk(1, RF_CHUNK_BASE, RF_CHUNK_KERNEL), 0);
	cr_expect(worker_has(&peer, "kernel/index"));
	cr_expect_not(worker_has(&peer, "ust"));
	cr_expect_eq(kernel_chunk(2, RF_CHUNK_NUMBERED, RF_CHUNK_KERNEL | RF_CHUNK_UST), 0);
	cr_expect(worker_has(&peer, BEGIN "-1/kernel/index"));
	cr_expect(worker_has(&peer, BEGIN "-1/ust"));
}

Test(broker_chunks, the_kernels_trace_moves_with_its_chunk_and_goes_with_it)
{
	char full[600];

	cr_expect_eq(kernel_chunk(1, RF_CHUNK_BASE, RF_CHUNK_KERNEL | RF_CHUNK_UST), 0);
	make_kernel_trace(11, 1);
	make_trace(12, 1);
	snprintf(full, sizeof(full), "%s", worker_path(&peer, "kernel/ch_1"));
	cr_expect_eq(access(full, F_OK), 0);
	cr_expect(worker_has(&peer, "kernel/index/ch_0.idx"));
	/* A second one of the same chunk never gets the files of the first. */
	cr_expect_eq(worker_dir(&peer, 13, 1, RF_DIR_TRACE, RF_DIR_KERNEL), 0);
	cr_expect(worker_has(&peer, "kernel-1/index"));
	worker_tell_id(&peer, RF_BROKER_REMOVE_DIR, 13);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, "kernel"));
	cr_expect_not(worker_has(&peer, "ust"));
	cr_expect(worker_has(&peer, ".tmp_old_chunk/kernel/ch_0"));
	cr_expect(worker_has(&peer, ".tmp_old_chunk/" UID_DIR "/ch_0"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, ".tmp_old_chunk"));
}

Test(broker_chunks, a_part_that_is_gone_is_no_hindrance)
{
	cr_expect_eq(kernel_chunk(1, RF_CHUNK_BASE, RF_CHUNK_KERNEL | RF_CHUNK_UST), 0);
	make_kernel_trace(11, 1);
	/* A foreign hand. */
	cr_assert_eq(rename(worker_path(&peer, "kernel"), worker_path(&peer, "aside")), 0);
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_RETIRE_CHUNK, 1, false), 0);
	cr_expect(worker_has(&peer, ".tmp_old_chunk/ust"));
	cr_expect_not(worker_has(&peer, "ust"));
}

Test(broker_chunks, an_empty_part_of_the_kernel_goes_with_its_chunk)
{
	cr_expect_eq(kernel_chunk(1, RF_CHUNK_NUMBERED, RF_CHUNK_KERNEL), 0);
	cr_expect(worker_has(&peer, BEGIN "-1/kernel/index"));
	cr_expect_eq(worker_end_chunk(&peer, RF_BROKER_REMOVE_CHUNK, 1, false), 0);
	cr_expect_not(worker_has(&peer, BEGIN "-1"));
}
