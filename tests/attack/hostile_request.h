/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of hostile clients, with what the stock library would never put into them. */
#ifndef RF_TESTS_ATTACK_HOSTILE_REQUEST_H
#define RF_TESTS_ATTACK_HOSTILE_REQUEST_H

#include "sessiond/client/protocol.h"
#include "tests/attack/hostile.h"

#define SOON 1000 /* ms */

struct hostile_envelope {
	uint8_t bytes[RF_ENVELOPE_SIZE];
};

void hostile_put32(uint8_t *at, uint32_t value);
/* A static one, of the user-space domain; the arguments are zero. */
struct hostile_envelope *hostile_envelope(uint32_t command, const char *session);
/* The code of the answer, or what hostile_read() said. */
long hostile_answer(int sock, int timeout_ms);
/* Sends it with a payload and a descriptor (-1: none), on a connection of its own; the code of its answer. */
long hostile_ask(const struct hostile_envelope *e, const void *payload, size_t len, int fd);

#endif
