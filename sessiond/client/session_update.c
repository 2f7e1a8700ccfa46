/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/session_update.h"

#include <lttng/lttng-error.h>

int rf_session_update(struct rf_call *call)
{
	if (!call->session->active)
		return LTTNG_OK;
	rf_call_take_session(call);
	rf_ust_update(call->context->recorder, call->session, rf_call_session_done, call);
	return RF_LATER;
}
