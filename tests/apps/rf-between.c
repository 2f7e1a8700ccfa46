/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emits numbered events rf_sample:tick, each between two getppid calls: what records both shows them in this order.
 */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_sample_tp.h"

#include "app_common.h"

#include <sys/syscall.h>

int main(int argc, char **argv)
{
	uint64_t count = 10, delay_us = 0;
	const char *gate = NULL, *ready = NULL;
	const struct app_option options[] = {
		{'n', .number = &count},
		{'d', .number = &delay_us},
		{'g', .text = &gate},
		{'r', .text = &ready},
		{0},
	};

	app_options(argc, argv, options, "rf-between [-n COUNT] [-d DELAY_US] [-g GATE] [-r READY_FILE]");
	app_ready_and_gate(ready, gate);
	for (uint64_t seq = 0; seq < count; seq++) {
		(void)syscall(SYS_getppid);
		lttng_ust_tracepoint(rf_sample, tick, seq, "between");
		(void)syscall(SYS_getppid);
		app_sleep_us(delay_us);
	}
	printf("tid=%d\n", (int)syscall(SYS_gettid));
	return 0;
}
