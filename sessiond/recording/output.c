/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/recording/output.h"

#include "common/log.h"
#include "sessiond/recording/output_trace.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

/* An answer of the broker on its way: what it is about, and who waits for it (NULL: nobody). */
struct asked {
	struct rf_op *op;
	struct rf_session *session; /* only with an operation, which keeps it */
	const char *what;
	void (*good)(struct asked *asked, const struct rf_broker_place *place);
	struct rf_chunk chunk;
	bool must; /* its failure fails the operation */
};

static void answered(void *data, int status, struct rf_reader *body)
{
	struct asked *asked = data;
	struct rf_broker_place place = {0};
	char safe[512];

	rf_broker_place_decode(body, &place);
	if (status < 0) {
		rf_error("cannot %s %s: %s", asked->what, rf_log_safe(safe, sizeof(safe), place.where),
			strerror(-status));
		if (asked->must)
			rf_op_fail(asked->op, LTTNG_ERR_CREATE_DIR_FAIL);
	} else if (asked->good) {
		asked->good(asked, &place);
	}
	if (asked->op)
		rf_op_release(asked->op);
	free(asked);
}

/* Holds OP for an answer; NULL without memory, which fails it. */
static struct asked *ask(struct rf_op *op, const char *what, bool must)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	if (!asked) {
		if (op)
			rf_op_fail(op, LTTNG_ERR_NOMEM);
		return NULL;
	}
	*asked = (struct asked){.op = op, .session = op ? op->session : NULL, .what = what, .must = must};
	if (op)
		rf_op_hold(op);
	return asked;
}

/* A request that could not be sent is one that failed. */
static void sent(struct asked *asked, int err)
{
	struct rf_reader nothing;

	if (!err)
		return;
	rf_reader_init(&nothing, NULL, 0, RF_HOST_ORDER);
	answered(asked, err, &nothing);
}

static void tree_made(struct asked *asked, const struct rf_broker_place *place)
{
	(void)place;
	asked->session->recording->has_tree = true;
}

static void buffer_tree_made(struct asked *asked, const struct rf_broker_place *place)
{
	(void)place;
	asked->session->recording->has_buffer_tree = true;
}

uint8_t rf_output_parts(const struct rf_session *session)
{
	return (uint8_t)((rf_list_linked(&session->ust.channels) ? RF_CHUNK_UST : 0) |
		(rf_list_linked(&session->kernel.channels) ? RF_CHUNK_KERNEL : 0));
}

static uint32_t make_tree(
	struct rf_op *op, const char *root, void (*good)(struct asked *, const struct rf_broker_place *))
{
	struct rf_session *session = op->session;
	struct rf_broker_make_tree request = {.uid = session->uid, .gid = session->gid};
	struct asked *asked = ask(op, "make the directory", true);

	request.tree = rf_broker_new_id(op->recorder->broker);
	memcpy(request.root, root, sizeof(request.root));
	if (asked) {
		asked->good = good;
		sent(asked, rf_broker_make_tree(op->recorder->broker, &request, answered, asked));
	}
	return request.tree;
}

static void make_chunk(struct rf_op *op, uint32_t tree, const struct rf_chunk *chunk,
	void (*good)(struct asked *, const struct rf_broker_place *))
{
	const struct rf_broker_make_chunk request = {
		.tree = tree,
		.chunk = chunk->id,
		.kind = chunk->base ? RF_CHUNK_BASE : RF_CHUNK_NUMBERED,
		.parts = rf_output_parts(op->session),
		.begin = chunk->begin,
		.number = chunk->number,
	};
	struct asked *asked = ask(op, "make the directory", true);

	if (!asked)
		return;
	asked->good = good;
	asked->chunk = *chunk;
	sent(asked, rf_broker_make_chunk(op->recorder->broker, &request, answered, asked));
}

static struct rf_chunk next_chunk(struct rf_recorder *recorder, const struct rf_session *session, bool base)
{
	return (struct rf_chunk){
		.there = true,
		.base = base,
		.id = rf_broker_new_id(recorder->broker),
		.number = session->next_chunk,
		.begin = time(NULL),
	};
}

static void first_chunk_made(struct asked *asked, const struct rf_broker_place *place)
{
	struct rf_session *session = asked->session;

	(void)place;
	session->next_chunk++;
	rf_output_enter(asked->op->recorder, session, &asked->chunk, false);
}

static void begin_buffers(struct rf_op *op)
{
	struct rf_recording *us = op->session->recording;
	const struct rf_chunk base = {.base = true, .id = rf_broker_new_id(op->recorder->broker)};

	us->buffer_tree = make_tree(op, op->session->shm_path, buffer_tree_made);
	us->buffer_chunk = base.id;
	make_chunk(op, us->buffer_tree, &base, NULL);
}

void rf_output_begin(struct rf_op *op)
{
	struct rf_session *session = op->session;
	struct rf_recording *us = session->recording;

	if (session->shm_path[0] && !us->has_buffer_tree)
		begin_buffers(op);
	if (session->output != RF_OUTPUT_LOCAL)
		return;
	if (!us->has_tree)
		us->tree = make_tree(op, session->path, tree_made);
	if (!session->chunk.there) {
		const struct rf_chunk chunk = next_chunk(op->recorder, session, !session->rotation.ever);

		make_chunk(op, us->tree, &chunk, first_chunk_made);
	}
}

static void next_made(struct asked *asked, const struct rf_broker_place *place)
{
	(void)place;
	asked->session->next_chunk++;
}

void rf_output_make_next(struct rf_op *op, struct rf_chunk *next, bool base)
{
	*next = next_chunk(op->recorder, op->session, base);
	make_chunk(op, op->session->recording->tree, next, next_made);
}

void rf_output_enter(
	struct rf_recorder *recorder, struct rf_session *session, const struct rf_chunk *next, bool discard)
{
	static const struct rf_chunk nowhere;

	session->chunk = next ? *next : nowhere;
	rf_list_for_each(node, &session->recording->traces)
		rf_output_trace_move(
			recorder, session->recording, rf_container_of(node, struct rf_output_trace, node), discard);
}

static void consumer_settled(void *data, int status, struct rf_reader *body)
{
	struct rf_op *op = data;

	(void)body;
	op->unsettled |= status < 0;
	/* One that died has said so. */
	if (status < 0 && status != -EPIPE)
		rf_warning("a consumer could not write all of session %llu: %s", (unsigned long long)op->session->id,
			strerror(-status));
	rf_op_release(op);
}

void rf_output_settle(struct rf_op *op)
{
	rf_list_for_each(node, &op->session->recording->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		rf_op_hold(op);
		if (rf_consumer_command(
			    sc->consumer, RF_CONSUMER_SETTLE_SESSION, op->session->id, consumer_settled, op) < 0)
			rf_op_release(op);
	}
}

void rf_output_close_left(struct rf_recorder *recorder, struct rf_recording *us)
{
	rf_list_for_each(node, &us->traces)
		rf_output_trace_close_left(recorder, rf_container_of(node, struct rf_output_trace, node));
}

static void end_chunk(
	struct rf_recorder *recorder, uint32_t type, const struct rf_broker_chunk *request, struct asked *asked)
{
	if (asked)
		sent(asked, rf_broker_end_chunk(recorder->broker, type, request, answered, asked));
}

void rf_output_retire(struct rf_recorder *recorder, struct rf_recording *us, const struct rf_chunk *old)
{
	const struct rf_broker_chunk request = {.tree = us->tree, .chunk = old->id};

	end_chunk(recorder, RF_BROKER_RETIRE_CHUNK, &request, ask(NULL, "move the chunk", false));
}

static void archived(struct asked *asked, const struct rf_broker_place *place)
{
	struct rf_rotation *rotation = &asked->session->rotation;

	rotation->state = RF_ROTATION_COMPLETED;
	memcpy(rotation->path, place->where, sizeof(rotation->path));
}

void rf_output_archive(struct rf_op *op, const struct rf_chunk *old, time_t end)
{
	const struct rf_broker_chunk request = {.tree = op->session->recording->tree, .chunk = old->id, .end = end};
	struct asked *asked = ask(op, "archive the chunk", false);

	if (asked)
		asked->good = archived;
	end_chunk(op->recorder, RF_BROKER_ARCHIVE_CHUNK, &request, asked);
}

void rf_output_remove(struct rf_op *op, const struct rf_chunk *old)
{
	const struct rf_broker_chunk request = {.tree = op->session->recording->tree, .chunk = old->id};

	end_chunk(op->recorder, RF_BROKER_REMOVE_CHUNK, &request, ask(op, "remove the chunk", false));
}

void rf_output_end(struct rf_recorder *recorder, struct rf_recording *us)
{
	if (us->has_tree)
		rf_broker_send_id(recorder->broker, RF_BROKER_CLOSE_TREE, us->tree);
	us->has_tree = false;
	if (us->snapshot_root)
		rf_broker_send_id(recorder->broker, RF_BROKER_CLOSE_TREE, us->snapshot_tree);
	if (!us->has_buffer_tree)
		return;

	const struct rf_broker_chunk request = {.tree = us->buffer_tree, .chunk = us->buffer_chunk, .with_root = true};

	end_chunk(recorder, RF_BROKER_REMOVE_CHUNK, &request, ask(NULL, "remove the ring buffers in", false));
	rf_broker_send_id(recorder->broker, RF_BROKER_CLOSE_TREE, us->buffer_tree);
	us->has_buffer_tree = false;
}
