/* SPDX-License-Identifier: GPL-2.0-only */
/* Emits, -n times, one event with every field class, one without fields and one of each of four log levels. */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_fields_tp.h"

#include "app_common.h"

int main(int argc, char **argv)
{
	static const int array[3] = {1, 2, 3};
	uint64_t count = 1;
	int opt;

	while ((opt = getopt(argc, argv, "n:")) != -1) {
		if (opt != 'n') {
			fprintf(stderr, "usage: rf-fields [-n COUNT]\n");
			return 2;
		}
		count = app_number(optarg);
	}
	for (uint64_t i = 0; i < count; i++) {
		int v = (int)(i % 100);
		lttng_ust_tracepoint(rf_fields, all, v, array, "abcdef", 4);
		lttng_ust_tracepoint(rf_fields, nothing);
		lttng_ust_tracepoint(rf_fields, lv_emerg, v);
		lttng_ust_tracepoint(rf_fields, lv_warning, v);
		lttng_ust_tracepoint(rf_fields, lv_info, v);
		lttng_ust_tracepoint(rf_fields, lv_debug, v);
	}
	printf("emitted %llu\n", (unsigned long long)(6 * count));
	return 0;
}
