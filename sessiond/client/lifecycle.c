/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting, stopping and destroying sessions: the long commands. */
#include "common/log.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/rotation_schedule.h"
#include "sessiond/client/session_codec.h"
#include "sessiond/client/session_reader.h"
#include "sessiond/kernel/domain.h"

#include <lttng/lttng-error.h>

static void started(void *data, int code)
{
	struct rf_call *call = data;

	if (code == LTTNG_OK) {
		call->session->active = true;
		call->session->ever_started = true;
		rf_rotation_clock_update(call->context, call->session);
	}
	rf_call_release_session(call, code);
}

static bool may_trace_kernel(const struct rf_call *call)
{
	uid_t uid = call->request.uid;

	if (rf_kernel_may_trace(call->context->recorder, uid))
		return true;
	rf_audit("op=kernel-start role=client uid=%u session=%llu result=refused", (unsigned int)uid,
		(unsigned long long)call->session->id);
	return false;
}

int rf_cmd_start(struct rf_call *call)
{
	struct rf_session *session = call->session;

	if (session->active)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	if (session->rotation.state == RF_ROTATION_ONGOING && session->rotation.since_stop)
		return LTTNG_ERR_ROTATION_PENDING;
	if (!rf_list_linked(&session->ust.channels) && !rf_list_linked(&session->kernel.channels))
		return LTTNG_ERR_NO_CHANNEL;
	/* Who set the session up may have been allowed to then, or somebody else. */
	if (rf_list_linked(&session->kernel.channels) && !may_trace_kernel(call))
		return LTTNG_ERR_EPERM;
	rf_call_take_session(call);
	rf_recording_start(call->context->recorder, session, started, call);
	return RF_LATER;
}

static void stopped(void *data, int code)
{
	struct rf_call *call = data;

	if (code == LTTNG_OK) {
		call->session->active = false;
		call->session->rotation.since_stop = false;
	}
	rf_call_release_session(call, code);
}

int rf_cmd_stop(struct rf_call *call)
{
	if (!call->session->active)
		return LTTNG_ERR_TRACE_ALREADY_STOPPED;
	rf_call_take_session(call);
	rf_recording_stop(call->context->recorder, call->session, stopped, call);
	return RF_LATER;
}

static void write_last_rotation(struct rf_call *call)
{
	const struct rf_rotation *rotation = &call->session->rotation;

	/* Without one nothing was archived, and no location follows. */
	rf_write_i32(&call->header, rotation->at_destroy ? rotation->state : RF_ROTATION_NONE);
	if (rotation->at_destroy && rotation->state == RF_ROTATION_COMPLETED)
		rf_archive_location_write(&call->data, rotation->path);
}

static void destroyed(void *data, int code)
{
	struct rf_call *call = data;

	if (code != LTTNG_OK)
		call->code = code;
	if (call->code == LTTNG_OK)
		write_last_rotation(call);
	rf_call_end_session(call, call->code);
}

static void release_domain(void *data)
{
	struct rf_call *call = data;

	rf_recording_destroy(call->context->recorder, call->session, destroyed, call);
}

static void stopped_for_good(void *data, int code)
{
	struct rf_call *call = data;

	/* The session goes all the same; its client learns that the end was not clean. */
	if (code != LTTNG_OK)
		call->code = code;
	call->session->active = false;
	rf_session_when_unread(call->session, release_domain, call);
}

int rf_cmd_destroy(struct rf_call *call)
{
	struct rf_session *session = call->session;

	call->code = LTTNG_OK;
	session->destroyed = true;
	rf_rotation_clock_stop(session);
	rf_call_take_session(call);
	rf_call_dismiss_line(session, LTTNG_ERR_SESS_NOT_FOUND);
	if (session->active)
		rf_recording_stop(call->context->recorder, session, stopped_for_good, call);
	else
		rf_session_when_unread(session, release_domain, call);
	return RF_LATER;
}
