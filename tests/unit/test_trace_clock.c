/* SPDX-License-Identifier: GPL-2.0-only */
/* The default clock: its description, and an offset that leads from monotonic to real time. */
#include "sessiond/ust/trace_clock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

TestSuite(trace_clock, .timeout = 30);

Test(trace_clock, description)
{
	char boot_id[64] = "";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	cr_assert(f && fgets(boot_id, sizeof(boot_id), f));
	fclose(f);
	boot_id[strcspn(boot_id, "\n")] = '\0';
	cr_assert_eq(rf_trace_clock_init(), 0);
	cr_assert_str_eq(rf_trace_clock_get()->name, "monotonic");
	cr_assert_str_eq(rf_trace_clock_get()->description, "Monotonic Clock");
	cr_assert_str_eq(rf_trace_clock_get()->uuid, boot_id);
	cr_assert_eq(rf_trace_clock_get()->frequency, 1000000000);
}

static int64_t nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

Test(trace_clock, offset)
{
	cr_assert_eq(rf_trace_clock_init(), 0);

	int64_t before = nanoseconds(CLOCK_MONOTONIC);
	int64_t real = nanoseconds(CLOCK_REALTIME);
	int64_t offset = rf_trace_clock_offset();
	int64_t after = nanoseconds(CLOCK_MONOTONIC);

	/* Both clocks were read between BEFORE and AFTER; a millisecond for the adjustment of the real one. */
	cr_assert_geq(offset, real - after - 1000000);
	cr_assert_leq(offset, real - before + (after - before) + 1000000);
}
