/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/channel_files.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "consumerd/sink_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The files of some of a channel's streams. */
struct files_request {
	struct rf_list node;
	struct rf_channel *channel;
	uint32_t dir;
	bool without_index;
	bool silent; /* the files are not wanted now */
	unsigned int first;
	unsigned int count;
	struct rf_stream_task *tasks[]; /* [count]; NULL: could not be posted */
};

static struct rf_sink *take_sink(struct rf_frame *frame, unsigned int index, bool without_index)
{
	if (without_index)
		return rf_sink_file_new(rf_frame_take_fd(frame, index), -1);
	return rf_sink_file_new(rf_frame_take_fd(frame, 2 * index), rf_frame_take_fd(frame, 2 * index + 1));
}

static void files_opened(void *data, int status, struct rf_frame *frame)
{
	struct files_request *request = data;

	for (unsigned int i = 0; i < request->count; i++) {
		struct rf_sink *sink = status ? NULL : take_sink(frame, i, request->without_index);

		if (request->tasks[i])
			rf_stream_task_give(request->tasks[i], sink, status ? status : sink ? 0 : -ENOMEM);
		else if (sink)
			sink->ops->close(sink);
	}
	free(request);
}

static struct rf_broker_open_streams wanted_files(const struct rf_channel *channel, uint32_t dir, bool without_index)
{
	struct rf_broker_open_streams wanted = {.dir = dir, .without_index = without_index};

	memcpy(wanted.channel, channel->name, sizeof(wanted.channel));
	return wanted;
}

static void give_none(struct files_request *request)
{
	for (unsigned int i = 0; i < request->count; i++)
		if (request->tasks[i])
			rf_stream_task_give(request->tasks[i], NULL, 0);
	free(request);
}

void rf_channel_files_ask(struct rf_list *requests)
{
	rf_list_for_each_safe(node, tmp, requests) {
		struct files_request *request = rf_container_of(node, struct files_request, node);
		struct rf_channel *channel = request->channel;
		struct rf_broker_open_streams wanted = wanted_files(channel, request->dir, request->without_index);

		wanted.first_cpu = request->first;
		wanted.cpu_count = request->count;
		wanted.file_number = channel->file_size ? 0 : RF_NO_FILE_NUMBER;
		rf_list_remove(node);
		if (request->silent)
			give_none(request);
		else
			rf_opener_streams(&channel->trace->daemon->opener, &wanted, files_opened, request);
	}
}

static int order_some(struct rf_channel *channel, const struct rf_stream_order *order, struct rf_completion *completion,
	unsigned int first, unsigned int count, struct rf_list *requests)
{
	struct files_request *request = calloc(1, sizeof(*request) + count * sizeof(struct rf_stream_task *));
	int result = 0;

	if (!request)
		return -ENOMEM;
	request->channel = channel;
	request->dir = order->dir;
	request->without_index = order->copy;
	request->silent = channel->streams[first]->source->silent;
	request->first = first;
	request->count = count;
	for (unsigned int i = 0; i < count; i++) {
		if (completion)
			rf_completion_add(completion);
		request->tasks[i] = rf_stream_post_order(channel->streams[first + i], order, completion);
		if (request->tasks[i])
			continue;
		result = -ENOMEM;
		if (completion)
			rf_completion_finish(completion);
	}
	rf_list_append(requests, &request->node);
	return result;
}

/* How many streams from FIRST on get their files together, or get them when they have a packet. */
static unsigned int together(const struct rf_channel *channel, unsigned int first)
{
	unsigned int count = 1;

	while (count < RF_OPEN_STREAMS_MAX && first + count < channel->stream_count &&
		channel->streams[first + count]->source->silent == channel->streams[first]->source->silent)
		count++;
	return count;
}

void rf_channel_order_from(struct rf_channel *channel, unsigned int begin, const struct rf_stream_order *order,
	struct rf_completion *completion, struct rf_list *requests)
{
	unsigned int count;

	for (unsigned int first = begin; first < channel->stream_count; first += count) {
		count = together(channel, first);

		int err = order_some(channel, order, completion, first, count, requests);

		if (!err)
			continue;
		/* Its packets stay where they are. */
		rf_error("no memory to give files to streams");
		if (completion)
			rf_completion_fail(completion, err);
	}
}

void rf_channel_order(struct rf_channel *channel, const struct rf_stream_order *order, struct rf_completion *completion,
	struct rf_list *requests)
{
	rf_channel_order_from(channel, 0, order, completion, requests);
}

static void next_file_opened(void *data, int status, struct rf_frame *frame)
{
	struct rf_output *output = data;
	struct rf_sink *sink = status ? NULL : take_sink(frame, 0, output->without_index);

	rf_output_give(output, sink, status ? status : sink ? 0 : -ENOMEM);
}

/* Control thread. The stream does nothing with the output until it has its answer, nor does it end. */
static void ask_next_file(struct rf_job *job)
{
	struct rf_output *output = rf_container_of(job, struct rf_output, job);
	const struct rf_channel *channel = output->stream->owner;
	struct rf_broker_open_streams wanted = wanted_files(channel, output->dir, output->without_index);

	wanted.first_cpu = output->stream->number;
	wanted.cpu_count = 1;
	wanted.file_number = channel->file_size ? output->number : RF_NO_FILE_NUMBER;
	rf_opener_streams(&channel->trace->daemon->opener, &wanted, next_file_opened, output);
}

void rf_channel_want_file(struct rf_output *output)
{
	const struct rf_channel *channel = output->stream->owner;

	output->job.run = ask_next_file;
	rf_job_post(&channel->trace->daemon->jobs, &output->job);
}
