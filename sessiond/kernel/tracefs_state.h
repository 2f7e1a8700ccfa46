/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state dump: what there was before anything was recorded, as events that readers know. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_STATE_H
#define RF_SESSIOND_KERNEL_TRACEFS_STATE_H

#include "sessiond/model/event_rule.h"

#include <stdbool.h>

/* Whether RULE is about an event of state dumps. */
bool rf_tracefs_state_selected(const struct rf_event_rule *rule);

#endif
