/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules_trace.h"

#include "common/log.h"
#include "common/names.h"
#include "sessiond/kernel/modules_ioctl.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* What the kernel writes for sessions whose names nobody chose. */
#define GENERATED_NAME "auto"
#define BATCH 16

static struct rf_modules_trace *own(struct rf_kernel_trace *trace)
{
	return rf_container_of(trace, struct rf_modules_trace, trace);
}

static void say(const struct rf_modules_trace *trace, const char *what, int err)
{
	rf_error("session %llu: %s: %s", (unsigned long long)trace->trace.def.session, what, strerror(-err));
}

void rf_modules_quiesce(struct rf_modules_trace *trace)
{
	(void)rf_modules_call(rf_modules_control(trace->trace.tracer), RF_MODULES_QUIESCENT, NULL);
}

static int name_session(const struct rf_modules_trace *trace)
{
	const struct rf_kernel_trace_def *def = &trace->trace.def;
	char name[RF_MODULES_NAME_SIZE] = "";
	char created[RF_MODULES_TIME_SIZE] = "";

	snprintf(name, sizeof(name), "%s", def->session_name_generated ? GENERATED_NAME : def->session_name);
	rf_format_iso8601(created, sizeof(created), def->session_created);

	int err = rf_modules_call(trace->session_fd, RF_MODULES_NAME, name);

	return err ? err : rf_modules_call(trace->session_fd, RF_MODULES_CREATION_TIME, created);
}

/* Everything is readable in an epoll that names it; the metadata has no name. */
static int watch_text(const struct rf_modules_trace *trace)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLPRI};

	return epoll_ctl(trace->trace.watch_fd, EPOLL_CTL_ADD, trace->text.stream_fd, &event) < 0 ? -errno : 0;
}

static int make_session(struct rf_modules_trace *trace, int *code)
{
	*code = LTTNG_ERR_KERN_SESS_FAIL;
	trace->trace.watch_fd = epoll_create1(EPOLL_CLOEXEC);
	if (trace->trace.watch_fd < 0)
		return -errno;
	trace->session_fd = rf_modules_call_fd(rf_modules_control(trace->trace.tracer), RF_MODULES_SESSION, NULL);
	if (trace->session_fd < 0)
		return trace->session_fd;

	int err = name_session(trace);

	if (err)
		return err;
	*code = LTTNG_ERR_KERN_META_FAIL;
	err = rf_modules_text_init(&trace->text, trace->session_fd, trace->trace.def.clock_offset);
	return err ? err : watch_text(trace);
}

int rf_modules_trace_new(
	struct rf_kernel_tracer *tracer, const struct rf_kernel_trace_def *def, struct rf_kernel_trace **result)
{
	struct rf_modules_trace *trace = calloc(1, sizeof(*trace));
	int code;

	if (!trace)
		return LTTNG_ERR_NOMEM;
	trace->trace = (struct rf_kernel_trace){.tracer = tracer, .def = *def, .watch_fd = -1};
	trace->session_fd = -1;
	trace->text = (struct rf_modules_text){.channel_fd = -1, .stream_fd = -1};
	rf_list_init(&trace->channels);
	rf_consumer_ref(def->consumer);

	int err = make_session(trace, &code);

	if (err) {
		say(trace, "cannot make its part in the kernel", err);
		rf_modules_trace_free(&trace->trace);
		return err == -ENOMEM ? LTTNG_ERR_NOMEM : code;
	}
	*result = &trace->trace;
	return LTTNG_OK;
}

void rf_modules_trace_free(struct rf_kernel_trace *base)
{
	struct rf_modules_trace *trace = own(base);

	rf_list_for_each_safe(node, tmp, &trace->channels)
		rf_modules_free_channel(rf_container_of(node, struct rf_modules_channel_state, node));
	for (unsigned int kind = 0; kind < RF_TRACKERS; kind++)
		free(trace->trackers[kind].values);
	rf_modules_text_fini(&trace->text);
	if (trace->session_fd >= 0)
		close(trace->session_fd);
	if (base->watch_fd >= 0)
		close(base->watch_fd);
	rf_consumer_unref(base->def.consumer);
	free(trace);
}

struct rf_modules_channel_state *rf_modules_find_channel(struct rf_modules_trace *trace, uint32_t id)
{
	rf_list_for_each(node, &trace->channels) {
		struct rf_modules_channel_state *channel = rf_container_of(node, struct rf_modules_channel_state, node);

		if (channel->def.id == id)
			return channel;
	}
	return NULL;
}

int rf_modules_drain(struct rf_modules_trace *trace)
{
	int err = rf_modules_text_drain(&trace->text, &trace->trace.def);

	/* The kernel describes every channel when the session starts, and none can be made afterwards. */
	rf_list_for_each(node, &trace->channels) {
		if (!err && trace->started)
			err = rf_modules_describe_channel(rf_container_of(node, struct rf_modules_channel_state, node));
	}
	if (!err)
		return LTTNG_OK;
	say(trace, "its metadata does not reach the consumer", err);
	return err == -EPIPE ? LTTNG_ERR_KERN_CONSUMER_FAIL : LTTNG_ERR_KERN_META_FAIL;
}

int rf_modules_start(struct rf_kernel_trace *base)
{
	struct rf_modules_trace *trace = own(base);
	/* The state dump is in it; the consumer reads meanwhile. */
	int err = rf_modules_call(trace->session_fd, RF_MODULES_START, NULL);

	if (err) {
		say(trace, "cannot start to record the kernel", err);
		return err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_START_FAIL;
	}
	trace->started = true;
	trace->active = true;
	rf_modules_quiesce(trace);

	int code = rf_modules_drain(trace);

	if (code != LTTNG_OK)
		(void)rf_modules_stop(base);
	return code;
}

int rf_modules_stop(struct rf_kernel_trace *base)
{
	struct rf_modules_trace *trace = own(base);
	int err = rf_modules_call(trace->session_fd, RF_MODULES_STOP, NULL);

	if (err) {
		say(trace, "cannot stop to record the kernel", err);
		return LTTNG_ERR_KERN_STOP_FAIL;
	}
	trace->active = false;
	rf_modules_quiesce(trace);
	return LTTNG_OK;
}

int rf_modules_dump_state(struct rf_kernel_trace *base)
{
	struct rf_modules_trace *trace = own(base);
	int err = rf_modules_call(trace->session_fd, RF_MODULES_DUMP_STATE, NULL);

	if (!err)
		return LTTNG_OK;
	say(trace, "cannot dump the state of the kernel", err);
	return err == -ENOMEM ? LTTNG_ERR_REGEN_STATEDUMP_NOMEM : LTTNG_ERR_REGEN_STATEDUMP_FAIL;
}

int rf_modules_regenerate_metadata(struct rf_kernel_trace *base, int64_t clock_offset)
{
	struct rf_modules_trace *trace = own(base);
	int64_t before = trace->text.clock_offset;

	if (!trace->active)
		return LTTNG_ERR_SESSION_NOT_STARTED;
	/* What of the old text was not read yet still belongs to the old offset. */
	int code = rf_modules_drain(trace);

	if (code != LTTNG_OK)
		return code;
	trace->text.clock_offset = clock_offset;

	int err = rf_modules_call(trace->session_fd, RF_MODULES_REGENERATE, NULL);

	if (!err)
		return rf_modules_drain(trace);
	trace->text.clock_offset = before;
	say(trace, "cannot make its metadata anew", err);
	return LTTNG_ERR_KERN_META_FAIL;
}

/* What it says would be said again and again. */
static void unwatch(struct rf_modules_trace *trace, int fd)
{
	(void)epoll_ctl(trace->trace.watch_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void text_ready(struct rf_modules_trace *trace, uint32_t events)
{
	if (rf_modules_drain(trace) != LTTNG_OK || (events & (EPOLLHUP | EPOLLERR) && !(events & EPOLLIN)))
		unwatch(trace, trace->text.stream_fd);
}

/* A CPU appeared. */
static void channel_ready(struct rf_modules_channel_state *channel, uint32_t events)
{
	int err = rf_modules_take_streams(channel);

	if (err) {
		say(channel->trace, "cannot record a processor that appeared", err);
		unwatch(channel->trace, channel->fd);
	} else if (events & (EPOLLHUP | EPOLLERR)) {
		unwatch(channel->trace, channel->fd);
	}
}

void rf_modules_trace_readable(struct rf_kernel_trace *base)
{
	struct rf_modules_trace *trace = own(base);
	struct epoll_event batch[BATCH];
	int got = epoll_wait(base->watch_fd, batch, BATCH, 0);

	for (int i = 0; i < got; i++) {
		if (batch[i].data.ptr)
			channel_ready(batch[i].data.ptr, batch[i].events);
		else
			text_ready(trace, batch[i].events);
	}
}
