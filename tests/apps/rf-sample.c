/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bundled sample application: emits numbered events of provider rf_sample and says how many.
 * Each number gives one rf_sample:tick; with -a also one rf_sample:warn and one rf_sample:detail.
 */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_sample_tp.h"

#include "app_common.h"

int main(int argc, char **argv)
{
	uint64_t count = 10, delay_us = 0;
	const char *gate = NULL, *ready = NULL, *text = "hello";
	int all = 0;
	const struct app_option options[] = {
		{'n', .number = &count},
		{'d', .number = &delay_us},
		{'g', .text = &gate},
		{'r', .text = &ready},
		{'t', .text = &text},
		{'a', .flag = &all},
		{0},
	};

	app_options(argc, argv, options, "rf-sample [-n COUNT] [-d DELAY_US] [-g GATE] [-r READY_FILE] [-t TEXT] [-a]");
	app_ready_and_gate(ready, gate);
	for (uint64_t seq = 0; seq < count; seq++) {
		lttng_ust_tracepoint(rf_sample, tick, seq, text);
		if (all) {
			lttng_ust_tracepoint(rf_sample, warn, seq, text);
			lttng_ust_tracepoint(rf_sample, detail, seq, text);
		}
		app_sleep_us(delay_us);
	}
	printf("emitted %llu\n", (unsigned long long)(all ? 3 * count : count));
	return 0;
}
