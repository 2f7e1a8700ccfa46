/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one filter that the kernel can have for an event, of the filters of all rules that want it. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_FILTER_H
#define RF_SESSIOND_KERNEL_TRACEFS_FILTER_H

#include "sessiond/kernel/format_file.h"
#include "sessiond/kernel/tracefs_events.h"

/* Whether a rule that takes EVENT has a filter: its format is needed then. */
bool rf_tracefs_filters(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event);
/*
 * Writes what the enabled rules that take EVENT let through as the kernel's filter, malloc'd; NULL: everything. Rules
 * whose filters the kernel cannot have for this event leave it out, CHANGED first. 0 or -ENOMEM. FORMAT: of EVENT; NULL
 * when no rule has a filter.
 */
int rf_tracefs_filter(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event,
	const struct rf_format *format, struct rf_tracefs_rule *changed, char **filter);

#endif
