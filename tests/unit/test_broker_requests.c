/* SPDX-License-Identifier: GPL-2.0-only */
/* The broker's table: who may ask for what, and what the checks of a consumer's requests refuse. */
#include "policy/seccomp/sandbox.h"
#include "tests/unit/broker_scene.h"

Test(broker_requests, only_its_own_role_finds_a_row)
{
	static const struct {
		uint32_t type;
		bool sessiond, consumer;
	} expected[] = {
		{RF_BROKER_START, false, false},
		{RF_BROKER_SHUTDOWN, false, false},
		{RF_BROKER_CONSUMER_GONE, false, false},
		{RF_BROKER_READY, true, false},
		{RF_BROKER_SPAWN_CONSUMER, true, false},
		{RF_BROKER_MAKE_TREE, true, false},
		{RF_BROKER_MAKE_DIR, true, false},
		{RF_BROKER_CLOSE_DIR, true, false},
		{RF_BROKER_REMOVE_DIR, true, false},
		{RF_BROKER_MAKE_CHUNK, true, false},
		{RF_BROKER_RETIRE_CHUNK, true, false},
		{RF_BROKER_ARCHIVE_CHUNK, true, false},
		{RF_BROKER_REMOVE_CHUNK, true, false},
		{RF_BROKER_SAVE_SESSION, true, false},
		{RF_BROKER_LOOKUP_ACCOUNT, true, false},
		{RF_BROKER_CLOSE_TREE, true, false},
		{RF_BROKER_STOP_CONSUMER, true, false},
		{RF_BROKER_OPEN_STREAMS, false, true},
		{RF_BROKER_OPEN_METADATA, false, true},
		{RF_BROKER_OPEN_BUFFERS, false, true},
		{RF_BROKER_OPEN_RINGS, false, true},
		{RF_BROKER_KERNEL_OPEN, false, false},
		{RF_BROKER_ADD_PROBE, false, false},
		{0, false, false},
		{100, false, false},
		{101, false, false},
		{UINT32_MAX, false, false},
	};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		cr_expect_eq(rf_request_find(expected[i].type, RF_PEER_SESSIOND) != NULL, expected[i].sessiond,
			"request %u", expected[i].type);
		cr_expect_eq(rf_request_find(expected[i].type, RF_PEER_CONSUMER) != NULL, expected[i].consumer,
			"request %u", expected[i].type);
	}
}

Test(broker_requests, a_consumer_that_asks_for_a_tree_is_killed)
{
	struct bench *bench = bench_new();
	const struct rf_broker_make_tree request = {.tree = 1, .uid = 1000, .gid = 1000, .root = "/tmp/x"};
	struct rf_writer w;

	start(&w);
	rf_broker_make_tree_encode(&w, &request);
	ask(&bench->consumer, RF_BROKER_MAKE_TREE, &w);
	cr_expect(was_killed(&bench->consumer));
	cr_expect_null(rf_tree_find(&bench->broker, 1));
	cr_expect(bench->sessiond.linked);
	bench_free(bench);
}

Test(broker_requests, a_malformed_body_costs_the_sender_its_life)
{
	struct bench *bench = bench_new();
	struct rf_writer w;

	start(&w);
	rf_write_u32(&w, 1);
	rf_write_u8(&w, 1);
	ask(&bench->consumer, RF_BROKER_OPEN_METADATA, &w);
	cr_expect(was_killed(&bench->consumer));
	bench_free(bench);
}

Test(broker_requests, files_of_unknown_or_foreign_directories_are_refused)
{
	struct bench *bench = bench_new();
	struct rf_broker_open_streams request = {
		.dir = 3, .cpu_count = 1, .file_number = RF_NO_FILE_NUMBER, .channel = "c"};
	struct rf_dir foreign = {.id = 4, .consumer = 8};
	struct rf_writer w;

	rf_list_append(&bench->broker.dirs, &foreign.node);
	start(&w);
	rf_broker_open_streams_encode(&w, &request);
	ask(&bench->consumer, RF_BROKER_OPEN_STREAMS, &w);
	cr_expect_eq(reply_status(bench->consumer_end, RF_BROKER_OPEN_STREAMS), -EACCES);
	request.dir = 4;
	start(&w);
	rf_broker_open_streams_encode(&w, &request);
	ask(&bench->consumer, RF_BROKER_OPEN_STREAMS, &w);
	cr_expect_eq(reply_status(bench->consumer_end, RF_BROKER_OPEN_STREAMS), -EACCES);
	bench_free(bench);
}

Test(broker_requests, channel_names_that_are_paths_are_refused)
{
	static const char *const names[] = {"", "a/b", "..", ".hidden", "/etc/passwd"};
	struct bench *bench = bench_new();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rf_broker_open_streams request = {.dir = 3, .cpu_count = 1, .file_number = RF_NO_FILE_NUMBER};
		struct rf_writer w;

		strcpy(request.channel, names[i]);
		start(&w);
		rf_broker_open_streams_encode(&w, &request);
		ask(&bench->consumer, RF_BROKER_OPEN_STREAMS, &w);
		cr_expect_eq(reply_status(bench->consumer_end, RF_BROKER_OPEN_STREAMS), -EINVAL, "%s", names[i]);
	}
	bench_free(bench);
}

Test(broker_requests, too_many_processors_are_refused)
{
	static const uint32_t counts[] = {0, RF_OPEN_STREAMS_MAX + 1, UINT32_MAX};
	struct bench *bench = bench_new();

	for (size_t i = 0; i < 3; i++) {
		const struct rf_broker_open_streams request = {
			.dir = 3, .cpu_count = counts[i], .file_number = RF_NO_FILE_NUMBER, .channel = "c"};
		struct rf_writer w;

		start(&w);
		rf_broker_open_streams_encode(&w, &request);
		ask(&bench->consumer, RF_BROKER_OPEN_STREAMS, &w);
		cr_expect_eq(reply_status(bench->consumer_end, RF_BROKER_OPEN_STREAMS), -EINVAL);
	}
	bench_free(bench);
}

static int ask_streams(struct bench *bench, uint32_t dir)
{
	const struct rf_broker_open_streams request = {
		.dir = dir, .cpu_count = 1, .file_number = RF_NO_FILE_NUMBER, .channel = "c"};
	struct rf_writer w;

	start(&w);
	rf_broker_open_streams_encode(&w, &request);
	ask(&bench->consumer, RF_BROKER_OPEN_STREAMS, &w);
	return reply_status(bench->consumer_end, RF_BROKER_OPEN_STREAMS);
}

static int ask_buffers(struct bench *bench, uint32_t dir, uint32_t cpus, const char *channel)
{
	struct rf_broker_open_buffers request = {.dir = dir, .cpu_count = cpus};
	struct rf_writer w;

	strcpy(request.channel, channel);
	start(&w);
	rf_broker_open_buffers_encode(&w, &request);
	ask(&bench->consumer, RF_BROKER_OPEN_BUFFERS, &w);
	return reply_status(bench->consumer_end, RF_BROKER_OPEN_BUFFERS);
}

Test(broker_requests, a_directory_serves_its_consumer_and_purpose_only)
{
	struct bench *bench = bench_new();
	struct rf_dir foreign = {.id = 4, .consumer = 8, .purpose = RF_DIR_BUFFERS};
	struct rf_dir buffers = {.id = 5, .consumer = 7, .purpose = RF_DIR_BUFFERS};
	struct rf_dir trace = {.id = 6, .consumer = 7, .purpose = RF_DIR_TRACE};
	struct rf_dir revoked = {.id = 9, .consumer = 7, .purpose = RF_DIR_BUFFERS, .revoked = true};

	rf_list_append(&bench->broker.dirs, &foreign.node);
	rf_list_append(&bench->broker.dirs, &buffers.node);
	rf_list_append(&bench->broker.dirs, &trace.node);
	rf_list_append(&bench->broker.dirs, &revoked.node);
	cr_expect_eq(ask_buffers(bench, 3, 1, "c"), -EACCES);
	cr_expect_eq(ask_buffers(bench, 4, 1, "c"), -EACCES);
	cr_expect_eq(ask_buffers(bench, 6, 1, "c"), -EACCES);
	cr_expect_eq(ask_buffers(bench, 9, 1, "c"), -EACCES);
	cr_expect_eq(ask_streams(bench, 5), -EACCES);
	cr_expect_eq(ask_buffers(bench, 5, 1, "../c"), -EINVAL);
	cr_expect_eq(ask_buffers(bench, 5, 0, "c"), -EINVAL);
	cr_expect_eq(ask_buffers(bench, 5, RF_OPEN_STREAMS_MAX + 1, "c"), -EINVAL);
	cr_expect(bench->consumer.linked);
	bench_free(bench);
}

Test(broker_requests, ring_buffers_of_a_dead_consumer_wait_for_the_session_daemon)
{
	struct bench *bench = bench_new();
	struct rf_dir buffers = {.id = 5, .consumer = 7, .purpose = RF_DIR_BUFFERS};

	rf_list_append(&bench->broker.dirs, &buffers.node);
	rf_dirs_of_dead_consumer(&bench->broker, 7, true);
	cr_expect_eq(rf_dir_find(&bench->broker, 5), &buffers);
	cr_expect_eq(ask_buffers(bench, 5, 1, "c"), -EACCES);
	bench_free(bench);
}

Test(broker_requests, a_spawn_without_its_descriptor_breaks_the_protocol)
{
	struct bench *bench = bench_new();
	const struct rf_broker_spawn_consumer request = {.consumer = 9, .uid = 1000, .abi_bits = 64};
	struct rf_writer w;

	start(&w);
	rf_broker_spawn_consumer_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_SPAWN_CONSUMER, &w);
	cr_expect(was_killed(&bench->sessiond));
	bench_free(bench);
}

static int ask_spawn(struct bench *bench, uid_t uid, uint8_t bits, uint8_t kernel)
{
	const struct rf_broker_spawn_consumer request = {.consumer = 9, .uid = uid, .abi_bits = bits, .kernel = kernel};
	struct rf_writer w;

	start(&w);
	rf_broker_spawn_consumer_encode(&w, &request);
	ask_with(&bench->sessiond, RF_BROKER_SPAWN_CONSUMER, &w, STDERR_FILENO);
	return reply_status(bench->sessiond_end, RF_BROKER_SPAWN_CONSUMER);
}

Test(broker_requests, a_consumer_of_the_kernel_is_roots_and_only_where_it_is_traced)
{
	struct bench *bench = bench_new();

	cr_expect_eq(ask_spawn(bench, 0, 64, 1), -EPERM);
	cr_expect_eq(ask_spawn(bench, 1000, 64, 1), -EINVAL);
	cr_expect_eq(ask_spawn(bench, 0, 32, 1), -EINVAL);
	cr_expect_eq(ask_spawn(bench, 0, 64, 2), -EINVAL);
	bench_free(bench);
}

Test(broker_requests, every_allowed_call_has_a_reason)
{
	for (int role = RF_ROLE_BROKER; role <= RF_ROLE_PROGRAM; role++) {
		const struct rf_call_table *const *tables = rf_sandbox_tables((enum rf_role)role);

		cr_assert(*tables);
		for (; *tables; tables++)
			for (size_t i = 0; i < (*tables)->count; i++)
				cr_expect(strlen((*tables)->rules[i].reason) >= 4, "%s", (*tables)->rules[i].call);
	}
}
