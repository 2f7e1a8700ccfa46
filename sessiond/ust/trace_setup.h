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
struct rf_ust_trace *rf_trace_setup(struct rf_ust_domain *domain, struct rf_ust_session *us, struct rf_app *app);
/* Per-pid: the application left. The consumer writes what is there; the directory is closed when it says so. */
void rf_trace_end(struct rf_ust_domain *domain, struct rf_ust_trace *trace);
/* Callbacks of the consumer table; DATA is the domain. */
void rf_trace_ended(void *data, struct rf_consumer *consumer, uint64_t trace);
void rf_trace_consumer_died(void *data, struct rf_consumer *consumer);

#endif
