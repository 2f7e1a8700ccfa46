/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the consumer knows of a session: its traces, and counts per channel that outlive them until the session is
 * destroyed. Control thread only; the counts themselves are added to by data threads.
 */
#ifndef RF_CONSUMERD_SESSION_H
#define RF_CONSUMERD_SESSION_H

#include "common/wire.h"
#include "consumerd/daemon.h"
#include "consumerd/settle.h"

struct rf_session {
	struct rf_list node; /* in daemon->sessions */
	struct rf_list traces;
	struct rf_list counts; /* struct rf_channel_count */
	struct rf_daemon *daemon;
	struct rf_list marks; /* what is on its way, see settle.h */
	int failure;          /* of what is done, for the next who asks */
	uint64_t id;
	uint64_t epoch; /* changes when tracing goes on: streams flushed in an older one are flushed again */
	bool held;      /* not to be freed now */
	bool destroying;
	uint32_t destroy_serial; /* of the request to be answered */
};

/* NULL when there is none. */
struct rf_session *rf_session_find(struct rf_daemon *daemon, uint64_t id);
/* Finds or makes it; NULL without memory. */
struct rf_session *rf_session_get(struct rf_daemon *daemon, uint64_t id);
/* The count of CHANNEL, made when there is none; NULL without memory. The session's. */
struct rf_channel_count *rf_session_count(struct rf_session *session, uint32_t channel);
/* Rows as RF_CONSUMER_STATISTICS has them. */
void rf_session_statistics(const struct rf_session *session, struct rf_writer *rows);
/* Answers SERIAL when all streams have been flushed and written, or at once with a negative errno. */
void rf_session_flush(struct rf_session *session, uint32_t serial);
/* Ends all traces and then itself, and answers SERIAL. */
void rf_session_destroy(struct rf_session *session, uint32_t serial);
/* Frees the session when it is being destroyed and none is left. */
void rf_session_end_traces(struct rf_session *session);
/* A trace was taken out of its list. May free the session. */
void rf_session_trace_gone(struct rf_session *session);
/* At the end of the process: no trace is left. */
void rf_session_free(struct rf_session *session);

#endif
