/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds or makes the trace that an application's events of a session go to: registry, consumer, directory. Loop thread.
 */
#ifndef RF_SESSIOND_UST_TRACE_SETUP_H
#define RF_SESSIOND_UST_TRACE_SETUP_H

#include "sessiond/ust/app.h"
#include "sessiond/ust/domain_state.h"
#include "sessiond/ust/trace.h"

/* A reference for the caller; NULL when the application cannot be recorded (logged). */
struct rf_ust_trace *rf_trace_setup(struct rf_ust_domain *domain, struct rf_recording *us, struct rf_app *app);

#endif
