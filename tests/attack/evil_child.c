/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child of the broker that is in an attacker's hands. It lies beside a real ringfenced under the names of both its
 * children, and does what the file PLAN says: the name of one attack of its tables. It speaks on standard error, which
 * is the broker's log:
 *
 *   evil: attack NAME: granted | refused (ERROR) | killed
 *   evil: the broker answers | the broker does not answer
 */
#include "common/frame.h"
#include "common/proto_broker.h"
#include "tests/attack/evil.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 5000
#define GO 1000u /* session daemon -> consumer: everything is set up */
#define DID 1001u

static uint32_t consumers_gone;
static int control[5];
int evil_kernel_link = -1;
static struct rf_frame_buffer buffer;

/* 1: a frame; 0: the end; negative errno. */
static int next_frame(int sock, struct rf_frame *frame)
{
	struct pollfd readable = {.fd = sock, .events = POLLIN};

	if (poll(&readable, 1, DEADLINE_MS) <= 0)
		return -ETIMEDOUT;
	return rf_frame_recv(sock, &buffer, frame, 0);
}

static void note(const struct rf_frame *frame)
{
	struct rf_broker_consumer_gone gone;
	struct rf_reader body = frame->body;

	if (frame->type == RF_BROKER_CONSUMER_GONE && rf_broker_consumer_gone_decode(&body, &gone))
		consumers_gone |= 1u << gone.consumer;
	if (frame->type == RF_BROKER_SHUTDOWN)
		exit(EXIT_SUCCESS);
}

int evil_reply(int sock, uint32_t serial, struct rf_frame *frame)
{
	for (;;) {
		int got = next_frame(sock, frame);

		if (got <= 0)
			return got ? got : -ENOTCONN;
		if ((frame->type & RF_FRAME_REPLY) && frame->serial == serial)
			return frame->status;
		note(frame);
		rf_frame_close_fds(frame);
	}
}

int evil_ask_on(
	int sock, uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count, struct rf_frame *reply)
{
	static uint32_t serial;
	struct rf_frame frame;
	int err = rf_frame_send(sock, type, ++serial, 0, body->base, body->at, fds, fd_count);

	rf_writer_free(body);
	if (err < 0)
		return err;
	err = evil_reply(sock, serial, &frame);
	if (reply)
		*reply = frame;
	else if (err >= 0)
		rf_frame_close_fds(&frame);
	return err;
}

int evil_ask(uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count)
{
	return evil_ask_on(RF_BROKER_FD, type, body, fds, fd_count, NULL);
}

int evil_wait_gone(uint32_t consumer)
{
	struct rf_frame frame;

	while (!(consumers_gone & 1u << consumer)) {
		int got = next_frame(RF_BROKER_FD, &frame);

		if (got <= 0)
			return got ? got : -ENOTCONN;
		note(&frame);
		rf_frame_close_fds(&frame);
	}
	return 0;
}

static const struct attack *find(const char *plan, const struct attack_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct attack *attack = &table->attacks[i];

		if (!strncmp(plan, attack->name, strlen(attack->name)) && plan[strlen(attack->name)] == '\n')
			return attack;
	}
	return NULL;
}

static const struct attack *planned(void)
{
	static const struct attack_table *const tables[] = {&evil_grants, &evil_forms, &evil_trees, &evil_kernel};
	static char plan[64];
	int fd = open(EVIL_DIR "/plan", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, plan, sizeof(plan) - 1);

	for (size_t i = 0; len > 0 && i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct attack *found = find(plan, tables[i]);

		if (found)
			return found;
	}
	fprintf(stderr, "evil: no such attack: %s\n", plan);
	exit(EXIT_FAILURE);
}

static void report(const struct attack *attack, int status)
{
	if (status == -ENOTCONN || status == -EPIPE || status == -ECONNRESET)
		fprintf(stderr, "evil: attack %s: killed\n", attack->name);
	else if (status < 0)
		fprintf(stderr, "evil: attack %s: refused (%s)\n", attack->name, strerror(-status));
	else
		fprintf(stderr, "evil: attack %s: granted\n", attack->name);
}

static int spawn(uint32_t id, uint32_t uid)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	control[id] = ends[0];

	int err = evil_spawn(id, uid, ends[1]);

	close(ends[1]);
	return err;
}

/* What an honest session daemon has asked for: a session and a consumer of two users each. */
static int set_up(const struct attack *attack)
{
	static const uint32_t users[] = {0, EVIL_ALICE, EVIL_BOB};
	static const char *const trees[] = {"", "trees/alice", "trees/bob"};
	int err = 0;

	for (uint32_t id = 1; id <= 2 && !err; id++) {
		err = spawn(id, users[id]);
		if (!err)
			err = evil_make_tree(id, users[id], trees[id]);
		if (!err)
			err = evil_make_dir(id, id, id, users[id], RF_DIR_UST_UID, "");
	}
	for (uint32_t id = EVIL_KERNEL_CONSUMER; id < EVIL_KERNEL_CONSUMER + attack->instances && !err; id++)
		err = spawn(id, EVIL_KERNEL);
	return err || !attack->instances ? err : evil_set_up_kernel(attack->instances);
}

/* Lets a consumer attack; one that is killed says nothing. */
static int let_attack(uint32_t consumer)
{
	struct rf_frame frame;
	int err = rf_frame_send(control[consumer], GO, 0, 0, NULL, 0, NULL, 0);
	int got = err < 0 ? err : next_frame(control[consumer], &frame);

	if (got <= 0)
		return got ? got : -ENOTCONN;
	return frame.status;
}

/* Others are served as before: the other user's consumer gets a file. */
static bool broker_answers(const struct attack *attack)
{
	struct rf_frame frame;

	if (evil_make_tree(77, EVIL_BOB, "trees/after") < 0 || (attack->instances && !evil_kernel_answers()))
		return false;
	if (!control[2])
		return true;
	return rf_frame_send(control[2], GO, 0, 0, NULL, 0, NULL, 0) == 0 && next_frame(control[2], &frame) > 0 &&
		frame.status == 0;
}

static int be_session_daemon(void)
{
	const struct attack *attack = planned();
	int marker = open(EVIL_DIR "/begun", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int status = -ENOTCONN;

	/* One that never was ready would not be started again. */
	rf_frame_send(RF_BROKER_FD, RF_BROKER_READY, 0, 0, NULL, 0, NULL, 0);
	/* The second of its kind: the first did not live to tell. */
	if (marker >= 0) {
		int err = set_up(attack);

		if (err < 0) {
			fprintf(stderr, "evil: set-up failed: %s\n", strerror(-err));
			return EXIT_FAILURE;
		}
		status = attack->by ? let_attack(attack->by) : attack->run();
		if (status == -ENOTCONN && !attack->by)
			return EXIT_FAILURE;
		if (attack->seen && status >= 0)
			status = attack->seen();
	}
	report(attack, status);
	fprintf(stderr, "evil: the broker %s\n", broker_answers(attack) ? "answers" : "does not answer");

	struct rf_frame frame;

	while (rf_frame_recv(RF_BROKER_FD, &buffer, &frame, 0) > 0)
		note(&frame);
	return EXIT_SUCCESS;
}

static int be_consumer(uint32_t id)
{
	struct rf_frame frame;

	signal(SIGTERM, SIG_DFL);
	while (rf_frame_recv(RF_CONSUMER_CONTROL_FD, &buffer, &frame, 0) > 0) {
		int status = id == planned()->by ? planned()->run() : evil_open_metadata(2);

		/* The end of the connection says that the broker is killing us. */
		if (status == -ENOTCONN)
			pause();
		rf_frame_send(RF_CONSUMER_CONTROL_FD, DID, 0, status, NULL, 0, NULL, 0);
	}
	return EXIT_SUCCESS;
}

int main(void)
{
	struct rf_broker_consumer_start start;
	struct rf_frame frame;

	signal(SIGPIPE, SIG_IGN);
	if (next_frame(RF_BROKER_FD, &frame) <= 0)
		return EXIT_FAILURE;
	if (frame.type == RF_BROKER_START)
		evil_kernel_link = rf_frame_take_fd(&frame, RF_START_FD_KERNEL);
	rf_frame_close_fds(&frame);
	if (frame.type == RF_BROKER_START)
		return be_session_daemon();
	if (frame.type == RF_BROKER_CONSUMER_START && rf_broker_consumer_start_decode(&frame.body, &start))
		return be_consumer(start.consumer);
	return EXIT_FAILURE;
}
