/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ust_channel.h"

#include "common/log.h"
#include "consumerd/channel.h"
#include "consumerd/channel_buffers.h"
#include "consumerd/headroom.h"
#include "consumerd/source_ust.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A session daemon that does not take a channel for so long does not get it. */
#define HAND_OVER_SECONDS 2
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
static void hand_over(struct rf_ust_buffers *buffers, const struct rf_trace *trace, int sock)
{
	int err = send_status(sock, 0);

	if (!err)
		err = rf_ust_buffers_hand_over(buffers, sock);
	if (err)
		rf_warning("the session daemon did not take a channel of trace %llu", (unsigned long long)trace->id);
}

static void destroy_buffers(void *buffers)
{
	rf_ust_buffers_destroy(buffers);
}

static int add_streams(struct rf_channel *channel, struct rf_ust_buffers *buffers)
{
	struct rf_packet_origin origin = {
		.stream_class = channel->stream_class, .abi_bits = channel->trace->daemon->abi_bits};

	memcpy(origin.uuid, channel->trace->format.uuid, RF_UUID_SIZE);
	for (unsigned int cpu = 0; cpu < buffers->cpu_count; cpu++) {
		origin.cpu = cpu;
		origin.instance = cpu;

		struct rf_source *source = rf_source_ust_new(buffers, cpu, &origin);

		if (!source || rf_channel_add(channel, source) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int create_buffers(struct rf_ust_buffers **buffers, struct rf_trace *trace,
	const struct rf_consumer_create_channel *request, const int *files)
{
	int err = rf_headroom(trace->daemon->opener.expected + CHANNEL_FDS +
		STREAM_FDS * (unsigned int)lttng_ust_ctl_get_nr_stream_per_channel());

	if (!err)
		return rf_ust_buffers_create(buffers, request, trace->format.uuid, files);
	rf_ust_buffers_close_files(files);
	return err;
}

/* SOCK gets status and buffers as soon as those exist, before the streams take them over. */
static int build(struct rf_channel **result, struct rf_trace *trace, const struct rf_consumer_create_channel *request,
	int sock, const int *files)
{
	struct rf_ust_buffers *buffers;
	int err = create_buffers(&buffers, trace, request, files);

	if (err)
		return err;

	struct rf_channel *channel = rf_channel_new(trace, &request->channel, buffers, destroy_buffers);

	if (!channel) {
		rf_ust_buffers_destroy(buffers);
		return -ENOMEM;
	}
	hand_over(buffers, trace, sock);
	err = add_streams(channel, buffers);
	if (err) {
		rf_channel_free(channel);
		return err;
	}
	*result = channel;
	return 0;
}

void rf_ust_channel_refuse(int sock, int status)
{
	(void)send_status(sock, status);
	close(sock);
}

void rf_ust_channel_create(struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock)
{
	if (trace->buffer_dir && !trace->ending)
		rf_channel_buffers_ask(trace, request, sock);
	else
		rf_ust_channel_make(trace, request, sock, NULL);
}

void rf_ust_channel_make(
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
		rf_ust_channel_refuse(sock, err);
		return;
	}
	close(sock);
	rf_channel_start(channel);
}
