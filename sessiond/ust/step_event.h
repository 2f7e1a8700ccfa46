/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps that carry a definition of the model to an application: event rules and contexts. Actor threads. */
#ifndef RF_SESSIOND_UST_STEP_EVENT_H
#define RF_SESSIOND_UST_STEP_EVENT_H

#include "sessiond/model/channel.h"
#include "sessiond/ust/app_session.h"

/* Creates the rule with its filter and exclusions, disabled. Negative liblttng-ust-ctl code on failure. */
int rf_step_create_event(struct rf_app *app, struct lttng_ust_abi_object_data *channel,
	const struct rf_event_rule *rule, struct rf_app_event *event);
int rf_step_add_context(
	struct rf_app *app, struct lttng_ust_abi_object_data *channel, const struct rf_context *context);

#endif
