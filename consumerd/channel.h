/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One channel of a trace: the streams that read its rings. Control thread only.
 *
 * Whoever knows the kind of ring makes it: rf_channel_new(), rf_channel_add() for each source, rf_channel_start(). It
 * is made without waiting for its files; its streams begin to read when those are there, or when a directory is given
 * to a trace that had none. Sources may be added later.
 */
#ifndef RF_CONSUMERD_CHANNEL_H
#define RF_CONSUMERD_CHANNEL_H

#include "consumerd/completion.h"
#include "consumerd/stream.h"
#include "consumerd/trace.h"

struct rf_channel {
	struct rf_list node; /* in trace->channels */
	struct rf_trace *trace;
	struct rf_channel_count *count; /* the session's */
	void *base;
	void (*free_base)(void *base);
	struct rf_stream **streams; /* [stream_count]; not to be touched any more once `ending` is set */
	unsigned int stream_count;
	unsigned int started; /* streams that a directory was asked for, or are parked */
	uint32_t number;
	uint32_t stream_class;
	bool overwrite;
	atomic_bool described; /* the metadata has its class; read by data threads */
	bool ending;
	struct rf_list flushes; /* flushes that came while it is ending */
	struct rf_completion ended;
	struct rf_job ended_job;
	uint64_t file_size;
	uint64_t file_count;
	char name[RF_NAME_SIZE];
};

/*
 * Without streams, and not in the trace yet. BASE: what the sources stand on, the maker's; freed by FREE_BASE, which
 * may be NULL, after the last of them. NULL without memory: the base stays the caller's.
 */
struct rf_channel *rf_channel_new(
	struct rf_trace *trace, const struct rf_consumer_channel *def, void *base, void (*free_base)(void *base));
/* One that is not ending; NULL when there is none. */
struct rf_channel *rf_channel_find(struct rf_trace *trace, uint32_t number);
/* Takes SOURCE, in every case: its stream is the channel's next, by which its files are numbered. 0, or -ENOMEM. */
int rf_channel_add(struct rf_channel *channel, struct rf_source *source);
/* Puts it into its trace, and its new streams to work. Again when streams were added. */
void rf_channel_start(struct rf_channel *channel);
/* One that was not started. */
void rf_channel_free(struct rf_channel *channel);
/* The metadata describes channels of STREAM_CLASS from now on. */
void rf_channel_described(struct rf_trace *trace, uint32_t stream_class);
/* Packets stay in the rings from now on; DISCARD: what is in them is dropped. A part of COMPLETION for each stream. */
void rf_channel_park(struct rf_channel *channel, bool discard, struct rf_completion *completion);
/* As rf_trace_flush(). */
int rf_channel_flush(struct rf_channel *channel, uint64_t epoch, struct rf_completion *completion);
/* Flush, drain, free; rf_trace_channel_gone() follows. Does nothing when it is ending already. */
void rf_channel_end(struct rf_channel *channel, uint64_t epoch);

#endif
