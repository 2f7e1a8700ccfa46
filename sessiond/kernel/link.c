/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/link.h"

#include "common/log.h"
#include "common/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Making large rings and loading modules takes seconds on a busy machine; longer than this it does not work. */
#define PATIENCE (60 * RF_SECOND)

struct rf_kernel_link {
	int sock;
	uint32_t serial;
	struct rf_frame_buffer buffer;
	struct rf_frame reply; /* of the last call */
};

struct rf_kernel_link *rf_kernel_link_new(int sock)
{
	struct rf_kernel_link *link = calloc(1, sizeof(*link));

	if (link)
		link->sock = sock;
	return link;
}

void rf_kernel_link_free(struct rf_kernel_link *link)
{
	if (!link)
		return;
	rf_frame_close_fds(&link->reply);
	close(link->sock);
	free(link);
}

static int wait_for(int sock, short events, uint64_t deadline)
{
	struct pollfd ready = {.fd = sock, .events = events};
	uint64_t now = rf_now();
	int got = now < deadline ? poll(&ready, 1, (int)((deadline - now) / RF_MS) + 1) : 0;

	if (got < 0)
		return errno == EINTR ? 0 : -errno;
	return got ? 0 : -ETIMEDOUT;
}

static int receive(struct rf_kernel_link *link, uint32_t type, uint64_t deadline)
{
	for (;;) {
		int got = rf_frame_recv(link->sock, &link->buffer, &link->reply, MSG_DONTWAIT);

		if (got == 0)
			return -EPIPE;
		/* A late answer to a call that was given up is nobody's. */
		if (got > 0 && link->reply.type == (type | RF_FRAME_REPLY) && link->reply.serial == link->serial)
			return link->reply.status;
		if (got > 0) {
			rf_frame_close_fds(&link->reply);
			continue;
		}
		if (got != -EAGAIN)
			return got;
		got = wait_for(link->sock, POLLIN, deadline);
		if (got < 0)
			return got;
	}
}

static int send_request(
	struct rf_kernel_link *link, uint32_t type, const struct rf_writer *body, int fd, uint64_t deadline)
{
	for (;;) {
		int err = rf_frame_send(
			link->sock, type, link->serial, 0, body->base, body->at, fd >= 0 ? &fd : NULL, fd >= 0);

		if (err != -EAGAIN)
			return err;
		err = wait_for(link->sock, POLLOUT, deadline);
		if (err < 0)
			return err;
	}
}

int rf_kernel_link_call(
	struct rf_kernel_link *link, uint32_t type, struct rf_writer *body, int fd, struct rf_frame **reply)
{
	uint64_t deadline = rf_now() + PATIENCE;

	rf_frame_close_fds(&link->reply);
	link->reply = (struct rf_frame){.type = 0};
	rf_reader_init(&link->reply.body, NULL, 0, RF_HOST_ORDER);
	*reply = &link->reply;
	link->serial++;

	int status = rf_writer_ok(body) ? send_request(link, type, body, fd, deadline) : -EMSGSIZE;

	rf_writer_free(body);
	if (!status)
		status = receive(link, type, deadline);
	return status;
}
