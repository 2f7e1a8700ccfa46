/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/attack/hostile.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *path;

uint64_t hostile_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int hostile_try_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (sock >= 0 && connect(sock, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(sock);
		sock = -1;
	}
	return sock;
}

int hostile_connect(void)
{
	int sock = hostile_try_connect();

	if (sock < 0) {
		printf("cannot connect to %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return sock;
}

bool hostile_send(int sock, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t sent = send(sock, at, len, MSG_NOSIGNAL);

		if (sent < 0)
			return false;
		at += sent;
		len -= (size_t)sent;
	}
	return true;
}

bool hostile_send_fd(int sock, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} room = {.bytes = {0}};
	struct iovec part = {"", 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof(room.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(int));
	return sendmsg(sock, &message, MSG_NOSIGNAL) == 1;
}

long hostile_read(int sock, void *bytes, size_t len, int timeout_ms)
{
	uint64_t end = hostile_now_ms() + (uint64_t)timeout_ms;
	size_t have = 0;

	while (have < len) {
		struct pollfd readable = {.fd = sock, .events = POLLIN};
		uint64_t now = hostile_now_ms();

		if (now >= end || poll(&readable, 1, (int)(end - now)) <= 0)
			return SAID_NOTHING;

		ssize_t got = recv(sock, (char *)bytes + have, len - have, 0);

		if (got <= 0)
			return ENDED;
		have += (size_t)got;
	}
	return (long)have;
}

long hostile_wait_end(int sock, int timeout_ms)
{
	uint64_t begin = hostile_now_ms();
	char byte;
	long got;

	do {
		long left = timeout_ms - (long)(hostile_now_ms() - begin);

		got = left > 0 ? hostile_read(sock, &byte, 1, (int)left) : SAID_NOTHING;
	} while (got > 0);
	return got == ENDED ? (long)(hostile_now_ms() - begin) : got;
}

void hostile_fill(uint8_t *bytes, size_t len)
{
	while (len) {
		size_t part = len < 256 ? len : 256;

		if (getrandom(bytes, part, 0) != (ssize_t)part)
			abort();
		bytes += part;
		len -= part;
	}
}

int hostile_main(int argc, char **argv, const struct hostile_attack *attacks, size_t count)
{
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; argc >= 3 && i < count; i++) {
		if (strcmp(attacks[i].name, argv[2]) != 0)
			continue;
		path = argv[1];
		return attacks[i].run(argc > 3 ? argv[3] : "") ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	fprintf(stderr, "usage: %s SOCKET ATTACK [ARGUMENT]\n", argv[0]);
	return 2;
}
