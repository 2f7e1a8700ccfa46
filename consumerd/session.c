/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/session.h"

#include "common/proto_consumer.h"
#include "consumerd/completion.h"
#include "consumerd/trace.h"

#include <errno.h>
#include <stdlib.h>

/* One flush of a session on its way; the last stream to finish sends the reply. */
struct session_flush {
	struct rf_completion completion;
	struct rf_daemon *daemon;
	uint32_t serial;
};

struct rf_session *rf_session_find(struct rf_daemon *daemon, uint64_t id)
{
	rf_list_for_each(node, &daemon->sessions) {
		struct rf_session *session = rf_container_of(node, struct rf_session, node);

		if (session->id == id)
			return session;
	}
	return NULL;
}

struct rf_session *rf_session_get(struct rf_daemon *daemon, uint64_t id)
{
	struct rf_session *session = rf_session_find(daemon, id);

	if (session)
		return session;
	session = calloc(1, sizeof(*session));
	if (!session)
		return NULL;
	session->daemon = daemon;
	session->id = id;
	session->epoch = 1;
	rf_list_init(&session->traces);
	rf_list_init(&session->counts);
	rf_list_init(&session->marks);
	rf_list_append(&daemon->sessions, &session->node);
	return session;
}

struct rf_channel_count *rf_session_count(struct rf_session *session, uint32_t channel)
{
	rf_list_for_each(node, &session->counts) {
		struct rf_channel_count *count = rf_container_of(node, struct rf_channel_count, node);

		if (count->channel == channel)
			return count;
	}

	struct rf_channel_count *count = calloc(1, sizeof(*count));

	if (!count)
		return NULL;
	count->channel = channel;
	rf_list_append(&session->counts, &count->node);
	return count;
}

void rf_session_statistics(const struct rf_session *session, struct rf_writer *rows)
{
	rf_list_for_each(node, &session->counts) {
		struct rf_channel_count *count = rf_container_of(node, struct rf_channel_count, node);

		rf_write_u32(rows, count->channel);
		rf_write_u64(rows, atomic_load(&count->discarded));
		rf_write_u64(rows, atomic_load(&count->lost));
		rf_write_u64(rows, atomic_load(&count->written));
	}
}

static void flushed(struct rf_completion *completion)
{
	struct session_flush *flush = rf_container_of(completion, struct session_flush, completion);

	rf_link_send(&flush->daemon->control, RF_CONSUMER_FLUSH_SESSION | RF_FRAME_REPLY, flush->serial,
		atomic_load(&completion->status), NULL, 0, NULL, 0);
	free(flush);
}

void rf_session_flush(struct rf_session *session, uint32_t serial)
{
	struct session_flush *flush = calloc(1, sizeof(*flush));

	if (!flush) {
		rf_link_send(&session->daemon->control, RF_CONSUMER_FLUSH_SESSION | RF_FRAME_REPLY, serial, -ENOMEM,
			NULL, 0, NULL, 0);
		return;
	}
	flush->daemon = session->daemon;
	flush->serial = serial;
	rf_completion_begin(&flush->completion, flushed);
	rf_list_for_each(node, &session->traces) {
		int err = rf_trace_flush(rf_container_of(node, struct rf_trace, session_node), &flush->completion);

		if (err)
			rf_completion_fail(&flush->completion, err);
	}
	rf_completion_finish(&flush->completion);
}

void rf_session_end_traces(struct rf_session *session)
{
	/* A trace without channels is gone at once; the last one must not take the session away under this loop. */
	session->held = true;
	rf_list_for_each_safe(node, tmp, &session->traces)
		rf_trace_end(rf_container_of(node, struct rf_trace, session_node));
	session->held = false;
	rf_session_trace_gone(session);
}

void rf_session_free(struct rf_session *session)
{
	rf_list_remove(&session->node);
	rf_list_for_each_safe(node, tmp, &session->counts)
		free(rf_container_of(node, struct rf_channel_count, node));
	free(session);
}

void rf_session_trace_gone(struct rf_session *session)
{
	if (session->held || !session->destroying || rf_list_linked(&session->traces))
		return;
	rf_link_send(&session->daemon->control, RF_CONSUMER_DESTROY_SESSION | RF_FRAME_REPLY, session->destroy_serial,
		0, NULL, 0, NULL, 0);
	rf_session_free(session);
}

void rf_session_destroy(struct rf_session *session, uint32_t serial)
{
	session->destroying = true;
	session->destroy_serial = serial;
	rf_session_end_traces(session);
}
