/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's filter expression as the text that the mainline tracer takes for an event's filter. Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_FILTER_TEXT_H
#define RF_SESSIOND_KERNEL_FILTER_TEXT_H

#include "sessiond/kernel/format_file.h"

#include <stddef.h>

#define RF_FILTER_TEXT_SIZE 4096u /* the longest that the kernel takes, with a NUL */

/*
 * Writes EXPRESSION, about the event that clients call LTTNG_EVENT and FORMAT describes, to OUT. 0; "0", which takes a
 * filter away, is for one that is true for every record. -ENOENT: it is true for none, as when the event lacks a field
 * that the expression names, so that the event is better left out. -EINVAL for what the kernel cannot express, -E2BIG
 * above SIZE, -ENOMEM. OUT has a line for a log that says why when it is not 0.
 */
int rf_filter_to_tracefs(
	const char *expression, const struct rf_format *format, const char *lttng_event, char *out, size_t size);

#endif
