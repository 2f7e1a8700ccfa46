/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU's stream of a channel: packets from its source are checked, counted and written to its output.
 *
 * A stream belongs to one data thread from rf_stream_new() to its end; what others want of it is posted there (see
 * stream_task.h). It begins parked: packets wait in the ring, and nobody looks at it.
 *
 * A packet that cannot be written is dropped and counted as lost, and that is reported once until one can be written
 * again. A packet that is none (the application wrote nonsense over its ring) ends the reading of this stream alone.
 */
#ifndef RF_CONSUMERD_STREAM_H
#define RF_CONSUMERD_STREAM_H

#include "common/list.h"
#include "consumerd/output.h"
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
/* Asks for file `number` of OUTPUT, which is then given with rf_output_give(). */
typedef void (*rf_stream_want_file_fn)(struct rf_output *output);

struct rf_stream {
	struct rf_source *source;
	unsigned int number; /* in its channel, and in the names of its files */
	struct rf_output out;
	uint64_t file_size; /* limits of its files, bytes and files; 0: none */
	uint64_t file_count;
	bool kept;     /* it had a directory: what is in the ring is to get into a file */
	bool dropping; /* what is read now is not wanted */
	bool overwrite;
	bool reported;     /* cannot write now, and that was said */
	bool failed;       /* nonsense in the ring: not read again */
	bool seen;         /* a packet was read */
	uint64_t sequence; /* of the last packet read */
	uint64_t begin;
	uint64_t discarded;
	uint64_t flushed_epoch; /* the session's epoch at the last flush, 0: never */
	bool copied;            /* a snapshot was made, and flushed to */
	uint64_t copied_at;     /* this position */
	/* The metadata has its class: set by the control thread. NULL: it always has. */
	const atomic_bool *described;
	struct rf_channel_count *count;
	rf_stream_report_fn report;
	rf_stream_before_write_fn before_write;
	void *before_write_data;
	rf_stream_want_file_fn want_file; /* needed when there is a limit */
	void *owner;                      /* for report and want_file */

	/* the data thread's */
	struct rf_data_thread *thread;
	struct rf_list turn; /* in the thread's list of streams that have more, or that stall */
	bool watched;
	uint64_t not_before;  /* while stalled */
	struct rf_list tasks; /* done one after the other */
};

/*
 * False for an empty packet of a stream whose class is not described (yet): readers would stumble over it, and nothing
 * is in it. One with events comes after their description.
 */
bool rf_stream_worth_writing(const struct rf_stream *stream, const struct rf_packet *packet);

enum rf_drained {
	RF_DRAINED_DRY,     /* nothing more now */
	RF_DRAINED_MORE,    /* the budget is used up */
	RF_DRAINED_STALLED, /* nothing more, and asking took long */
	RF_DRAINED_WAITING, /* for the next file */
	RF_DRAINED_FAILED,
};

/* How far something came that may have to wait for a file in between; zero at first. */
struct rf_stream_pass {
	unsigned int stage;
	bool begun;
	unsigned int left; /* packets that the stage may still move */
};

/* Takes SOURCE. NULL without memory; SOURCE stays the caller's then. */
struct rf_stream *rf_stream_new(struct rf_source *source, struct rf_channel_count *count, bool overwrite);
/* Destroys source and output too. */
void rf_stream_free(struct rf_stream *stream);

/* The rest on the data thread. Packets are not read because they have nowhere to go, not even to be dropped. */
bool rf_stream_parked(const struct rf_stream *stream);
/* Moves at most BUDGET packets. */
enum rf_drained rf_stream_drain(struct rf_stream *stream, unsigned int budget);
/*
 * Flushes unless that was done in this EPOCH, then moves what is there. False: waits for a file, to be called again
 * with the same PASS when that is there.
 */
bool rf_stream_flush(struct rf_stream *stream, struct rf_stream_pass *pass, uint64_t epoch);
/* The same, and counts what can never be read. The last call before rf_stream_free(). */
bool rf_stream_finish(struct rf_stream *stream, struct rf_stream_pass *pass, uint64_t epoch);
/*
 * Before its directory changes: closes the packet being written and moves what can be read now; DISCARD: drops it.
 * False as rf_stream_flush().
 */
bool rf_stream_leave(struct rf_stream *stream, struct rf_stream_pass *pass, bool discard);
/* Moves what there is, and does not begin a packet for it. False as rf_stream_flush(). */
bool rf_stream_close_packet(struct rf_stream *stream, struct rf_stream_pass *pass);
/*
 * Goes on in DIR (0: parked) with SINK, closing what it wrote to before. SINK may be NULL (ERROR says why): packets are
 * dropped and counted as lost then. An empty ring gets an empty packet, which says since when the directory has
 * something to tell.
 */
void rf_stream_enter(struct rf_stream *stream, uint32_t dir, struct rf_sink *sink, int error);
/* Says once that it does not work. */
void rf_stream_report(struct rf_stream *stream, int error);

#endif
