/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of a trace of lttng-modules and their streams. */
#include "common/log.h"
#include "sessiond/kernel/modules_contexts.h"
#include "sessiond/kernel/modules_ioctl.h"
#include "sessiond/kernel/modules_trace.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Who waits for packets is woken by this timer alone: without one the consumer would never hear of any. */
#define READ_INTERVAL 200000u /* µs, as stock clients ask for */
#define MAP_MAX (uint64_t) INT32_MAX

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* The kernel says the same of all of them. */
static int check_sizes(const struct rf_channel_attr *attr)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (!power_of_two(attr->subbuf_size) || attr->subbuf_size < page || !power_of_two(attr->subbuf_count))
		return LTTNG_ERR_KERN_CHAN_FAIL;
	if (attr->overwrite && attr->subbuf_count < 2)
		return LTTNG_ERR_INVALID;
	/* One more for the reader. */
	if (attr->subbuf_count >= MAP_MAX || attr->subbuf_size > MAP_MAX / (attr->subbuf_count + 1))
		return LTTNG_ERR_KERN_CHAN_FAIL;
	return LTTNG_OK;
}

static void say(const struct rf_modules_channel_state *channel, const char *what, int err)
{
	char name[RF_NAME_SIZE];

	rf_error("session %llu: channel %s of the kernel: %s: %s",
		(unsigned long long)channel->trace->trace.def.session,
		rf_log_safe(name, sizeof(name), channel->def.name), what, strerror(-err));
}

void rf_modules_free_channel(struct rf_modules_channel_state *channel)
{
	rf_modules_free_rules(channel);
	for (unsigned int i = 0; i < channel->stream_count; i++)
		close(channel->streams[i]);
	if (channel->fd >= 0)
		close(channel->fd);
	rf_list_remove(&channel->node);
	free(channel->streams);
	free(channel);
}

int rf_modules_describe_channel(struct rf_modules_channel_state *channel)
{
	const struct rf_kernel_trace_def *trace = &channel->trace->trace.def;

	if (channel->described)
		return 0;

	int err = rf_consumer_describe_channel(trace->consumer, trace->trace, channel->stream_class);

	channel->described = !err;
	return err;
}

static int send_streams(const struct rf_modules_channel_state *channel, unsigned int first, unsigned int count)
{
	const struct rf_kernel_trace_def *trace = &channel->trace->trace.def;
	const struct rf_consumer_add_streams message = {
		.trace = trace->trace,
		.channel = rf_consumer_channel_of(&channel->def, channel->stream_class),
		.first = first,
	};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_add_streams_encode(&w, &message);
	return rf_consumer_send_fds(trace->consumer, RF_CONSUMER_ADD_STREAMS, &w, channel->streams + first, count);
}

/* Room for one more first: a stream that was opened must not get lost. */
static int open_stream(struct rf_modules_channel_state *channel)
{
	int *more = realloc(channel->streams, (channel->stream_count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	channel->streams = more;

	int fd = rf_modules_call_fd(channel->fd, RF_MODULES_STREAM, NULL);

	if (fd < 0)
		return fd;
	more[channel->stream_count++] = fd;
	return 0;
}

int rf_modules_take_streams(struct rf_modules_channel_state *channel)
{
	unsigned int sent = channel->stream_count;
	int opened;
	int err = 0;

	do
		opened = open_stream(channel);
	while (!opened);
	if (channel->stream_count == sent)
		return opened == -ENOENT ? 0 : opened;
	if (!sent) {
		uint64_t class = 0;

		err = rf_modules_call(channel->streams[0], RF_MODULES_STREAM_ID, &class);
		channel->stream_class = (uint32_t) class;
	}
	while (!err && sent < channel->stream_count) {
		unsigned int left = channel->stream_count - sent;
		unsigned int count = left < RF_FRAME_MAX_FDS ? left : RF_FRAME_MAX_FDS;

		err = send_streams(channel, sent, count);
		sent += count;
	}
	/* The consumer describes what it has: these are new. */
	if (!err && channel->described) {
		channel->described = false;
		err = rf_modules_describe_channel(channel);
	}
	return err ? err : opened == -ENOENT ? 0 : opened;
}

static int open_channel(struct rf_modules_channel_state *channel)
{
	const struct rf_channel_attr *attr = &channel->def.attr;
	struct rf_modules_channel attributes = {
		.subbuf_size = attr->subbuf_size,
		.subbuf_count = attr->subbuf_count,
		.switch_interval = attr->switch_interval,
		.read_interval = attr->read_interval ? attr->read_interval : READ_INTERVAL,
		.output = RF_MODULES_OUTPUT_MAP, /* whatever the client asked for: files get the same */
		.overwrite = attr->overwrite,
	};

	channel->fd = rf_modules_call_fd(channel->trace->session_fd, RF_MODULES_CHANNEL, &attributes);
	return channel->fd < 0 ? channel->fd : 0;
}

/* Its streams are at the consumer, and those of CPUs that appear later are noticed. */
static int set_up(struct rf_modules_channel_state *channel)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = channel};

	rf_modules_quiesce(channel->trace);
	if (epoll_ctl(channel->trace->trace.watch_fd, EPOLL_CTL_ADD, channel->fd, &event) < 0)
		return -errno;
	return rf_modules_take_streams(channel);
}

int rf_modules_add_channel(struct rf_kernel_trace *base, const struct rf_channel_def *def)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	int code = trace->started ? LTTNG_ERR_TRACE_ALREADY_STARTED : check_sizes(&def->attr);

	if (code != LTTNG_OK)
		return code;

	struct rf_modules_channel_state *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return LTTNG_ERR_NOMEM;
	channel->trace = trace;
	channel->def = *def;
	rf_list_init(&channel->rules);
	rf_list_append(&trace->channels, &channel->node);

	int err = open_channel(channel);

	if (err) {
		say(channel, "cannot be made", err);
		/* Of what it answers like this, memory is what is left. */
		code = err == -EINVAL || err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_CHAN_FAIL;
		rf_modules_free_channel(channel);
		return code;
	}
	err = set_up(channel);
	if (err) {
		say(channel, "its streams cannot be had", err);
		code = err == -EPIPE ? LTTNG_ERR_KERN_CONSUMER_FAIL : LTTNG_ERR_KERN_STREAM_FAIL;
		/* It stays in the session, with nothing to record. */
		rf_modules_free_channel(channel);
		return code;
	}
	return LTTNG_OK;
}

/* It stays in the tracer's session, where it records nothing. */
void rf_modules_drop_channel(struct rf_kernel_trace *base, uint32_t id)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	struct rf_modules_channel_state *channel = rf_modules_find_channel(trace, id);

	if (!channel)
		return;
	rf_modules_enable_channel(base, id, false);
	rf_modules_free_channel(channel);
}

int rf_modules_enable_channel(struct rf_kernel_trace *base, uint32_t id, bool on)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	struct rf_modules_channel_state *channel = rf_modules_find_channel(trace, id);

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;

	int err = rf_modules_call(channel->fd, on ? RF_MODULES_ENABLE : RF_MODULES_DISABLE, NULL);

	if (err && err != -EEXIST) {
		say(channel, on ? "cannot be enabled" : "cannot be disabled", err);
		return on ? LTTNG_ERR_KERN_CHAN_ENABLE_FAIL : LTTNG_ERR_KERN_CHAN_DISABLE_FAIL;
	}
	rf_modules_quiesce(trace);
	return LTTNG_OK;
}

int rf_modules_add_context(struct rf_kernel_trace *base, uint32_t id, const struct rf_context *context)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	struct rf_modules_channel_state *channel = rf_modules_find_channel(trace, id);
	struct rf_modules_context wanted;

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	if (trace->started)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	if (!rf_modules_make_context(context, &wanted)) {
		rf_info("session %llu: the kernel tracer is not asked for a context of type %u: %s",
			(unsigned long long)base->def.session, context->type,
			context->perf_name[0] ? "only counters of software are known to be there" : "it has none");
		return LTTNG_ERR_KERN_CONTEXT_FAIL;
	}

	int err = rf_modules_call(channel->fd, RF_MODULES_CONTEXT, &wanted);

	if (!err || err == -EEXIST)
		return LTTNG_OK;
	say(channel, "no context", err);
	return err == -ENOSYS ? LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE : LTTNG_ERR_KERN_CONTEXT_FAIL;
}
