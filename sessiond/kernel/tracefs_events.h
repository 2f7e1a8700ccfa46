/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's events of a channel, switched on and off as the channel's rules say. An event that several rules select
 * is on when one of them is enabled, and records what any of them lets through. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_EVENTS_H
#define RF_SESSIOND_KERNEL_TRACEFS_EVENTS_H

#include "sessiond/kernel/tracefs_parts.h"

/* The channel's entry for EVENT, made at the first call. PROBE, NAME: see struct rf_tracefs_event. NULL: no memory. */
struct rf_tracefs_event *rf_tracefs_event_get(struct rf_tracefs_channel *channel, const struct rf_kernel_event *event,
	const struct rf_tracefs_rule *probe, const char *name);
/*
 * tracefs_settle.c: makes the kernel do for COUNT events what the rules say now that CHANGED is different. What CHANGED
 * cannot have (the kernel does not have it any more, or not with such a filter) is left out of it, and goes on as it
 * was. 0, or negative errno when nothing could be done for some; then call it again with CHANGED as it was before.
 * CHANGED NULL: the channel's contexts are different; -EOPNOTSUPP, too, when the kernel cannot do what they need.
 */
int rf_tracefs_settle(struct rf_tracefs_channel *channel, struct rf_tracefs_event *const *events, size_t count,
	struct rf_tracefs_rule *changed);
/* Whether RULE, enabled or not, records EVENT. */
bool rf_tracefs_rule_takes(const struct rf_tracefs_rule *rule, const struct rf_tracefs_event *event);
/* It does not any more. 0 or -ENOMEM. */
int rf_tracefs_rule_leave_out(struct rf_tracefs_rule *rule, const struct rf_tracefs_event *event);
/* Switches EVENT in the kernel. 0 or negative errno, which has been logged. */
int rf_tracefs_event_switch(const struct rf_tracefs_channel *channel, struct rf_tracefs_event *event, bool on);
/* Switches those that are wanted on or off, as the channel is. */
void rf_tracefs_events_switch(struct rf_tracefs_channel *channel);
/* Takes out of the kernel, and forgets, the events that RULE defined. */
void rf_tracefs_events_of_probe_free(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule);
/* Frees all, which are not touched in the kernel. */
void rf_tracefs_events_free(struct rf_tracefs_channel *channel);

#endif
