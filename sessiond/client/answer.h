/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client gets for its request: one message, and behind it descriptors, which come with a byte of their own. The
 * memory and the descriptors belong to whoever holds the answer last, who calls rf_answer_clear(). Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_ANSWER_H
#define RF_SESSIOND_CLIENT_ANSWER_H

#include "sessiond/client/protocol.h"

#include <stddef.h>
#include <stdint.h>

struct rf_answer {
	uint8_t *message; /* malloc'd; NULL when there was no memory for one */
	size_t len;
	unsigned int fd_count;
	int fds[RF_FDS_MAX];
};

/* Moves all of FROM to TO, which is overwritten. */
void rf_answer_move(struct rf_answer *to, struct rf_answer *from);
/* A duplicate of FD goes with it. 0 or a negative errno: -E2BIG when no more can. */
int rf_answer_add_fd(struct rf_answer *answer, int fd);
void rf_answer_clear(struct rf_answer *answer);

#endif
