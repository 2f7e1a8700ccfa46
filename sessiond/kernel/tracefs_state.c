/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_state.h"
#include "common/names.h"
#include "sessiond/kernel/tracefs_parts.h"
#include <lttng/lttng-error.h>

bool rf_tracefs_state_selected(const struct rf_event_rule *rule)
{
	return rf_star_match(rule->name, "lttng_statedump_start");
}

int rf_tracefs_dump_state(struct rf_kernel_trace *trace)
{
	(void)trace;
	return LTTNG_OK;
}
