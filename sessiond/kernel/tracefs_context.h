/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contexts of the mainline tracer. Some come from what is common to all records. Others are of the thread that a record
 * is of: the consumer knows them from other records (tracefs_watch.h). Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_CONTEXT_H
#define RF_SESSIOND_KERNEL_TRACEFS_CONTEXT_H

#include "common/record_ops.h"
#include "sessiond/ctf/text.h"
#include "sessiond/kernel/format_file.h"

#include <stdbool.h>
#include <stdint.h>

/* Bits of a set of contexts, in the order in which they are recorded. */
enum rf_tracefs_context {
	RF_TRACEFS_TID,
	RF_TRACEFS_INTERRUPTIBLE,
	RF_TRACEFS_PREEMPTIBLE,
	RF_TRACEFS_NEED_RESCHEDULE,
	RF_TRACEFS_MIGRATABLE,
	RF_TRACEFS_PROCNAME,
	RF_TRACEFS_PRIO,
	RF_TRACEFS_PID,
	RF_TRACEFS_PPID,
	RF_TRACEFS_CONTEXTS,
};

#define RF_TRACEFS_CONTEXT_NONE (-1)    /* the kernel has it, but no record tells it */
#define RF_TRACEFS_CONTEXT_UNKNOWN (-2) /* there is no such context of the kernel */
/* TYPE: of the client protocol. An enum rf_tracefs_context, or one of the above. */
int rf_tracefs_context_find(uint32_t type);
/* Bytes that they take in an event. */
size_t rf_tracefs_context_size(uint32_t contexts);
/* Their fields in the metadata's description of a stream. */
void rf_tracefs_context_text(struct rf_text *text, uint32_t contexts);
/* Of all contexts, in their order; false when FORMAT lacks what they are made of. */
bool rf_tracefs_context_ops(const struct rf_format *format, struct rf_record_op ops[RF_TRACEFS_CONTEXTS]);

#endif
