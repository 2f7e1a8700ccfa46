/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told again on demand: the metadata, with the clock offset of now; the state of what is traced. */
#include "sessiond/kernel/parts.h"
#include "sessiond/recording/output.h"
#include "sessiond/ust/parts.h"
#include "sessiond/ust/trace_clock.h"

static void regenerate_metadata(struct rf_op *op)
{
	struct rf_recording *recording = op->session->recording;

	if (!recording)
		return;
	recording->clock_offset = rf_trace_clock_offset();
	/* All of it is queued at once: the next time must not come before the consumers took it. */
	op->next = rf_output_settle;
	rf_ust_describe_again(op, recording->clock_offset);
	rf_kernel_describe_again(op, recording->clock_offset);
}

void rf_recording_regenerate_metadata(
	struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct rf_op), regenerate_metadata, done, data);
}

static void dump_state(struct rf_op *op)
{
	if (!op->session->recording)
		return;
	rf_kernel_dump_state(op);
	rf_ust_dump_state(op);
}

void rf_recording_regenerate_statedump(
	struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct rf_op), dump_state, done, data);
}
