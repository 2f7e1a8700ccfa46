/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/recording/output_trace.h"

#include "common/log.h"
#include "sessiond/recording/recorder_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A page, and what readers have always met; and the largest that a client may configure. */
#define METADATA_PACKET_SIZE 4096u
#define METADATA_PACKET_MAX (1u << 20)

struct ending {
	struct rf_list node;
	struct rf_output_trace *trace; /* a reference */
};

void rf_output_trace_init(struct rf_output_trace *trace, const struct rf_output_trace_ops *ops, uint64_t id,
	uint64_t session_id, struct rf_consumer *consumer)
{
	trace->ops = ops;
	trace->refs = 1;
	trace->id = id;
	trace->session_id = session_id;
	trace->consumer = rf_consumer_ref(consumer);
	rf_list_init(&trace->node);
}

void rf_output_trace_fini(struct rf_output_trace *trace)
{
	rf_list_remove(&trace->node);
	rf_consumer_unref(trace->consumer);
}

struct rf_output_trace *rf_output_trace_ref(struct rf_output_trace *trace)
{
	trace->refs++;
	return trace;
}

void rf_output_trace_unref(struct rf_output_trace *trace)
{
	if (trace && !--trace->refs)
		trace->ops->free(trace);
}

int rf_output_trace_make_uuid(uint8_t uuid[RF_UUID_SIZE])
{
	if (getrandom(uuid, RF_UUID_SIZE, 0) != RF_UUID_SIZE)
		return -EIO;
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40); /* version 4: random */
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
	return 0;
}

int rf_output_trace_announce(
	const struct rf_output_trace *trace, const struct rf_channel_attr *metadata, const uint8_t uuid[RF_UUID_SIZE])
{
	uint64_t size = metadata->subbuf_size ? metadata->subbuf_size : METADATA_PACKET_SIZE;
	struct rf_consumer_create_trace message = {
		.trace = trace->id,
		.session = trace->session_id,
		.dir = trace->dir,
		.buffer_dir = trace->buffer_dir,
		.packet_size = (uint32_t)(size < METADATA_PACKET_MAX ? size : METADATA_PACKET_MAX),
	};
	struct rf_writer w;

	memcpy(message.uuid, uuid, sizeof(message.uuid));
	rf_frame_body(&w);
	rf_consumer_create_trace_encode(&w, &message);
	return rf_consumer_send(trace->consumer, RF_CONSUMER_CREATE_TRACE, &w);
}

static void dir_made(void *data, int status, struct rf_reader *body)
{
	struct rf_broker_place place;
	char safe[512];

	(void)data;
	if (status >= 0)
		return;
	rf_broker_place_decode(body, &place);
	rf_error("cannot make the trace directory %s: %s; what should go there is lost",
		rf_log_safe(safe, sizeof(safe), place.where), strerror(-status));
}

uint32_t rf_output_trace_make_dir(struct rf_recorder *recorder, const struct rf_output_trace *trace, uint32_t tree,
	uint32_t chunk, uint8_t purpose)
{
	struct rf_broker_make_dir request = {
		.dir = rf_broker_new_id(recorder->broker),
		.tree = tree,
		.chunk = chunk,
		.consumer = trace->consumer->id,
		.purpose = purpose,
	};

	trace->ops->place(trace, &request);
	return rf_broker_make_dir(recorder->broker, &request, dir_made, NULL) < 0 ? 0 : request.dir;
}

void rf_output_trace_move(
	struct rf_recorder *recorder, struct rf_recording *recording, struct rf_output_trace *trace, bool discard)
{
	const struct rf_chunk *chunk = &recording->session->chunk;
	struct rf_consumer_move_trace message = {.trace = trace->id, .discard = discard};
	struct rf_writer w;

	if (trace->failed)
		return;
	/* One that was not closed belongs to a move that failed; nobody will close it later. */
	rf_output_trace_close_left(recorder, trace);
	trace->left_dir = trace->dir;
	trace->dir = chunk->there ? rf_output_trace_make_dir(recorder, trace, recording->tree, chunk->id, RF_DIR_TRACE)
				  : 0;
	message.dir = trace->dir;
	rf_frame_body(&w);
	rf_consumer_move_trace_encode(&w, &message);
	rf_consumer_send(trace->consumer, RF_CONSUMER_MOVE_TRACE, &w);
}

static void close_dir(struct rf_recorder *recorder, uint32_t type, uint32_t *dir)
{
	if (*dir)
		rf_broker_send_id(recorder->broker, type, *dir);
	*dir = 0;
}

void rf_output_trace_close_left(struct rf_recorder *recorder, struct rf_output_trace *trace)
{
	close_dir(recorder, RF_BROKER_CLOSE_DIR, &trace->left_dir);
}

static void close_dirs(struct rf_recorder *recorder, struct rf_output_trace *trace)
{
	rf_output_trace_close_left(recorder, trace);
	close_dir(recorder, RF_BROKER_CLOSE_DIR, &trace->dir);
	close_dir(recorder, RF_BROKER_REMOVE_DIR, &trace->buffer_dir);
}

void rf_output_trace_end(struct rf_recorder *recorder, struct rf_output_trace *trace)
{
	struct ending *ending = calloc(1, sizeof(*ending));

	if (ending && rf_consumer_send_id(trace->consumer, RF_CONSUMER_END_TRACE, trace->id) == 0) {
		ending->trace = rf_output_trace_ref(trace);
		rf_list_append(&recorder->ending, &ending->node);
	} else {
		free(ending);
		close_dirs(recorder, trace);
	}
	if (rf_list_linked(&trace->node)) {
		rf_list_remove(&trace->node);
		rf_output_trace_unref(trace);
	}
}

static void ended(struct rf_recorder *recorder, struct ending *ending)
{
	close_dirs(recorder, ending->trace);
	rf_list_remove(&ending->node);
	rf_output_trace_unref(ending->trace);
	free(ending);
}

void rf_output_trace_ended(void *data, struct rf_consumer *consumer, uint64_t trace)
{
	struct rf_recorder *recorder = data;

	/* Only what this consumer was told to end: it has no say in the directories of others. */
	rf_list_for_each(node, &recorder->ending) {
		struct ending *ending = rf_container_of(node, struct ending, node);

		if (ending->trace->id == trace && ending->trace->consumer == consumer) {
			ended(recorder, ending);
			return;
		}
	}
}

void rf_output_trace_consumer_died(void *data, struct rf_consumer *consumer)
{
	struct rf_recorder *recorder = data;

	rf_list_for_each_safe(node, tmp, &recorder->ending) {
		struct ending *ending = rf_container_of(node, struct ending, node);

		if (ending->trace->consumer == consumer)
			ended(recorder, ending);
	}
	rf_list_for_each(node, &recorder->recordings)
		rf_recording_lost_consumer(recorder, rf_container_of(node, struct rf_recording, node), consumer);
}
