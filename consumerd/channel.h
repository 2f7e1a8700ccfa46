/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One channel of a trace: its buffers and the streams that read them. Control thread only.
 *
 * A channel is made and handed over without waiting for its files; its streams begin to read when they are there, or
 * when a directory is given to a trace that had none.
 */
#ifndef RF_CONSUMERD_CHANNEL_H
#define RF_CONSUMERD_CHANNEL_H

#include "consumerd/completion.h"
#include "consumerd/stream.h"
#include "consumerd/trace.h"
#include "consumerd/ust_buffers.h"

struct rf_channel {
	struct rf_list node; /* in trace->channels */
	struct rf_trace *trace;
	struct rf_ust_buffers *buffers;
	struct rf_stream **streams; /* [stream_count]; not to be touched any more once `ending` is set */
	unsigned int stream_count;
	uint32_t stream_class;
	atomic_bool described; /* the metadata has its class; read by data threads */
	bool ending;
	struct rf_list flushes; /* flushes that came while it is ending */
	struct rf_completion ended;
	struct rf_job ended_job;
	uint64_t file_size; /* limits of its files, see RF_CONSUMER_CREATE_CHANNEL */
	uint64_t file_count;
	char name[RF_NAME_SIZE];
};

/*
 * Answers on SOCK (a blocking stream socket, taken) with a status and then the channel itself: at once, or when the
 * files that its buffers are to be have come.
 */
void rf_channel_create(struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock);
/* The rest of it. FILES: see rf_ust_buffers_create(). */
void rf_channel_make(
	struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock, const int *files);
/* The answer when there is nothing to be made. Takes SOCK. */
void rf_channel_refuse(int sock, int status);
/* The metadata describes channels of STREAM_CLASS from now on. */
void rf_channel_described(struct rf_trace *trace, uint32_t stream_class);
/* Packets stay in the rings from now on; DISCARD: what is in them is dropped. A part of COMPLETION for each stream. */
void rf_channel_park(struct rf_channel *channel, bool discard, struct rf_completion *completion);
/* As rf_trace_flush(). */
int rf_channel_flush(struct rf_channel *channel, uint64_t epoch, struct rf_completion *completion);
/* Flush, drain, free; rf_trace_channel_gone() follows. */
void rf_channel_end(struct rf_channel *channel, uint64_t epoch);

#endif
