/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/ust_domain.h"

#include "sessiond/client/session_update.h"

#include <lttng/lttng-error.h>

static struct rf_session_domain *of(struct rf_session *session)
{
	return &session->ust;
}

static int switch_channel(struct rf_call *call, struct rf_channel *channel)
{
	(void)channel;
	return rf_session_update(call);
}

static int track(struct rf_call *call, enum rf_tracker_kind kind)
{
	(void)kind;
	return rf_session_update(call);
}

const struct rf_domain rf_domain_ust = {
	.of = of,
	.channel_exists = LTTNG_ERR_UST_CHAN_EXIST,
	.channel_unknown = LTTNG_ERR_UST_CHAN_NOT_FOUND,
	.channel_defaults = rf_ust_channel_defaults,
	.check_channel = rf_ust_check_channel,
	.make_channel = rf_ust_make_channel,
	.switch_channel = switch_channel,
	.enable_event = rf_ust_enable_event,
	.check_disable = rf_ust_check_disable,
	.disable_event = rf_ust_disable_event,
	.add_context = rf_ust_add_context,
	/* It sees the ids of its name space. */
	.trackers = 1u << RF_TRACKER_VPID | 1u << RF_TRACKER_VUID | 1u << RF_TRACKER_VGID,
	.track = track,
	.list_tracepoints = rf_ust_list_tracepoints,
};
