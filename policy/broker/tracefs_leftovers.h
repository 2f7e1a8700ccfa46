/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What earlier kernel workers left behind when they were killed: instances, and dynamic events of instances that are no
 * more. Other daemons may run beside us, in containers: theirs cannot be removed, since they hold files open, and what
 * was seen for the first time is let be until the next look, since it may be one that is just being made.
 *
 * Kernel worker only.
 */
#ifndef RF_POLICY_BROKER_TRACEFS_LEFTOVERS_H
#define RF_POLICY_BROKER_TRACEFS_LEFTOVERS_H

#include "policy/broker/tracefs_instance.h"

struct rf_leftovers {
	char **seen; /* names of instances */
	size_t seen_count;
	uint64_t next;  /* look, on the monotonic clock; 0: there is nothing to look for any more */
	uint64_t until; /* processes that die take a while */
};

void rf_leftovers_begin(struct rf_leftovers *leftovers);
/* When `next` has come. */
void rf_leftovers_look(struct rf_leftovers *leftovers, const struct rf_tracefs *fs);

#endif
