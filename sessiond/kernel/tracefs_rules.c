/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of a channel, and which of the kernel's events they are about. */
#include "common/log.h"
#include "sessiond/kernel/tracefs_events.h"
#include "sessiond/kernel/tracefs_parts.h"
#include "sessiond/kernel/tracefs_probe.h"
#include "sessiond/kernel/tracefs_state.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

/* What a rule is about. */
struct selection {
	struct rf_tracefs_event **events;
	size_t count;
};

static int select_new(struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule)
{
	struct rf_kernel_catalogue catalogue;
	int err = rf_tracefs_catalogue(rf_tracefs_tracer_of(channel->trace->trace.tracer), &catalogue);

	if (err < 0)
		return err;
	for (size_t i = 0; !err && i < catalogue.count; i++) {
		const struct rf_kernel_event *event = &catalogue.events[i];

		if (rf_kernel_event_selected(rule->rule, event) &&
			!rf_tracefs_event_get(channel, event, NULL, event->name))
			err = -ENOMEM;
	}
	rf_kernel_catalogue_free(&catalogue);
	return err;
}

/* Those of the channel's events that the rule is about; the kernel may have got new ones that it is about, too. */
static int select_events(
	struct rf_tracefs_channel *channel, const struct rf_tracefs_rule *rule, struct selection *selection)
{
	int err = rf_tracefs_is_probe(rule->rule) ? 0 : select_new(channel, rule);
	size_t room = 1;

	rf_list_for_each(node, &channel->events)
		room++;
	*selection = (struct selection){.events = calloc(room, sizeof(struct rf_tracefs_event *))};
	if (err < 0 || !selection->events)
		return err < 0 ? err : -ENOMEM;
	rf_list_for_each(node, &channel->events) {
		struct rf_tracefs_event *event = rf_container_of(node, struct rf_tracefs_event, node);

		if (rf_tracefs_rule_takes(rule, event))
			selection->events[selection->count++] = event;
	}
	return 0;
}

static bool takes_any(const struct rf_tracefs_rule *rule, const struct selection *selection)
{
	for (size_t i = 0; i < selection->count; i++)
		if (rf_tracefs_rule_takes(rule, selection->events[i]))
			return true;
	return false;
}

/* What an enabled rule that can record nothing means for its client. */
static int code_of_nothing(const struct rf_tracefs_rule *rule)
{
	if (rule->filter_refused)
		return LTTNG_ERR_FILTER_INVAL;
	/* The kernel may get such events; one that is named is missed. */
	return strchr(rule->rule->name, '*') || rf_tracefs_state_selected(rule->rule) ? LTTNG_OK
										      : LTTNG_ERR_KERN_ENABLE_FAIL;
}

/* Makes the kernel do what the rules say now that RULE is different. */
static int apply(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule)
{
	struct selection selection;
	int err = select_events(channel, rule, &selection);
	int code = LTTNG_OK;

	if (!err)
		err = rf_tracefs_settle(channel, selection.events, selection.count, rule);
	if (!err && rule->enabled && !takes_any(rule, &selection))
		code = code_of_nothing(rule);
	free(selection.events);
	if (!err)
		return code;
	rf_error("cannot %s rule %s of kernel channel %s: %s", rule->enabled ? "enable" : "disable", rule->rule->name,
		channel->name, strerror(-err));
	if (err == -ENOMEM)
		return LTTNG_ERR_NOMEM;
	return rule->enabled ? LTTNG_ERR_KERN_ENABLE_FAIL : LTTNG_ERR_KERN_DISABLE_FAIL;
}

static void free_rule(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule)
{
	rf_tracefs_probe_remove(channel, rule);
	rf_list_remove(&rule->node);
	rf_event_rule_unref(rule->rule);
	free(rule->left_out);
	free(rule);
}

static struct rf_tracefs_rule *new_rule(struct rf_tracefs_channel *channel, uint32_t id, struct rf_event_rule *rule)
{
	struct rf_tracefs_rule *made = calloc(1, sizeof(*made));

	if (!made)
		return NULL;
	*made = (struct rf_tracefs_rule){.id = id, .enabled = true, .rule = rf_event_rule_ref(rule)};
	rf_list_append(&channel->rules, &made->node);
	return made;
}

/* Whether there can be such a rule; what comes of it is seen later. */
static int check_rule(const struct rf_event_rule *rule)
{
	switch (rule->type) {
	case RF_EVENT_ALL:
	case RF_EVENT_TRACEPOINT:
	case RF_EVENT_SYSCALL:
		return LTTNG_OK;
	case RF_EVENT_PROBE:
	case RF_EVENT_FUNCTION:
	case RF_EVENT_USERSPACE_PROBE:
		return rule->filter ? LTTNG_ERR_FILTER_INVAL : LTTNG_OK;
	default:
		return LTTNG_ERR_KERN_ENABLE_FAIL;
	}
}

static int add_probe(struct rf_tracefs_channel *channel, struct rf_tracefs_rule *rule)
{
	int err = rf_tracefs_is_probe(rule->rule) ? rf_tracefs_probe_add(channel, rule) : 0;

	if (!err)
		return LTTNG_OK;
	rf_warning("cannot define the probe %s: %s", rule->rule->name,
		err == -EOPNOTSUPP ? "this kernel has none of that kind" : strerror(-err));
	if (err == -ENOMEM)
		return LTTNG_ERR_NOMEM;
	return err == -EOPNOTSUPP ? LTTNG_ERR_KERN_EVENT_ENOSYS : LTTNG_ERR_KERN_ENABLE_FAIL;
}

int rf_tracefs_add_rule(struct rf_kernel_trace *trace, uint32_t channel_id, uint32_t id, struct rf_event_rule *what)
{
	struct rf_tracefs_channel *channel = rf_tracefs_channel_find(rf_tracefs_trace_of(trace), channel_id);
	int code = check_rule(what);

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	if (code != LTTNG_OK)
		return code;

	struct rf_tracefs_rule *rule = new_rule(channel, id, what);

	if (!rule)
		return LTTNG_ERR_NOMEM;
	code = add_probe(channel, rule);
	if (code == LTTNG_OK)
		code = apply(channel, rule);
	if (code == LTTNG_OK)
		return LTTNG_OK;
	rule->enabled = false;
	apply(channel, rule);
	free_rule(channel, rule);
	return code;
}

static struct rf_tracefs_rule *find_rule(struct rf_tracefs_channel *channel, uint32_t id)
{
	rf_list_for_each(node, &channel->rules) {
		struct rf_tracefs_rule *rule = rf_container_of(node, struct rf_tracefs_rule, node);

		if (rule->id == id)
			return rule;
	}
	return NULL;
}

int rf_tracefs_enable_rule(struct rf_kernel_trace *trace, uint32_t channel_id, uint32_t id, bool on)
{
	struct rf_tracefs_channel *channel = rf_tracefs_channel_find(rf_tracefs_trace_of(trace), channel_id);
	struct rf_tracefs_rule *rule = channel ? find_rule(channel, id) : NULL;

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	if (!rule)
		return LTTNG_ERR_NO_EVENT;
	if (rule->enabled == on)
		return LTTNG_OK;
	rule->enabled = on;
	/* What it could not have before is tried again. */
	if (on) {
		rule->left_out_count = 0;
		rule->filter_refused = false;
	}

	int code = apply(channel, rule);

	if (code == LTTNG_OK)
		return LTTNG_OK;
	rule->enabled = !on;
	apply(channel, rule);
	return code;
}
