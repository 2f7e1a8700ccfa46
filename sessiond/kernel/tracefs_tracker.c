/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes a trace records. The kernel's tracer knows threads, whose numbers are those of the processes' own
 * name space as far as it is the initial one: both kinds of process numbers are the same here.
 */
#include "common/log.h"
#include "sessiond/kernel/tracefs_parts.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

void rf_tracefs_trackers_free(struct rf_tracefs_trackers *trackers)
{
	for (int kind = 0; kind < RF_TRACKERS; kind++)
		free(trackers->values[kind]);
	*trackers = (struct rf_tracefs_trackers){0};
}

static bool includes(const struct rf_tracefs_trackers *trackers, enum rf_tracker_kind kind, uint32_t value)
{
	if (trackers->policy[kind] != RF_TRACK_SET)
		return trackers->policy[kind] == RF_TRACK_ALL;
	for (uint32_t i = 0; i < trackers->count[kind]; i++)
		if (trackers->values[kind][i] == value)
			return true;
	return false;
}

/* The processes that both trackers include; policy in *POLICY. */
static void put_pids(struct rf_writer *pids, const struct rf_tracefs_trackers *trackers, enum rf_tracker_policy *policy)
{
	enum rf_tracker_kind kind = trackers->policy[RF_TRACKER_PID] == RF_TRACK_SET ? RF_TRACKER_PID : RF_TRACKER_VPID;
	enum rf_tracker_kind other = kind == RF_TRACKER_PID ? RF_TRACKER_VPID : RF_TRACKER_PID;

	*policy = trackers->policy[kind];
	if (trackers->policy[other] == RF_TRACK_NONE)
		*policy = RF_TRACK_NONE;
	if (*policy != RF_TRACK_SET)
		return;
	for (uint32_t i = 0; i < trackers->count[kind]; i++)
		if (includes(trackers, other, trackers->values[kind][i]))
			rf_write_u32(pids, trackers->values[kind][i]);
	if (!pids->at)
		*policy = RF_TRACK_NONE;
}

int rf_tracefs_track_channel(struct rf_tracefs_channel *channel)
{
	struct rf_broker_track request = {.instance = channel->instance, .on = rf_tracefs_channel_on(channel)};
	enum rf_tracker_policy policy;
	struct rf_writer pids;
	struct rf_writer body;
	struct rf_frame *reply;

	rf_frame_body(&pids);
	put_pids(&pids, &channel->trace->trackers, &policy);
	if (!rf_writer_ok(&pids)) {
		rf_writer_free(&pids);
		return -EINVAL;
	}
	request.policy = (uint8_t)policy;
	request.pids = (struct rf_blob){pids.base, pids.at};
	rf_frame_body(&body);
	rf_broker_track_encode(&body, &request);
	rf_writer_free(&pids);
	return rf_kernel_link_call(rf_tracefs_link(channel), RF_BROKER_TRACK, &body, -1, &reply);
}

static int track_all(struct rf_tracefs_trace *trace)
{
	int first = 0;

	rf_list_for_each(node, &trace->channels) {
		int err = rf_tracefs_track_channel(rf_container_of(node, struct rf_tracefs_channel, node));

		if (!first)
			first = err;
	}
	return first;
}

struct tracker {
	enum rf_tracker_policy policy;
	uint32_t *values;
	uint32_t count;
};

/* What was there before. */
static struct tracker replace(
	struct rf_tracefs_trackers *trackers, enum rf_tracker_kind kind, const struct tracker *tracker)
{
	const struct tracker before = {trackers->policy[kind], trackers->values[kind], trackers->count[kind]};

	trackers->policy[kind] = tracker->policy;
	trackers->values[kind] = tracker->values;
	trackers->count[kind] = tracker->count;
	return before;
}

static int code_of(int err)
{
	switch (err) {
	case -EINVAL:
	case -EMSGSIZE:
		return LTTNG_ERR_INVALID;
	case -ENOMEM:
		return LTTNG_ERR_NOMEM;
	default:
		return LTTNG_ERR_UNK;
	}
}

int rf_tracefs_track(struct rf_kernel_trace *trace, const struct rf_kernel_tracker_def *def)
{
	struct rf_tracefs_trace *own = rf_tracefs_trace_of(trace);
	struct tracker now = {def->policy, NULL, def->count};

	if (def->kind != RF_TRACKER_PID && def->kind != RF_TRACKER_VPID)
		return def->policy == RF_TRACK_ALL ? LTTNG_OK : LTTNG_ERR_NOT_SUPPORTED;
	now.values = calloc((size_t)def->count + 1, sizeof(now.values[0]));
	if (!now.values)
		return LTTNG_ERR_NOMEM;
	if (def->count)
		memcpy(now.values, def->values, def->count * sizeof(now.values[0]));

	const struct tracker before = replace(&own->trackers, def->kind, &now);
	int err = track_all(own);

	if (!err) {
		free(before.values);
		return LTTNG_OK;
	}
	rf_error("cannot change which processes the kernel records for session %llu: %s",
		(unsigned long long)trace->def.session, strerror(-err));
	replace(&own->trackers, def->kind, &before);
	free(now.values);
	track_all(own);
	return code_of(err);
}
