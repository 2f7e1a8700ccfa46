/* SPDX-License-Identifier: GPL-2.0-only */
/* The library that rf-dlopen opens: a tracepoint provider that may come and go. */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_plugin_tp.h"

void rf_plugin_emit(uint64_t count);

void rf_plugin_emit(uint64_t count)
{
	for (uint64_t seq = 0; seq < count; seq++)
		lttng_ust_tracepoint(rf_plugin, hello, seq);
}
