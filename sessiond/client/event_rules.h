/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the event rule that a message describes. Each returns an LTTNG_ERR code, and with LTTNG_OK a rule in *RULE that
 * has one reference; otherwise *RULE is NULL, and the code says why. Any thread.
 */
#ifndef RF_SESSIOND_CLIENT_EVENT_RULES_H
#define RF_SESSIOND_CLIENT_EVENT_RULES_H

#include "sessiond/client/event_codec.h"

int rf_event_make_ust_rule(const struct rf_client_event *event, struct rf_event_rule **rule);
/*
 * As TYPE, which is the event's or one of those that RF_EVENT_ALL stands for. PROGRAM: of a user-space probe, taken;
 * else -1. The probe's places are still to be found.
 */
int rf_event_make_kernel_rule(
	const struct rf_client_event *event, enum rf_event_type type, int program, struct rf_event_rule **rule);

#endif
