/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/app_session.h"

#include <stdlib.h>

struct rf_app_session *rf_app_session_new(struct rf_app *app, struct rf_ust_trace *trace)
{
	struct rf_app_session *as = calloc(1, sizeof(*as));

	if (!as)
		return NULL;
	as->refs = 1;
	as->handle = -1;
	as->app = rf_app_ref(app);
	as->trace = trace;
	rf_list_init(&as->channels);
	rf_list_init(&as->session_node);
	rf_list_append(&app->sessions, &as->app_node);
	return as;
}

struct rf_app_session *rf_app_session_ref(struct rf_app_session *as)
{
	as->refs++;
	return as;
}

static void channel_free(struct rf_app_channel *channel)
{
	rf_list_for_each_safe(node, tmp, &channel->events)
		free(rf_container_of(node, struct rf_app_event, node));
	free(channel);
}

void rf_app_session_unref(struct rf_app_session *as)
{
	if (--as->refs)
		return;
	rf_list_remove(&as->app_node);
	rf_list_remove(&as->session_node);
	rf_list_for_each_safe(node, tmp, &as->channels)
		channel_free(rf_container_of(node, struct rf_app_channel, node));
	rf_ust_trace_unref(as->trace);
	rf_app_unref(as->app);
	free(as);
}

struct rf_app_channel *rf_app_session_add_channel(struct rf_app_session *as, uint32_t number)
{
	struct rf_app_channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return NULL;
	channel->channel = number;
	channel->enabled = true; /* as the tracer makes it */
	rf_list_init(&channel->events);
	rf_list_append(&as->channels, &channel->node);
	return channel;
}

struct rf_app_channel *rf_app_session_find_channel(struct rf_app_session *as, uint32_t number)
{
	rf_list_for_each(node, &as->channels) {
		struct rf_app_channel *channel = rf_container_of(node, struct rf_app_channel, node);

		if (channel->channel == number)
			return channel;
	}
	return NULL;
}

struct rf_app_event *rf_app_channel_add_event(struct rf_app_channel *channel, uint32_t rule)
{
	struct rf_app_event *event = calloc(1, sizeof(*event));

	if (!event)
		return NULL;
	event->rule = rule;
	rf_list_append(&channel->events, &event->node);
	return event;
}

struct rf_app_event *rf_app_channel_find_event(struct rf_app_channel *channel, uint32_t rule)
{
	rf_list_for_each(node, &channel->events) {
		struct rf_app_event *event = rf_container_of(node, struct rf_app_event, node);

		if (event->rule == rule)
			return event;
	}
	return NULL;
}
