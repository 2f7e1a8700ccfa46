/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns at something of which there is little at a time, because each takes a process or much memory: only so many
 * have theirs together, and of one user one. The others wait in order; who waits for a turn of his own keeps nobody
 * else from one. Turns are embedded in their owner's object. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_TURNS_H
#define RF_SESSIOND_CLIENT_TURNS_H

#include "common/list.h"

#include <stdbool.h>
#include <sys/types.h>

struct rf_turns {
	struct rf_list waiting;
	struct rf_list taken;
	unsigned int count; /* taken */
	unsigned int most;
	bool going; /* the one loop that gives turns out is running */
};

struct rf_turn {
	struct rf_list node;
	uid_t uid;
	void (*go)(void *data);
	void *data;
};

void rf_turns_init(struct rf_turns *turns, unsigned int most);
/* Calls GO when the turn comes: before this returns, or later. */
void rf_turn_take(struct rf_turns *turns, struct rf_turn *turn, uid_t uid, void (*go)(void *data), void *data);
/* A turn that came is over; the next may come before this returns. */
void rf_turn_give(struct rf_turns *turns, struct rf_turn *turn);

#endif
