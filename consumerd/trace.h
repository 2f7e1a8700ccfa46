/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CTF trace: a metadata text and the channels it describes, in one directory at a time or in none. Control thread
 * only.
 *
 * It ends when its channels have ended, nothing that was asked of it is on its way (trace_op.h) and its metadata is
 * written; it then tells the session daemon and frees itself.
 */
#ifndef RF_CONSUMERD_TRACE_H
#define RF_CONSUMERD_TRACE_H

#include "common/proto_consumer.h"
#include "consumerd/completion.h"
#include "consumerd/metadata_file.h"
#include "consumerd/session.h"

struct rf_trace {
	struct rf_list node;         /* in daemon->traces */
	struct rf_list session_node; /* in session->traces */
	struct rf_list channels;
	struct rf_list metadata_waiters; /* flushes that wait for metadata files */
	struct rf_list places;           /* where the metadata is written to, see place.h */
	struct rf_daemon *daemon;
	struct rf_session *session;
	uint64_t id;
	uint32_t dir;        /* for new channels; streams get there one by one. 0: none */
	uint32_t buffer_dir; /* 0: buffers are memory */
	struct rf_metadata_format format;
	struct rf_metadata_text text;
	uint64_t moves;       /* so far */
	unsigned int ops;     /* on their way */
	unsigned int opening; /* metadata files that were asked for */
	struct rf_settle_mark end;
	bool reported; /* that metadata cannot be written */
	bool ending;
};

/* 0, -EEXIST, -EINVAL, -ENOMEM. */
int rf_trace_create(struct rf_daemon *daemon, const struct rf_consumer_create_trace *request);
struct rf_trace *rf_trace_find(struct rf_daemon *daemon, uint64_t id);
/* 0, or -EBUSY when there is text of another one. */
int rf_trace_identify(struct rf_trace *trace, const uint8_t uuid[RF_UUID_SIZE]);
void rf_trace_push_metadata(struct rf_trace *trace, const struct rf_consumer_push_metadata *push);
/*
 * Adds a part to COMPLETION for all that has to be flushed. A negative errno when something could not be asked for;
 * the rest is.
 */
int rf_trace_flush(struct rf_trace *trace, struct rf_completion *completion);
/* Does nothing when it is ending already. May free the trace. */
void rf_trace_end(struct rf_trace *trace);
/* Tells the session daemon that nothing of trace ID is left. */
void rf_trace_tell_ended(struct rf_daemon *daemon, uint64_t id);
/* A channel was taken out of the list. May free the trace. */
void rf_trace_channel_gone(struct rf_trace *trace);
/* A metadata file came, or not: one of those in `opening`. May free the trace. */
void rf_trace_file_opened(struct rf_trace *trace);
/* Something is not on its way any more: one of those in `ops`. May free the trace. */
void rf_trace_op_gone(struct rf_trace *trace);
/* Metadata was written (0) or could not be: says so, once until it can be again. */
void rf_trace_metadata_result(struct rf_trace *trace, int err);

#endif
