/* SPDX-License-Identifier: GPL-2.0-only */
/* The pattern of rf-many's events. clang-format cannot read this dialect. */
/* clang-format off */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_pattern
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf_many_tp.h"

#if !defined(TESTS_APPS_RF_MANY_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TESTS_APPS_RF_MANY_TP_H
#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(rf_pattern, number,
	LTTNG_UST_TP_ARGS(uint32_t, number, const char *, text),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, number, number)
		lttng_ust_field_integer_hex(uint64_t, twice, 2 * (uint64_t)number)
		lttng_ust_field_string(text, text)
	)
)

#endif
#include <lttng/tracepoint-event.h>
