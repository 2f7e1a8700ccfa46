/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command table: for each number of the protocol what it needs before it runs, and what runs. The whole surface
 * that a client can reach is in command_table.c, one line a command.
 */
#ifndef RF_SESSIOND_CLIENT_COMMAND_H
#define RF_SESSIOND_CLIENT_COMMAND_H

#include "sessiond/client/call.h"

enum rf_command_flag {
	RF_NO_SESSION = 1 << 0,     /* looks up no session (or does so itself) */
	RF_DOMAIN_COMMAND = 1 << 1, /* acts on the domain of the envelope */
	RF_MAKES_DOMAIN = 1 << 2,   /* using it gives the session that domain */
	RF_NEEDS_DOMAIN = 1 << 3,   /* the session must have the domain already */
	RF_IN_LINE = 1 << 4,        /* changes the session: waits for a long command on it */
	RF_CONSUMER_CHECK = 1 << 5, /* its domain only says whose consumer must be there */
};

/* A length inside the argument area; the payload is `unit` bytes for each. width 0: none. */
struct rf_length_field {
	uint16_t at;
	uint8_t width; /* bytes */
	uint16_t unit;
};

struct rf_command {
	const char *name; /* NULL: number not assigned */
	unsigned int flags;
	struct rf_length_field lengths[2];
	int no_payload; /* code when the payload is empty though one is required; 0: it may be empty */
	int (*run)(struct rf_call *call);
};

/* NULL when the number is outside the protocol; unassigned numbers inside it have an entry without `run`. */
const struct rf_command *rf_command_find(uint32_t number);
/* The payload's length as the argument area says; more than RF_PAYLOAD_MAX when it says so or overflows. */
uint64_t rf_command_payload_len(const struct rf_command *command, const struct rf_request *request);

#endif
