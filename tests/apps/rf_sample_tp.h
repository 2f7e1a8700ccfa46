/* SPDX-License-Identifier: GPL-2.0-only */
/* The events of rf-sample. clang-format cannot read this dialect. */
/* clang-format off */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_sample
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf_sample_tp.h"

#if !defined(TESTS_APPS_RF_SAMPLE_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TESTS_APPS_RF_SAMPLE_TP_H
#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT_CLASS(rf_sample, numbered,
	LTTNG_UST_TP_ARGS(uint64_t, seq, const char *, text),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, seq, seq)
		lttng_ust_field_integer(int32_t, mod, (int32_t)(seq % 7))
		lttng_ust_field_integer_hex(uint16_t, low, (uint16_t)seq)
		lttng_ust_field_float(double, half, (double)seq / 2)
		lttng_ust_field_string(text, text)
	)
)
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(rf_sample, numbered, rf_sample, tick,
	LTTNG_UST_TP_ARGS(uint64_t, seq, const char *, text))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_sample, tick, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(rf_sample, numbered, rf_sample, warn,
	LTTNG_UST_TP_ARGS(uint64_t, seq, const char *, text))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_sample, warn, LTTNG_UST_TRACEPOINT_LOGLEVEL_WARNING)
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(rf_sample, numbered, rf_sample, detail,
	LTTNG_UST_TP_ARGS(uint64_t, seq, const char *, text))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_sample, detail, LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG)

#endif
#include <lttng/tracepoint-event.h>
