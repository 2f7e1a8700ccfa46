/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Ask the kernel for up to this many: one more than we accept, so that an excess is seen rather than cut. */
#define CONTROL_FDS (RF_FRAME_MAX_FDS + 1u)

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(CONTROL_FDS * sizeof(int))];
};

int rf_frame_send(int sock, uint32_t type, uint32_t serial, int32_t status, const void *body, size_t body_len,
	const int *fds, unsigned int fd_count)
{
	if (body_len > RF_FRAME_MAX_BODY || fd_count > RF_FRAME_MAX_FDS)
		return -EMSGSIZE;

	uint8_t header[RF_FRAME_HEADER];
	struct rf_writer w;

	rf_writer_init_fixed(&w, header, sizeof(header), RF_HOST_ORDER);
	rf_write_u32(&w, type);
	rf_write_u32(&w, serial);
	rf_write_i32(&w, status);
	rf_write_u32(&w, (uint32_t)body_len);

	union control control;
	struct iovec parts[2] = {
		{.iov_base = header, .iov_len = sizeof(header)},
		{.iov_base = (void *)(uintptr_t)body, .iov_len = body_len},
	};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = body_len ? 2 : 1};

	if (fd_count) {
		memset(&control, 0, sizeof(control));
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));

		struct cmsghdr *c = CMSG_FIRSTHDR(&message);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, fd_count * sizeof(int));
	}

	ssize_t sent;

	do {
		sent = sendmsg(sock, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

int rf_frame_parse(const uint8_t *bytes, size_t len, struct rf_frame *frame)
{
	struct rf_reader r;

	rf_reader_init(&r, bytes, len, RF_HOST_ORDER);
	frame->type = rf_read_u32(&r);
	frame->serial = rf_read_u32(&r);
	frame->status = rf_read_i32(&r);

	uint32_t body_len = rf_read_u32(&r);

	if (!rf_reader_ok(&r) || body_len > RF_FRAME_MAX_BODY || rf_reader_left(&r) != body_len)
		return -EPROTO;
	frame->body = rf_read_sub(&r, body_len);
	return 0;
}

static void collect_fds(struct msghdr *message, struct rf_frame *frame, unsigned int *excess)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;

		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (frame->fd_count < RF_FRAME_MAX_FDS) {
				frame->fds[frame->fd_count++] = fd;
				continue;
			}
			close(fd);
			(*excess)++;
		}
	}
}

/* There is room for all that a frame may carry: it was this process that could not have more of them open. */
static void lose_fds(struct rf_frame *frame)
{
	rf_frame_close_fds(frame);
	if ((frame->type & RF_FRAME_REPLY) && frame->status >= 0)
		frame->status = -EMFILE;
}

int rf_frame_recv(int sock, struct rf_frame_buffer *buffer, struct rf_frame *frame, int flags)
{
	union control control;
	struct iovec part = {.iov_base = buffer->bytes, .iov_len = sizeof(buffer->bytes)};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
	unsigned int excess = 0;
	ssize_t got;

	frame->fd_count = 0;
	do {
		got = recvmsg(sock, &message, flags | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	collect_fds(&message, frame, &excess);
	if (got == 0 && !frame->fd_count)
		return 0;
	if (excess || (message.msg_flags & MSG_TRUNC) || rf_frame_parse(buffer->bytes, (size_t)got, frame) < 0) {
		rf_frame_close_fds(frame);
		return -EPROTO;
	}
	if (message.msg_flags & MSG_CTRUNC)
		lose_fds(frame);
	return 1;
}

int rf_frame_take_fd(struct rf_frame *frame, unsigned int index)
{
	if (index >= frame->fd_count)
		return -1;

	int fd = frame->fds[index];

	frame->fds[index] = -1;
	return fd;
}

void rf_frame_close_fds(struct rf_frame *frame)
{
	for (unsigned int i = 0; i < frame->fd_count; i++)
		if (frame->fds[i] >= 0)
			close(frame->fds[i]);
	frame->fd_count = 0;
}
