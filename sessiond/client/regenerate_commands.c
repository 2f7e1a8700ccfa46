/* SPDX-License-Identifier: GPL-2.0-only */
/* Making metadata and state dumps anew. */
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>

int rf_cmd_regenerate_metadata(struct rf_call *call)
{
	if (!call->session->active)
		return LTTNG_ERR_SESSION_NOT_STARTED;
	if (call->session->scheme == RF_BUFFERS_PER_PID)
		return LTTNG_ERR_PER_PID_SESSION;
	rf_call_take_session(call);
	rf_recording_regenerate_metadata(call->context->recorder, call->session, rf_call_session_done, call);
	return RF_LATER;
}

int rf_cmd_regenerate_statedump(struct rf_call *call)
{
	if (!call->session->active)
		return LTTNG_ERR_SESSION_NOT_STARTED;
	rf_call_take_session(call);
	rf_recording_regenerate_statedump(call->context->recorder, call->session, rf_call_session_done, call);
	return RF_LATER;
}
