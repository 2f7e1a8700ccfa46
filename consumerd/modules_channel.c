/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/modules_channel.h"

#include "consumerd/channel.h"
#include "consumerd/headroom.h"
#include "consumerd/source_modules.h"

#include <errno.h>

#define STREAM_FILES 2u /* data and index */

static int add_streams(struct rf_channel *channel, struct rf_frame *frame)
{
	for (unsigned int i = 0; i < frame->fd_count; i++) {
		int err;
		struct rf_source *source = rf_source_modules_new(
			rf_frame_take_fd(frame, i), channel->stream_class, &err);

		if (source)
			err = rf_channel_add(channel, source);
		if (err)
			return err;
	}
	return 0;
}

/* NULL without memory. */
static struct rf_channel *find_or_make(struct rf_trace *trace, const struct rf_consumer_add_streams *request)
{
	struct rf_channel *channel = rf_channel_find(trace, request->channel.number);

	if (!channel)
		channel = rf_channel_new(trace, &request->channel, NULL, NULL);
	return channel;
}

int rf_modules_channel_add(
	struct rf_trace *trace, const struct rf_consumer_add_streams *request, struct rf_frame *frame)
{
	if (trace->ending)
		return -ENOENT;
	if (!frame->fd_count)
		return -EBADF;

	int err = rf_headroom(trace->daemon->opener.expected + STREAM_FILES * frame->fd_count);
	struct rf_channel *channel = err ? NULL : find_or_make(trace, request);

	if (!channel)
		return err ? err : -ENOMEM;
	/* A file's number is that of its stream in the channel. */
	if (request->first != channel->stream_count || request->channel.stream_class != channel->stream_class)
		err = -EPROTO;
	else
		err = add_streams(channel, frame);
	if (channel->stream_count)
		rf_channel_start(channel);
	else
		rf_channel_free(channel);
	return err;
}
