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
/*
 * The trace goes on in a directory of the session's chunk, or nowhere if there is none; what its rings hold is written
 * to the old one before, or dropped if DISCARD. The old one stays open until rf_trace_close_left().
 */
void rf_trace_move(struct rf_ust_domain *domain, struct rf_ust_session *us, struct rf_ust_trace *trace, bool discard);
void rf_trace_close_left(struct rf_ust_domain *domain, struct rf_ust_trace *trace);
/* Makes a directory for TRACE in another tree's chunk: its number, or 0 when it cannot be asked for. */
uint32_t rf_trace_make_dir(
	struct rf_ust_domain *domain, const struct rf_ust_trace *trace, uint32_t tree, uint32_t chunk, uint8_t purpose);
/* Per-pid: the application left. The consumer writes what is there; the directory is closed when it says so. */
void rf_trace_end(struct rf_ust_domain *domain, struct rf_ust_trace *trace);
/* Callbacks of the consumer table; DATA is the domain. */
void rf_trace_ended(void *data, struct rf_consumer *consumer, uint64_t trace);
void rf_trace_consumer_died(void *data, struct rf_consumer *consumer);

#endif
