/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/trace.h"

#include "common/log.h"
#include "consumerd/channel.h"
#include "consumerd/headroom.h"
#include "consumerd/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct metadata_waiter {
	struct rf_list node;
	struct rf_completion *completion;
};

static struct rf_list *bucket(struct rf_daemon *daemon, uint64_t id)
{
	return &daemon->traces[id % RF_TRACE_BUCKETS];
}

struct rf_trace *rf_trace_find(struct rf_daemon *daemon, uint64_t id)
{
	rf_list_for_each(node, bucket(daemon, id)) {
		struct rf_trace *trace = rf_container_of(node, struct rf_trace, node);

		if (trace->id == id)
			return trace;
	}
	return NULL;
}

/* Metadata has no stream of its own to be reported on: the log says it. */
void rf_trace_metadata_result(struct rf_trace *trace, int err)
{
	if (!err) {
		trace->reported = false;
		return;
	}
	if (!trace->reported)
		rf_error("cannot write the metadata of trace %llu: %s; it is tried again",
			(unsigned long long)trace->id, strerror(-err));
	trace->reported = true;
}

void rf_trace_tell_ended(struct rf_daemon *daemon, uint64_t id)
{
	const struct rf_consumer_id message = {.id = id};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_id_encode(&w, &message);
	rf_link_send_writer(&daemon->control, RF_CONSUMER_TRACE_ENDED, 0, 0, &w, NULL, 0);
}

static void finish_if_ended(struct rf_trace *trace)
{
	struct rf_daemon *daemon = trace->daemon;
	struct rf_session *session = trace->session;

	if (!trace->ending || trace->opening || trace->ops || rf_list_linked(&trace->channels))
		return;

	int err = rf_places_leave(trace, UINT64_MAX);

	rf_trace_metadata_result(trace, err);
	rf_metadata_text_fini(&trace->text);
	rf_list_remove(&trace->node);
	rf_list_remove(&trace->session_node);
	rf_trace_tell_ended(daemon, trace->id);
	rf_settle_end(session, &trace->end, err);
	free(trace);
	daemon->trace_count--;
	rf_session_trace_gone(session);
	rf_daemon_trace_gone(daemon);
}

void rf_trace_file_opened(struct rf_trace *trace)
{
	if (--trace->opening)
		return;
	rf_list_for_each_safe(node, tmp, &trace->metadata_waiters) {
		struct metadata_waiter *waiter = rf_container_of(node, struct metadata_waiter, node);

		rf_list_remove(node);
		rf_completion_finish(waiter->completion);
		free(waiter);
	}
	finish_if_ended(trace);
}

int rf_trace_create(struct rf_daemon *daemon, const struct rf_consumer_create_trace *request)
{
	if (rf_trace_find(daemon, request->trace))
		return -EEXIST;

	if (!rf_metadata_packet_size_ok(request->packet_size))
		return -EINVAL;

	struct rf_session *session = rf_session_get(daemon, request->session);
	struct rf_trace *trace = session && !session->destroying ? calloc(1, sizeof(*trace)) : NULL;

	if (!trace)
		return session && session->destroying ? -EINVAL : -ENOMEM;

	/* A metadata file that stayed empty would make readers refuse all of the session's traces. */
	int err = rf_headroom(daemon->opener.expected + 1);

	if (err) {
		free(trace);
		return err;
	}
	trace->daemon = daemon;
	trace->session = session;
	trace->id = request->trace;
	trace->dir = request->dir;
	trace->buffer_dir = request->buffer_dir;
	trace->format.packet_size = request->packet_size;
	memcpy(trace->format.uuid, request->uuid, RF_UUID_SIZE);
	rf_list_init(&trace->channels);
	rf_list_init(&trace->metadata_waiters);
	rf_list_init(&trace->places);
	rf_list_append(bucket(daemon, trace->id), &trace->node);
	rf_list_append(&session->traces, &trace->session_node);
	daemon->trace_count++;
	/* Without memory for them there is no metadata, which a flush tells. */
	if (trace->dir && !rf_place_add(trace, trace->dir, false, 0, NULL, NULL))
		return -ENOMEM;
	if (trace->buffer_dir && !rf_place_add(trace, trace->buffer_dir, true, RF_PLACE_STAYS, NULL, NULL))
		return -ENOMEM;
	return 0;
}

int rf_trace_identify(struct rf_trace *trace, const uint8_t uuid[RF_UUID_SIZE])
{
	if (trace->text.started)
		return -EBUSY;
	memcpy(trace->format.uuid, uuid, RF_UUID_SIZE);
	return 0;
}

void rf_trace_push_metadata(struct rf_trace *trace, const struct rf_consumer_push_metadata *push)
{
	int err = rf_metadata_text_push(&trace->text, push->version, push->offset, push->text.data, push->text.len);

	rf_trace_metadata_result(trace, err ? err : rf_places_write(trace));
}

static int wait_for_metadata(struct rf_trace *trace, struct rf_completion *completion)
{
	struct metadata_waiter *waiter = malloc(sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->completion = completion;
	rf_completion_add(completion);
	rf_list_append(&trace->metadata_waiters, &waiter->node);
	return 0;
}

int rf_trace_flush(struct rf_trace *trace, struct rf_completion *completion)
{
	int result = 0;

	if (trace->opening)
		result = wait_for_metadata(trace, completion);
	rf_trace_metadata_result(trace, rf_places_write(trace));
	/* The streams of an ending trace are being flushed for the last time; their channels wait for that. */
	rf_list_for_each(node, &trace->channels) {
		int err = rf_channel_flush(
			rf_container_of(node, struct rf_channel, node), trace->session->epoch, completion);

		if (err)
			result = err;
	}
	return result;
}

void rf_trace_end(struct rf_trace *trace)
{
	if (trace->ending)
		return;
	trace->ending = true;
	rf_settle_begin(trace->session, &trace->end);
	rf_list_for_each(node, &trace->channels)
		rf_channel_end(rf_container_of(node, struct rf_channel, node), trace->session->epoch);
	finish_if_ended(trace);
}

void rf_trace_channel_gone(struct rf_trace *trace)
{
	finish_if_ended(trace);
}

void rf_trace_op_gone(struct rf_trace *trace)
{
	trace->ops--;
	finish_if_ended(trace);
}
