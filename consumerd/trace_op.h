/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What takes a trace from one directory to another, or copies it to one. Each is on its way until the last stream has
 * done its part and the metadata is written; the session can be asked to settle (settle.h). Control thread only.
 *
 * Metadata comes first when a trace moves: streams get their new files when the whole text is in the new directory, and
 * while some still write to the old one new text goes to both. A snapshot's metadata comes last: everything in the
 * copied packets is described by then.
 */
#ifndef RF_CONSUMERD_TRACE_OP_H
#define RF_CONSUMERD_TRACE_OP_H

#include "consumerd/trace.h"

/* See RF_CONSUMER_MOVE_TRACE and RF_CONSUMER_SNAPSHOT_TRACE. 0, or -ENOMEM, which the session's next settling tells. */
int rf_trace_move(struct rf_trace *trace, uint32_t dir, bool discard);
int rf_trace_snapshot(struct rf_trace *trace, uint32_t dir, uint32_t max_packets);

#endif
