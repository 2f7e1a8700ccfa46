/* SPDX-License-Identifier: GPL-2.0-only */
/* A byte with copies of a descriptor, as a client sends it. */
#ifndef RF_TESTS_UNIT_SEND_COPIES_H
#define RF_TESTS_UNIT_SEND_COPIES_H

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#define SEND_COPIES_MAX 253u

static inline void send_copies(int sock, int fd, unsigned int count)
{
	char control[CMSG_SPACE(SEND_COPIES_MAX * sizeof(int))] = {0};
	struct iovec part = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *rights = (struct cmsghdr *)control;

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (unsigned int i = 0; i < count; i++)
		memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd, sizeof(int));
	if (count) {
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	cr_assert_eq(sendmsg(sock, &message, MSG_NOSIGNAL), 1);
}

#endif
