/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/context_codec.h"

#include <lttng/lttng.h>
#include <string.h>

/* An application drops its connection when both names of an application context together are longer. */
#define APP_NAMES_MAX 248u

static bool read_name(struct rf_reader *r, uint32_t len, uint32_t min, char out[RF_NAME_SIZE])
{
	const char *text = len >= min && len <= RF_NAME_SIZE ? rf_read_cstr(r, len) : NULL;

	if (!text)
		return false;
	memcpy(out, text, len);
	return true;
}

bool rf_context_read(struct rf_reader *r, struct rf_context *context)
{
	bool named = true;

	*context = (struct rf_context){.type = rf_read_u32(r)};
	rf_list_init(&context->node);
	switch (context->type) {
	case LTTNG_EVENT_CONTEXT_PERF_COUNTER:
	case LTTNG_EVENT_CONTEXT_PERF_CPU_COUNTER:
	case LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER:
		context->perf_type = rf_read_u32(r);
		context->perf_config = rf_read_u64(r);
		named = read_name(r, rf_read_u32(r), 1, context->perf_name);
		break;
	case LTTNG_EVENT_CONTEXT_APP_CONTEXT: {
		uint32_t provider_len = rf_read_u32(r), name_len = rf_read_u32(r);

		named = read_name(r, provider_len, 2, context->app_provider) &&
			read_name(r, name_len, 2, context->app_name);
		break;
	}
	default:
		break;
	}
	return named && rf_reader_done(r);
}

bool rf_context_is_kernel(const struct rf_context *context)
{
	switch (context->type) {
	case LTTNG_EVENT_CONTEXT_PTHREAD_ID:
	case LTTNG_EVENT_CONTEXT_IP:
	case LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER:
	case LTTNG_EVENT_CONTEXT_APP_CONTEXT:
		return false;
	default:
		return context->type <= LTTNG_EVENT_CONTEXT_TIME_NS;
	}
}

bool rf_context_is_ust(const struct rf_context *context)
{
	switch (context->type) {
	case LTTNG_EVENT_CONTEXT_PROCNAME:
	case LTTNG_EVENT_CONTEXT_PTHREAD_ID:
	case LTTNG_EVENT_CONTEXT_VPID:
	case LTTNG_EVENT_CONTEXT_VTID:
	case LTTNG_EVENT_CONTEXT_IP:
	case LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER:
	case LTTNG_EVENT_CONTEXT_CGROUP_NS ... LTTNG_EVENT_CONTEXT_UTS_NS:
	case LTTNG_EVENT_CONTEXT_VUID ... LTTNG_EVENT_CONTEXT_TIME_NS:
		return true;
	case LTTNG_EVENT_CONTEXT_APP_CONTEXT:
		return strlen(context->app_provider) + strlen(context->app_name) <= APP_NAMES_MAX;
	default:
		return false;
	}
}
