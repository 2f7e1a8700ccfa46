/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/trace.h"

#include "common/log.h"
#include "sessiond/ust/domain.h"

#include <errno.h>
#include <lttng/ust-ctl.h>
#include <lttng/ust-error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned int streams_max;

void rf_ust_trace_init(void)
{
	streams_max = (unsigned int)lttng_ust_ctl_get_nr_stream_per_channel();
}

unsigned int rf_ust_cpus(void)
{
	return streams_max;
}

static void drop_object(struct lttng_ust_abi_object_data *object)
{
	if (!object)
		return;
	lttng_ust_ctl_release_object(-1, object);
	free(object);
}

static void drop_streams(struct rf_trace_channel *channel)
{
	for (unsigned int i = 0; i < channel->stream_count; i++)
		drop_object(channel->streams[i]);
	free(channel->streams);
	channel->streams = NULL;
	channel->stream_count = 0;
}

static void channel_free(struct rf_trace_channel *channel)
{
	drop_streams(channel);
	drop_object(channel->object);
	free(channel);
}

static void place(const struct rf_output_trace *out, struct rf_broker_make_dir *request)
{
	const struct rf_ust_trace *trace = rf_container_of(out, const struct rf_ust_trace, out);

	request->kind = trace->per_pid ? RF_DIR_UST_PID : RF_DIR_UST_UID;
	request->uid = trace->uid;
	request->abi_bits = trace->abi_bits;
	if (!trace->per_pid)
		return;
	request->pid = (uint32_t)trace->app.pid;
	request->since = trace->app_since;
	memcpy(request->procname, trace->app.name, sizeof(trace->app.name));
}

static void trace_free(struct rf_output_trace *out)
{
	struct rf_ust_trace *trace = rf_container_of(out, struct rf_ust_trace, out);

	rf_output_trace_fini(out);
	rf_list_for_each_safe(node, tmp, &trace->channels)
		channel_free(rf_container_of(node, struct rf_trace_channel, node));
	rf_registry_unref(trace->registry);
	pthread_mutex_destroy(&trace->lock);
	free(trace);
}

static const struct rf_output_trace_ops output_ops = {.place = place, .free = trace_free};

struct rf_ust_trace *rf_ust_trace_new(
	uint64_t id, uint64_t session_id, const struct rf_app *app, bool per_pid, struct rf_consumer *consumer)
{
	struct rf_ust_trace *trace = calloc(1, sizeof(*trace));

	if (!trace)
		return NULL;
	rf_output_trace_init(&trace->out, &output_ops, id, session_id, consumer);
	trace->uid = app->facts.uid;
	trace->abi_bits = (uint8_t)app->facts.layout.abi_bits;
	trace->per_pid = per_pid;
	trace->app = app->facts;
	trace->app_since = app->since;
	rf_list_init(&trace->channels);
	pthread_mutex_init(&trace->lock, NULL);
	return trace;
}

int rf_ust_trace_push(void *data, uint64_t trace, uint64_t offset, uint32_t version, const char *text, size_t len)
{
	return rf_consumer_push_text(data, trace, version, &offset, text, len);
}

void rf_ust_trace_described(void *data, uint64_t trace, uint32_t channel)
{
	(void)rf_consumer_describe_channel(data, trace, channel);
}

static int receive_streams(int sock, struct rf_trace_channel *channel)
{
	for (;;) {
		struct lttng_ust_abi_object_data *stream = NULL;
		int err = lttng_ust_ctl_recv_stream_from_consumer(sock, &stream);

		if (err == -LTTNG_UST_ERR_NOENT)
			return channel->stream_count ? 0 : -EPROTO;
		if (err < 0)
			return err;

		struct lttng_ust_abi_object_data **more = realloc(
			channel->streams, (channel->stream_count + 1) * sizeof(struct lttng_ust_abi_object_data *));

		if (!more) {
			drop_object(stream);
			return -ENOMEM;
		}
		channel->streams = more;
		channel->streams[channel->stream_count++] = stream;
		/* A consumer that never ends the list must not fill our memory. */
		if (channel->stream_count > streams_max)
			return -EPROTO;
	}
}

static int make_buffers(struct rf_ust_trace *trace, const struct rf_channel_def *def, struct rf_trace_channel *channel)
{
	/* The id is part of the request, and of what the application is told later: it comes first. */
	int err = rf_registry_add_channel(trace->registry, &channel->stream_class);

	if (err < 0)
		return err;

	const struct rf_consumer_create_channel request = {
		.trace = trace->out.id,
		.channel = rf_consumer_channel_of(def, channel->stream_class),
		.subbuf_size = def->attr.subbuf_size,
		.subbuf_count = def->attr.subbuf_count,
		.switch_interval = def->attr.switch_interval,
		.read_interval = def->attr.read_interval,
		.blocking_timeout = def->attr.blocking_timeout,
	};
	int sock;

	err = rf_consumer_create_channel(trace->out.consumer, &request, &sock);
	if (err < 0)
		return err;
	err = lttng_ust_ctl_recv_channel_from_consumer(sock, &channel->object);
	if (err >= 0)
		err = receive_streams(sock, channel);
	close(sock);
	return err;
}

int rf_ust_trace_channel(
	struct rf_ust_trace *trace, const struct rf_channel_def *def, const struct rf_trace_channel **channel_out)
{
	struct rf_trace_channel *channel = NULL;

	pthread_mutex_lock(&trace->lock);
	rf_list_for_each(node, &trace->channels) {
		struct rf_trace_channel *candidate = rf_container_of(node, struct rf_trace_channel, node);

		if (candidate->channel == def->id)
			channel = candidate;
	}
	if (!channel) {
		channel = calloc(1, sizeof(*channel));
		if (channel) {
			channel->channel = def->id;
			channel->status = make_buffers(trace, def, channel);
			rf_list_append(&trace->channels, &channel->node);
			if (channel->status < 0)
				rf_error("no buffers for a channel of uid %u: %s (%d); its applications are not traced "
					 "there",
					trace->uid, strerror(channel->status > -1024 ? -channel->status : EPROTO),
					channel->status);
		}
	}
	pthread_mutex_unlock(&trace->lock);
	*channel_out = channel;
	return channel ? channel->status : -ENOMEM;
}

void rf_ust_trace_channel_used(struct rf_ust_trace *trace, uint32_t number)
{
	pthread_mutex_lock(&trace->lock);
	rf_list_for_each(node, &trace->channels) {
		struct rf_trace_channel *channel = rf_container_of(node, struct rf_trace_channel, node);

		if (channel->channel == number)
			drop_streams(channel);
	}
	pthread_mutex_unlock(&trace->lock);
}

struct rf_ust_trace *rf_ust_trace_ref(struct rf_ust_trace *trace)
{
	rf_output_trace_ref(&trace->out);
	return trace;
}

void rf_ust_trace_unref(struct rf_ust_trace *trace)
{
	if (trace)
		rf_output_trace_unref(&trace->out);
}

struct rf_ust_trace *rf_ust_trace_of(struct rf_output_trace *out)
{
	return out->ops == &output_ops ? rf_container_of(out, struct rf_ust_trace, out) : NULL;
}
