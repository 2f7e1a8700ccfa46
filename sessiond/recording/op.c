/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/recording/op.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>

static void call_done(struct rf_op *op)
{
	op->done(op->data, op->code);
}

static void advance(struct rf_timer *timer)
{
	struct rf_op *op = rf_container_of(timer, struct rf_op, timer);
	rf_op_phase_fn phase = op->next;

	if (!phase) {
		op->finish(op);
		free(op);
		return;
	}
	op->next = NULL;
	rf_op_hold(op);
	phase(op);
	rf_op_release(op);
}

struct rf_op *rf_op_start(struct rf_recorder *recorder, struct rf_session *session, size_t size, rf_op_phase_fn first,
	rf_done_fn done, void *data)
{
	struct rf_op *op = calloc(1, size);

	if (!op) {
		done(data, LTTNG_ERR_NOMEM);
		return NULL;
	}
	op->recorder = recorder;
	op->session = session;
	op->code = LTTNG_OK;
	op->next = first;
	op->finish = call_done;
	op->done = done;
	op->data = data;
	rf_timer_arm(recorder->loop, &op->timer, 0, advance);
	return op;
}

void rf_op_hold(struct rf_op *op)
{
	op->held++;
}

void rf_op_release(struct rf_op *op)
{
	if (!--op->held)
		rf_timer_arm(op->recorder->loop, &op->timer, 0, advance);
}

void rf_op_fail(struct rf_op *op, int code)
{
	if (op->code == LTTNG_OK)
		op->code = code;
}
