/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emits, -n times, one event with every field class, one without fields and one of each of four log levels; with -m
 * also five with every variation of each class.
 */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_fields_tp.h"

#include "app_common.h"

static void emit_more(int v)
{
	static const uint8_t bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

	lttng_ust_tracepoint(rf_fields, integers, v);
	lttng_ust_tracepoint(rf_fields, arrays, "abcdef", bytes);
	lttng_ust_tracepoint(rf_fields, sequences, "abcdef", bytes, 3);
	lttng_ust_tracepoint(rf_fields, enumerations, v % 20);
	lttng_ust_tracepoint(rf_fields, others, "\"text\" with a back\\slash");
}

int main(int argc, char **argv)
{
	static const int array[3] = {1, 2, 3};
	uint64_t count = 1;
	int more = 0;
	const struct app_option options[] = {
		{'n', .number = &count},
		{'m', .flag = &more},
		{0},
	};

	app_options(argc, argv, options, "rf-fields [-n COUNT] [-m]");
	for (uint64_t i = 0; i < count; i++) {
		int v = (int)(i % 100);
		lttng_ust_tracepoint(rf_fields, all, v, array, "abcdef", 4);
		lttng_ust_tracepoint(rf_fields, nothing);
		lttng_ust_tracepoint(rf_fields, lv_emerg, v);
		lttng_ust_tracepoint(rf_fields, lv_warning, v);
		lttng_ust_tracepoint(rf_fields, lv_info, v);
		lttng_ust_tracepoint(rf_fields, lv_debug, v);
		if (more)
			emit_more(v);
	}
	printf("emitted %llu\n", (unsigned long long)((more ? 11 : 6) * count));
	return 0;
}
