/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One request as it came from a client: who sent it, the envelope, the payload, a descriptor. All of it is the
 * request's; whoever holds it last calls rf_request_clear(). Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_REQUEST_H
#define RF_SESSIOND_CLIENT_REQUEST_H

#include "common/wire.h"
#include "sessiond/client/protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rf_request {
	uid_t uid; /* as the kernel says of the connection */
	gid_t gid;
	uint8_t *envelope; /* RF_ENVELOPE_SIZE bytes */
	uint8_t *payload;
	size_t payload_len;
	bool has_fd; /* exactly one descriptor came with it, and the command takes one */
	int fd;      /* without: a negative errno if it could not be taken */

	uint32_t number;
	char session_name[RF_SESSION_NAME_FIELD]; /* empty when the field held none or was not terminated */
	uint32_t domain;
	uint32_t buffers;
	uint32_t echo; /* first word of the domain's attributes, which the reply repeats */
	uint32_t fd_count;
};

/* Reads the fixed fields of request->envelope, which must be complete. Any content is accepted. */
void rf_request_read_envelope(struct rf_request *request);
/* A reader over the argument area. */
struct rf_reader rf_request_args(const struct rf_request *request);
struct rf_reader rf_request_payload(const struct rf_request *request);
/* Moves the descriptor to the caller; -1 when there is none. */
int rf_request_take_fd(struct rf_request *request);
void rf_request_clear(struct rf_request *request);

#endif
