/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/channel_buffers.h"

#include "common/proto_broker.h"
#include "consumerd/ust_buffers.h"
#include "consumerd/ust_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct unmade_channel {
	struct rf_trace *trace;
	struct rf_consumer_create_channel request;
	int sock;
	int status;
	unsigned int asked; /* CPUs whose files were asked for */
	unsigned int count;
	int files[]; /* [count]; -1: not there */
};

static void ask(struct unmade_channel *unmade);

static void make(struct unmade_channel *unmade)
{
	struct rf_trace *trace = unmade->trace;

	if (unmade->status) {
		rf_ust_buffers_close_files(unmade->files);
		rf_ust_channel_refuse(unmade->sock, unmade->status);
	} else {
		rf_ust_channel_make(trace, &unmade->request, unmade->sock, unmade->files);
	}
	free(unmade);
	rf_trace_op_gone(trace);
}

static void files_opened(void *data, int status, struct rf_frame *frame)
{
	struct unmade_channel *unmade = data;
	unsigned int first = (unmade->asked - 1) / RF_OPEN_STREAMS_MAX * RF_OPEN_STREAMS_MAX;

	unmade->status = status;
	for (unsigned int i = first; !status && i < unmade->asked; i++)
		unmade->files[i] = rf_frame_take_fd(frame, i - first);
	if (!status && unmade->asked < unmade->count)
		ask(unmade);
	else
		make(unmade);
}

/* For the next ones. */
static void ask(struct unmade_channel *unmade)
{
	unsigned int left = unmade->count - unmade->asked;
	struct rf_broker_open_buffers wanted = {
		.dir = unmade->trace->buffer_dir,
		.first_cpu = unmade->asked,
		.cpu_count = left < RF_OPEN_STREAMS_MAX ? left : RF_OPEN_STREAMS_MAX,
	};

	memcpy(wanted.channel, unmade->request.channel.name, sizeof(wanted.channel));
	unmade->asked += wanted.cpu_count;
	rf_opener_buffers(&unmade->trace->daemon->opener, &wanted, files_opened, unmade);
}

void rf_channel_buffers_ask(struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock)
{
	unsigned int count = rf_ust_buffers_count();
	struct unmade_channel *unmade = count ? calloc(1, sizeof(*unmade) + count * sizeof(int)) : NULL;

	if (!unmade) {
		rf_ust_channel_refuse(sock, -ENOMEM);
		return;
	}
	unmade->trace = trace;
	unmade->request = *request;
	unmade->sock = sock;
	unmade->count = count;
	for (unsigned int i = 0; i < count; i++)
		unmade->files[i] = -1;
	trace->ops++;
	ask(unmade);
}
