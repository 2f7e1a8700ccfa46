/* SPDX-License-Identifier: GPL-2.0-only */
/* The event of rf-idle. clang-format cannot read this dialect. */
/* clang-format off */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_idle
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf_idle_tp.h"

#if !defined(TESTS_APPS_RF_IDLE_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TESTS_APPS_RF_IDLE_TP_H
#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(rf_idle, alive,
	LTTNG_UST_TP_ARGS(int, pid, uint32_t, beat),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(int, pid, pid)
		lttng_ust_field_integer(uint32_t, beat, beat)
	)
)

#endif
#include <lttng/tracepoint-event.h>
