/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_events.h"

#include "common/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rf_tracefs_event *rf_tracefs_event_get(struct rf_tracefs_channel *channel, const struct rf_kernel_event *event,
	const struct rf_tracefs_rule *probe, const char *name)
{
	rf_list_for_each(node, &channel->events) {
		struct rf_tracefs_event *known = rf_container_of(node, struct rf_tracefs_event, node);

		if (strcmp(known->kernel.id, event->id) == 0)
			return known;
	}

	struct rf_tracefs_event *made = calloc(1, sizeof(*made));
	char *own_name = made ? strdup(name) : NULL;

	if (!own_name) {
		free(made);
		return NULL;
	}
	made->kernel = *event;
	made->probe = probe;
	made->name = own_name;
	rf_list_append(&channel->events, &made->node);
	return made;
}

static void free_event(struct rf_tracefs_event *event)
{
	rf_list_remove(&event->node);
	free(event->filter);
	free(event->name);
	free(event);
}

static bool is_left_out(const struct rf_tracefs_rule *rule, const struct rf_tracefs_event *event)
{
	for (size_t i = 0; i < rule->left_out_count; i++)
		if (rule->left_out[i] == event)
			return true;
	return false;
}

bool rf_tracefs_rule_takes(const struct rf_tracefs_rule *rule, const struct rf_tracefs_event *event)
{
	bool selected = event->probe ? event->probe == rule : rf_kernel_event_selected(rule->rule, &event->kernel);

	return selected && !is_left_out(rule, event);
}

int rf_tracefs_rule_leave_out(struct rf_tracefs_rule *rule, const struct rf_tracefs_event *event)
{
	const struct rf_tracefs_event **more = reallocarray(
		rule->left_out, rule->left_out_count + 1, sizeof(const struct rf_tracefs_event *));

	if (!more)
		return -ENOMEM;
	rule->left_out = more;
	rule->left_out[rule->left_out_count++] = event;
	return 0;
}

int rf_tracefs_event_switch(const struct rf_tracefs_channel *channel, struct rf_tracefs_event *event, bool on)
{
	char line[RF_KERNEL_NAME_SIZE + 4];

	if (event->on == on)
		return 0;
	snprintf(line, sizeof(line), "%s%s\n", on ? "" : "!", event->kernel.id);

	int err = rf_tracefs_write(channel->set_event, line);

	if (!err)
		event->on = on;
	else
		rf_warning("cannot switch the kernel's event %s %s: %s", event->kernel.id, on ? "on" : "off",
			strerror(-err));
	return err;
}

void rf_tracefs_events_switch(struct rf_tracefs_channel *channel)
{
	rf_list_for_each(node, &channel->events) {
		struct rf_tracefs_event *event = rf_container_of(node, struct rf_tracefs_event, node);

		rf_tracefs_event_switch(channel, event, event->wanted && channel->enabled);
	}
}

void rf_tracefs_events_of_probe_free(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule)
{
	rf_list_for_each_safe(node, tmp, &channel->events) {
		struct rf_tracefs_event *event = rf_container_of(node, struct rf_tracefs_event, node);

		if (event->probe != rule)
			continue;
		rf_tracefs_event_switch(channel, event, false);
		free_event(event);
	}
}

void rf_tracefs_events_free(struct rf_tracefs_channel *channel)
{
	rf_list_for_each_safe(node, tmp, &channel->events)
		free_event(rf_container_of(node, struct rf_tracefs_event, node));
}
