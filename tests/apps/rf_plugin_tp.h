/* SPDX-License-Identifier: GPL-2.0-only */
/* The event of librf-plugin.so. clang-format cannot read this dialect. */
/* clang-format off */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_plugin
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf_plugin_tp.h"

#if !defined(TESTS_APPS_RF_PLUGIN_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TESTS_APPS_RF_PLUGIN_TP_H
#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(rf_plugin, hello,
	LTTNG_UST_TP_ARGS(uint64_t, seq),
	LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(uint64_t, seq, seq)))

#endif
#include <lttng/tracepoint-event.h>
