/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events that a rule defines: places in the kernel's code or in a program's. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_PROBE_H
#define RF_SESSIOND_KERNEL_TRACEFS_PROBE_H

#include "sessiond/kernel/tracefs_parts.h"

/* Whether RULE defines events. */
bool rf_tracefs_is_probe(const struct rf_event_rule *rule);
/* Has the broker define RULE's events and adds them to the channel's. 0 or negative errno. */
int rf_tracefs_probe_add(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule);
/* Takes them back; for a rule that has none it does nothing. */
void rf_tracefs_probe_remove(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule);

#endif
