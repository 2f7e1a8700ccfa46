/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests that were sent on a link and wait for their reply: serial number to completion. Loop thread only. A
 * completion is called exactly once: with the reply, with -EPIPE when the link went away, or with -ETIMEDOUT.
 */
#ifndef RF_SESSIOND_REQUESTS_H
#define RF_SESSIOND_REQUESTS_H

#include "common/link.h"

/* BODY is valid during the call and empty unless STATUS came from the peer. */
typedef void (*rf_reply_fn)(void *data, int status, struct rf_reader *body);

struct rf_requests {
	struct rf_list waiting; /* oldest first */
	uint32_t next_serial;
	struct rf_link *link;
	struct rf_loop *loop;
	struct rf_frame *reply; /* whose completion runs, NULL at other times */
};

void rf_requests_init(struct rf_requests *requests, struct rf_link *link, struct rf_loop *loop);
/*
 * Sends a request with the body that the writer made (the writer is freed in any case). TIMEOUT in nanoseconds, 0 for
 * none. 0, or a negative errno, and then the completion is not called.
 */
int rf_requests_send(struct rf_requests *requests, uint32_t type, struct rf_writer *body, const int *fds,
	unsigned int fd_count, uint64_t timeout, rf_reply_fn done, void *data);
/* Hands a reply frame to its request; a reply nobody waits for (any more) is ignored. */
void rf_requests_reply(struct rf_requests *requests, struct rf_frame *frame);
/* Within a completion: moves the reply's first descriptor to the caller; -1 when there is none. */
int rf_requests_take_fd(struct rf_requests *requests);
void rf_requests_fail_all(struct rf_requests *requests, int status);

#endif
