/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about trees: what their checks refuse, what one user may have of them, workers that do not answer. */
#include "tests/unit/broker_scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

Test(broker_tree_requests, paths_that_climb_or_start_nowhere_are_refused)
{
	static const char *const roots[] = {"", "tmp/x", "/tmp/../etc", "/..", "/tmp/x/.."};
	struct bench *bench = bench_new();

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct rf_broker_make_tree request = {.tree = 1, .uid = getuid(), .gid = getgid()};
		struct rf_writer w;

		strcpy(request.root, roots[i]);
		start(&w);
		rf_broker_make_tree_encode(&w, &request);
		ask(&bench->sessiond, RF_BROKER_MAKE_TREE, &w);
		cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_MAKE_TREE), -EINVAL, "%s", roots[i]);
	}
	cr_expect(bench->sessiond.linked);
	bench_free(bench);
}

Test(broker_tree_requests, without_root_nobody_elses_tree_is_made)
{
	struct bench *bench = bench_new();
	const struct rf_broker_make_tree request = {.tree = 1, .uid = getuid() + 1, .gid = getgid(), .root = "/tmp/x"};
	struct rf_writer w;

	bench->runtime.rootless = true;
	start(&w);
	rf_broker_make_tree_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_MAKE_TREE, &w);
	cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_MAKE_TREE), -EPERM);
	bench_free(bench);
}

static int ask_chunk(struct bench *bench, uint32_t chunk, uint8_t kind, const char *name)
{
	struct rf_broker_make_chunk request = {.tree = 1, .chunk = chunk, .kind = kind};
	struct rf_writer w;

	strcpy(request.name, name);
	start(&w);
	rf_broker_make_chunk_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_MAKE_CHUNK, &w);
	return reply_status(bench->sessiond_end, RF_BROKER_MAKE_CHUNK);
}

Test(broker_tree_requests, chunks_that_make_no_sense_are_refused)
{
	static const uint32_t ends[] = {RF_BROKER_RETIRE_CHUNK, RF_BROKER_ARCHIVE_CHUNK, RF_BROKER_REMOVE_CHUNK};
	struct bench *bench = bench_new();

	cr_expect_eq(ask_chunk(bench, 0, RF_CHUNK_BASE, ""), -EINVAL);
	cr_expect_eq(ask_chunk(bench, 1, 0, ""), -EINVAL);
	cr_expect_eq(ask_chunk(bench, 1, RF_CHUNK_SNAPSHOT + 1, "n"), -EINVAL);
	cr_expect_eq(ask_chunk(bench, 1, RF_CHUNK_SNAPSHOT, ""), -EINVAL);
	cr_expect_eq(ask_chunk(bench, 1, RF_CHUNK_SNAPSHOT, "../up"), -EINVAL);
	cr_expect_eq(ask_chunk(bench, 1, RF_CHUNK_NUMBERED, "named"), -EINVAL);
	cr_expect_eq(ask_chunk(bench, 1, RF_CHUNK_NUMBERED, ""), -ENOENT); /* no such tree */
	for (size_t i = 0; i < 3; i++) {
		const struct rf_broker_chunk request = {.tree = 1, .chunk = 1};
		struct rf_writer w;

		start(&w);
		rf_broker_chunk_encode(&w, &request);
		ask(&bench->sessiond, ends[i], &w);
		cr_expect_eq(reply_status(bench->sessiond_end, ends[i]), -ENOENT);
	}
	cr_expect(bench->sessiond.linked);
	bench_free(bench);
}

Test(broker_tree_requests, a_directory_without_a_purpose_is_refused)
{
	struct bench *bench = bench_new();
	const struct rf_broker_make_dir request = {
		.dir = 1, .tree = 1, .consumer = 7, .purpose = 2, .kind = RF_DIR_UST_UID, .uid = 1000, .abi_bits = 64};
	struct rf_writer w;

	start(&w);
	rf_broker_make_dir_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_MAKE_DIR, &w);
	cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_MAKE_DIR), -EINVAL);
	bench_free(bench);
}

static int ask_dir(struct bench *bench, uint8_t kind, uint8_t purpose)
{
	const struct rf_broker_make_dir request = {.dir = 1,
		.tree = 1,
		.chunk = 1,
		.consumer = 7,
		.purpose = purpose,
		.kind = kind,
		.uid = 1000,
		.abi_bits = 64};
	struct rf_writer w;

	start(&w);
	rf_broker_make_dir_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_MAKE_DIR, &w);
	return reply_status(bench->sessiond_end, RF_BROKER_MAKE_DIR);
}

Test(broker_tree_requests, the_kernels_directories_are_for_its_consumer_alone)
{
	struct bench *bench = bench_new();
	int err;
	struct rf_tree *tree = rf_tree_open(&bench->broker, 1, getuid(), getgid(), &err);

	cr_assert(tree);
	cr_expect_eq(ask_dir(bench, RF_DIR_KERNEL, RF_DIR_TRACE), -EPERM);
	cr_expect_eq(ask_dir(bench, RF_DIR_KERNEL, RF_DIR_BUFFERS), -EINVAL);
	bench->consumer.kernel = true;
	bench->consumer.uid = 0;
	cr_expect_eq(ask_dir(bench, RF_DIR_UST_UID, RF_DIR_TRACE), -EPERM);
	cr_expect_eq(ask_dir(bench, RF_DIR_UST_PID, RF_DIR_BUFFERS), -EPERM);
	cr_expect_eq(ask_dir(bench, RF_DIR_KERNEL, RF_DIR_BUFFERS), -EINVAL);
	cr_expect_eq(bench->broker.dir_count, 0);
	rf_tree_close(tree);
	until_no_worker(bench);
	bench_free(bench);
}

Test(broker_tree_requests, one_users_directories_leave_room_for_others)
{
	struct bench *bench = bench_new();
	uint32_t id = 0;
	int err = 0;

	while (!err && id < 100000)
		err = rf_dir_grant(&bench->broker, id++, NULL, bench->consumer.id, RF_DIR_TRACE);
	cr_expect_eq(err, -EUSERS);
	cr_expect_eq(bench->broker.dir_count, 16384);
	cr_expect_eq(rf_dir_grant(&bench->broker, id, NULL, bench->consumer.id + 1, RF_DIR_TRACE), 0);
	rf_list_for_each_safe(node, tmp, &bench->broker.dirs) {
		rf_list_remove(node);
		free(rf_container_of(node, struct rf_dir, node));
	}
	bench_free(bench);
}

static int ask_save(struct bench *bench, const char *directory, const char *name, uid_t uid)
{
	struct rf_broker_save_session request = {.uid = uid, .gid = getgid()};
	struct rf_writer w;

	strcpy(request.directory, directory);
	strcpy(request.name, name);
	start(&w);
	rf_broker_save_session_encode(&w, &request);
	ask_with(&bench->sessiond, RF_BROKER_SAVE_SESSION, &w, STDERR_FILENO);
	return reply_status(bench->sessiond_end, RF_BROKER_SAVE_SESSION);
}

Test(broker_tree_requests, files_are_saved_under_good_names_only)
{
	struct bench *bench = bench_new();

	bench->runtime.rootless = true;
	cr_expect_eq(ask_save(bench, "/tmp", "a/b", getuid()), -EINVAL);
	cr_expect_eq(ask_save(bench, "/tmp", "", getuid()), -EINVAL);
	cr_expect_eq(ask_save(bench, "/tmp", ".", getuid()), -EINVAL);
	cr_expect_eq(ask_save(bench, "/tmp", "..", getuid()), -EINVAL);
	cr_expect_eq(ask_save(bench, "/tmp/../etc", "s", getuid()), -EINVAL);
	cr_expect_eq(ask_save(bench, "tmp", "s", getuid()), -EINVAL);
	cr_expect_eq(ask_save(bench, "/tmp", "s", getuid() + 1), -EPERM);
	cr_expect(bench->sessiond.linked);
	cr_expect_eq(bench->broker.tree_count, 0);
	bench_free(bench);
}

Test(broker_tree_requests, a_save_without_its_text_breaks_the_protocol)
{
	struct bench *bench = bench_new();
	const struct rf_broker_save_session request = {.uid = getuid(), .gid = getgid(), .name = "s"};
	struct rf_writer w;

	start(&w);
	rf_broker_save_session_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_SAVE_SESSION, &w);
	cr_expect(was_killed(&bench->sessiond));
	bench_free(bench);
}

static void ask_to_save(struct bench *bench)
{
	struct rf_broker_save_session request = {
		.uid = getuid(), .gid = getgid(), .name = "saved", .directory = "/proc/rf-unit"};
	int text = memfd_create("text", MFD_CLOEXEC);
	struct rf_writer w;

	start(&w);
	rf_broker_save_session_encode(&w, &request);
	ask_with(&bench->sessiond, RF_BROKER_SAVE_SESSION, &w, text);
	close(text);
}

Test(broker_tree_requests, one_users_savers_do_not_pile_up)
{
	struct bench *bench = bench_new();

	for (int i = 0; i < 4; i++) {
		ask_to_save(bench);
		cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_SAVE_SESSION), 1, "it is for the worker");
	}
	ask_to_save(bench);
	cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_SAVE_SESSION), -EUSERS);
	until_no_worker(bench);
	bench_free(bench);
}

/* A child of ours that is none of the bench's. */
static pid_t worker_of(const struct bench *bench)
{
	char path[64];
	FILE *file;
	int pid = 0;
	int found = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "r");
	cr_assert(file);
	while (fscanf(file, "%d", &pid) == 1)
		if (pid != bench->sessiond.pid && pid != bench->consumer.pid)
			found = pid;
	fclose(file);
	return found;
}

Test(broker_tree_requests, a_worker_that_hangs_is_not_waited_for)
{
	struct bench *bench = bench_new();
	const struct rf_broker_make_tree request = {.tree = 9, .uid = getuid(), .gid = getgid(), .root = "/tmp"};
	const struct rf_frame frame = {.type = RF_BROKER_MAKE_TREE, .serial = 5};
	int err;
	struct rf_tree *tree = rf_tree_open(&bench->broker, 9, getuid(), getgid(), &err);
	struct rf_writer w;

	cr_assert(tree);
	cr_assert_eq(kill(worker_of(bench), SIGSTOP), 0);
	start(&w);
	rf_broker_make_tree_encode(&w, &request);
	cr_assert_eq(rf_tree_pass(tree, &bench->sessiond, &frame, &w, -1, "make-tree", "x=1"), 0);
	rf_tree_limit(tree, 50 * RF_MS);
	until_no_worker(bench);
	cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_MAKE_TREE), -ETIMEDOUT);
	bench_free(bench);
}
