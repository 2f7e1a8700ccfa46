/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The planner: which steps bring one application from what it has of a session (rf_app_session) to what the session
 * wants (the model). The one truth about "what should this application have": it makes the whole program for an
 * application that arrives late and the difference for one that is there. Loop thread only.
 */
#ifndef RF_SESSIOND_UST_PLAN_H
#define RF_SESSIOND_UST_PLAN_H

#include "sessiond/ust/domain_state.h"
#include "sessiond/ust/steps.h"

/* Appends to PROGRAM what is missing, and records it as planned. 0 or negative errno; what was appended is valid. */
int rf_plan_session(
	struct rf_ust_domain *domain, struct rf_app *app, struct rf_recording *us, struct rf_app_program *program);
/* Appends the release of everything that the application has of the session. */
void rf_plan_release(struct rf_app_session *as, struct rf_app_program *program);
/* True when the session's owner may trace the application and its trackers include it. */
bool rf_plan_includes(const struct rf_app *app, const struct rf_session *session);
/* What the application has of the session, NULL for nothing. */
struct rf_app_session *rf_plan_find(struct rf_app *app, struct rf_recording *us);

#endif
