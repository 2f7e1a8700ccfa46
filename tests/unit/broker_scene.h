/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A broker whose session daemon and one consumer are played by tests. No program is started: a request is refused
 * before that, or goes to a worker at most.
 */
#ifndef RF_TESTS_UNIT_BROKER_SCENE_H
#define RF_TESTS_UNIT_BROKER_SCENE_H

#include "common/proto_broker.h"
#include "policy/broker/requests.h"
#include "policy/broker/trees.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two peers with links whose other ends the test reads. */
struct bench {
	struct rf_runtime runtime;
	struct rf_options options;
	struct rf_broker broker;
	struct rf_peer sessiond;
	struct rf_peer consumer;
	int sessiond_end;
	int consumer_end;
};

static inline void no_frame(struct rf_link *link, struct rf_frame *frame)
{
	(void)link;
	(void)frame;
}

static inline void no_end(struct rf_link *link, int status)
{
	(void)link;
	(void)status;
}

/* A process that may be killed in a peer's place. */
static inline pid_t victim(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	cr_assert_gt(pid, 0);
	return pid;
}

static inline int make_peer(struct bench *bench, struct rf_peer *peer, enum rf_peer_role role)
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

static inline struct bench *bench_new(void)
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
	rf_list_init(&bench->broker.programs);
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

static inline void bench_free(struct bench *bench)
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

/* As if PEER had sent it, with FD (-1: none). Frees BODY. */
static inline void ask_with(struct rf_peer *peer, uint32_t type, struct rf_writer *body, int fd)
{
	struct rf_frame frame = {.type = type, .serial = 5, .fd_count = fd < 0 ? 0 : 1, .fds = {fd}};

	rf_reader_init(&frame.body, body->base, body->at, RF_HOST_ORDER);
	rf_requests_serve(peer, &frame);
	rf_writer_free(body);
}

static inline void ask(struct rf_peer *peer, uint32_t type, struct rf_writer *body)
{
	ask_with(peer, type, body, -1);
}

/* The status of the one reply that is there; 1 when there is none. */
static inline int reply_status(int end, uint32_t type)
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

static inline bool was_killed(const struct rf_peer *peer)
{
	siginfo_t info = {0};

	if (peer->linked)
		return false;
	cr_assert_eq(waitid(P_PID, (id_t)peer->pid, &info, WEXITED | WNOWAIT), 0);
	return info.si_status == SIGKILL;
}

static inline void start(struct rf_writer *w)
{
	rf_writer_init_growing(w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
}

static struct bench *turning;
static uint64_t turning_until;

static inline void tick(struct rf_timer *timer)
{
	if (!rf_list_linked(&turning->broker.trees))
		rf_loop_stop(turning->broker.loop);
	else if (rf_now() > turning_until)
		cr_assert_fail("the workers do not end");
	else
		rf_timer_arm(turning->broker.loop, timer, 5 * RF_MS, tick);
}

/* Until every worker has hung up. */
static inline void until_no_worker(struct bench *bench)
{
	struct rf_timer timer = {0};

	turning = bench;
	turning_until = rf_now() + 20 * RF_SECOND;
	tick(&timer);
	rf_loop_run(bench->broker.loop);
	rf_timer_cancel(&timer);
}

#endif
