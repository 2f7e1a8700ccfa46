/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests that one of the broker's worker processes has: for whom, and what the audit line of the answer says. A
 * worker answers in order, so a queue is all it takes. Freed by its answer. Loop thread.
 */
#ifndef RF_POLICY_BROKER_PASSED_H
#define RF_POLICY_BROKER_PASSED_H

#include "policy/broker/state.h"

#define RF_OBJECT_SIZE 640u

struct rf_passed {
	struct rf_list node;  /* in the worker's queue */
	struct rf_peer *peer; /* NULL when it went away */
	uint32_t type;
	uint32_t serial;
	const char *op;
	char object[RF_OBJECT_SIZE]; /* `key=value` pairs */
};

/* The request FRAME of PEER, in no queue yet. NULL without memory. OP is kept by reference. */
struct rf_passed *rf_passed_new(struct rf_peer *peer, const struct rf_frame *frame, const char *op, const char *object);
/* Audits (BY: more pairs, of the worker) and sends the reply, if there is somebody to get it. */
void rf_passed_answer(struct rf_passed *passed, const char *by, int status, const void *body, size_t len,
	const int *fds, unsigned int fd_count);
/* PEER is gone: nothing of QUEUE is sent to it any more. */
void rf_passed_forget_peer(struct rf_list *queue, const struct rf_peer *peer);

#endif
