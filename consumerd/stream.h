/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU's stream of a channel: packets from its source are checked, counted and written to its sink.
 *
 * A stream belongs to one data thread from rf_stream_new() to its end; what others want of it is posted there (see
 * stream_task.h). Until the sink is there, packets wait in the ring.
 *
 * A packet that cannot be written is dropped and counted as lost, and that is reported once until one can be written
 * again. A packet that is none (the application wrote nonsense over its ring) ends the reading of this stream alone.
 */
#ifndef RF_CONSUMERD_STREAM_H
#define RF_CONSUMERD_STREAM_H

#include "common/list.h"
#include "consumerd/jobs.h"
#include "consumerd/sink.h"
#include "consumerd/source.h"

#include <stdatomic.h>
#include <stdbool.h>

struct rf_data_thread;
struct rf_stream;

/* What is counted for a channel of a session, over all its streams. Lives as long as the session. */
struct rf_channel_count {
	struct rf_list node;
	uint32_t channel;
	atomic_uint_least64_t discarded; /* events */
	atomic_uint_least64_t lost;      /* packets */
	atomic_uint_least64_t written;   /* bytes, to files */
};

/* Called on the data thread. ERROR: negative errno. */
typedef void (*rf_stream_report_fn)(const struct rf_stream *stream, int error);
/* Asked before each packet is written: its events are described on disk when it returns. NULL: nothing to wait for. */
typedef void (*rf_stream_before_write_fn)(void *data);

struct rf_stream {
	struct rf_source *source;
	struct rf_sink *sink; /* NULL: none (yet) */
	bool attached;        /* it was said which sink, or that there will be none */
	bool overwrite;
	bool reported;     /* cannot write now, and that was said */
	bool failed;       /* nonsense in the ring: not read again */
	bool seen;         /* a packet was read */
	uint64_t sequence; /* of the last packet read */
	uint64_t begin;
	uint64_t discarded;
	uint64_t flushed_epoch; /* the session's epoch at the last flush, 0: never */
	struct rf_channel_count *count;
	rf_stream_report_fn report;
	rf_stream_before_write_fn before_write;
	void *before_write_data;
	void *owner; /* for report */

	/* the data thread's */
	struct rf_data_thread *thread;
	struct rf_list turn; /* in the thread's list of streams that have more, or that stall */
	bool watched;
	uint64_t not_before;    /* while stalled */
	struct rf_list waiting; /* tasks until the sink is attached */
};

enum rf_drained {
	RF_DRAINED_DRY,     /* nothing more now */
	RF_DRAINED_MORE,    /* the budget is used up */
	RF_DRAINED_STALLED, /* nothing more, and asking took long */
	RF_DRAINED_FAILED,
};

/* Takes SOURCE. NULL without memory; SOURCE stays the caller's then. */
struct rf_stream *rf_stream_new(struct rf_source *source, struct rf_channel_count *count, bool overwrite);
/* Destroys source and sink too. */
void rf_stream_free(struct rf_stream *stream);

/* The rest on the data thread. SINK may be NULL (ERROR says why): packets are dropped then. */
void rf_stream_attach(struct rf_stream *stream, struct rf_sink *sink, int error);
/* Moves at most BUDGET packets. */
enum rf_drained rf_stream_drain(struct rf_stream *stream, unsigned int budget);
/* Flushes unless that was done in this EPOCH, then moves what is there. */
void rf_stream_flush(struct rf_stream *stream, uint64_t epoch);
/* The same, and counts what can never be read. The last call before rf_stream_free(). */
void rf_stream_finish(struct rf_stream *stream, uint64_t epoch);

#endif
