/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/channel.h"

#include "common/log.h"
#include "consumerd/channel_files.h"
#include "consumerd/stream_task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct flush_waiter {
	struct rf_list node;
	struct rf_completion *completion;
};

/* Data thread: a stream's trouble goes to the session daemon. */
static void report_stream(const struct rf_stream *stream, int error)
{
	const struct rf_channel *channel = stream->owner;
	struct rf_consumer_stream_failed failed = {
		.trace = channel->trace->id, .cpu = stream->source->origin.cpu, .error = error};
	struct rf_writer w;

	memcpy(failed.channel, channel->name, sizeof(failed.channel));
	rf_frame_body(&w);
	rf_consumer_stream_failed_encode(&w, &failed);
	rf_link_send_writer(&channel->trace->daemon->control, RF_CONSUMER_STREAM_FAILED, 0, 0, &w, NULL, 0);
}

static void before_write(void *data)
{
	rf_catch_up_wait(data);
}

struct rf_channel *rf_channel_new(
	struct rf_trace *trace, const struct rf_consumer_channel *def, void *base, void (*free_base)(void *base))
{
	struct rf_channel_count *count = rf_session_count(trace->session, def->number);
	struct rf_channel *channel = count ? calloc(1, sizeof(*channel)) : NULL;

	if (!channel)
		return NULL;
	channel->trace = trace;
	channel->count = count;
	rf_list_init(&channel->node);
	rf_list_init(&channel->flushes);
	channel->number = def->number;
	channel->stream_class = def->stream_class;
	channel->overwrite = def->overwrite;
	channel->file_size = def->file_size;
	channel->file_count = def->file_count;
	snprintf(channel->name, sizeof(channel->name), "%s", def->name);
	channel->base = base;
	channel->free_base = free_base;
	return channel;
}

struct rf_channel *rf_channel_find(struct rf_trace *trace, uint32_t number)
{
	rf_list_for_each(node, &trace->channels) {
		struct rf_channel *channel = rf_container_of(node, struct rf_channel, node);

		if (channel->number == number && !channel->ending)
			return channel;
	}
	return NULL;
}

static struct rf_stream *create_stream(struct rf_channel *channel, struct rf_source *source)
{
	struct rf_daemon *daemon = channel->trace->daemon;
	struct rf_stream *stream = rf_stream_new(source, channel->count, channel->overwrite);

	if (!stream)
		return NULL;
	stream->report = report_stream;
	stream->owner = channel;
	stream->number = channel->stream_count;
	stream->described = &channel->described;
	stream->file_size = channel->file_size;
	stream->file_count = channel->file_count;
	stream->want_file = rf_channel_want_file;
	stream->before_write = before_write;
	stream->before_write_data = &daemon->catch_up;
	stream->thread = &daemon->threads[stream->number % daemon->thread_count];
	return stream;
}

int rf_channel_add(struct rf_channel *channel, struct rf_source *source)
{
	struct rf_stream **streams = reallocarray(
		channel->streams, channel->stream_count + 1, sizeof(struct rf_stream *));

	if (streams)
		channel->streams = streams;

	struct rf_stream *stream = streams ? create_stream(channel, source) : NULL;

	if (!stream) {
		source->ops->destroy(source);
		return -ENOMEM;
	}
	channel->streams[channel->stream_count++] = stream;
	return 0;
}

static void free_channel(struct rf_channel *channel)
{
	if (channel->free_base)
		channel->free_base(channel->base);
	free(channel->streams);
	free(channel);
}

void rf_channel_free(struct rf_channel *channel)
{
	for (unsigned int i = 0; i < channel->stream_count; i++)
		rf_stream_free(channel->streams[i]);
	free_channel(channel);
}

void rf_channel_start(struct rf_channel *channel)
{
	const struct rf_stream_order order = {.dir = channel->trace->dir};
	unsigned int first = channel->started;
	struct rf_list requests;

	if (!rf_list_linked(&channel->node))
		rf_list_append(&channel->trace->channels, &channel->node);
	channel->started = channel->stream_count;
	/* Without a directory the streams stay parked, as they begin. */
	if (!order.dir)
		return;
	rf_list_init(&requests);
	rf_channel_order_from(channel, first, &order, NULL, &requests);
	rf_channel_files_ask(&requests);
}

void rf_channel_park(struct rf_channel *channel, bool discard, struct rf_completion *completion)
{
	for (unsigned int i = 0; !channel->ending && i < channel->stream_count; i++) {
		rf_completion_add(completion);

		int err = rf_stream_post_park(channel->streams[i], discard, completion);

		if (err) {
			rf_completion_fail(completion, err);
			rf_completion_finish(completion);
		}
	}
}

static int wait_for_end(struct rf_channel *channel, struct rf_completion *completion)
{
	struct flush_waiter *waiter = malloc(sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->completion = completion;
	rf_completion_add(completion);
	rf_list_append(&channel->flushes, &waiter->node);
	return 0;
}

void rf_channel_described(struct rf_trace *trace, uint32_t stream_class)
{
	rf_list_for_each(node, &trace->channels) {
		struct rf_channel *channel = rf_container_of(node, struct rf_channel, node);

		if (channel->stream_class == stream_class)
			atomic_store_explicit(&channel->described, true, memory_order_release);
	}
}

int rf_channel_flush(struct rf_channel *channel, uint64_t epoch, struct rf_completion *completion)
{
	int result = 0;

	if (channel->ending)
		return wait_for_end(channel, completion);
	for (unsigned int i = 0; i < channel->stream_count; i++) {
		rf_completion_add(completion);

		int err = rf_stream_post_flush(channel->streams[i], epoch, completion);

		if (err) {
			result = err;
			rf_completion_finish(completion);
		}
	}
	return result;
}

/* Control thread: no stream is left. */
static void ended(struct rf_job *job)
{
	struct rf_channel *channel = rf_container_of(job, struct rf_channel, ended_job);
	struct rf_trace *trace = channel->trace;

	rf_list_for_each_safe(node, tmp, &channel->flushes) {
		struct flush_waiter *waiter = rf_container_of(node, struct flush_waiter, node);

		rf_list_remove(node);
		rf_completion_finish(waiter->completion);
		free(waiter);
	}
	rf_list_remove(&channel->node);
	free_channel(channel);
	rf_trace_channel_gone(trace);
}

/* Whichever thread freed the last stream. */
static void streams_ended(struct rf_completion *completion)
{
	struct rf_channel *channel = rf_container_of(completion, struct rf_channel, ended);

	channel->ended_job.run = ended;
	rf_job_post(&channel->trace->daemon->jobs, &channel->ended_job);
}

void rf_channel_end(struct rf_channel *channel, uint64_t epoch)
{
	if (channel->ending)
		return;
	channel->ending = true;
	rf_completion_begin(&channel->ended, streams_ended);
	for (unsigned int i = 0; i < channel->stream_count; i++) {
		rf_completion_add(&channel->ended);
		/* Without memory the stream stays; the trace cannot end then, which shows. */
		if (rf_stream_post_finish(channel->streams[i], epoch, &channel->ended) != 0)
			rf_error("no memory to end a stream");
	}
	rf_completion_finish(&channel->ended);
}
