/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's command under way in domains, consumers and the broker: a sequence of phases, each of which starts a
 * number of things and ends when the last of them has completed. Loop thread only.
 *
 * A phase function starts its things, holding the operation once for each, and sets `next`. When nothing is held any
 * more the next phase runs, from the loop and never from within the caller; after the last one the operation completes
 * and frees itself.
 */
#ifndef RF_SESSIOND_RECORDING_OP_H
#define RF_SESSIOND_RECORDING_OP_H

#include "common/loop.h"
#include "sessiond/recording/recorder_state.h"

struct rf_op;
typedef void (*rf_op_phase_fn)(struct rf_op *op);

struct rf_op {
	struct rf_recorder *recorder;
	struct rf_session *session;
	unsigned int held;
	struct rf_timer timer;
	rf_op_phase_fn next;   /* NULL: complete */
	rf_op_phase_fn finish; /* calls the completion */
	int code;              /* LTTNG_OK, or the first error met */
	bool unsettled;        /* a consumer could not do all that rf_output_settle() waited for */
	rf_done_fn done;
	void *data;
};

/*
 * Runs FIRST as the first phase soon. SIZE: of the object that starts with the rf_op. NULL without memory; then DONE
 * has been told LTTNG_ERR_NOMEM, too soon for a promise but better than never.
 */
struct rf_op *rf_op_start(struct rf_recorder *recorder, struct rf_session *session, size_t size, rf_op_phase_fn first,
	rf_done_fn done, void *data);
void rf_op_hold(struct rf_op *op);
void rf_op_release(struct rf_op *op);
/*
 * Phases that several operations share (lifecycle.c). Begin: the session is active, and every domain is brought up to
 * it and started. Halt: it is not, and every domain is stopped.
 */
void rf_recording_begin_tracing(struct rf_op *op);
void rf_recording_halt_tracing(struct rf_op *op);
/* Keeps the first error. */
void rf_op_fail(struct rf_op *op, int code);

#endif
