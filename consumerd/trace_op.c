/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/trace_op.h"

#include "consumerd/channel_files.h"
#include "consumerd/place.h"

#include <errno.h>
#include <stdlib.h>

struct trace_op {
	struct rf_settle_mark mark;
	struct rf_trace *trace;
	uint32_t dir;
	uint64_t number;              /* of a move, after which older places are left */
	struct rf_completion streams; /* a part of ours, and one a stream */
	struct rf_job job;
	void (*streams_done)(struct trace_op *op); /* control thread */
	struct rf_list requests;                   /* for files of streams */
	struct rf_metadata_file file;              /* of a snapshot */
};

static void end_op(struct trace_op *op, int status)
{
	struct rf_trace *trace = op->trace;

	rf_settle_end(trace->session, &op->mark, status);
	free(op);
	rf_trace_op_gone(trace);
}

static void run_streams_done(struct rf_job *job)
{
	struct trace_op *op = rf_container_of(job, struct trace_op, job);

	op->streams_done(op);
}

/* Whichever thread was the last. */
static void streams_done(struct rf_completion *completion)
{
	struct trace_op *op = rf_container_of(completion, struct trace_op, streams);

	op->job.run = run_streams_done;
	rf_job_post(&op->trace->daemon->jobs, &op->job);
}

static struct trace_op *begin_op(struct rf_trace *trace, uint32_t dir, void (*done)(struct trace_op *op))
{
	struct trace_op *op = calloc(1, sizeof(*op));

	if (!op) {
		rf_settle_failed(trace->session, -ENOMEM);
		return NULL;
	}
	op->trace = trace;
	op->dir = dir;
	op->streams_done = done;
	rf_list_init(&op->requests);
	rf_metadata_file_init(&op->file, false);
	rf_completion_begin(&op->streams, streams_done);
	rf_settle_begin(trace->session, &op->mark);
	trace->ops++;
	return op;
}

static void order(struct trace_op *op, const struct rf_stream_order *what)
{
	rf_list_for_each(node, &op->trace->channels) {
		struct rf_channel *channel = rf_container_of(node, struct rf_channel, node);

		if (!channel->ending)
			rf_channel_order(channel, what, &op->streams, &op->requests);
	}
}

static void move_done(struct trace_op *op)
{
	int status = atomic_load(&op->streams.status);
	int err = rf_places_leave(op->trace, op->number);

	rf_trace_metadata_result(op->trace, err);
	end_op(op, status ? status : err);
}

/* The new directory has the text; it may have packets, then. */
static void place_opened(struct rf_place *place, int status)
{
	struct trace_op *op = place->data;

	if (status)
		rf_completion_fail(&op->streams, status);
	rf_channel_files_ask(&op->requests);
	rf_completion_finish(&op->streams);
}

int rf_trace_move(struct rf_trace *trace, uint32_t dir, bool discard)
{
	struct trace_op *op = begin_op(trace, dir, move_done);

	if (!op)
		return -ENOMEM;
	trace->dir = dir;
	op->number = ++trace->moves;
	if (!dir) {
		rf_list_for_each(node, &trace->channels)
			rf_channel_park(rf_container_of(node, struct rf_channel, node), discard, &op->streams);
		rf_completion_finish(&op->streams);
		return 0;
	}
	order(op, &(struct rf_stream_order){.dir = dir, .discard = discard});
	if (rf_place_add(trace, dir, false, op->number, place_opened, op))
		return 0;
	rf_completion_fail(&op->streams, -ENOMEM);
	rf_channel_files_ask(&op->requests);
	rf_completion_finish(&op->streams);
	return 0;
}

static void snapshot_metadata_opened(void *data, int status, struct rf_frame *frame)
{
	struct trace_op *op = data;
	struct rf_trace *trace = op->trace;
	int streams = atomic_load(&op->streams.status);

	if (!status) {
		rf_metadata_file_set(&op->file, rf_frame_take_fd(frame, 0));
		status = rf_metadata_file_write(&op->file, &trace->format, &trace->text);
	}
	rf_metadata_file_fini(&op->file);
	end_op(op, streams ? streams : status);
}

static void copies_done(struct trace_op *op)
{
	rf_opener_metadata(&op->trace->daemon->opener, op->dir, snapshot_metadata_opened, op);
}

int rf_trace_snapshot(struct rf_trace *trace, uint32_t dir, uint32_t max_packets)
{
	struct trace_op *op = begin_op(trace, dir, copies_done);

	if (!op)
		return -ENOMEM;
	order(op, &(struct rf_stream_order){.copy = true, .dir = dir, .newest = max_packets});
	rf_channel_files_ask(&op->requests);
	rf_completion_finish(&op->streams);
	return 0;
}
