/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's events that contexts of threads are known from: which thread runs on a processor, what threads are
 * called, who makes them. They are on in a channel with such contexts, whole, whether a rule wants them or not; if none
 * does, their records are no events. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_WATCH_H
#define RF_SESSIOND_KERNEL_TRACEFS_WATCH_H

#include "sessiond/kernel/format_file.h"
#include "sessiond/kernel/tracefs_parts.h"

/* Whether CHANNEL has contexts that are of threads. */
bool rf_tracefs_has_watches(const struct rf_tracefs_channel *channel);
/* Whether CHANNEL's contexts need EVENT. */
bool rf_tracefs_watches(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event);
/* What a record of FORMAT tells of threads; RF_WATCH_NOTHING when it is no such event, or lacks what they are told by.
 */
struct rf_record_watch rf_tracefs_watch_of(const struct rf_format *format);
/*
 * Makes the kernel do what the contexts of CHANNEL need now. 0; -ENOENT: the kernel has no such event; -EBUSY: a rule
 * lets only some of its records through; -EOPNOTSUPP: its records do not tell; or what tracefs_settle.c says.
 */
int rf_tracefs_watch_settle(struct rf_tracefs_channel *channel);

#endif
