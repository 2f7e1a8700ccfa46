/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding directories, opening files and trimming them, in a scratch directory. */
#include "common/ctf.h"
#include "common/wire.h"
#include "policy/broker/resolve.h"
#include "policy/broker/trim.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

static const char *path(const char *name)
{
	static char full[4][512];
	static unsigned int next;
	char *out = full[next++ % 4];

	snprintf(out, 512, "%s/%s", scratch, name);
	return out;
}

static void set_up(void)
{
	strcpy(scratch, "/tmp/rf-unit-XXXXXX");
	cr_assert(mkdtemp(scratch));
	umask(0);
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", scratch);
	cr_expect_eq(system(command), 0);
}

TestSuite(broker_trees, .init = set_up, .fini = tear_down);

static int scratch_dir(void)
{
	int fd = open(scratch, O_PATH | O_DIRECTORY);

	cr_assert_geq(fd, 0);
	return fd;
}

static void put(const char *name, const void *bytes, size_t len)
{
	int fd = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0660);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static off_t size_of(const char *name)
{
	struct stat st;

	return stat(path(name), &st) < 0 ? -1 : st.st_size;
}

Test(broker_trees, missing_directories_are_made_with_their_mode)
{
	struct stat st;
	int fd = rf_resolve_root(path("a//b/./c"), getuid());

	cr_assert_geq(fd, 0);
	cr_expect_eq(stat(path("a/b/c"), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0770u);
	close(fd);
}

Test(broker_trees, the_root_path_may_not_climb)
{
	cr_expect_eq(rf_resolve_root(path("../x"), getuid()), -EINVAL);
	cr_expect_eq(rf_resolve_root("relative", getuid()), -EINVAL);
}

Test(broker_trees, a_file_in_the_way_is_said)
{
	put("file", "x", 1);
	cr_expect_eq(rf_resolve_root(path("file/sub"), getuid()), -ENOTDIR);
}

Test(broker_trees, links_of_the_owner_are_followed_those_of_others_are_not)
{
	mkdir(path("real"), 0770);
	cr_assert_eq(symlink(path("real"), path("link")), 0);

	int fd = rf_resolve_root(path("link/x"), getuid());

	cr_assert_geq(fd, 0);
	close(fd);
	cr_expect_eq(access(path("real/x"), F_OK), 0);
	if (getuid() != 0)
		cr_skip_test("giving a link to another uid needs root");
	cr_assert_eq(lchown(path("link"), 54321, 54321), 0);
	cr_expect_eq(rf_resolve_root(path("link/y"), 1000), -EPERM);
	cr_expect_neq(access(path("real/y"), F_OK), 0);
	/* Even for root: it is not root who made it. */
	cr_expect_eq(rf_resolve_root(path("link/y"), 0), -EPERM);
}

Test(broker_trees, a_loop_of_links_ends)
{
	cr_assert_eq(symlink(path("b"), path("a")), 0);
	cr_assert_eq(symlink(path("a"), path("b")), 0);
	cr_expect_eq(rf_resolve_root(path("a/x"), getuid()), -ELOOP);
}

Test(broker_trees, nothing_below_the_root_is_followed)
{
	int dir = scratch_dir();

	cr_assert_eq(symlink("/tmp", path("ust")), 0);
	cr_expect_lt(rf_resolve_below(dir, "ust", 0), 0);
	cr_expect_lt(rf_resolve_below(dir, "ust/uid", 0), 0);
	cr_expect_neq(access("/tmp/uid", F_OK), 0);
	cr_expect_lt(rf_resolve_below(dir, "../rf-unit-outside", 0), 0);
	close(dir);
}

Test(broker_trees, a_new_directory_must_be_new)
{
	int dir = scratch_dir();
	int fd = rf_resolve_below(dir, "ust/pid/p-1", 1);

	cr_assert_geq(fd, 0);
	close(fd);
	cr_expect_eq(rf_resolve_below(dir, "ust/pid/p-1", 1), -EEXIST);
	fd = rf_resolve_below(dir, "ust/pid/p-1", 0);
	cr_expect_geq(fd, 0);
	close(fd);
	close(dir);
}

Test(broker_trees, files_are_new_or_the_owners_own_and_emptied)
{
	struct stat st;
	int dir = scratch_dir();
	int fd = rf_resolve_file(dir, "c_0", getuid());

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, "abc", 3), 3);
	close(fd);
	cr_assert_eq(stat(path("c_0"), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0660u);
	fd = rf_resolve_file(dir, "c_0", getuid());
	cr_assert_geq(fd, 0);
	cr_expect_eq(size_of("c_0"), 0);
	cr_expect_eq(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_WRONLY);
	close(fd);
	close(dir);
}

Test(broker_trees, what_is_not_the_owners_file_stays_untouched)
{
	int dir = scratch_dir();

	put("victim", "precious", 8);
	cr_assert_eq(link(path("victim"), path("hard")), 0);
	cr_expect_eq(rf_resolve_file(dir, "hard", getuid()), -EEXIST);
	cr_assert_eq(symlink("victim", path("soft")), 0);
	cr_expect_lt(rf_resolve_file(dir, "soft", getuid()), 0);
	cr_assert_eq(mkfifo(path("pipe"), 0660), 0);
	cr_expect_lt(rf_resolve_file(dir, "pipe", getuid()), 0);
	put("other", "x", 1);
	cr_expect_eq(rf_resolve_file(dir, "other", getuid() + 1), -EEXIST);
	cr_expect_eq(size_of("victim"), 8);
	cr_expect_eq(size_of("other"), 1);
	close(dir);
}

static void put_index(const char *name, unsigned int entries, uint64_t packet, size_t torn)
{
	struct rf_writer w;

	rf_writer_init_growing(&w, 65536, RF_BIG_ENDIAN);
	rf_write_u32(&w, RF_INDEX_MAGIC);
	rf_write_u32(&w, RF_INDEX_MAJOR);
	rf_write_u32(&w, RF_INDEX_MINOR);
	rf_write_u32(&w, RF_INDEX_ENTRY);
	for (unsigned int i = 0; i < entries; i++) {
		rf_write_u64(&w, i * packet);
		rf_write_u64(&w, packet * 8);
		rf_write_zeros(&w, RF_INDEX_ENTRY - 16);
	}
	rf_write_zeros(&w, torn);
	put(name, w.base, w.at);
	rf_writer_free(&w);
}

static void put_zeros(const char *name, size_t len)
{
	char *bytes = calloc(1, len + 1);

	put(name, bytes, len);
	free(bytes);
}

static void trim(void)
{
	int dir = scratch_dir();

	rf_trim_trace(dir);
	close(dir);
}

Test(broker_trees, trimming_leaves_whole_packets)
{
	mkdir(path("index"), 0770);
	put_index("index/c_0.idx", 2, 4096, 30); /* an entry was being written */
	put_zeros("c_0", 2 * 4096 + 100);        /* and a packet */
	put_index("index/c_1.idx", 3, 4096, 0);  /* the last entry's packet is not whole */
	put_zeros("c_1", 2 * 4096 + 4095);
	put_index("index/c_2.idx", 2, 4096, 0); /* nothing is wrong */
	put_zeros("c_2", 2 * 4096);
	put_index("index/c_3.idx", 0, 0, 0);
	put_zeros("c_3", 10);
	trim();
	cr_expect_eq(size_of("c_0"), 2 * 4096);
	cr_expect_eq(size_of("index/c_0.idx"), RF_INDEX_HEADER + 2 * RF_INDEX_ENTRY);
	cr_expect_eq(size_of("c_1"), 2 * 4096);
	cr_expect_eq(size_of("index/c_1.idx"), RF_INDEX_HEADER + 2 * RF_INDEX_ENTRY);
	cr_expect_eq(size_of("c_2"), 2 * 4096);
	cr_expect_eq(size_of("index/c_2.idx"), RF_INDEX_HEADER + 2 * RF_INDEX_ENTRY);
	cr_expect_eq(size_of("c_3"), 0);
}

static void put_metadata(unsigned int packets, size_t torn)
{
	struct rf_writer w;

	rf_writer_init_growing(&w, 1u << 20, RF_HOST_ORDER);
	for (unsigned int i = 0; i < packets; i++) {
		rf_write_u32(&w, RF_CTF_METADATA_MAGIC);
		rf_write_zeros(&w, 16 + 4);
		rf_write_u32(&w, 100 * 8);
		rf_write_u32(&w, 4096 * 8);
		rf_write_zeros(&w, 4096 - 32);
	}
	put("metadata", w.base, w.at - (packets ? torn : 0));
	rf_writer_free(&w);
}

Test(broker_trees, trimming_leaves_whole_metadata)
{
	mkdir(path("index"), 0770);
	put_metadata(3, 5);
	trim();
	cr_expect_eq(size_of("metadata"), 2 * 4096);
	put_metadata(3, 0);
	trim();
	cr_expect_eq(size_of("metadata"), 3 * 4096);
	put_metadata(1, 4090);
	trim();
	cr_expect_eq(size_of("metadata"), 0);
}

Test(broker_trees, trimming_follows_no_link)
{
	mkdir(path("index"), 0770);
	put_zeros("victim", 500);
	cr_assert_eq(symlink("victim", path("c_0")), 0);
	put_index("index/c_0.idx", 0, 0, 0);
	trim();
	cr_expect_eq(size_of("victim"), 500);
}
