/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/link.h"

#include "common/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The broker may have to load modules or to allocate large rings; a kernel thread that waits for ever helps nobody. */
#define PATIENCE (60 * RF_SECOND)

struct rf_kernel_link {
	int sock;
	uint32_t serial; /* of the last request */
	struct rf_frame frame;
	struct rf_frame_buffer buffer;
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
	rf_frame_close_fds(&link->frame);
	close(link->sock);
	free(link);
}

static int wait_for(struct rf_kernel_link *link, short events, uint64_t deadline)
{
	struct pollfd watched = {.fd = link->sock, .events = events};

	for (;;) {
		uint64_t now = rf_now();
		int ready = now < deadline ? poll(&watched, 1, (int)((deadline - now) / RF_MS) + 1) : 0;

		if (ready > 0)
			return 0;
		if (ready == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

static int send_request(
	struct rf_kernel_link *link, uint32_t type, const struct rf_writer *body, int fd, uint64_t deadline)
{
	if (!rf_writer_ok(body))
		return -EMSGSIZE;
	for (;;) {
		int err = rf_frame_send(link->sock, type, link->serial, 0, body->base, body->at, &fd, fd >= 0);

		if (err != -EAGAIN)
			return err == -ECONNRESET ? -EPIPE : err;
		err = wait_for(link, POLLOUT, deadline);
		if (err < 0)
			return err;
	}
}

/* A reply that comes after its request was given up is none of anybody's. */
static bool answers(const struct rf_kernel_link *link, uint32_t type)
{
	return link->frame.type == (type | RF_FRAME_REPLY) && link->frame.serial == link->serial;
}

static int receive_reply(struct rf_kernel_link *link, uint32_t type, uint64_t deadline)
{
	for (;;) {
		int got = rf_frame_recv(link->sock, &link->buffer, &link->frame, MSG_DONTWAIT);

		if (got == 1 && answers(link, type))
			return 0;
		if (got == 1)
			rf_frame_close_fds(&link->frame);
		else if (got == -EAGAIN)
			got = wait_for(link, POLLIN, deadline);
		else if (got == 0 || got == -ECONNRESET)
			got = -EPIPE;
		if (got < 0)
			return got;
	}
}

static void empty_reply(struct rf_kernel_link *link)
{
	rf_frame_close_fds(&link->frame);
	link->frame = (struct rf_frame){0};
	rf_reader_init(&link->frame.body, NULL, 0, RF_HOST_ORDER);
}

int rf_kernel_link_call(
	struct rf_kernel_link *link, uint32_t type, struct rf_writer *body, int fd, struct rf_frame **reply)
{
	uint64_t deadline = rf_now() + PATIENCE;

	*reply = &link->frame;
	empty_reply(link);
	link->serial = link->serial + 1 ? link->serial + 1 : 1;

	int err = send_request(link, type, body, fd, deadline);

	rf_writer_free(body);
	if (err == 0)
		err = receive_reply(link, type, deadline);
	if (err < 0) {
		empty_reply(link);
		return err;
	}
	return link->frame.status > 0 ? -EPROTO : link->frame.status;
}
