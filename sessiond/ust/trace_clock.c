/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/trace_clock.h"

#include "common/log.h"

#include <errno.h>
#include <lttng/ust-clock.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SAMPLES 10

static struct rf_trace_clock trace_clock;
static lttng_ust_clock_read64_function read_clock;

int rf_trace_clock_init(void)
{
	lttng_ust_clock_name_function name = NULL;
	lttng_ust_clock_description_function description = NULL;
	lttng_ust_clock_freq_function frequency = NULL;
	lttng_ust_clock_uuid_function uuid = NULL;
	char uuid_text[LTTNG_UST_UUID_STR_LEN] = "";

	if (lttng_ust_trace_clock_get_read64_cb(&read_clock) < 0 || !read_clock)
		return -ENOSYS;
	lttng_ust_trace_clock_get_name_cb(&name);
	lttng_ust_trace_clock_get_description_cb(&description);
	lttng_ust_trace_clock_get_freq_cb(&frequency);
	/* A plug-in need not set this one: the getter then gives NULL. */
	lttng_ust_trace_clock_get_uuid_cb(&uuid);
	snprintf(trace_clock.name, sizeof(trace_clock.name), "%s", name ? name() : "monotonic");
	snprintf(trace_clock.description, sizeof(trace_clock.description), "%s", description ? description() : "");
	trace_clock.frequency = frequency ? frequency() : 0;
	if (!trace_clock.frequency) {
		rf_error("the trace clock has no frequency; check LTTNG_UST_CLOCK_PLUGIN");
		return -EINVAL;
	}
	if (uuid && uuid(uuid_text) == 0)
		snprintf(trace_clock.uuid, sizeof(trace_clock.uuid), "%.36s", uuid_text);
	return 0;
}

const struct rf_trace_clock *rf_trace_clock_get(void)
{
	return &trace_clock;
}

int64_t rf_trace_clock_offset(void)
{
	uint64_t best = UINT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < SAMPLES; i++) {
		struct timespec real;
		uint64_t before = read_clock();

		clock_gettime(CLOCK_REALTIME, &real);

		uint64_t after = read_clock();

		if (after - before >= best)
			continue;
		best = after - before;

		uint64_t ticks = (uint64_t)real.tv_sec * trace_clock.frequency +
			(uint64_t)((unsigned __int128)real.tv_nsec * trace_clock.frequency / 1000000000u);

		offset = (int64_t)(ticks - (before + (after - before) / 2));
	}
	return offset;
}
