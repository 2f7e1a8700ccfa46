/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/kernel_domain.h"

#include "sessiond/client/tracker_undo.h"

#include <lttng/lttng-error.h>

static struct rf_session_domain *of(struct rf_session *session)
{
	return &session->kernel;
}

static void tracked(void *data, int code)
{
	struct rf_call *call = data;

	if (code != LTTNG_OK)
		rf_tracker_undo(call);
	rf_call_release_session(call, code);
}

static int track(struct rf_call *call, enum rf_tracker_kind kind)
{
	rf_call_take_session(call);
	rf_kernel_track(call->context->recorder, call->session, kind, tracked, call);
	return RF_LATER;
}

const struct rf_domain rf_domain_kernel = {
	.of = of,
	.channel_exists = LTTNG_ERR_KERN_CHAN_EXIST,
	.channel_unknown = LTTNG_ERR_KERN_CHAN_NOT_FOUND,
	.channel_defaults = rf_kernel_channel_defaults,
	.check_channel = rf_kernel_check_channel,
	.make_channel = rf_kernel_make_channel,
	.switch_channel = rf_kernel_switch_channel,
	.enable_event = rf_kernel_enable_event,
	.check_disable = rf_kernel_check_disable,
	.disable_event = rf_kernel_disable_event,
	.add_context = rf_kernel_add_contexts,
	.trackers = (1u << RF_TRACKERS) - 1,
	.track = track,
	.list_tracepoints = rf_kernel_list_tracepoints,
};
