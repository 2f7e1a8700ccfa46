/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata text of a trace of the mainline tracer. Readers know traces of the kernel by what lttng-modules writes, so
 * this text says what it would say. Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_TEXT_H
#define RF_SESSIOND_KERNEL_TRACEFS_TEXT_H

#include "sessiond/ctf/text.h"
#include "sessiond/kernel/field_map.h"
#include "sessiond/kernel/tracer.h"

/* What comes before the streams. The clock is the monotonic one, which must be that of user-space traces, too. */
void rf_tracefs_preamble(struct rf_text *text, const struct rf_kernel_trace_def *def, int64_t clock_offset);
/* CONTEXTS: bits of enum rf_tracefs_context. */
void rf_tracefs_stream(struct rf_text *text, uint32_t id, uint32_t contexts);
/* The fields of an event: the part of its block that rf_ctf_event() takes. */
void rf_tracefs_event_body(struct rf_text *text, const struct rf_mapped_field *fields, size_t count);

#endif
