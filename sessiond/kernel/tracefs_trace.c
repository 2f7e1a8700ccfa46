/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/log.h"
#include "sessiond/kernel/tracefs_parts.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

int rf_tracefs_trace_new(
	struct rf_kernel_tracer *tracer, const struct rf_kernel_trace_def *def, struct rf_kernel_trace **trace)
{
	struct rf_tracefs_trace *made = calloc(1, sizeof(*made));

	if (!made)
		return LTTNG_ERR_NOMEM;
	made->trace = (struct rf_kernel_trace){.tracer = tracer, .def = *def, .watch_fd = -1};
	rf_consumer_ref(def->consumer);
	rf_list_init(&made->channels);
	*trace = &made->trace;
	return LTTNG_OK;
}

void rf_tracefs_trace_free(struct rf_kernel_trace *trace)
{
	struct rf_tracefs_trace *own = rf_tracefs_trace_of(trace);

	rf_list_for_each_safe(node, tmp, &own->channels)
		rf_tracefs_channel_free(rf_container_of(node, struct rf_tracefs_channel, node));
	rf_tracefs_trackers_free(&own->trackers);
	rf_consumer_unref(trace->def.consumer);
	free(own);
}

static int describe_all(struct rf_tracefs_trace *trace)
{
	rf_list_for_each(node, &trace->channels) {
		int err = rf_tracefs_describe(rf_container_of(node, struct rf_tracefs_channel, node));

		if (err < 0)
			return err;
	}
	return 0;
}

/* The first failure; all are switched. */
static int switch_all(struct rf_tracefs_trace *trace, bool on)
{
	int first = 0;

	rf_list_for_each(node, &trace->channels) {
		const struct rf_tracefs_channel *channel = rf_container_of(node, struct rf_tracefs_channel, node);
		int err = rf_tracefs_write(channel->tracing_on, on && channel->enabled ? "1" : "0");

		if (err < 0)
			rf_error("cannot switch channel %s of session %llu %s: %s", channel->name,
				(unsigned long long)trace->trace.def.session, on ? "on" : "off", strerror(-err));
		if (!first)
			first = err;
	}
	return first;
}

int rf_tracefs_start(struct rf_kernel_trace *trace)
{
	struct rf_tracefs_trace *own = rf_tracefs_trace_of(trace);
	int err = describe_all(own);

	if (err < 0) {
		rf_error("cannot describe the kernel's events of session %llu: %s",
			(unsigned long long)trace->def.session, strerror(-err));
		return err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_META_FAIL;
	}
	/* The dump that follows the start tells of those that begin meanwhile. */
	rf_tracefs_tell_tasks(own);
	if (switch_all(own, true) < 0) {
		switch_all(own, false);
		return LTTNG_ERR_KERN_START_FAIL;
	}
	own->started = true;
	own->ever_started = true;
	rf_tracefs_dump_state(trace);
	return LTTNG_OK;
}

int rf_tracefs_stop(struct rf_kernel_trace *trace)
{
	struct rf_tracefs_trace *own = rf_tracefs_trace_of(trace);

	own->started = false;
	return switch_all(own, false) < 0 ? LTTNG_ERR_KERN_STOP_FAIL : LTTNG_OK;
}
