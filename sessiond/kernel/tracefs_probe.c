/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_probe.h"

#include "common/log.h"
#include "sessiond/kernel/tracefs_events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool rf_tracefs_is_probe(const struct rf_event_rule *rule)
{
	return rule->type == RF_EVENT_PROBE || rule->type == RF_EVENT_FUNCTION ||
		rule->type == RF_EVENT_USERSPACE_PROBE;
}

static enum rf_probe_kind kind_of(const struct rf_event_rule *rule)
{
	if (rule->type == RF_EVENT_PROBE)
		return RF_PROBE_KERNEL;
	return rule->type == RF_EVENT_FUNCTION ? RF_PROBE_FUNCTION : RF_PROBE_USER;
}

static int ask(
	struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule, struct rf_broker_probe_group *group)
{
	const struct rf_event_rule *what = rule->rule;
	const struct rf_user_probe *user = what->user_probe;
	struct rf_broker_add_probe request = {
		.instance = channel->instance,
		.probe = rule->probe,
		.kind = (uint8_t)kind_of(what),
		.address = what->probe.address,
		.offset = what->probe.offset,
	};
	struct rf_frame *reply;
	struct rf_writer body;

	if (user)
		request.places = (struct rf_blob){
			(const uint8_t *)user->places, user->place_count * sizeof(user->places[0])};
	memcpy(request.symbol, what->probe.symbol, sizeof(request.symbol));
	rf_frame_body(&body);
	rf_broker_add_probe_encode(&body, &request);

	int err = rf_kernel_link_call(
		rf_tracefs_link(channel), RF_BROKER_ADD_PROBE, &body, user ? user->fd : -1, &reply);

	if (err < 0)
		return err;
	return rf_broker_probe_group_decode(&reply->body, group) && group->system[0] ? 0 : -EPROTO;
}

/* One of the events that the broker defined; ENDING: of its name there. */
static int add_event(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule,
	const struct rf_broker_probe_group *group, const char *ending, const char *name)
{
	struct rf_kernel_event event = {.kind = RF_KERNEL_TRACEPOINT};
	int len = snprintf(event.id, sizeof(event.id), "%s:p%u%s", group->system, rule->probe, ending);

	if (len < 0 || (size_t)len >= sizeof(event.id))
		return -EPROTO;
	return rf_tracefs_event_get(channel, &event, rule, name) ? 0 : -ENOMEM;
}

static int add_function(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule,
	const struct rf_broker_probe_group *group)
{
	char name[RF_NAME_SIZE + 16];

	snprintf(name, sizeof(name), "%s_entry", rule->rule->name);

	int err = add_event(channel, rule, group, "_entry", name);

	snprintf(name, sizeof(name), "%s_exit", rule->rule->name);
	return err ? err : add_event(channel, rule, group, "_exit", name);
}

static int add_places(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule,
	const struct rf_broker_probe_group *group)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < rule->rule->user_probe->place_count; i++) {
		char ending[16];

		snprintf(ending, sizeof(ending), "_%u", i);
		err = add_event(channel, rule, group, ending, rule->rule->name);
	}
	return err;
}

static int add_events(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule,
	const struct rf_broker_probe_group *group)
{
	if (rule->rule->type == RF_EVENT_FUNCTION)
		return add_function(channel, rule, group);
	if (rule->rule->user_probe && rule->rule->user_probe->place_count > 1)
		return add_places(channel, rule, group);
	return add_event(channel, rule, group, "", rule->rule->name);
}

int rf_tracefs_probe_add(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule)
{
	struct rf_broker_probe_group group;

	if (rule->rule->type == RF_EVENT_USERSPACE_PROBE && !rule->rule->user_probe)
		return -EINVAL;
	rule->probe = ++channel->last_probe;

	int err = ask(channel, rule, &group);

	if (err < 0) {
		rule->probe = 0;
		return err;
	}
	err = add_events(channel, rule, &group);
	if (err < 0)
		rf_tracefs_probe_remove(channel, rule);
	return err;
}

void rf_tracefs_probe_remove(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule)
{
	const struct rf_broker_remove_probe request = {.instance = channel->instance, .probe = rule->probe};
	struct rf_frame *reply;
	struct rf_writer body;

	if (!rule->probe)
		return;
	rf_tracefs_events_of_probe_free(channel, rule);
	rf_frame_body(&body);
	rf_broker_remove_probe_encode(&body, &request);

	int err = rf_kernel_link_call(rf_tracefs_link(channel), RF_BROKER_REMOVE_PROBE, &body, -1, &reply);

	if (err < 0)
		rf_warning("the kernel's probe %s cannot be removed: %s", rule->rule->name, strerror(-err));
	rule->probe = 0;
}
