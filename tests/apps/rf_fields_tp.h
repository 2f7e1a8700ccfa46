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

/* What is described in ways of its own; with -m. */
LTTNG_UST_TRACEPOINT_ENUM(rf_fields, odd,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("RED \"quoted\"", 1)
		lttng_ust_field_enum_range("RANGE", 10, 20)
		lttng_ust_field_enum_auto("AUTO1")
		lttng_ust_field_enum_auto("AUTO2")
		lttng_ust_field_enum_value("NEG", -5)
		lttng_ust_field_enum_value("BIGU", 18446744073709551615ULL)
		lttng_ust_field_enum_range("NEGRANGE", -20, -10)
		lttng_ust_field_enum_value("back\\slash", 300)
		lttng_ust_field_enum_value("two words", 301)
		lttng_ust_field_enum_value("same", 1)
	)
)
LTTNG_UST_TRACEPOINT_ENUM(rf_fields, one, LTTNG_UST_TP_ENUM_VALUES(lttng_ust_field_enum_value("only", 0)))

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, integers,
	LTTNG_UST_TP_ARGS(int, v),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(char, c, (char)v)
		lttng_ust_field_integer(signed char, sc, (signed char)-v)
		lttng_ust_field_integer(unsigned char, uc, (unsigned char)v)
		lttng_ust_field_integer(short, s, (short)-v)
		lttng_ust_field_integer(unsigned short, us, (unsigned short)v)
		lttng_ust_field_integer(long, l, -(long)v)
		lttng_ust_field_integer(unsigned long, ul, (unsigned long)v)
		lttng_ust_field_integer(long long, ll, -(long long)v)
		lttng_ust_field_integer(unsigned long long, ull, (unsigned long long)v)
		lttng_ust_field_integer(size_t, size, (size_t)v)
		lttng_ust_field_integer_hex(int8_t, hex8, (int8_t)-v)
		lttng_ust_field_integer_hex(int16_t, hex16, (int16_t)-v)
		lttng_ust_field_integer_hex(void *, pointer, (void *)0)
		lttng_ust_field_integer_hex(int64_t, hex64, -(int64_t)v)
		lttng_ust_field_integer_network(int16_t, snet16, (int16_t)htons(0x0102))
		lttng_ust_field_integer_network(int32_t, snet32, (int32_t)htonl(0x01020304))
		lttng_ust_field_integer_network(uint64_t, net64, 0x0102)
		lttng_ust_field_integer_network_hex(uint16_t, nethex16, htons(0x0102))
		lttng_ust_field_integer_network_hex(uint64_t, nethex64, 0x0102)
		lttng_ust_field_unused(v)
	)
)

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, arrays,
	LTTNG_UST_TP_ARGS(const char *, text, const uint8_t *, bytes),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_array(int8_t, i8, bytes, 2)
		lttng_ust_field_array(uint8_t, u8, bytes, 2)
		lttng_ust_field_array(int16_t, i16, bytes, 2)
		lttng_ust_field_array_hex(uint16_t, hex16, bytes, 2)
		lttng_ust_field_array_network(uint16_t, net16, bytes, 2)
		lttng_ust_field_array_network_hex(uint32_t, nethex32, bytes, 2)
		lttng_ust_field_array(unsigned long, ul, bytes, 1)
		lttng_ust_field_array(int64_t, i64, bytes, 1)
		lttng_ust_field_array_text(char, text, text, 4)
		lttng_ust_field_array_text(unsigned char, utext, text, 4)
		lttng_ust_field_array_text(uint8_t, btext, text, 4)
		lttng_ust_field_array_nowrite(int8_t, unseen, bytes, 2)
		lttng_ust_field_array_text_nowrite(char, unseentext, text, 4)
	)
)

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, sequences,
	LTTNG_UST_TP_ARGS(const char *, text, const uint8_t *, bytes, size_t, len),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_sequence(int8_t, i8, bytes, uint8_t, len)
		lttng_ust_field_sequence(uint16_t, u16, bytes, uint16_t, len)
		lttng_ust_field_sequence_hex(uint32_t, hex32, bytes, uint32_t, len)
		lttng_ust_field_sequence_network(uint16_t, net16, bytes, uint64_t, len)
		lttng_ust_field_sequence_network_hex(uint32_t, nethex32, bytes, unsigned int, len)
		lttng_ust_field_sequence(long, l, bytes, unsigned long, 1)
		lttng_ust_field_sequence(int64_t, none, bytes, size_t, 0)
		lttng_ust_field_sequence_text(char, text, text, unsigned char, len)
		lttng_ust_field_sequence_text(uint8_t, btext, text, unsigned short, len)
		lttng_ust_field_sequence_nowrite(int8_t, unseen, bytes, size_t, len)
		lttng_ust_field_sequence_text_nowrite(char, unseentext, text, size_t, len)
	)
)

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, enumerations,
	LTTNG_UST_TP_ARGS(int, v),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_enum(rf_fields, odd, int8_t, e8, (int8_t)v)
		lttng_ust_field_enum(rf_fields, odd, uint16_t, eu16, (uint16_t)v)
		lttng_ust_field_enum(rf_fields, odd, int64_t, e64, v)
		lttng_ust_field_enum(rf_fields, one, unsigned long long, eull, 0)
		lttng_ust_field_enum(rf_fields, one, char, ec, 0)
		lttng_ust_field_enum(rf_fields, colour, long, el, v)
		lttng_ust_field_enum_nowrite(rf_fields, odd, int, unseen, v)
	)
)

LTTNG_UST_TRACEPOINT_EVENT(rf_fields, others,
	LTTNG_UST_TP_ARGS(const char *, text),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_string(_leading, text)
		lttng_ust_field_string(string, "")
		lttng_ust_field_float(float, float, -1.5f)
		lttng_ust_field_float(double, event, 1e300)
		lttng_ust_field_integer(int, stream, 1)
		lttng_ust_field_string_nowrite(unseen, text)
		lttng_ust_field_float_nowrite(double, unseendouble, 1.0)
	)
)
LTTNG_UST_TRACEPOINT_LOGLEVEL(rf_fields, others, LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG_FUNCTION)
LTTNG_UST_TRACEPOINT_MODEL_EMF_URI(rf_fields, others, "http://example.com/path_to_model?q=rf_fields:others")

#endif
#include <lttng/tracepoint-event.h>
