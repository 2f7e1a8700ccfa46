/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules_contexts.h"

#include <linux/perf_event.h>
#include <stddef.h>
#include <string.h>

/* Left: the client protocol's numbers, as <lttng/event.h> publishes them. RF_MODULES_HARMFUL_CONTEXT is not here. */
static const struct {
	uint32_t client;
	uint32_t modules;
} types[] = {
	{0, 0},                        /* pid */
	{1, RF_MODULES_CONTEXT_PERF},  /* perf counter */
	{13, RF_MODULES_CONTEXT_PERF}, /* the same, of a CPU */
	{2, 2},                        /* procname */
	{4, 4},                        /* nice */
	{5, 5},                        /* vpid */
	{6, 6},                        /* tid */
	{7, 7},                        /* vtid */
	{8, 8},                        /* ppid */
	{9, 9},                        /* vppid */
	{11, 10},                      /* hostname */
	{16, 12},                      /* interruptible */
	{17, 13},                      /* preemptible */
	{18, 14},                      /* need_reschedule */
	{19, 15},                      /* migratable */
	{20, 16},                      /* callstack_kernel */
	{21, 17},                      /* callstack_user */
	{22, 18},                      /* cgroup_ns */
	{23, 19},                      /* ipc_ns */
	{24, 20},                      /* mnt_ns */
	{25, 21},                      /* net_ns */
	{26, 22},                      /* pid_ns */
	{27, 23},                      /* user_ns */
	{28, 24},                      /* uts_ns */
	{29, 25},                      /* uid */
	{30, 26},                      /* euid */
	{31, 27},                      /* suid */
	{32, 28},                      /* gid */
	{33, 29},                      /* egid */
	{34, 30},                      /* sgid */
	{35, 31},                      /* vuid */
	{36, 32},                      /* veuid */
	{37, 33},                      /* vsuid */
	{38, 34},                      /* vgid */
	{39, 35},                      /* vegid */
	{40, 36},                      /* vsgid */
	{41, 37},                      /* time_ns */
};

/* Later ones are not in every kernel. */
#define SOFTWARE_LAST PERF_COUNT_SW_EMULATION_FAULTS

static bool identifier(const char *name)
{
	if (!*name || (*name >= '0' && *name <= '9'))
		return false;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static bool make_counter(const struct rf_context *context, struct rf_modules_perf *perf)
{
	if (context->perf_type != PERF_TYPE_SOFTWARE || context->perf_config > SOFTWARE_LAST ||
		!identifier(context->perf_name))
		return false;
	perf->type = context->perf_type;
	perf->config = context->perf_config;
	memcpy(perf->name, context->perf_name, sizeof(perf->name));
	return true;
}

bool rf_modules_make_context(const struct rf_context *context, struct rf_modules_context *wanted)
{
	*wanted = (struct rf_modules_context){0};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].client != context->type)
			continue;
		wanted->type = types[i].modules;
		return wanted->type != RF_MODULES_CONTEXT_PERF || make_counter(context, &wanted->u.perf);
	}
	return false;
}
