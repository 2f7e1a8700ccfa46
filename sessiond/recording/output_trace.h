/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CTF trace of a session, of whichever domain: who writes it, and into which directory of the session's chunk. A
 * domain embeds this in what it knows of the trace. Reference counted; loop thread only.
 */
#ifndef RF_SESSIOND_RECORDING_OUTPUT_TRACE_H
#define RF_SESSIOND_RECORDING_OUTPUT_TRACE_H

#include "common/list.h"
#include "sessiond/consumer.h"

#include <stdbool.h>
#include <stdint.h>

struct rf_recorder;
struct rf_recording;
struct rf_output_trace;
struct rf_channel_attr;

struct rf_output_trace_ops {
	/* Says in REQUEST which directory of a chunk is the trace's. */
	void (*place)(const struct rf_output_trace *trace, struct rf_broker_make_dir *request);
	/* The last reference is gone. */
	void (*free)(struct rf_output_trace *trace);
};

struct rf_output_trace {
	struct rf_list node; /* in rf_recording.traces until it ends */
	const struct rf_output_trace_ops *ops;
	unsigned int refs;
	uint64_t id; /* the consumer's */
	uint64_t session_id;
	struct rf_consumer *consumer; /* a reference */
	/* The broker's ids of its directories, 0: none. */
	uint32_t dir;        /* it is written to */
	uint32_t left_dir;   /* it was written to before the move that is under way */
	uint32_t buffer_dir; /* with its ring buffers */
	bool failed;         /* its consumer died: nothing more is recorded in it */
};

/* With one reference; adds one to CONSUMER. */
void rf_output_trace_init(struct rf_output_trace *trace, const struct rf_output_trace_ops *ops, uint64_t id,
	uint64_t session_id, struct rf_consumer *consumer);
/* For ops->free: what init took. */
void rf_output_trace_fini(struct rf_output_trace *trace);
struct rf_output_trace *rf_output_trace_ref(struct rf_output_trace *trace);
void rf_output_trace_unref(struct rf_output_trace *trace);

/* A random one. 0 or -EIO. */
int rf_output_trace_make_uuid(uint8_t uuid[RF_UUID_SIZE]);
/* Tells the consumer of the trace, whose directories are set: before anything else is said of it. 0 or negative errno.
 */
int rf_output_trace_announce(
	const struct rf_output_trace *trace, const struct rf_channel_attr *metadata, const uint8_t uuid[RF_UUID_SIZE]);
/* Asks for a directory for TRACE in a chunk: its number, or 0 when it cannot be asked for. */
uint32_t rf_output_trace_make_dir(struct rf_recorder *recorder, const struct rf_output_trace *trace, uint32_t tree,
	uint32_t chunk, uint8_t purpose);
/*
 * The trace goes on in a directory of the session's chunk, or nowhere if there is none; what its rings hold is written
 * to the old one before, or dropped if DISCARD. The old one stays open until rf_output_trace_close_left().
 */
void rf_output_trace_move(
	struct rf_recorder *recorder, struct rf_recording *recording, struct rf_output_trace *trace, bool discard);
void rf_output_trace_close_left(struct rf_recorder *recorder, struct rf_output_trace *trace);
/* Nothing more comes. The consumer writes what is there; the directory is closed when it says so. */
void rf_output_trace_end(struct rf_recorder *recorder, struct rf_output_trace *trace);
/* Callbacks of the consumer table; DATA is the recorder. */
void rf_output_trace_ended(void *data, struct rf_consumer *consumer, uint64_t trace);
void rf_output_trace_consumer_died(void *data, struct rf_consumer *consumer);

#endif
