/* SPDX-License-Identifier: GPL-2.0-only */
/* The broker's table: who may ask for what, and what the checks of a request refuse. */
#include "common/proto_broker.h"
#include "policy/broker/lookups.h"
#include "policy/broker/requests.h"
#include "policy/broker/trees.h"
#include "policy/seccomp/sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
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
	rf_list_init(&bench->broker.lookups);
	/* For look-ups: not root where the test is. */
	bench->broker.sessiond_identity.uid = getuid() ? getuid() : 54321;
	bench->broker.sessiond_identity.gid = bench->broker.sessiond_identity.uid;
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

static void ask_with(struct rf_peer *peer, uint32_t type, struct rf_writer *body, int fd)
{
	struct rf_frame frame = {.type = type, .serial = 5, .fd_count = fd < 0 ? 0 : 1, .fds = {fd}};

	rf_reader_init(&frame.body, body->base, body->at, RF_HOST_ORDER);
	rf_requests_serve(peer, &frame);
	rf_writer_free(body);
}

static void ask(struct rf_peer *peer, uint32_t type, struct rf_writer *body)
{
	ask_with(peer, type, body, -1);
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

Test(broker_requests, chunks_that_make_no_sense_are_refused)
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

Test(broker_requests, a_directory_without_a_purpose_is_refused)
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

static struct bench *turning;
static uint64_t turning_until;

static void tick(struct rf_timer *timer)
{
	if (!rf_list_linked(&turning->broker.trees))
		rf_loop_stop(turning->broker.loop);
	else if (rf_now() > turning_until)
		cr_assert_fail("the workers do not end");
	else
		rf_timer_arm(turning->broker.loop, timer, 5 * RF_MS, tick);
}

/* Until every worker has hung up. */
static void until_no_worker(struct bench *bench)
{
	struct rf_timer timer = {0};

	turning = bench;
	turning_until = rf_now() + 20 * RF_SECOND;
	tick(&timer);
	rf_loop_run(bench->broker.loop);
	rf_timer_cancel(&timer);
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

Test(broker_requests, the_kernels_directories_are_for_its_consumer_alone)
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

Test(broker_requests, files_are_saved_under_good_names_only)
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

Test(broker_requests, a_save_without_its_text_breaks_the_protocol)
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

Test(broker_requests, names_that_no_account_has)
{
	static const char *const bad[] = {"", "-x", "+x", "a:b", "a/b", "a,b", "a\nb", "a\x7f", "*"};
	char longest[130];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(rf_account_name_ok(bad[i]), "%s", bad[i]);
	memset(longest, 'a', sizeof(longest));
	longest[129] = '\0';
	cr_expect_not(rf_account_name_ok(longest));
	longest[128] = '\0';
	cr_expect(rf_account_name_ok(longest));
	cr_expect(rf_account_name_ok("root"));
	cr_expect(rf_account_name_ok("DOMAIN\\user name"));
}

/* What a look-up process says comes through the loop. */
struct waiting {
	struct rf_timer timer;
	struct rf_loop *loop;
	int end;
	int rounds;
};

static void look(struct rf_timer *timer)
{
	struct waiting *waiting = rf_container_of(timer, struct waiting, timer);
	struct pollfd readable = {.fd = waiting->end, .events = POLLIN};

	if (poll(&readable, 1, 0) > 0 || --waiting->rounds == 0)
		rf_loop_stop(waiting->loop);
	else
		rf_timer_arm(waiting->loop, timer, RF_SECOND / 100, look);
}

static void start_lookup(struct bench *bench, uint8_t kind, const char *name)
{
	struct rf_broker_lookup_account request = {.kind = kind};
	struct rf_writer w;

	strcpy(request.name, name);
	start(&w);
	rf_broker_lookup_account_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_LOOKUP_ACCOUNT, &w);
}

static void wait_reply(struct bench *bench)
{
	struct waiting waiting = {.loop = bench->broker.loop, .end = bench->sessiond_end, .rounds = 1000};

	rf_timer_arm(waiting.loop, &waiting.timer, 0, look);
	rf_loop_run(waiting.loop);
}

static int look_up(struct bench *bench, uint8_t kind, const char *name, uint32_t *id)
{
	static struct rf_frame_buffer buffer;
	struct rf_broker_account account = {0};
	struct rf_frame frame;

	start_lookup(bench, kind, name);
	wait_reply(bench);
	cr_assert_eq(rf_frame_recv(bench->sessiond_end, &buffer, &frame, MSG_DONTWAIT), 1, "no reply for %s", name);
	cr_expect_eq(frame.type, RF_BROKER_LOOKUP_ACCOUNT | RF_FRAME_REPLY);
	if (!frame.status)
		cr_expect(rf_broker_account_decode(&frame.body, &account));
	*id = account.id;
	return frame.status;
}

Test(broker_requests, accounts_are_looked_up)
{
	struct bench *bench = bench_new();
	uint32_t id = 1;

	cr_expect_eq(look_up(bench, RF_ACCOUNT_USER, "root", &id), 0);
	cr_expect_eq(id, 0);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_GROUP, "daemon", &id), 0);
	cr_expect_eq(id, 1);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_USER, "no-such-account-here", &id), -ENOENT);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_GROUP, "../root", &id), -ENOENT);
	cr_expect_eq(look_up(bench, 3, "root", &id), -EINVAL);
	bench_free(bench);
}

Test(broker_requests, look_ups_at_one_time_are_bounded)
{
	struct bench *bench = bench_new();
	int refused = 0;

	/* None is answered before the loop runs. */
	for (unsigned int i = 0; i < RF_LOOKUPS_MAX; i++)
		start_lookup(bench, RF_ACCOUNT_USER, "root");
	cr_expect_eq(bench->broker.lookup_count, RF_LOOKUPS_MAX);
	start_lookup(bench, RF_ACCOUNT_USER, "root");
	refused = reply_status(bench->sessiond_end, RF_BROKER_LOOKUP_ACCOUNT);
	cr_expect_eq(refused, -EAGAIN);
	for (unsigned int i = 0; i < RF_LOOKUPS_MAX; i++) {
		wait_reply(bench);
		cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_LOOKUP_ACCOUNT), 0);
	}
	bench_free(bench);
}

Test(broker_requests, an_answer_finds_nobody_when_the_asker_is_gone)
{
	struct bench *bench = bench_new();
	uint32_t id;

	start_lookup(bench, RF_ACCOUNT_USER, "root");
	rf_lookups_forget_peer(&bench->broker, &bench->sessiond);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_USER, "no-such-account-here", &id), -ENOENT);
	cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_LOOKUP_ACCOUNT), 1);
	bench_free(bench);
}

Test(broker_requests, every_allowed_call_has_a_reason)
{
	for (int role = RF_ROLE_BROKER; role <= RF_ROLE_STATE; role++) {
		const struct rf_call_table *const *tables = rf_sandbox_tables((enum rf_role)role);

		cr_assert(*tables);
		for (; *tables; tables++)
			for (size_t i = 0; i < (*tables)->count; i++)
				cr_expect(strlen((*tables)->rules[i].reason) >= 4, "%s", (*tables)->rules[i].call);
	}
}

Test(broker_requests, one_users_directories_leave_room_for_others)
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

Test(broker_requests, a_worker_that_hangs_is_not_waited_for)
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

Test(broker_requests, one_users_savers_do_not_pile_up)
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
