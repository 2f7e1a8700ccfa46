/* SPDX-License-Identifier: GPL-2.0-only */
/* Which contexts lttng-modules is asked for, and which counters never. */
#include "sessiond/kernel/modules_contexts.h"

#include <criterion/criterion.h>
#include <linux/perf_event.h>
#include <lttng/event.h>
#include <stdio.h>
#include <string.h>

TestSuite(modules_contexts, .timeout = 30);

static bool make(uint32_t type, struct rf_modules_context *wanted)
{
	const struct rf_context context = {.type = type};

	return rf_modules_make_context(&context, wanted);
}

static bool counter(uint32_t type, uint64_t config, const char *name, struct rf_modules_context *wanted)
{
	struct rf_context context = {
		.type = LTTNG_EVENT_CONTEXT_PERF_CPU_COUNTER, .perf_type = type, .perf_config = config};

	snprintf(context.perf_name, sizeof(context.perf_name), "%s", name);
	return rf_modules_make_context(&context, wanted);
}

Test(modules_contexts, numbers)
{
	static const struct {
		uint32_t client;
		uint32_t modules;
	} some[] = {
		{LTTNG_EVENT_CONTEXT_PID, 0},
		{LTTNG_EVENT_CONTEXT_PROCNAME, 2},
		{LTTNG_EVENT_CONTEXT_HOSTNAME, 10},
		{LTTNG_EVENT_CONTEXT_INTERRUPTIBLE, 12},
		{LTTNG_EVENT_CONTEXT_CALLSTACK_KERNEL, 16},
		{LTTNG_EVENT_CONTEXT_CGROUP_NS, 18},
		{LTTNG_EVENT_CONTEXT_UID, 25},
		{LTTNG_EVENT_CONTEXT_VSGID, 36},
		{LTTNG_EVENT_CONTEXT_TIME_NS, 37},
	};
	struct rf_modules_context wanted;

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		cr_assert(make(some[i].client, &wanted), "context %u", some[i].client);
		cr_assert_eq(wanted.type, some[i].modules, "context %u", some[i].client);
	}
}

Test(modules_contexts, not_of_the_kernel)
{
	static const uint32_t none[] = {LTTNG_EVENT_CONTEXT_PTHREAD_ID, LTTNG_EVENT_CONTEXT_IP,
		LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER, LTTNG_EVENT_CONTEXT_APP_CONTEXT, 42, UINT32_MAX};
	struct rf_modules_context wanted;

	/* The tracer has it, and it crashes the kernel. */
	cr_assert_not(make(LTTNG_EVENT_CONTEXT_PRIO, &wanted));
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		cr_assert_not(make(none[i], &wanted), "context %u", none[i]);
}

Test(modules_contexts, counters)
{
	struct rf_modules_context wanted;

	cr_assert(counter(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, "perf_cpu_page_fault", &wanted));
	cr_assert_eq(wanted.type, RF_MODULES_CONTEXT_PERF);
	cr_assert_eq(wanted.u.perf.type, PERF_TYPE_SOFTWARE);
	cr_assert_eq(wanted.u.perf.config, PERF_COUNT_SW_PAGE_FAULTS);
	cr_assert_eq(strcmp(wanted.u.perf.name, "perf_cpu_page_fault"), 0);
	cr_assert_not(counter(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "perf_cpu_cycles", &wanted));
	cr_assert_not(counter(PERF_TYPE_RAW, 1, "perf_cpu_raw", &wanted));
	cr_assert_not(counter(PERF_TYPE_TRACEPOINT, 1, "perf_cpu_x", &wanted));
	cr_assert_not(counter(PERF_TYPE_SOFTWARE, 1000, "perf_cpu_x", &wanted));
	cr_assert_not(counter(PERF_TYPE_SOFTWARE, 0, "", &wanted));
	cr_assert_not(counter(PERF_TYPE_SOFTWARE, 0, "0day", &wanted));
	cr_assert_not(counter(PERF_TYPE_SOFTWARE, 0, "a; }; event { name = \"x\"; }", &wanted));
}
