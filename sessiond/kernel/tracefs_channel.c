/* SPDX-License-Identifier: GPL-2.0-only */
/* A channel: an instance of the kernel's tracer, with the files that control it. */
#include "common/log.h"
#include "sessiond/kernel/tracefs_context.h"
#include "sessiond/kernel/tracefs_events.h"
#include "sessiond/kernel/tracefs_parts.h"
#include "sessiond/kernel/tracefs_probe.h"
#include "sessiond/kernel/tracefs_record.h"
#include "sessiond/kernel/tracefs_watch.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sub-buffers of the kernel's rings: cheap to read, and still pages that the kernel finds easily. */
#define PAGE_WISHED 65536u
#define PAGE_LEAST 4096u

struct rf_tracefs_channel *rf_tracefs_channel_find(struct rf_tracefs_trace *trace, uint32_t id)
{
	rf_list_for_each(node, &trace->channels) {
		struct rf_tracefs_channel *channel = rf_container_of(node, struct rf_tracefs_channel, node);

		if (channel->id == id)
			return channel;
	}
	return NULL;
}

static void remove_instance(struct rf_kernel_link *link, uint32_t instance)
{
	const struct rf_broker_id request = {.id = instance};
	struct rf_frame *reply;
	struct rf_writer body;

	rf_frame_body(&body);
	rf_broker_id_encode(&body, &request);

	int err = rf_kernel_link_call(link, RF_BROKER_REMOVE_INSTANCE, &body, -1, &reply);

	/* Busy ones are removed later. */
	if (err < 0 && err != -EBUSY)
		rf_warning("instance %u of the kernel's tracer cannot be removed: %s", instance, strerror(-err));
}

static void free_rules(struct rf_tracefs_channel *channel)
{
	rf_list_for_each_safe(node, tmp, &channel->rules) {
		struct rf_tracefs_rule *rule = rf_container_of(node, struct rf_tracefs_rule, node);

		rf_tracefs_probe_remove(channel, rule);
		rf_event_rule_unref(rule->rule);
		free(rule->left_out);
		free(rule);
	}
}

void rf_tracefs_channel_free(struct rf_tracefs_channel *channel)
{
	struct rf_kernel_link *link = rf_tracefs_link(channel);

	free_rules(channel);
	rf_tracefs_events_free(channel);
	rf_tracefs_records_free(channel);
	if (channel->set_event >= 0)
		close(channel->set_event);
	if (channel->tracing_on >= 0)
		close(channel->tracing_on);
	if (channel->instance)
		remove_instance(link, channel->instance);
	rf_list_remove(&channel->node);
	free(channel);
}

static uint32_t page_size(const struct rf_channel_attr *attr)
{
	if (attr->subbuf_size >= PAGE_WISHED)
		return PAGE_WISHED;
	return attr->subbuf_size > PAGE_LEAST ? (uint32_t)attr->subbuf_size : PAGE_LEAST;
}

/* Fills in what the broker made. */
static int make_instance(
	struct rf_tracefs_channel *channel, const struct rf_channel_def *def, struct rf_broker_instance *made)
{
	struct rf_kernel_trace *trace = &channel->trace->trace;
	struct rf_tracefs_tracer *tracer = rf_tracefs_tracer_of(trace->tracer);
	const struct rf_broker_make_instance request = {
		.instance = ++tracer->last_instance,
		.consumer = trace->def.consumer->id,
		.uid = trace->def.uid,
		.ring_size = def->attr.subbuf_size * def->attr.subbuf_count,
		.page_size = page_size(&def->attr),
		.overwrite = def->attr.overwrite,
	};
	struct rf_frame *reply;
	struct rf_writer body;

	rf_frame_body(&body);
	rf_broker_make_instance_encode(&body, &request);

	int err = rf_kernel_link_call(trace->tracer->link, RF_BROKER_MAKE_INSTANCE, &body, -1, &reply);

	if (err < 0)
		return err;
	channel->instance = request.instance;
	channel->set_event = rf_frame_take_fd(reply, 0);
	channel->tracing_on = rf_frame_take_fd(reply, 1);
	return rf_broker_instance_decode(&reply->body, made) && channel->set_event >= 0 && channel->tracing_on >= 0
		? 0
		: -EPROTO;
}

static int create_rings(
	struct rf_tracefs_channel *channel, const struct rf_channel_def *def, const struct rf_broker_instance *made)
{
	const struct rf_kernel_trace *trace = &channel->trace->trace;
	const struct rf_consumer_create_rings message = {
		.trace = trace->def.trace,
		.channel = rf_consumer_channel_of(def, channel->stream_class),
		.instance = channel->instance,
		.page_size = made->page_size,
		.ring_size = made->ring_size,
		.cpu_count = rf_tracefs_tracer_of(trace->tracer)->facts.cpus,
		.packet_size = def->attr.subbuf_size,
		.switch_interval = def->attr.switch_interval,
	};
	struct rf_writer body;

	rf_frame_body(&body);
	rf_consumer_create_rings_encode(&body, &message);
	return rf_consumer_send(trace->def.consumer, RF_CONSUMER_CREATE_RINGS, &body);
}

static struct rf_tracefs_channel *new_channel(struct rf_tracefs_trace *trace, const struct rf_channel_def *def)
{
	struct rf_tracefs_channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return NULL;
	*channel = (struct rf_tracefs_channel){
		.trace = trace,
		.id = def->id,
		.stream_class = trace->next_stream_class,
		.enabled = true,
		.set_event = -1,
		.tracing_on = -1,
	};
	snprintf(channel->name, sizeof(channel->name), "%s", def->name);
	rf_list_init(&channel->rules);
	rf_list_init(&channel->events);
	rf_list_init(&channel->records);
	rf_list_append(&trace->channels, &channel->node);
	return channel;
}

static bool tracks(const struct rf_tracefs_trackers *trackers)
{
	return trackers->policy[RF_TRACKER_PID] != RF_TRACK_ALL || trackers->policy[RF_TRACKER_VPID] != RF_TRACK_ALL;
}

int rf_tracefs_add_channel(struct rf_kernel_trace *trace, const struct rf_channel_def *def)
{
	struct rf_tracefs_trace *own = rf_tracefs_trace_of(trace);
	struct rf_tracefs_channel *channel = new_channel(own, def);
	struct rf_broker_instance made;

	if (!channel)
		return LTTNG_ERR_NOMEM;

	int err = make_instance(channel, def, &made);

	if (!err && tracks(&own->trackers))
		err = rf_tracefs_track_channel(channel);
	if (!err)
		err = create_rings(channel, def, &made);
	if (!err) {
		own->next_stream_class++;
		return LTTNG_OK;
	}
	rf_error("cannot make kernel channel %s of session %llu: %s", def->name, (unsigned long long)trace->def.session,
		strerror(-err));
	rf_tracefs_channel_free(channel);
	return err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_CHAN_FAIL;
}

void rf_tracefs_drop_channel(struct rf_kernel_trace *trace, uint32_t id)
{
	struct rf_tracefs_channel *channel = rf_tracefs_channel_find(rf_tracefs_trace_of(trace), id);

	if (channel)
		rf_tracefs_channel_free(channel);
}

int rf_tracefs_enable_channel(struct rf_kernel_trace *trace, uint32_t id, bool on)
{
	struct rf_tracefs_channel *channel = rf_tracefs_channel_find(rf_tracefs_trace_of(trace), id);

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;

	bool before = channel->enabled;

	/* Events that are on cost something even where nothing is recorded. */
	channel->enabled = on;
	rf_tracefs_events_switch(channel);

	int err = rf_tracefs_write(channel->tracing_on, rf_tracefs_channel_on(channel) ? "1" : "0");

	if (!err)
		return LTTNG_OK;
	rf_error("cannot switch kernel channel %s %s: %s", channel->name, on ? "on" : "off", strerror(-err));
	channel->enabled = before;
	rf_tracefs_events_switch(channel);
	return on ? LTTNG_ERR_KERN_CHAN_ENABLE_FAIL : LTTNG_ERR_KERN_CHAN_DISABLE_FAIL;
}

/* What it needs of the kernel is done, or it is not there. */
static int set_context(struct rf_tracefs_channel *channel, uint32_t context)
{
	channel->contexts |= context;

	int err = rf_tracefs_has_watches(channel) ? rf_tracefs_watch_settle(channel) : 0;

	if (!err)
		return LTTNG_OK;
	channel->contexts &= ~context;
	rf_error("cannot add a context of threads to kernel channel %s: %s", channel->name, strerror(-err));
	(void)rf_tracefs_watch_settle(channel);
	return err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE;
}

int rf_tracefs_add_context(struct rf_kernel_trace *trace, uint32_t id, const struct rf_context *context)
{
	struct rf_tracefs_channel *channel = rf_tracefs_channel_find(rf_tracefs_trace_of(trace), id);
	int found = rf_tracefs_context_find(context->type);

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	if (found < 0)
		return found == RF_TRACEFS_CONTEXT_UNKNOWN ? LTTNG_ERR_KERN_CONTEXT_FAIL
							   : LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE;
	if (channel->contexts & (1u << found))
		return LTTNG_OK;
	if (channel->described)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	return set_context(channel, 1u << found);
}
