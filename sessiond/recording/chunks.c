/* SPDX-License-Identifier: GPL-2.0-only */
/* Rotation and clear: one chunk ends, another may begin. See model/chunk.h for the concept, output.h for the moves. */
#include "sessiond/recording/chunks.h"

#include "sessiond/recording/output.h"
#include "sessiond/recording/recording.h"

#include <lttng/lttng-error.h>

/*
 * A rotation mostly takes a few milliseconds, and a client that finds it under way looks again after many: it is told
 * that its rotation is launched when that is over, or after this time.
 */
#define LAUNCH_PATIENCE (50 * RF_MS)

struct chunk_op {
	struct rf_op op;
	struct rf_timer patience; /* armed while the client is not told */
	struct rf_chunk old;
	struct rf_chunk next;
	time_t end;
	bool active; /* the session goes on in `next` */
};

static struct chunk_op *of(struct rf_op *op)
{
	return rf_container_of(op, struct chunk_op, op);
}

void rf_chunks_wait_for_rotation(struct rf_op *op)
{
	struct rf_session *session = op->session;

	if (session->rotation.state != RF_ROTATION_ONGOING || !session->recording)
		return;
	rf_op_hold(op);
	session->recording->waits_for_rotation = op;
}

static void archive(struct rf_op *op)
{
	struct rf_session *session = op->session;

	rf_output_close_left(op->recorder, session->recording);
	session->rotation.path[0] = '\0'; /* until the archive has a place */
	rf_output_archive(op, &of(op)->old, of(op)->end);
}

static void tell_launched(struct rf_timer *timer)
{
	struct rf_op *op = &rf_container_of(timer, struct chunk_op, patience)->op;

	op->done(op->data, LTTNG_OK);
}

static void rotation_over(struct rf_op *op)
{
	struct rf_session *session = op->session;
	struct rf_timer *patience = &of(op)->patience;
	struct rf_op *waiting = session->recording->waits_for_rotation;

	if (session->rotation.state == RF_ROTATION_ONGOING)
		session->rotation.state = RF_ROTATION_ERROR;
	session->recording->waits_for_rotation = NULL;
	if (waiting)
		rf_op_release(waiting);
	if (!rf_timer_armed(patience))
		return;
	rf_timer_cancel(patience);
	tell_launched(patience);
}

static void settle_rotation(struct rf_op *op)
{
	rf_output_settle(op);
	op->next = archive;
}

static void launch_rotation(struct rf_op *op)
{
	struct rf_session *session = op->session;
	struct chunk_op *co = of(op);

	if (op->code != LTTNG_OK)
		return;
	rf_output_retire(op->recorder, session->recording, &co->old);
	rf_output_enter(op->recorder, session, co->active ? &co->next : NULL, false);
	session->rotation.ever = true;
	session->rotation.state = RF_ROTATION_ONGOING;
	session->rotation.number = co->old.number;
	session->rotation.since_stop = !co->active;
	op->next = settle_rotation;
	op->finish = rotation_over;
	rf_timer_arm(op->recorder->loop, &co->patience, LAUNCH_PATIENCE, tell_launched);
}

static void begin_rotation(struct rf_op *op)
{
	struct rf_session *session = op->session;
	struct chunk_op *co = of(op);

	co->old = session->chunk;
	co->end = time(NULL);
	co->active = session->active;
	if (co->active)
		rf_output_make_next(op, &co->next, false);
	op->next = launch_rotation;
}

void rf_recording_rotate(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct chunk_op), begin_rotation, done, data);
}

static void go_on(struct rf_op *op)
{
	struct chunk_op *co = of(op);

	rf_output_close_left(op->recorder, op->session->recording);
	if (co->old.there)
		rf_output_remove(op, &co->old);
	if (co->active)
		rf_recording_begin_tracing(op);
	else
		op->session->rotation.since_stop = true;
}

static void drop(struct rf_op *op)
{
	struct chunk_op *co = of(op);

	/* Without a new chunk the old one is written on, where it was moved to. */
	if (op->code == LTTNG_OK) {
		rf_output_enter(op->recorder, op->session, co->next.there ? &co->next : NULL, true);
		rf_output_settle(op);
		op->next = go_on;
	} else if (co->active) {
		rf_recording_begin_tracing(op);
	}
}

static void replace(struct rf_op *op)
{
	struct chunk_op *co = of(op);
	struct rf_session *session = op->session;

	co->old = session->chunk;
	if (co->active && co->old.there) {
		/* Out of the way first: it may be the output root, which the next one is then, too. */
		rf_output_retire(op->recorder, session->recording, &co->old);
		rf_output_make_next(op, &co->next, co->old.base);
	}
	op->next = drop;
}

static void pause_tracing(struct rf_op *op)
{
	struct chunk_op *co = of(op);

	co->active = op->session->active;
	/* Started again, they tell their state again, which the new chunk needs. */
	if (co->active)
		rf_recording_halt_tracing(op);
	op->next = replace;
}

static void begin_clear(struct rf_op *op)
{
	if (!op->session->recording)
		return;
	rf_chunks_wait_for_rotation(op);
	op->next = pause_tracing;
}

void rf_recording_clear(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct chunk_op), begin_clear, done, data);
}
