/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/connection.h"

#include "common/log.h"
#include "sessiond/client/command.h"
#include "sessiond/client/server.h"
#include "sessiond/kernel/domain.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum stage {
	STAGE_ENVELOPE,
	STAGE_PAYLOAD,
	STAGE_DESCRIPTORS,
	STAGE_COMPLETE,
	STAGE_PROGRAM, /* another process takes the descriptor */
	STAGE_CALL,    /* nothing more is read; only a hang-up is noticed */
	STAGE_ANSWER,
	STAGE_GONE, /* the client left, its call goes on, or what takes the descriptor */
};

struct rf_connection {
	struct rf_list node;
	struct rf_watch watch;
	struct rf_timer deadline;
	struct rf_loop *loop;
	struct rf_client_context *context;
	rf_slot_free_fn slot_free;
	void *slot_data;
	int fd;
	uid_t uid;
	enum stage stage;
	struct rf_request request;
	size_t have; /* bytes of the part that is being received */
	int refuse;  /* LTTNG_ERR code that is answered once everything is drained, 0 for none */
	struct rf_answer answer;
	size_t answer_at;
};

struct rf_connection *rf_connection_of(struct rf_list *node)
{
	return rf_container_of(node, struct rf_connection, node);
}

bool rf_connection_receiving(const struct rf_connection *connection)
{
	return connection->stage < STAGE_COMPLETE;
}

/* The slot is held until the socket is closed and the call over. */
static void connection_free(struct rf_connection *c)
{
	rf_request_clear(&c->request);
	rf_answer_clear(&c->answer);
	c->slot_free(c->slot_data, c->uid);
	free(c);
}

void rf_connection_close(struct rf_connection *c)
{
	rf_timer_cancel(&c->deadline);
	rf_watch_remove(&c->watch);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	rf_list_remove(&c->node);
	if (c->stage == STAGE_CALL || c->stage == STAGE_PROGRAM)
		c->stage = STAGE_GONE;
	else
		connection_free(c);
}

static void on_deadline(struct rf_timer *timer)
{
	struct rf_connection *c = rf_container_of(timer, struct rf_connection, deadline);

	rf_info("client: uid=%u did not %s in time", (unsigned int)c->uid,
		c->stage == STAGE_ANSWER ? "read its answer" : "complete its request");
	rf_connection_close(c);
}

/* What stands at the end of the message: one byte, with all descriptors. */
static ssize_t send_fds(const struct rf_connection *c)
{
	union {
		char bytes[CMSG_SPACE(RF_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control = {.bytes = {0}};
	size_t size = c->answer.fd_count * sizeof(int);
	struct iovec part = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = CMSG_SPACE(size)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(head), c->answer.fds, size);
	return sendmsg(c->fd, &message, MSG_NOSIGNAL);
}

static ssize_t send_part(const struct rf_connection *c)
{
	const struct rf_answer *answer = &c->answer;

	if (c->answer_at < answer->len)
		return send(c->fd, answer->message + c->answer_at, answer->len - c->answer_at, MSG_NOSIGNAL);
	return send_fds(c);
}

static void send_answer(struct rf_connection *c)
{
	size_t end = c->answer.len + (c->answer.fd_count ? 1 : 0);

	while (c->answer_at < end) {
		ssize_t sent = send_part(c);

		if (sent > 0) {
			c->answer_at += (size_t)sent;
			rf_timer_arm(c->loop, &c->deadline, RF_CLIENT_DEADLINE, on_deadline);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN && !rf_watch_change(&c->watch, EPOLLOUT))
			return;
		break;
	}
	rf_connection_close(c);
}

static void on_answer(void *data, struct rf_answer *answer)
{
	struct rf_connection *c = data;
	bool gone = c->stage == STAGE_GONE;

	rf_answer_move(&c->answer, answer);
	c->stage = STAGE_ANSWER;
	if (gone || !c->answer.message) {
		rf_connection_close(c);
		return;
	}
	rf_timer_arm(c->loop, &c->deadline, RF_CLIENT_DEADLINE, on_deadline);
	send_answer(c);
}

/* The request is complete. The connection may be gone when this returns. */
static void begin_call(struct rf_connection *c)
{
	struct rf_call *call = NULL;

	rf_timer_cancel(&c->deadline);
	c->stage = STAGE_ANSWER; /* no call yet that a close would wait for */
	if (!rf_watch_change(&c->watch, 0))
		call = rf_call_new(c->context, &c->request, on_answer, c);
	if (!call) {
		rf_connection_close(c);
		return;
	}
	c->stage = STAGE_CALL;
	if (c->refuse)
		rf_call_refuse(call, c->refuse);
	else
		rf_call_start(call);
}

/* Receives up to LEN bytes: how many, 0 when nothing is there now, negative when the client is done or broken. */
static ssize_t receive(const struct rf_connection *c, void *buffer, size_t len)
{
	for (;;) {
		ssize_t got = recv(c->fd, buffer, len, 0);

		if (got > 0)
			return got;
		if (got == 0)
			return -EPIPE;
		if (errno == EAGAIN)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

/* Fills BUFFER: 1 when it holds WANT bytes, 0 when more must come, negative when the client is done or broken. */
static int fill(struct rf_connection *c, uint8_t *buffer, size_t want)
{
	while (c->have < want) {
		ssize_t got = receive(c, buffer + c->have, want - c->have);

		if (got <= 0)
			return (int)got;
		c->have += (size_t)got;
	}
	return 1;
}

static int after_envelope(struct rf_connection *c)
{
	rf_request_read_envelope(&c->request);

	const struct rf_command *command = rf_command_find(c->request.number);
	uint64_t len = command ? rf_command_payload_len(command, &c->request) : 0;

	c->have = 0;
	c->stage = STAGE_PAYLOAD;
	if (len > RF_PAYLOAD_MAX) {
		/* Nobody sends so much in earnest, and nobody may make us wait for it: no payload, no descriptors. */
		c->refuse = command->no_payload ? command->no_payload : LTTNG_ERR_INVALID_PROTOCOL;
		c->stage = STAGE_COMPLETE;
		return 1;
	}
	if (!len)
		return 1;
	/* Untouched pages cost nothing until the bytes arrive. */
	c->request.payload = malloc(len);
	c->request.payload_len = c->request.payload ? len : 0;
	return c->request.payload ? 1 : -ENOMEM;
}

/*
 * What nobody wants is not taken: without room for descriptors the kernel drops them, and closing one could wait for a
 * file system of the client's for ever.
 */
static int drop_descriptors(struct rf_connection *c)
{
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t got = recvmsg(c->fd, &message, 0);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (got == 0)
		return -EPIPE;
	if (c->request.fd_count > RF_FDS_MAX || !(message.msg_flags & MSG_CTRUNC))
		c->refuse = LTTNG_ERR_INVALID_PROTOCOL;
	return 1;
}

/* Only probes of programs come with what a command takes. */
static bool wants_program(const struct rf_connection *c)
{
	return c->request.number == RF_CMD_ENABLE_EVENT && c->request.domain == RF_DOMAIN_KERNEL &&
		c->request.fd_count == 1 && !c->context->rootless && rf_kernel_may_trace(c->context->recorder, c->uid);
}

static void have_program(void *data, int program)
{
	struct rf_connection *c = data;
	bool gone = c->stage == STAGE_GONE;

	c->request.has_fd = program >= 0;
	c->request.fd = program;
	c->stage = STAGE_COMPLETE;
	if (gone) {
		rf_connection_close(c);
		return;
	}
	/* Whoever should have taken it may not have come to that. */
	if (program < 0)
		drop_descriptors(c);
	if (program == -EPROTO)
		c->refuse = LTTNG_ERR_INVALID_PROTOCOL;
	begin_call(c);
}

/* Has the program taken by a process that may wait for its file system. */
static int take_program(struct rf_connection *c)
{
	char byte;
	ssize_t got = recv(c->fd, &byte, 1, MSG_PEEK);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (got == 0)
		return -EPIPE;

	int err = rf_watch_change(&c->watch, 0);

	if (!err)
		err = rf_broker_receive_program(c->context->broker, c->fd, have_program, c);
	if (err)
		return err;
	/* The broker has a deadline for it. */
	rf_timer_cancel(&c->deadline);
	c->stage = STAGE_PROGRAM;
	return 0;
}

static int advance(struct rf_connection *c)
{
	int done;

	switch (c->stage) {
	case STAGE_ENVELOPE:
		done = fill(c, c->request.envelope, RF_ENVELOPE_SIZE);
		return done > 0 ? after_envelope(c) : done;
	case STAGE_PAYLOAD:
		done = fill(c, c->request.payload, c->request.payload_len);
		if (done > 0)
			c->stage = c->request.fd_count ? STAGE_DESCRIPTORS : STAGE_COMPLETE;
		return done;
	case STAGE_DESCRIPTORS:
		done = wants_program(c) ? take_program(c) : drop_descriptors(c);
		if (done > 0)
			c->stage = STAGE_COMPLETE;
		return done;
	default:
		return -EINVAL;
	}
}

static void on_request(struct rf_connection *c)
{
	int done = 1;

	if (!c->request.envelope)
		c->request.envelope = malloc(RF_ENVELOPE_SIZE);
	if (!c->request.envelope)
		done = -ENOMEM;
	while (done > 0 && c->stage < STAGE_COMPLETE)
		done = advance(c);
	if (done == 0)
		return;
	if (done > 0) {
		begin_call(c);
		return;
	}
	/* A connection without a byte only asks whether the daemon is there. */
	if (c->have || c->stage > STAGE_ENVELOPE)
		rf_debug("client: uid=%u left within its request (%s)", (unsigned int)c->uid, strerror(-done));
	rf_connection_close(c);
}

static void on_event(struct rf_watch *watch, uint32_t events)
{
	struct rf_connection *c = rf_container_of(watch, struct rf_connection, watch);

	if (c->stage < STAGE_COMPLETE)
		on_request(c);
	else if (c->stage == STAGE_ANSWER && (events & EPOLLOUT))
		send_answer(c);
	else
		rf_connection_close(c);
}

int rf_connection_open(struct rf_loop *loop, struct rf_list *all, int fd, uid_t uid, gid_t gid,
	struct rf_client_context *context, rf_slot_free_fn slot_free, void *slot_data)
{
	struct rf_connection *c = calloc(1, sizeof(*c));
	int failed = c ? rf_watch_add(loop, &c->watch, fd, EPOLLIN, on_event) : -ENOMEM;

	if (failed) {
		free(c);
		close(fd);
		return failed;
	}
	c->fd = fd;
	c->loop = loop;
	c->context = context;
	c->slot_free = slot_free;
	c->slot_data = slot_data;
	c->uid = uid;
	c->request.uid = uid;
	c->request.gid = gid;
	rf_list_init(&c->node);
	rf_list_append(all, &c->node);
	rf_timer_arm(loop, &c->deadline, RF_CLIENT_DEADLINE, on_deadline);
	return 0;
}
