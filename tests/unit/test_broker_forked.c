/* SPDX-License-Identifier: GPL-2.0-only */
/* Replies of the processes that the broker forks. */
#include "policy/broker/forked.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define BROKERS 0
#define WORKERS 1

static struct rf_frame_buffer buffer;
static const struct rf_frame request = {.type = RF_BROKER_MAKE_DIR, .serial = 7};

static struct rf_frame next_reply(int sock)
{
	struct rf_frame frame;

	cr_assert_eq(rf_frame_recv(sock, &buffer, &frame, MSG_DONTWAIT), 1);
	cr_expect_eq(frame.type, RF_BROKER_MAKE_DIR | RF_FRAME_REPLY);
	cr_expect_eq(frame.serial, 7);
	return frame;
}

Test(broker_forked, a_reply_has_what_belongs_to_it)
{
	int ends[2];
	int fds[2] = {STDERR_FILENO, STDERR_FILENO};

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	rf_forked_reply(ends[WORKERS], &request, 0, "body", 4, fds, 2);

	struct rf_frame frame = next_reply(ends[BROKERS]);

	cr_expect_eq(frame.status, 0);
	cr_expect_eq(frame.body.size, 4);
	cr_expect_eq(frame.fd_count, 2);
	rf_frame_close_fds(&frame);
}

/* Else the next reply would be taken for this one, and its descriptors be given to somebody else. */
Test(broker_forked, what_cannot_be_sent_is_an_error)
{
	int ends[2];
	int fds[2] = {STDERR_FILENO, -1};

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	rf_forked_reply(ends[WORKERS], &request, 0, "body", 4, fds, 2);

	struct rf_frame frame = next_reply(ends[BROKERS]);

	cr_expect_eq(frame.status, -EBADF);
	cr_expect_eq(frame.body.size, 0);
	cr_expect_eq(frame.fd_count, 0);
}

Test(broker_forked, a_link_that_takes_no_reply_ends)
{
	int ends[2];
	struct rf_frame frame;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	shutdown(ends[WORKERS], SHUT_WR);
	rf_forked_reply(ends[WORKERS], &request, 0, NULL, 0, NULL, 0);
	cr_expect_eq(rf_frame_recv(ends[WORKERS], &buffer, &frame, MSG_DONTWAIT), 0);
	cr_expect_eq(rf_frame_recv(ends[BROKERS], &buffer, &frame, MSG_DONTWAIT), 0);
}
