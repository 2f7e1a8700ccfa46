/* SPDX-License-Identifier: GPL-2.0-only */
/* The event of rf-flood. clang-format cannot read this dialect. */
/* clang-format off */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_flood
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf_flood_tp.h"

#if !defined(TESTS_APPS_RF_FLOOD_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TESTS_APPS_RF_FLOOD_TP_H
#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(rf_flood, tick,
	LTTNG_UST_TP_ARGS(uint64_t, seq, const char *, text),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, seq, seq)
		lttng_ust_field_integer(uint32_t, low, (uint32_t)seq)
		lttng_ust_field_string(text, text)
	)
)

#endif
#include <lttng/tracepoint-event.h>
