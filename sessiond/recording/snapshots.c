/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots: what the rings of a session without output hold, written to a directory of its own. */
#include "common/log.h"
#include "sessiond/recording/op.h"
#include "sessiond/recording/output.h"
#include "sessiond/recording/output_trace.h"
#include "sessiond/ust/domain.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

struct snapshot_op {
	struct rf_op op;
	struct rf_snapshot_output output;
	uint32_t chunk;
	bool reused;    /* the tree is that of the snapshot before */
	bool stale;     /* and cannot be used any more */
	uint32_t *dirs; /* the broker's ids, of each trace's directory; malloc'd */
	size_t dir_count;
};

static struct snapshot_op *of(struct rf_op *op)
{
	return rf_container_of(op, struct snapshot_op, op);
}

static void place_made(void *data, int status, struct rf_reader *body)
{
	struct rf_op *op = data;
	struct snapshot_op *so = of(op);
	struct rf_broker_place place = {0};
	char safe[512];

	rf_broker_place_decode(body, &place);
	if (status < 0 && so->reused) {
		so->stale = true;
	} else if (status < 0) {
		rf_error("session %llu: cannot make the snapshot's directory %s: %s",
			(unsigned long long)op->session->id, rf_log_safe(safe, sizeof(safe), place.where),
			strerror(-status));
		rf_op_fail(op, LTTNG_ERR_CREATE_DIR_FAIL);
	}
	rf_op_release(op);
}

static void close_tree(struct rf_op *op)
{
	struct rf_recording *us = op->session->recording;

	if (us->snapshot_root)
		rf_broker_send_id(op->recorder->broker, RF_BROKER_CLOSE_TREE, us->snapshot_tree);
	free(us->snapshot_root);
	us->snapshot_root = NULL;
}

static void finish(struct rf_op *op)
{
	struct snapshot_op *so = of(op);

	for (size_t i = 0; i < so->dir_count; i++)
		rf_broker_send_id(op->recorder->broker, RF_BROKER_CLOSE_DIR, so->dirs[i]);
	free(so->dirs);
	if (op->unsettled)
		rf_op_fail(op, LTTNG_ERR_SNAPSHOT_FAIL);
	if (op->code == LTTNG_OK)
		op->session->snapshot_count++;
	else if (op->session->recording)
		close_tree(op);
	op->done(op->data, op->code);
}

/* With memory for a message short, the trace is missing, and the snapshot has failed. */
static void copy_trace(struct snapshot_op *so, struct rf_output_trace *trace, uint32_t max_packets)
{
	struct rf_consumer_snapshot_trace message = {.trace = trace->id, .max_packets = max_packets};
	struct rf_writer w;

	message.dir = rf_output_trace_make_dir(
		so->op.recorder, trace, so->op.session->recording->snapshot_tree, so->chunk, RF_DIR_TRACE);
	if (message.dir)
		so->dirs[so->dir_count++] = message.dir;
	rf_frame_body(&w);
	rf_consumer_snapshot_trace_encode(&w, &message);
	if (!message.dir || rf_consumer_send(trace->consumer, RF_CONSUMER_SNAPSHOT_TRACE, &w) < 0)
		rf_op_fail(&so->op, LTTNG_ERR_SNAPSHOT_FAIL);
}

/* Those that work, and how many streams their channels have together. */
static uint64_t count_traces(const struct rf_recording *us, struct rf_snapshot_streams *streams)
{
	uint64_t count = 0;

	*streams = (struct rf_snapshot_streams){.ust = 0};
	rf_list_for_each(node, &us->traces) {
		const struct rf_output_trace *trace = rf_container_of(node, struct rf_output_trace, node);

		if (trace->failed)
			continue;
		*(trace->consumer->kernel ? &streams->kernel : &streams->ust) += rf_ust_cpus();
		count++;
	}
	return count;
}

static void copy_traces(struct rf_op *op)
{
	struct rf_recording *us = op->session->recording;
	struct rf_snapshot_streams streams;
	uint64_t traces = count_traces(us, &streams);
	uint32_t packets = rf_snapshot_packets(op->session, of(op)->output.max_size, &streams);

	/* Without any there is nothing that could be too large. */
	if (traces && !packets) {
		rf_op_fail(op, LTTNG_ERR_MAX_SIZE_INVALID);
		return;
	}
	of(op)->dirs = calloc(traces + 1, sizeof(*of(op)->dirs));
	if (!of(op)->dirs) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	rf_list_for_each(node, &us->traces) {
		struct rf_output_trace *trace = rf_container_of(node, struct rf_output_trace, node);

		if (!trace->failed)
			copy_trace(of(op), trace, packets);
	}
}

static void make_place(struct rf_op *op);

static void copy(struct rf_op *op)
{
	struct snapshot_op *so = of(op);

	/* Somebody took the directory away: once more, from the root of the file system. */
	if (so->stale) {
		close_tree(op);
		so->stale = false;
		op->next = make_place;
		return;
	}
	if (op->code == LTTNG_OK)
		copy_traces(op);
	if (op->code == LTTNG_OK)
		rf_output_settle(op);
}

/* Holds OP for what was asked, or fails it. */
static void asked(struct rf_op *op, int err)
{
	if (!err)
		rf_op_hold(op);
	else
		rf_op_fail(op, LTTNG_ERR_CREATE_DIR_FAIL);
}

/* The tree stays for the next snapshot: most of them go to the same place, and a worker takes time to start. */
static void make_tree(struct rf_op *op)
{
	struct rf_recording *us = op->session->recording;
	struct rf_broker_make_tree request = {.uid = op->session->uid, .gid = op->session->gid};
	const char *root = of(op)->output.path;

	of(op)->reused = us->snapshot_root && !strcmp(us->snapshot_root, root);
	if (of(op)->reused)
		return;
	close_tree(op);
	us->snapshot_root = strdup(root);
	if (!us->snapshot_root) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	us->snapshot_tree = request.tree = rf_broker_new_id(op->recorder->broker);
	memcpy(request.root, root, strlen(root) + 1);
	asked(op, rf_broker_make_tree(op->recorder->broker, &request, place_made, op));
}

static void make_place(struct rf_op *op)
{
	struct snapshot_op *so = of(op);
	struct rf_broker_make_chunk request = {
		.kind = RF_CHUNK_SNAPSHOT,
		.parts = rf_output_parts(op->session),
		.begin = time(NULL),
		.number = op->session->snapshot_count,
	};

	if (!op->session->recording) {
		rf_op_fail(op, LTTNG_ERR_START_SESSION_ONCE);
		return;
	}
	op->next = copy;
	make_tree(op);
	if (op->code != LTTNG_OK)
		return;
	so->chunk = request.chunk = rf_broker_new_id(op->recorder->broker);
	request.tree = op->session->recording->snapshot_tree;
	memcpy(request.name, so->output.name, sizeof(request.name));
	asked(op, rf_broker_make_chunk(op->recorder->broker, &request, place_made, op));
}

void rf_recording_snapshot(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_snapshot_output *output, rf_done_fn done, void *data)
{
	struct rf_op *op = rf_op_start(recorder, session, sizeof(struct snapshot_op), make_place, done, data);

	if (!op)
		return;
	of(op)->output = *output;
	op->finish = finish;
}
