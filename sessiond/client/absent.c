/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands of the protocol that this daemon does not have. Each answers as the protocol says for the cases in which it
 * fails anyway, and otherwise that it is not supported: never a success that did not happen.
 */
#include "common/message.h"
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>

#define SNAPSHOT_URL 267u /* offset in a snapshot output */

int rf_cmd_not_supported(struct rf_call *call)
{
	(void)call;
	return LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_undefined(struct rf_call *call)
{
	(void)call;
	return LTTNG_ERR_UND;
}

int rf_cmd_set_uri(struct rf_call *call)
{
	return call->session->active ? LTTNG_ERR_TRACE_ALREADY_STARTED : LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_snapshot_add_output(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	char url[RF_PATH_SIZE];

	if (call->session->output != RF_OUTPUT_NONE)
		return LTTNG_ERR_NOT_SNAPSHOT_SESSION;
	rf_read_skip(&args, SNAPSHOT_URL);
	rf_read_str_field(&args, url, sizeof(url));
	return url[0] ? LTTNG_ERR_NOT_SUPPORTED : LTTNG_ERR_INVALID;
}

/* No session has a snapshot output, so none can be found. */
int rf_cmd_snapshot_del_output(struct rf_call *call)
{
	return call->session->output == RF_OUTPUT_NONE ? LTTNG_ERR_INVALID : LTTNG_ERR_NOT_SNAPSHOT_SESSION;
}

int rf_cmd_snapshot_list_outputs(struct rf_call *call)
{
	return call->session->output == RF_OUTPUT_NONE ? LTTNG_OK : LTTNG_ERR_NOT_SNAPSHOT_SESSION;
}

int rf_cmd_snapshot_record(struct rf_call *call)
{
	if (call->session->output != RF_OUTPUT_NONE)
		return LTTNG_ERR_NOT_SNAPSHOT_SESSION;
	return call->session->ever_started ? LTTNG_ERR_SNAPSHOT_FAIL : LTTNG_ERR_START_SESSION_ONCE;
}

int rf_cmd_save(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	char name[RF_SESSION_NAME_FIELD];

	rf_read_str_field(&args, name, sizeof(name));
	if (name[0]) {
		const struct rf_session *session = rf_session_find(call->context->sessions, name);

		if (!session)
			return LTTNG_ERR_SESS_NOT_FOUND;
		if (!rf_session_may_control(session, call->request.uid))
			return LTTNG_ERR_EPERM;
	}
	return LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_set_shm_path(struct rf_call *call)
{
	return call->session->ever_started ? LTTNG_ERR_SESSION_STARTED : LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_regenerate_metadata(struct rf_call *call)
{
	if (!call->session->active)
		return LTTNG_ERR_SESSION_NOT_STARTED;
	return call->session->scheme == RF_BUFFERS_PER_PID ? LTTNG_ERR_PER_PID_SESSION : LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_regenerate_statedump(struct rf_call *call)
{
	return call->session->active ? LTTNG_ERR_NOT_SUPPORTED : LTTNG_ERR_SESSION_NOT_STARTED;
}
