/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole privileged surface: one table of requests, who may send each, and what is done (requests.c; handlers
 * by family in *_requests.c). Loop thread.
 */
#ifndef RF_POLICY_BROKER_REQUESTS_H
#define RF_POLICY_BROKER_REQUESTS_H

#include "policy/broker/state.h"

struct rf_request_row {
	uint32_t type;
	unsigned int roles; /* enum rf_peer_role, or'ed */
	const char *name;   /* in audit lines */
	/* Decodes, checks and does it. 0 when a reply was sent, will be sent, or is not due; else a negative errno. */
	int (*handle)(struct rf_peer *peer, struct rf_frame *frame);
};

/* As audit lines have it. */
const char *rf_peer_role_name(enum rf_peer_role role);
/* The row of TYPE for a peer of ROLE. NULL: there is none, or not for that role. */
const struct rf_request_row *rf_request_find(uint32_t type, enum rf_peer_role role);
/* Serves one frame; a peer that sends what is not in the table for it is killed. */
void rf_requests_serve(struct rf_peer *peer, struct rf_frame *frame);

#endif
