/* SPDX-License-Identifier: GPL-2.0-only */
/* A broker with a kernel link, consumers and a real kernel worker. For unit tests. */
#ifndef RF_TESTS_UNIT_KERNEL_BENCH_H
#define RF_TESTS_UNIT_KERNEL_BENCH_H

#include "common/proto_broker.h"
#include "policy/broker/kernel_service.h"
#include "policy/broker/requests.h"
#include "policy/broker/tracefs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSTANCES "/sys/kernel/tracing/instances"

enum bench_peer {
	BENCH_SESSIOND,
	BENCH_KERNEL,
	BENCH_CONSUMER, /* of the kernel, number 7 */
	BENCH_OTHER,    /* of the kernel, too, number 8 */
	BENCH_USERS,    /* of uid 1000, number 9 */
	BENCH_PEERS,
};

struct kernel_bench {
	struct rf_runtime runtime;
	struct rf_options options;
	struct rf_broker broker;
	struct rf_peer peers[BENCH_PEERS];
	int ends[BENCH_PEERS];
	struct rf_frame_buffer buffer;
	struct rf_frame reply; /* the last one; its descriptors are closed by the next call */
	pid_t worker;
};

/* The one user besides root that may trace the kernel. */
static uint32_t bench_granted;

static inline void bench_no_frame(struct rf_link *link, struct rf_frame *frame)
{
	(void)link;
	(void)frame;
}

static inline void bench_no_end(struct rf_link *link, int status)
{
	(void)link;
	(void)status;
}

static inline pid_t bench_victim(void)
{
	pid_t pid = fork();

	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pid == 0)
		for (;;)
			pause();
	cr_assert_gt(pid, 0);
	return pid;
}

static inline void bench_peer(struct kernel_bench *bench, enum bench_peer number, enum rf_peer_role role)
{
	struct rf_peer *peer = &bench->peers[number];
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	peer->broker = &bench->broker;
	peer->role = role;
	peer->pid = role == RF_PEER_KERNEL ? bench->peers[BENCH_SESSIOND].pid : bench_victim();
	peer->linked = true;
	rf_list_init(&peer->node);
	cr_assert_eq(rf_link_init(&peer->link, ends[0], bench_no_frame, bench_no_end, peer), 0);
	cr_assert_eq(rf_link_attach(&peer->link, bench->broker.loop), 0);
	bench->ends[number] = ends[1];
	if (role == RF_PEER_CONSUMER) {
		peer->id = 7 + number - BENCH_CONSUMER;
		peer->kernel = number != BENCH_USERS;
		peer->uid = number == BENCH_USERS ? 1000 : 0;
		rf_list_append(&bench->broker.consumers, &peer->node);
	}
}

/* TRACEFS: -1 for a machine without. */
static inline struct kernel_bench *bench_with(int tracefs, enum rf_tracer_choice choice)
{
	struct kernel_bench *bench = calloc(1, sizeof(*bench));
	struct rf_broker *broker = &bench->broker;

	cr_assert(bench);
	broker->runtime = &bench->runtime;
	broker->options = &bench->options;
	broker->loop = rf_loop_create();
	broker->ready_fd = -1;
	rf_list_init(&broker->consumers);
	rf_list_init(&broker->trees);
	rf_list_init(&broker->dirs);
	rf_list_init(&broker->lookups);
	rf_list_init(&broker->programs);
	rf_list_init(&broker->state_reads);
	bench_peer(bench, BENCH_SESSIOND, RF_PEER_SESSIOND);
	broker->sessiond = &bench->peers[BENCH_SESSIOND];
	bench_peer(bench, BENCH_KERNEL, RF_PEER_KERNEL);
	broker->kernel = &bench->peers[BENCH_KERNEL];
	bench_peer(bench, BENCH_CONSUMER, RF_PEER_CONSUMER);
	bench_peer(bench, BENCH_OTHER, RF_PEER_CONSUMER);
	bench_peer(bench, BENCH_USERS, RF_PEER_CONSUMER);
	broker->policy = (struct rf_policy){.kernel_uids = &bench_granted, .kernel_count = 1};
	bench_granted = 4242;
	cr_assert_eq(rf_kernel_service_new(broker, tracefs, choice), 0);
	return bench;
}

/* On this machine's tracefs; NULL after saying why not. */
static inline struct kernel_bench *bench_new(void)
{
	int root = geteuid() == 0 ? rf_tracefs_root() : -EPERM;

	if (root < 0 || access(INSTANCES, W_OK) < 0) {
		cr_skip_test("no tracefs at /sys/kernel/tracing that can be written (not root, or not mounted)");
		return NULL;
	}
	return bench_with(root, RF_TRACER_CHOOSE_TRACEFS);
}

struct bench_wait {
	struct rf_timer timer;
	struct kernel_bench *bench;
	int end; /* -1: for the worker's end */
	uint64_t until;
};

static inline void bench_look(struct rf_timer *timer)
{
	struct bench_wait *wait = rf_container_of(timer, struct bench_wait, timer);
	struct pollfd readable = {.fd = wait->end, .events = POLLIN};
	struct rf_loop *loop = wait->bench->broker.loop;
	bool there = wait->end < 0 ? rf_kernel_ended(&wait->bench->broker) : poll(&readable, 1, 0) > 0;

	if (there || rf_now() > wait->until)
		rf_loop_stop(loop);
	else
		rf_timer_arm(loop, timer, 2 * RF_MS, bench_look);
}

static inline void bench_wait(struct kernel_bench *bench, int end)
{
	struct bench_wait wait = {.bench = bench, .end = end, .until = rf_now() + 20 * RF_SECOND};

	rf_timer_arm(bench->broker.loop, &wait.timer, 0, bench_look);
	rf_loop_run(bench->broker.loop);
	rf_timer_cancel(&wait.timer);
}

/* Sends BODY (freed) as PEER and waits for the answer, which is in bench->reply; its status. */
static inline int bench_ask(
	struct kernel_bench *bench, enum bench_peer peer, uint32_t type, struct rf_writer *body, int fd)
{
	struct rf_frame frame = {.type = type, .serial = 5, .fd_count = fd < 0 ? 0 : 1, .fds = {fd}};

	rf_frame_close_fds(&bench->reply);
	bench->reply = (struct rf_frame){0};
	rf_reader_init(&frame.body, body->base, body->at, RF_HOST_ORDER);
	rf_requests_serve(&bench->peers[peer], &frame);
	rf_writer_free(body);
	bench_wait(bench, bench->ends[peer]);
	cr_assert_eq(rf_frame_recv(bench->ends[peer], &bench->buffer, &bench->reply, MSG_DONTWAIT), 1,
		"no answer to request %u", type);
	cr_assert_eq(bench->reply.type, type | RF_FRAME_REPLY);
	cr_assert_eq(bench->reply.serial, 5);
	return bench->reply.status;
}

static inline struct rf_writer bench_body(void)
{
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	return w;
}

/* Sends `request`, a variable of the struct TYPE. */
#define BENCH_ASK(bench, peer, number, type, fd)                                                                       \
	({                                                                                                             \
		struct rf_writer body_ = bench_body();                                                                 \
                                                                                                                       \
		type##_encode(&body_, &request);                                                                       \
		bench_ask(bench, peer, number, &body_, fd);                                                            \
	})

static inline int bench_id(struct kernel_bench *bench, uint32_t type, uint32_t id)
{
	const struct rf_broker_id request = {.id = id};

	return BENCH_ASK(bench, BENCH_KERNEL, type, rf_broker_id, -1);
}

static inline struct rf_broker_make_instance bench_instance(uint32_t id, uid_t uid)
{
	return (struct rf_broker_make_instance){
		.instance = id, .consumer = 7, .uid = uid, .ring_size = 256 * 1024, .page_size = 65536};
}

static inline int bench_make(struct kernel_bench *bench, const struct rf_broker_make_instance *wanted)
{
	const struct rf_broker_make_instance request = *wanted;

	return BENCH_ASK(bench, BENCH_KERNEL, RF_BROKER_MAKE_INSTANCE, rf_broker_make_instance, -1);
}

static inline int bench_rings(struct kernel_bench *bench, enum bench_peer peer, uint32_t instance, uint32_t cpus)
{
	const struct rf_broker_open_rings request = {.instance = instance, .cpu_count = cpus};

	return BENCH_ASK(bench, peer, RF_BROKER_OPEN_RINGS, rf_broker_open_rings, -1);
}

/* Asks the worker to end, and waits until everything that it made is gone. */
static inline void bench_free(struct kernel_bench *bench)
{
	rf_frame_close_fds(&bench->reply);
	rf_kernel_end(&bench->broker);
	bench_wait(bench, -1);
	cr_expect(rf_kernel_ended(&bench->broker), "the kernel worker does not end");
	for (size_t i = 0; i < BENCH_PEERS; i++) {
		rf_timer_cancel(&bench->peers[i].deadline);
		rf_link_fini(&bench->peers[i].link);
		close(bench->ends[i]);
		if (bench->peers[i].role == RF_PEER_KERNEL)
			continue;
		kill(bench->peers[i].pid, SIGKILL);
		waitpid(bench->peers[i].pid, NULL, 0);
	}
	if (bench->broker.kernel_service->tracefs >= 0)
		close(bench->broker.kernel_service->tracefs);
	free(bench->broker.kernel_service);
	rf_loop_destroy(bench->broker.loop);
	free(bench);
}

/* What FILE in the directory DIR of tracefs says; cut to 4095 bytes. */
static inline const char *bench_text(const char *dir, const char *file)
{
	static char text[4096];
	char path[1024];
	int fd;
	ssize_t got;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[got < 0 ? 0 : got] = '\0';
	return text;
}

#endif
