/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one application has of one session. Two halves in one place: what the loop thread has *planned* (commands on
 * their way or done), from which the planner computes differences; and the *handles* that the application returned,
 * which belong to the application's actor alone. The lists are changed by the loop only while no release is planned;
 * a release step walks them on the actor, after which nobody changes them.
 *
 * Reference counted, loop thread: the session's list and every program in flight hold one.
 */
#ifndef RF_SESSIOND_UST_APP_SESSION_H
#define RF_SESSIOND_UST_APP_SESSION_H

#include "common/list.h"
#include "sessiond/ust/app.h"
#include "sessiond/ust/trace.h"

#include <stdbool.h>
#include <stdint.h>

struct rf_recording;

struct rf_app_event {
	struct rf_list node;
	uint32_t rule;                            /* id of the channel rule */
	bool enabled;                             /* planned */
	struct lttng_ust_abi_object_data *object; /* the actor's; NULL until the application has it */
};

struct rf_app_channel {
	struct rf_list node;
	uint32_t channel; /* the session's number */
	bool enabled;     /* planned */
	struct rf_list events;
	struct lttng_ust_abi_object_data *object; /* the actor's; NULL until the application has it */
};

struct rf_app_session {
	struct rf_list app_node;     /* in rf_app.sessions */
	struct rf_list session_node; /* in rf_ust_session.app_sessions */
	unsigned int refs;
	struct rf_app *app;           /* a reference */
	struct rf_recording *session; /* NULL when that was destroyed */
	struct rf_ust_trace *trace;   /* a reference */
	bool owns_trace;              /* per-pid: the trace ends with this */
	bool started;                 /* planned */
	bool released;                /* planned */
	struct rf_app *released_by;   /* the application's leaving released it, and drops it */
	struct rf_list channels;
	int handle; /* the actor's; -1 until the application has it */
};

/* Linked into APP and given one reference; adds references to APP, takes the one of TRACE. NULL without memory. */
struct rf_app_session *rf_app_session_new(struct rf_app *app, struct rf_ust_trace *trace);
struct rf_app_session *rf_app_session_ref(struct rf_app_session *as);
/* The last reference must be dropped after the release step ran. */
void rf_app_session_unref(struct rf_app_session *as);
struct rf_app_channel *rf_app_session_add_channel(struct rf_app_session *as, uint32_t number);
struct rf_app_channel *rf_app_session_find_channel(struct rf_app_session *as, uint32_t number);
struct rf_app_event *rf_app_channel_add_event(struct rf_app_channel *channel, uint32_t rule);
struct rf_app_event *rf_app_channel_find_event(struct rf_app_channel *channel, uint32_t rule);

#endif
