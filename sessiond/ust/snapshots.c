/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots: what the rings of a session without output hold, written to a directory of its own. */
#include "common/log.h"
#include "sessiond/ust/op.h"
#include "sessiond/ust/output.h"
#include "sessiond/ust/trace_setup.h"

#include <lttng/lttng-error.h>
#include <string.h>

struct snapshot_op {
	struct rf_op op;
	struct rf_snapshot_output output;
	uint32_t tree;
	uint32_t chunk;
	bool tree_asked;
};

static struct snapshot_op *of(struct rf_op *op)
{
	return rf_container_of(op, struct snapshot_op, op);
}

static void place_made(void *data, int status, struct rf_reader *body)
{
	struct rf_op *op = data;
	struct rf_broker_place place = {0};
	char safe[512];

	rf_broker_place_decode(body, &place);
	if (status < 0) {
		rf_error("session %llu: cannot make the snapshot's directory %s: %s",
			(unsigned long long)op->session->id, rf_log_safe(safe, sizeof(safe), place.where),
			strerror(-status));
		rf_op_fail(op, LTTNG_ERR_CREATE_DIR_FAIL);
	}
	rf_op_release(op);
}

static void consumer_settled(void *data, int status, struct rf_reader *body)
{
	struct rf_op *op = data;

	(void)body;
	if (status < 0)
		rf_op_fail(op, LTTNG_ERR_SNAPSHOT_FAIL);
	rf_op_release(op);
}

static void finish(struct rf_op *op)
{
	struct snapshot_op *so = of(op);

	if (so->tree_asked)
		rf_broker_send_id(op->domain->broker, RF_BROKER_CLOSE_TREE, so->tree);
	if (op->code == LTTNG_OK)
		op->session->snapshot_count++;
	op->done(op->data, op->code);
}

/* With memory for a message short, the trace is missing, and the snapshot has failed. */
static void copy_trace(struct snapshot_op *so, struct rf_ust_trace *trace, uint32_t max_packets)
{
	struct rf_consumer_snapshot_trace message = {.trace = trace->id, .max_packets = max_packets};
	struct rf_writer w;

	message.dir = rf_trace_make_dir(so->op.domain, trace, so->tree, so->chunk, RF_DIR_TRACE);
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_snapshot_trace_encode(&w, &message);
	if (!message.dir || rf_consumer_send(trace->consumer, RF_CONSUMER_SNAPSHOT_TRACE, &w) < 0)
		rf_op_fail(&so->op, LTTNG_ERR_SNAPSHOT_FAIL);
}

static uint64_t count_traces(const struct rf_ust_session *us)
{
	uint64_t count = 0;

	rf_list_for_each(node, &us->traces)
		count += !rf_container_of(node, struct rf_ust_trace, node)->failed;
	return count;
}

static void copy_traces(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;
	uint64_t traces = count_traces(us);
	uint32_t packets = rf_snapshot_packets(op->session, of(op)->output.max_size, traces * rf_ust_cpus());

	/* Without any there is nothing that could be too large. */
	if (traces && !packets) {
		rf_op_fail(op, LTTNG_ERR_MAX_SIZE_INVALID);
		return;
	}
	rf_list_for_each(node, &us->traces) {
		struct rf_ust_trace *trace = rf_container_of(node, struct rf_ust_trace, node);

		if (!trace->failed)
			copy_trace(of(op), trace, packets);
	}
}

static void copy(struct rf_op *op)
{
	if (op->code == LTTNG_OK)
		copy_traces(op);
	if (op->code != LTTNG_OK)
		return;
	rf_list_for_each(node, &op->session->ust->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		rf_op_hold(op);
		if (rf_consumer_command(
			    sc->consumer, RF_CONSUMER_SETTLE_SESSION, op->session->id, consumer_settled, op) < 0)
			rf_op_release(op);
	}
}

static void make_place(struct rf_op *op)
{
	struct snapshot_op *so = of(op);
	struct rf_broker_client *broker = op->domain->broker;
	const struct rf_session *session = op->session;
	struct rf_broker_make_tree tree = {.uid = session->uid, .gid = session->gid};
	struct rf_broker_make_chunk chunk = {
		.kind = RF_CHUNK_SNAPSHOT,
		.parts = RF_CHUNK_UST,
		.begin = time(NULL),
		.number = session->snapshot_count,
	};

	if (!session->ust) {
		rf_op_fail(op, LTTNG_ERR_START_SESSION_ONCE);
		return;
	}
	so->tree = tree.tree = chunk.tree = rf_broker_new_id(broker);
	so->chunk = chunk.chunk = rf_broker_new_id(broker);
	memcpy(tree.root, so->output.path, sizeof(tree.root));
	memcpy(chunk.name, so->output.name, sizeof(chunk.name));
	op->next = copy;
	rf_op_hold(op);
	so->tree_asked = rf_broker_make_tree(broker, &tree, place_made, op) == 0;
	if (!so->tree_asked) {
		rf_op_fail(op, LTTNG_ERR_CREATE_DIR_FAIL);
		rf_op_release(op);
		return;
	}
	rf_op_hold(op);
	if (rf_broker_make_chunk(broker, &chunk, place_made, op) < 0) {
		rf_op_fail(op, LTTNG_ERR_CREATE_DIR_FAIL);
		rf_op_release(op);
	}
}

void rf_ust_snapshot(struct rf_ust_domain *domain, struct rf_session *session, const struct rf_snapshot_output *output,
	rf_ust_done_fn done, void *data)
{
	struct rf_op *op = rf_op_start(domain, session, sizeof(struct snapshot_op), make_place, done, data);

	if (!op)
		return;
	of(op)->output = *output;
	op->finish = finish;
}
