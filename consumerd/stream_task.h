/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the control thread asks of a stream, done on the stream's data thread, one after the other in the order of
 * asking. A task that needs a file is asked for before the file is there, which keeps its place: those behind it wait.
 */
#ifndef RF_CONSUMERD_STREAM_TASK_H
#define RF_CONSUMERD_STREAM_TASK_H

#include "consumerd/completion.h"
#include "consumerd/stream.h"

struct rf_event_block;
struct rf_stream_task;

/* A task that waits for a file. */
struct rf_stream_order {
	bool copy;    /* a snapshot; otherwise the stream goes on in the directory */
	bool discard; /* what the ring holds is dropped before */
	uint32_t dir;
	unsigned int newest; /* copy: at most so many packets, 0: all */
};

/*
 * All of them: control thread. COMPLETION, if there is one, got a part before, which is finished when the task is done;
 * it has the status of a task that did not work.
 *
 * NULL without memory, with nothing done. The task waits for rf_stream_task_give(), which has to come once.
 */
struct rf_stream_task *rf_stream_post_order(
	struct rf_stream *stream, const struct rf_stream_order *order, struct rf_completion *completion);
/* Takes SINK, NULL when there is none: ERROR says why; 0: it comes when it is needed, see struct rf_source. */
void rf_stream_task_give(struct rf_stream_task *task, struct rf_sink *sink, int error);

/* 0, or -ENOMEM with nothing done. The stream goes on without a directory: packets stay in the ring. */
int rf_stream_post_park(struct rf_stream *stream, bool discard, struct rf_completion *completion);
/* When what the stream held is written. */
int rf_stream_post_flush(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion);
/* Writes what is there, also what is less than a packet should have. */
int rf_stream_post_close_packet(struct rf_stream *stream, struct rf_completion *completion);
/* Of a stream that rf_source_events_new() is the source of. Takes EVENTS, when it returns 0. */
int rf_stream_post_events(struct rf_stream *stream, struct rf_event_block *events);
/* Flushes, drains, frees the stream. */
int rf_stream_post_finish(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion);

/* The next file of OUTPUT, which asked for it. Takes SINK as rf_stream_task_give(). */
void rf_output_give(struct rf_output *output, struct rf_sink *sink, int error);

#endif
