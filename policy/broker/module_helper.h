/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module helper: a process that loads lttng-modules when the broker says so, and nothing else: names are fixed when
 * it starts. It is forked before the broker gives up its privileges, keeps the capability sys_module alone, and runs
 * the machine's modprobe(8) with a fixed environment. When its link is closed it unloads what it loaded, and ends.
 *
 * Frames: RF_MODULES_LOAD, no body; its reply has a status: 0, or -ENODEV when the tracer is not there.
 */
#ifndef RF_POLICY_BROKER_MODULE_HELPER_H
#define RF_POLICY_BROKER_MODULE_HELPER_H

#include <stdbool.h>

#define RF_MODULES_LOAD 1u

struct rf_module_wishes {
	const char *probes; /* names without `lttng-probe-`, separated by commas, instead of the usual ones; or NULL */
	const char *extra;  /* more of them, or NULL */
	bool silent;        /* nothing of it may hold standard error open */
};

/* Names as above, of [A-Za-z0-9_-]; spaces in front of one are passed over. */
bool rf_module_names_ok(const char *names);
/* False: this machine cannot load modules at all. */
bool rf_modules_possible(void);
/* With root's privileges. The broker's end of the link, or a negative errno. WISHES are used in the child only. */
int rf_module_helper_start(const struct rf_module_wishes *wishes);

#endif
