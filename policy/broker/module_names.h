/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel modules of lttng-modules 2.13. `-` and `_` are the same in their names. */
#ifndef RF_POLICY_BROKER_MODULE_NAMES_H
#define RF_POLICY_BROKER_MODULE_NAMES_H

#include <stdbool.h>

#define RF_PROBE_MODULE "lttng-probe-"

struct rf_control_module {
	const char *name;
	bool required;
};

/* In the order of loading; a NULL name ends it. */
extern const struct rf_control_module rf_control_modules[];
/* Without RF_PROBE_MODULE in front; many are not on a given kernel. */
extern const char *const rf_probe_modules[];

#endif
