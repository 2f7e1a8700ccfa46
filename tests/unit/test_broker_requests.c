/* SPDX-License-Identifier: GPL-2.0-only */
/* The broker's table: who may ask for what, and what the checks of a request refuse. */
#include "common/proto_broker.h"
#include "policy/broker/requests.h"
#include "policy/broker/trees.h"
#include "policy/seccomp/sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two peers with links whose other ends the test reads. No worker and no program is started: every request here is one
   that must be refused before that. */
struct bench {
	struct rf_runtime runtime;
	struct rf_options options;
	struct rf_broker broker;
	struct rf_peer sessiond;
	struct rf_peer consumer;
	int sessiond_end;
	int consumer_end;
};

static void no_frame(struct rf_link *link, struct rf_frame *frame)
{
	(void)link;
	(void)frame;
}

static void no_end(struct rf_link *link, int status)
{
	(void)link;
	(void)status;
}

/* A process that may be killed in a peer's place. */
static pid_t victim(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	cr_assert_gt(pid, 0);
	return pid;
}

static int make_peer(struct bench *bench, struct rf_peer *peer, enum rf_peer_role role)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	peer->broker = &bench->broker;
	peer->role = role;
	peer->pid = victim();
	peer->linked = true;
	rf_list_init(&peer->node);
	cr_assert_eq(rf_link_init(&peer->link, ends[0], no_frame, no_end, peer), 0);
	cr_assert_eq(rf_link_attach(&peer->link, bench->broker.loop), 0);
	return ends[1];
}

static struct bench *bench_new(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	cr_assert(bench);
	bench->broker.runtime = &bench->runtime;
	bench->broker.options = &bench->options;
	bench->broker.loop = rf_loop_create();
	bench->broker.ready_fd = -1;
	rf_list_init(&bench->broker.consumers);
	rf_list_init(&bench->broker.trees);
	rf_list_init(&bench->broker.dirs);
	bench->sessiond_end = make_peer(bench, &bench->sessiond, RF_PEER_SESSIOND);
	bench->consumer_end = make_peer(bench, &bench->consumer, RF_PEER_CONSUMER);
	bench->consumer.id = 7;
	bench->consumer.uid = 1000;
	bench->broker.sessiond = &bench->sessiond;
	rf_list_append(&bench->broker.consumers, &bench->consumer.node);
	return bench;
}

static void bench_free(struct bench *bench)
{
	struct rf_peer *peers[] = {&bench->sessiond, &bench->consumer};

	for (size_t i = 0; i < 2; i++) {
		rf_timer_cancel(&peers[i]->deadline);
		rf_link_fini(&peers[i]->link);
		kill(peers[i]->pid, SIGKILL);
		waitpid(peers[i]->pid, NULL, 0);
	}
	close(bench->sessiond_end);
	close(bench->consumer_end);
	rf_loop_destroy(bench->broker.loop);
	free(bench);
}

static void ask(struct rf_peer *peer, uint32_t type, struct rf_writer *body)
{
	struct rf_frame frame = {.type = type, .serial = 5};

	rf_reader_init(&frame.body, body->base, body->at, RF_HOST_ORDER);
	rf_requests_serve(peer, &frame);
	rf_writer_free(body);
}

/* The status of the one reply that is there; 1 when there is none. */
static int reply_status(int end, uint32_t type)
{
	struct rf_frame_buffer *buffer = malloc(sizeof(*buffer));
	struct rf_frame frame;
	int got = rf_frame_recv(end, buffer, &frame, MSG_DONTWAIT);
	int status = 1;

	if (got > 0) {
		cr_expect_eq(frame.type, type | RF_FRAME_REPLY);
		cr_expect_eq(frame.serial, 5);
		status = frame.status;
	}
	free(buffer);
	return status;
}

static bool was_killed(const struct rf_peer *peer)
{
	siginfo_t info = {0};

	if (peer->linked)
		return false;
	cr_assert_eq(waitid(P_PID, (id_t)peer->pid, &info, WEXITED | WNOWAIT), 0);
	return info.si_status == SIGKILL;
}

static void start(struct rf_writer *w)
{
	rf_writer_init_growing(w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
}

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
		{RF_BROKER_CLOSE_TREE, true, false},
		{RF_BROKER_STOP_CONSUMER, true, false},
		{RF_BROKER_OPEN_STREAMS, false, true},
		{RF_BROKER_OPEN_METADATA, false, true},
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

Test(broker_requests, paths_that_climb_or_start_nowhere_are_refused)
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

Test(broker_requests, without_root_nobody_elses_tree_is_made)
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

Test(broker_requests, every_allowed_call_has_a_reason)
{
	for (int role = RF_ROLE_BROKER; role <= RF_ROLE_CONSUMER; role++) {
		const struct rf_call_table *const *tables = rf_sandbox_tables((enum rf_role)role);

		cr_assert(*tables);
		for (; *tables; tables++)
			for (size_t i = 0; i < (*tables)->count; i++)
				cr_expect(strlen((*tables)->rules[i].reason) >= 4, "%s", (*tables)->rules[i].call);
	}
}
