/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel domain's parts in operations of a session's recording (recording/op.h). The session has a recording; a
 * session without kernel domain has nothing to do here. What takes time holds the operation. Loop thread only.
 */
#ifndef RF_SESSIOND_KERNEL_PARTS_H
#define RF_SESSIOND_KERNEL_PARTS_H

#include "sessiond/recording/op.h"

/* The tracer records. Fails OP with the tracer's code. */
void rf_kernel_begin(struct rf_op *op);
/* The tracer does not record any more. */
void rf_kernel_halt(struct rf_op *op);
/* The tracer gives up all that it has of the session: no consumer has anything of it. */
void rf_kernel_release(struct rf_op *op);
/* The text of the trace anew, with this clock offset. */
void rf_kernel_describe_again(struct rf_op *op, int64_t clock_offset);
/* The tracer tells the state of the system again. */
void rf_kernel_dump_state(struct rf_op *op);

struct rf_kernel_part;
/* The consumer of PART died: what the tracer records has nowhere to go, so it stops. */
void rf_kernel_lost(struct rf_recorder *recorder, struct rf_kernel_part *part);

#endif
