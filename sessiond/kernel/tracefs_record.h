/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of records of a channel and the events that they become. They stay for as long as the channel: what was
 * written with them must be readable. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_RECORD_H
#define RF_SESSIOND_KERNEL_TRACEFS_RECORD_H

#include "sessiond/kernel/format_file.h"
#include "sessiond/kernel/tracefs_parts.h"

/*
 * Sets EVENT's record to what FORMAT says: that which it has, if that is still the same, or a new one. 0, -ENOMEM, or
 * -EINVAL, -E2BIG for a record that cannot become an event.
 */
int rf_tracefs_record_set(
	struct rf_tracefs_channel *channel, struct rf_tracefs_event *event, const struct rf_format *format);
/* A made-up one: an event whose fields BODY describes. NULL without memory. */
struct rf_tracefs_record *rf_tracefs_record_make_up(
	struct rf_tracefs_channel *channel, const char *name, const char *body);
void rf_tracefs_records_free(struct rf_tracefs_channel *channel);

#endif
