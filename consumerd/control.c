/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/control.h"

#include "common/log.h"
#include "common/proto_consumer.h"
#include "consumerd/channel.h"
#include "consumerd/health.h"
#include "consumerd/modules_channel.h"
#include "consumerd/ring_channel.h"
#include "consumerd/session.h"
#include "consumerd/trace_op.h"
#include "consumerd/ust_channel.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void reply(struct rf_daemon *daemon, const struct rf_frame *frame, int status)
{
	rf_link_send(&daemon->control, frame->type | RF_FRAME_REPLY, frame->serial, status, NULL, 0, NULL, 0);
}

static int create_trace(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_create_trace request;

	if (!rf_consumer_create_trace_decode(&frame->body, &request))
		return -EPROTO;
	return daemon->ending ? -ESHUTDOWN : rf_trace_create(daemon, &request);
}

static int create_channel(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_create_channel request;
	int sock = rf_frame_take_fd(frame, 0);

	if (sock < 0)
		return -EBADF; /* who waits at its other end sees it close */

	int err = rf_consumer_create_channel_decode(&frame->body, &request) ? 0 : -EPROTO;
	struct rf_trace *trace = err ? NULL : rf_trace_find(daemon, request.trace);

	if (trace)
		rf_ust_channel_create(trace, &request, sock);
	else
		rf_ust_channel_refuse(sock, err ? err : -ENOENT);
	return err;
}

static int add_streams(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_add_streams request;

	if (!rf_consumer_add_streams_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	return trace ? rf_modules_channel_add(trace, &request, frame) : -ENOENT;
}

static int create_rings(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_create_rings request;

	if (!rf_consumer_create_rings_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	return trace ? rf_ring_channel_create(trace, &request) : -ENOENT;
}

static int describe_record(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_describe_record request;

	if (!rf_consumer_describe_record_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	return trace ? rf_ring_channel_describe(trace, &request) : -ENOENT;
}

static int add_events(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_add_events request;

	if (!rf_consumer_add_events_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	return trace ? rf_ring_channel_add_events(trace, &request) : -ENOENT;
}

static int add_tasks(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_add_tasks request;

	if (!rf_consumer_add_tasks_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	return trace ? rf_ring_channel_add_tasks(trace, &request) : -ENOENT;
}

static int identify_trace(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_identify_trace request;

	if (!rf_consumer_identify_trace_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	return trace ? rf_trace_identify(trace, request.uuid) : -ENOENT;
}

static int drop_channel(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_drop_channel request;

	if (!rf_consumer_drop_channel_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);
	struct rf_channel *channel = trace ? rf_channel_find(trace, request.channel) : NULL;

	if (!channel)
		return -ENOENT;
	rf_channel_end(channel, trace->session->epoch);
	reply(daemon, frame, 0);
	return 0;
}

static int push_metadata(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_push_metadata push;

	if (!rf_consumer_push_metadata_decode(&frame->body, &push))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, push.trace);

	if (!trace)
		return -ENOENT;
	rf_trace_push_metadata(trace, &push);
	return 0;
}

static int end_trace(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_id id;

	if (!rf_consumer_id_decode(&frame->body, &id))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, id.id);

	/* One that could not be made is ended as well: its directory may be closed. */
	if (trace)
		rf_trace_end(trace);
	else
		rf_trace_tell_ended(daemon, id.id);
	return 0;
}

static int describe_channel(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_describe_channel message;

	if (!rf_consumer_describe_channel_decode(&frame->body, &message))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, message.trace);

	if (!trace)
		return -ENOENT;
	rf_channel_described(trace, message.stream_class);
	return 0;
}

static int move_trace(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_move_trace request;

	if (!rf_consumer_move_trace_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	if (!trace || trace->ending)
		return -ENOENT;
	return rf_trace_move(trace, request.dir, request.discard);
}

static int snapshot_trace(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_snapshot_trace request;

	if (!rf_consumer_snapshot_trace_decode(&frame->body, &request) || !request.dir)
		return -EPROTO;

	struct rf_trace *trace = rf_trace_find(daemon, request.trace);

	if (!trace || trace->ending)
		return -ENOENT;
	return rf_trace_snapshot(trace, request.dir, request.max_packets);
}

static int settle_session(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_id id;

	if (!rf_consumer_id_decode(&frame->body, &id) || !frame->serial)
		return -EPROTO;

	struct rf_session *session = rf_session_find(daemon, id.id);

	if (session)
		return rf_settle_ask(session, frame->serial);
	reply(daemon, frame, 0);
	return 0;
}

static int health(struct rf_daemon *daemon, struct rf_frame *frame)
{
	return frame->serial ? rf_health_check(daemon, frame->serial) : -EPROTO;
}

static int flush_session(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_id id;

	if (!rf_consumer_id_decode(&frame->body, &id))
		return -EPROTO;

	struct rf_session *session = rf_session_find(daemon, id.id);

	/* A session that never had a trace here has nothing to be flushed. */
	if (session)
		rf_session_flush(session, frame->serial);
	else
		reply(daemon, frame, 0);
	return 0;
}

static int resume_session(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_id id;

	if (!rf_consumer_id_decode(&frame->body, &id))
		return -EPROTO;

	struct rf_session *session = rf_session_find(daemon, id.id);

	if (session)
		session->epoch++;
	return 0;
}

static int statistics(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_id id;
	struct rf_writer rows;
	struct rf_writer body;

	if (!rf_consumer_id_decode(&frame->body, &id))
		return -EPROTO;

	const struct rf_session *session = rf_session_find(daemon, id.id);

	rf_frame_body(&rows);
	if (session)
		rf_session_statistics(session, &rows);

	const struct rf_consumer_statistics message = {.rows = {.data = rows.base, .len = rows.at}};
	int err = rf_writer_ok(&rows) ? 0 : -EMSGSIZE;

	rf_frame_body(&body);
	rf_consumer_statistics_encode(&body, &message);
	rf_writer_free(&rows);
	if (!err)
		err = rf_link_send_writer(
			&daemon->control, frame->type | RF_FRAME_REPLY, frame->serial, 0, &body, NULL, 0);
	else
		rf_writer_free(&body);
	return err;
}

static int destroy_session(struct rf_daemon *daemon, struct rf_frame *frame)
{
	struct rf_consumer_id id;

	if (!rf_consumer_id_decode(&frame->body, &id))
		return -EPROTO;

	struct rf_session *session = rf_session_find(daemon, id.id);

	if (session && session->destroying)
		return -EALREADY;
	if (session)
		rf_session_destroy(session, frame->serial);
	else
		reply(daemon, frame, 0);
	return 0;
}

enum server {
	SERVER_ANY,
	SERVER_UST,    /* the consumers of applications alone */
	SERVER_KERNEL, /* the consumer of the kernel alone */
};

/* A handler that returns 0 has answered or will; for a negative errno the answer, if one is due, is given here. */
static const struct {
	const char *name;
	int (*handle)(struct rf_daemon *daemon, struct rf_frame *frame);
	bool answered;
	enum server server;
} messages[] = {
	[RF_CONSUMER_CREATE_TRACE] = {"create trace", create_trace, false, SERVER_ANY},
	[RF_CONSUMER_CREATE_CHANNEL] = {"create channel", create_channel, false, SERVER_UST},
	[RF_CONSUMER_PUSH_METADATA] = {"push metadata", push_metadata, false, SERVER_ANY},
	[RF_CONSUMER_END_TRACE] = {"end trace", end_trace, false, SERVER_ANY},
	[RF_CONSUMER_FLUSH_SESSION] = {"flush session", flush_session, true, SERVER_ANY},
	[RF_CONSUMER_RESUME_SESSION] = {"resume session", resume_session, false, SERVER_ANY},
	[RF_CONSUMER_STATISTICS] = {"statistics", statistics, true, SERVER_ANY},
	[RF_CONSUMER_DESCRIBE_CHANNEL] = {"describe channel", describe_channel, false, SERVER_ANY},
	[RF_CONSUMER_MOVE_TRACE] = {"move trace", move_trace, false, SERVER_ANY},
	[RF_CONSUMER_SNAPSHOT_TRACE] = {"snapshot trace", snapshot_trace, false, SERVER_ANY},
	[RF_CONSUMER_SETTLE_SESSION] = {"settle session", settle_session, true, SERVER_ANY},
	[RF_CONSUMER_HEALTH] = {"health", health, true, SERVER_ANY},
	[RF_CONSUMER_DESTROY_SESSION] = {"destroy session", destroy_session, true, SERVER_ANY},
	[RF_CONSUMER_CREATE_RINGS] = {"create rings", create_rings, false, SERVER_KERNEL},
	[RF_CONSUMER_DESCRIBE_RECORD] = {"describe record", describe_record, false, SERVER_KERNEL},
	[RF_CONSUMER_ADD_STREAMS] = {"add streams", add_streams, false, SERVER_KERNEL},
	[RF_CONSUMER_IDENTIFY_TRACE] = {"identify trace", identify_trace, false, SERVER_KERNEL},
	[RF_CONSUMER_ADD_EVENTS] = {"add events", add_events, false, SERVER_KERNEL},
	[RF_CONSUMER_ADD_TASKS] = {"add tasks", add_tasks, false, SERVER_KERNEL},
	[RF_CONSUMER_DROP_CHANNEL] = {"drop channel", drop_channel, true, SERVER_KERNEL},
};

static bool serves(const struct rf_daemon *daemon, enum server server)
{
	return server == SERVER_ANY || daemon->kernel == (server == SERVER_KERNEL);
}

void rf_control_serve(struct rf_daemon *daemon, struct rf_frame *frame)
{
	const size_t count = sizeof(messages) / sizeof(messages[0]);

	if (frame->type >= count || !messages[frame->type].handle) {
		rf_warning("unknown message %u from the session daemon", frame->type);
		if (frame->serial && !(frame->type & RF_FRAME_REPLY))
			reply(daemon, frame, -ENOSYS);
		return;
	}

	int err = serves(daemon, messages[frame->type].server) ? messages[frame->type].handle(daemon, frame) : -EPERM;

	if (!err)
		return;
	rf_warning("message '%s' of the session daemon: %s", messages[frame->type].name, strerror(-err));
	if (messages[frame->type].answered)
		reply(daemon, frame, err);
}
