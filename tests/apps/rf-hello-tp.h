/* SPDX-License-Identifier: GPL-2.0-only */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_hello

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf-hello-tp.h"

#if !defined(RF_TESTS_APPS_RF_HELLO_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define RF_TESTS_APPS_RF_HELLO_TP_H

#include <lttng/tracepoint.h>
#include <stdint.h>

/* clang-format off */
LTTNG_UST_TRACEPOINT_EVENT(rf_hello, greeting,
	LTTNG_UST_TP_ARGS(const char *, who, uint32_t, number),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_string(who, who)
		lttng_ust_field_integer(uint32_t, number, number)
	)
)
/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>
