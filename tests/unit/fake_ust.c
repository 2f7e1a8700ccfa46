/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/fake_ust.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>

static const struct rf_ust_tracepoint tracepoints[] = {
	{.pid = 4242, .name = "demo:tick", .loglevel = 6, .field_name = "i", .field_type = 1},
	{.pid = 4242, .name = "demo:tock", .loglevel = 13, .field_name = "text", .field_type = 4, .field_nowrite = 1},
	{.pid = 4243, .name = "demo:bare", .loglevel = 14, .field_type = -1},
};

void fake_ust_init(struct rf_recorder *recorder)
{
	*recorder = (struct rf_recorder){.list_uid = (uid_t)-1, .kernel_uid = (uid_t)-1};
	rf_list_init(&recorder->pending);
}

void fake_ask(struct rf_recorder *recorder, const struct fake_pending *what)
{
	struct fake_pending *pending = malloc(sizeof(*pending));

	if (!pending)
		abort();
	*pending = *what;
	rf_list_init(&pending->node);
	rf_list_append(&recorder->pending, &pending->node);
	recorder->count[what->kind]++;
	if (recorder->on_request)
		recorder->on_request(recorder->data);
}

/* What the real domain does to the session. */
static void change_model(const struct fake_pending *what)
{
	struct rf_session *session = what->session;

	switch (what->kind) {
	case FAKE_STATISTICS:
		rf_list_for_each(node, &session->ust.channels)
			rf_container_of(node, struct rf_channel, node)->discarded_events = 7;
		break;
	case FAKE_ROTATE:
		session->rotation.state = RF_ROTATION_ONGOING;
		session->rotation.number = session->chunk.number++;
		session->rotation.ever = true;
		session->rotation.since_stop = !session->active;
		break;
	case FAKE_CLEAR:
		session->rotation.since_stop = !session->active;
		break;
	case FAKE_SNAPSHOT:
		session->snapshot_count++;
		break;
	default:
		break;
	}
}

bool fake_ust_complete(struct rf_recorder *recorder, int code)
{
	if (!rf_list_linked(&recorder->pending))
		return false;

	struct fake_pending *pending = rf_container_of(recorder->pending.next, struct fake_pending, node);
	struct fake_pending what = *pending;

	rf_list_remove(&pending->node);
	free(pending);
	if (recorder->fail[what.kind])
		code = recorder->fail[what.kind];
	if (code == LTTNG_OK)
		change_model(&what);
	if (what.kind >= FAKE_LOOK)
		fake_kernel_complete(recorder, &what, code);
	else if (what.list_done)
		what.list_done(what.data, code, tracepoints, sizeof(tracepoints) / sizeof(tracepoints[0]));
	else
		what.done(what.data, code);
	return true;
}

void fake_ust_end_rotation(struct rf_session *session, bool failed)
{
	struct rf_rotation *rotation = &session->rotation;

	if (rotation->state != RF_ROTATION_ONGOING)
		abort();
	rotation->state = failed ? RF_ROTATION_ERROR : RF_ROTATION_COMPLETED;
	snprintf(
		rotation->path, sizeof(rotation->path), "/tmp/out/archives/%llu", (unsigned long long)rotation->number);
}

void fake_ust_forget(struct rf_recorder *recorder)
{
	rf_list_for_each_safe(node, tmp, &recorder->pending)
		free(rf_container_of(node, struct fake_pending, node));
	rf_list_init(&recorder->pending);
}

unsigned int fake_ust_pending(const struct rf_recorder *recorder)
{
	unsigned int count = 0;

	rf_list_for_each(node, &recorder->pending)
		count++;
	return count;
}

void rf_ust_prepare(struct rf_recorder *recorder, struct rf_session *session)
{
	(void)session;
	recorder->prepared++;
}

#define SESSION_REQUEST(name, kind_of)                                                                                 \
	void name(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)               \
	{                                                                                                              \
		fake_ask(recorder,                                                                                     \
			&(struct fake_pending){.kind = kind_of, .session = session, .done = done, .data = data});      \
	}

SESSION_REQUEST(rf_recording_start, FAKE_START)
SESSION_REQUEST(rf_recording_stop, FAKE_STOP)
SESSION_REQUEST(rf_recording_destroy, FAKE_DESTROY)
SESSION_REQUEST(rf_ust_update, FAKE_UPDATE)
SESSION_REQUEST(rf_recording_statistics, FAKE_STATISTICS)
SESSION_REQUEST(rf_recording_rotate, FAKE_ROTATE)
SESSION_REQUEST(rf_recording_clear, FAKE_CLEAR)
SESSION_REQUEST(rf_recording_regenerate_metadata, FAKE_METADATA)
SESSION_REQUEST(rf_recording_regenerate_statedump, FAKE_STATEDUMP)

void rf_recording_snapshot(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_snapshot_output *output, rf_done_fn done, void *data)
{
	recorder->snapshot = *output;
	fake_ask(recorder,
		&(struct fake_pending){.kind = FAKE_SNAPSHOT, .session = session, .done = done, .data = data});
}

void rf_ust_list(struct rf_recorder *recorder, uid_t uid, bool with_fields, rf_ust_list_fn done, void *data)
{
	recorder->list_uid = uid;
	fake_ask(recorder,
		&(struct fake_pending){
			.kind = with_fields ? FAKE_LIST_FIELDS : FAKE_LIST, .list_done = done, .data = data});
}

bool rf_ust_may_trace(uid_t uid, uid_t app_uid)
{
	return uid == 0 || uid == app_uid;
}
