/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/trace.h"

#include "common/log.h"
#include "consumerd/channel.h"
#include "consumerd/headroom.h"

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
static void metadata_result(struct rf_trace *trace, int err)
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

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_id_encode(&w, &message);
	rf_link_send_writer(&daemon->control, RF_CONSUMER_TRACE_ENDED, 0, 0, &w, NULL, 0);
}

static void finish_if_ended(struct rf_trace *trace)
{
	struct rf_daemon *daemon = trace->daemon;
	struct rf_session *session = trace->session;
	uint64_t id = trace->id;

	if (!trace->ending || trace->opening || rf_list_linked(&trace->channels))
		return;
	metadata_result(trace, rf_metadata_write(&trace->metadata));
	rf_metadata_fini(&trace->metadata);
	rf_list_remove(&trace->node);
	rf_list_remove(&trace->session_node);
	free(trace);
	daemon->trace_count--;
	rf_trace_tell_ended(daemon, id);
	rf_session_trace_gone(session);
	rf_daemon_trace_gone(daemon);
}

static void metadata_opened(void *data, int status, struct rf_frame *frame)
{
	struct rf_trace *trace = data;

	trace->opening = false;
	if (status)
		rf_error("no metadata file for trace %llu: %s", (unsigned long long)trace->id, strerror(-status));
	else
		rf_metadata_set_file(&trace->metadata, rf_frame_take_fd(frame, 0));
	metadata_result(trace, rf_metadata_write(&trace->metadata));
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

	struct rf_session *session = rf_session_get(daemon, request->session);
	struct rf_trace *trace = session && !session->destroying ? calloc(1, sizeof(*trace)) : NULL;

	if (!trace)
		return session && session->destroying ? -EINVAL : -ENOMEM;

	/* A metadata file that stayed empty would make readers refuse all of the session's traces. */
	int err = rf_headroom(daemon->opener.expected + 1);

	if (!err)
		err = rf_metadata_init(&trace->metadata, request->uuid, request->packet_size);
	if (err) {
		free(trace);
		return err;
	}
	trace->daemon = daemon;
	trace->session = session;
	trace->id = request->trace;
	trace->dir = request->dir;
	rf_list_init(&trace->channels);
	rf_list_init(&trace->metadata_waiters);
	rf_list_append(bucket(daemon, trace->id), &trace->node);
	rf_list_append(&session->traces, &trace->session_node);
	daemon->trace_count++;
	trace->opening = true;
	rf_opener_metadata(&daemon->opener, trace->dir, metadata_opened, trace);
	return 0;
}

void rf_trace_push_metadata(struct rf_trace *trace, const struct rf_consumer_push_metadata *push)
{
	metadata_result(trace,
		rf_metadata_push(&trace->metadata, push->version, push->offset, push->text.data, push->text.len));
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
	else
		metadata_result(trace, rf_metadata_write(&trace->metadata));
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
	rf_list_for_each(node, &trace->channels)
		rf_channel_end(rf_container_of(node, struct rf_channel, node), trace->session->epoch);
	finish_if_ended(trace);
}

void rf_trace_channel_gone(struct rf_trace *trace)
{
	finish_if_ended(trace);
}
