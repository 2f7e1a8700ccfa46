/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/channel.h"

#include "common/log.h"
#include "consumerd/channel_buffers.h"
#include "consumerd/channel_files.h"
#include "consumerd/headroom.h"
#include "consumerd/source_ust.h"
#include "consumerd/stream_task.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A session daemon that does not take a channel for so long does not get it. */
#define HAND_OVER_SECONDS 2

struct flush_waiter {
	struct rf_list node;
	struct rf_completion *completion;
};

static void free_channel(struct rf_channel *channel)
{
	if (channel->buffers)
		rf_ust_buffers_destroy(channel->buffers);
	free(channel->streams);
	free(channel);
}

/* Data thread: a stream's trouble goes to the session daemon. */
static void report_stream(const struct rf_stream *stream, int error)
{
	const struct rf_channel *channel = stream->owner;
	struct rf_consumer_stream_failed failed = {
		.trace = channel->trace->id, .cpu = stream->source->origin.cpu, .error = error};
	struct rf_writer w;

	memcpy(failed.channel, channel->name, sizeof(failed.channel));
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_stream_failed_encode(&w, &failed);
	rf_link_send_writer(&channel->trace->daemon->control, RF_CONSUMER_STREAM_FAILED, 0, 0, &w, NULL, 0);
}

static void before_write(void *data)
{
	rf_catch_up_wait(data);
}

static struct rf_stream *create_stream(struct rf_channel *channel, unsigned int cpu,
	const struct rf_packet_origin *origin, struct rf_channel_count *count)
{
	struct rf_daemon *daemon = channel->trace->daemon;
	struct rf_source *source = rf_source_ust_new(channel->buffers, cpu, origin);

	if (!source)
		return NULL;

	struct rf_stream *stream = rf_stream_new(source, count, channel->buffers->overwrite);

	if (!stream) {
		source->ops->destroy(source);
		return NULL;
	}
	stream->report = report_stream;
	stream->owner = channel;
	stream->described = &channel->described;
	stream->file_size = channel->file_size;
	stream->file_count = channel->file_count;
	stream->want_file = rf_channel_want_file;
	stream->before_write = before_write;
	stream->before_write_data = &daemon->catch_up;
	stream->thread = &daemon->threads[cpu % daemon->thread_count];
	return stream;
}

static int create_streams(
	struct rf_channel *channel, const struct rf_consumer_create_channel *request, struct rf_channel_count *count)
{
	struct rf_packet_origin origin = {
		.stream_class = request->stream_class, .abi_bits = channel->trace->daemon->abi_bits};

	memcpy(origin.uuid, channel->trace->format.uuid, RF_UUID_SIZE);
	channel->streams = calloc(channel->buffers->cpu_count, sizeof(struct rf_stream *));
	if (!channel->streams)
		return -ENOMEM;
	for (unsigned int cpu = 0; cpu < channel->buffers->cpu_count; cpu++) {
		origin.cpu = cpu;
		channel->streams[cpu] = create_stream(channel, cpu, &origin, count);
		if (!channel->streams[cpu])
			return -ENOMEM;
		channel->stream_count++;
	}
	return 0;
}

/* The ends of pipes, memory, data file and index; see rf_ust_buffers_create() and request_files(). */
#define CHANNEL_FDS 2u
#define STREAM_FDS 7u

static int send_status(int sock, int32_t status)
{
	const struct timeval wait = {.tv_sec = HAND_OVER_SECONDS};

	if (setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0)
		return -errno;
	return send(sock, &status, sizeof(status), MSG_NOSIGNAL) == (ssize_t)sizeof(status) ? 0 : -EPIPE;
}

/* A session daemon that does not take them leaves a channel without writers, which ends with its trace. */
static int hand_over(struct rf_channel *channel, int sock)
{
	int err = send_status(sock, 0);

	if (!err)
		err = rf_ust_buffers_hand_over(channel->buffers, sock);
	if (err)
		rf_warning("the session daemon did not take a channel of trace %llu",
			(unsigned long long)channel->trace->id);
	return 0;
}

/* SOCK gets status and buffers as soon as those exist, before the streams take them over. */
static int build(struct rf_channel **result, struct rf_trace *trace, const struct rf_consumer_create_channel *request,
	int sock, const int *files)
{
	struct rf_channel_count *count = rf_session_count(trace->session, request->channel);
	struct rf_channel *channel = count ? calloc(1, sizeof(*channel)) : NULL;

	if (!channel) {
		rf_ust_buffers_close_files(files);
		return -ENOMEM;
	}
	channel->trace = trace;
	rf_list_init(&channel->node);
	rf_list_init(&channel->flushes);
	memcpy(channel->name, request->name, sizeof(channel->name));
	channel->stream_class = request->stream_class;
	channel->file_size = request->file_size;
	channel->file_count = request->file_count;

	int err = rf_headroom(trace->daemon->opener.expected + CHANNEL_FDS +
		STREAM_FDS * (unsigned int)lttng_ust_ctl_get_nr_stream_per_channel());

	if (err)
		rf_ust_buffers_close_files(files);
	else
		err = rf_ust_buffers_create(&channel->buffers, request, trace->format.uuid, files);
	if (!err)
		err = hand_over(channel, sock);
	if (!err)
		err = create_streams(channel, request, count);
	if (err) {
		for (unsigned int i = 0; i < channel->stream_count; i++)
			rf_stream_free(channel->streams[i]);
		free_channel(channel);
		return err;
	}
	*result = channel;
	return 0;
}

void rf_channel_refuse(int sock, int status)
{
	(void)send_status(sock, status);
	close(sock);
}

/* Without a directory the streams stay parked, as they begin. */
static void give_files(struct rf_channel *channel)
{
	const struct rf_stream_order order = {.dir = channel->trace->dir};
	struct rf_list requests;

	if (!order.dir)
		return;
	rf_list_init(&requests);
	rf_channel_order(channel, &order, NULL, &requests);
	rf_channel_files_ask(&requests);
}

void rf_channel_create(struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock)
{
	if (trace->buffer_dir && !trace->ending)
		rf_channel_buffers_ask(trace, request, sock);
	else
		rf_channel_make(trace, request, sock, NULL);
}

void rf_channel_make(
	struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock, const int *files)
{
	struct rf_channel *channel;
	int err = 0;

	if (trace->ending) {
		err = -ENOENT;
		rf_ust_buffers_close_files(files);
	} else {
		err = build(&channel, trace, request, sock, files);
	}
	if (err) {
		rf_error("cannot make a channel of trace %llu: %s", (unsigned long long)trace->id, strerror(-err));
		rf_channel_refuse(sock, err);
		return;
	}
	close(sock);
	rf_list_append(&trace->channels, &channel->node);
	give_files(channel);
}

void rf_channel_park(struct rf_channel *channel, bool discard, struct rf_completion *completion)
{
	for (unsigned int i = 0; i < channel->stream_count; i++) {
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
