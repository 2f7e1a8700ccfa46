/* SPDX-License-Identifier: GPL-2.0-only */
/* One event with every field macro, one event per log level. clang-format cannot read this dialect. */
/* clang-format off */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER rf_fields
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/apps/rf_fields_tp.h"

#if !defined(TESTS_APPS_RF_FIELDS_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define TESTS_APPS_RF_FIELDS_TP_H
#include <lttng/tracepoint.h>
#include <arpa/inet.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_ENUM(rf_fields, colour,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("red", 0)
		lttng_ust_field_enum_value("green", 1)
		lttng_ust_field_enum_value("minus", -1)
		lttng_ust_field_enum_range("blues", 2, 9)
		lttng_ust_field_enum_auto("next")
	)
)

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, all,
	LTTNG_UST_TP_ARGS(int, v, const int *, array, const char *, text, size_t, len),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(int8_t, i8, (int8_t)-v)
		lttng_ust_field_integer(uint8_t, u8, (uint8_t)v)
		lttng_ust_field_integer(int16_t, i16, (int16_t)-v)
		lttng_ust_field_integer(uint16_t, u16, (uint16_t)v)
		lttng_ust_field_integer(int32_t, i32, -v)
		lttng_ust_field_integer(uint32_t, u32, (uint32_t)v)
		lttng_ust_field_integer(int64_t, i64, -(int64_t)v)
		lttng_ust_field_integer(uint64_t, u64, (uint64_t)v)
		lttng_ust_field_integer_hex(uint32_t, hex, (uint32_t)v)
		lttng_ust_field_integer_network(uint16_t, net16, htons(0x0102))
		lttng_ust_field_integer_network_hex(uint32_t, net32, htonl(0x01020304))
		lttng_ust_field_integer_nowrite(int, unseen, v)
		lttng_ust_field_float(float, f32, 0.5f)
		lttng_ust_field_float(double, f64, 0.25)
		lttng_ust_field_string(str, text)
		lttng_ust_field_array(int, arr, array, 3)
		lttng_ust_field_array_hex(int, arrhex, array, 3)
		lttng_ust_field_array_network(int, arrnet, array, 3)
		lttng_ust_field_array_text(char, arrtext, text, 3)
		lttng_ust_field_sequence(int, seq, array, size_t, 2)
		lttng_ust_field_sequence_hex(int, seqhex, array, size_t, 2)
		lttng_ust_field_sequence_text(char, seqtext, text, size_t, len)
		lttng_ust_field_enum(rf_fields, colour, int, colour, v % 3)
	)
)


LTTNG_UST_TRACEPOINT_EVENT(rf_fields, nothing, LTTNG_UST_TP_ARGS(), LTTNG_UST_TP_FIELDS())

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, lv_emerg, LTTNG_UST_TP_ARGS(int, v),
	LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(int, v, v)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_fields, lv_emerg, LTTNG_UST_TRACEPOINT_LOGLEVEL_EMERG)
LTTNG_UST_TRACEPOINT_EVENT(rf_fields, lv_warning, LTTNG_UST_TP_ARGS(int, v),
	LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(int, v, v)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_fields, lv_warning, LTTNG_UST_TRACEPOINT_LOGLEVEL_WARNING)
LTTNG_UST_TRACEPOINT_EVENT(rf_fields, lv_info, LTTNG_UST_TP_ARGS(int, v),
	LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(int, v, v)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_fields, lv_info, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)
LTTNG_UST_TRACEPOINT_EVENT(rf_fields, lv_debug, LTTNG_UST_TP_ARGS(int, v),
	LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(int, v, v)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_fields, lv_debug, LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG)

#endif
#include <lttng/tracepoint-event.h>
