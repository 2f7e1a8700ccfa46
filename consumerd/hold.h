/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session daemon's messages are acted upon in the order they were sent, also when one of them has to wait for the
 * broker before the next makes sense: the rest is held until then. Control thread only.
 */
#ifndef RF_CONSUMERD_HOLD_H
#define RF_CONSUMERD_HOLD_H

#include "common/frame.h"
#include "common/list.h"

#include <stdbool.h>

struct rf_hold {
	unsigned int count; /* that hold */
	bool releasing;
	struct rf_list frames; /* oldest first */
	void (*serve)(void *data, struct rf_frame *frame);
	void (*released)(void *data); /* nothing is held any more; may be NULL */
	void *data;
};

void rf_hold_init(struct rf_hold *hold, void (*serve)(void *data, struct rf_frame *frame), void (*released)(void *data),
	void *data);
/* Drops what is held. */
void rf_hold_fini(struct rf_hold *hold);
bool rf_hold_active(const struct rf_hold *hold);
/* What comes from now on is held, until rf_hold_end() was called as often as this. */
void rf_hold_begin(struct rf_hold *hold);
void rf_hold_end(struct rf_hold *hold);
/* Serves FRAME now, or takes a copy and its descriptors. -ENOMEM: dropped. */
int rf_hold_frame(struct rf_hold *hold, struct rf_frame *frame);

#endif
