/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/attack/hostile_request.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE 20000 /* ms; what is about time is measured beside it */

void hostile_put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

struct hostile_envelope *hostile_envelope(uint32_t command, const char *session)
{
	static struct hostile_envelope e;

	memset(&e, 0, sizeof(e));
	hostile_put32(e.bytes, command);
	snprintf((char *)e.bytes + RF_ENVELOPE_SESSION, RF_SESSION_NAME_FIELD, "%s", session);
	hostile_put32(e.bytes + RF_ENVELOPE_DOMAIN, RF_DOMAIN_UST);
	hostile_put32(e.bytes + RF_ENVELOPE_DOMAIN + 4, RF_CLIENT_PER_UID);
	return &e;
}

long hostile_answer(int sock, int timeout_ms)
{
	uint32_t header[RF_REPLY_HEADER_SIZE / sizeof(uint32_t)];
	long got = hostile_read(sock, header, sizeof(header), timeout_ms);

	return got < 0 ? got : (long)header[1];
}

long hostile_ask(const struct hostile_envelope *e, const void *payload, size_t len, int fd)
{
	int sock = hostile_connect();
	/* It may have hung up before all is there; the answer is there then. */
	bool sent = hostile_send(sock, e, sizeof(*e)) && (!len || hostile_send(sock, payload, len)) &&
		(fd < 0 || hostile_send_fd(sock, fd));
	long code = hostile_answer(sock, sent ? PATIENCE : SOON);

	close(sock);
	return code;
}
