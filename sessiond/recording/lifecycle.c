/* SPDX-License-Identifier: GPL-2.0-only */
/* Start, stop and destruction of a session's recording, over its domains, its consumers and its output. */
#include "sessiond/kernel/parts.h"
#include "sessiond/recording/chunks.h"
#include "sessiond/recording/op.h"
#include "sessiond/recording/output.h"
#include "sessiond/ust/parts.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>

void rf_recording_begin_tracing(struct rf_op *op)
{
	struct rf_recording *recording = op->session->recording;

	recording->active = true;
	rf_list_for_each(node, &recording->consumers)
		rf_consumer_send_id(rf_container_of(node, struct rf_session_consumer, node)->consumer,
			RF_CONSUMER_RESUME_SESSION, op->session->id);
	rf_kernel_begin(op);
	rf_ust_begin(op);
}

void rf_recording_halt_tracing(struct rf_op *op)
{
	op->session->recording->active = false;
	rf_kernel_halt(op);
	rf_ust_halt(op);
}

static void begin_if_made(struct rf_op *op)
{
	if (op->code == LTTNG_OK)
		rf_recording_begin_tracing(op);
}

static void make_output(struct rf_op *op)
{
	op->next = begin_if_made;
	if (rf_recording_get(op->recorder, op->session))
		rf_output_begin(op);
	else
		rf_op_fail(op, LTTNG_ERR_NOMEM);
}

void rf_recording_start(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct rf_op), make_output, done, data);
}

static void consumer_finished(void *data, int status, struct rf_reader *body)
{
	(void)body;
	(void)status; /* a consumer that died has said so */
	rf_op_release(data);
}

static void ask_consumers(struct rf_op *op, uint32_t request)
{
	rf_list_for_each(node, &op->session->recording->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		rf_op_hold(op);
		if (rf_consumer_command(sc->consumer, request, op->session->id, consumer_finished, op) < 0)
			rf_op_release(op);
	}
}

static void flush_buffers(struct rf_op *op)
{
	ask_consumers(op, RF_CONSUMER_FLUSH_SESSION);
}

static void stop_tracing(struct rf_op *op)
{
	if (!op->session->recording)
		return;
	rf_recording_halt_tracing(op);
	op->next = flush_buffers;
}

void rf_recording_stop(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct rf_op), stop_tracing, done, data);
}

static void forget_session(struct rf_op *op)
{
	struct rf_recording *recording = op->session->recording;

	rf_output_end(op->recorder, recording);
	rf_recording_free(recording);
}

/* A session that was ever rotated leaves nothing but archives. */
static void archive_rest(struct rf_op *op)
{
	struct rf_session *session = op->session;

	op->next = forget_session;
	if (!session->rotation.ever || !session->chunk.there)
		return;
	session->rotation.at_destroy = true;
	session->rotation.state = RF_ROTATION_ERROR; /* until it is archived */
	session->rotation.number = session->chunk.number;
	rf_output_retire(op->recorder, session->recording, &session->chunk);
	rf_output_archive(op, &session->chunk, time(NULL));
}

/* No consumer has anything of it any more: the tracer's objects can go. */
static void release_kernel(struct rf_op *op)
{
	op->next = archive_rest;
	rf_kernel_release(op);
}

static void end_traces(struct rf_op *op)
{
	ask_consumers(op, RF_CONSUMER_DESTROY_SESSION);
	op->next = release_kernel;
}

static void release_applications(struct rf_op *op)
{
	if (!op->session->recording)
		return;
	op->session->recording->active = false;
	rf_ust_release(op);
	op->next = end_traces;
}

static void wait_for_rotation(struct rf_op *op)
{
	op->next = release_applications;
	rf_chunks_wait_for_rotation(op);
}

void rf_recording_destroy(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct rf_op), wait_for_rotation, done, data);
}
