/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling and disabling event rules of user space. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/event_rules.h"
#include "sessiond/client/session_update.h"
#include "sessiond/client/ust_domain.h"

#include <lttng/lttng-error.h>
#include <string.h>

/* Names that the hidden rules of agents use. */
static bool is_reserved(const char *name)
{
	static const char *const prefixes[] = {"lttng_jul", "lttng_log4j", "lttng_python"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

static int add_rule(struct rf_call *call, struct rf_channel *channel, struct rf_event_rule *rule)
{
	struct rf_channel_rule *present = rf_channel_find_rule(channel, rule);

	if (present && present->enabled)
		return LTTNG_ERR_UST_EVENT_ENABLED;
	if (present)
		present->enabled = true;
	else if (!rf_channel_add_rule(call->session, channel, rule))
		return LTTNG_ERR_NOMEM;
	return rf_session_update(call);
}

static struct rf_channel *make_channel(struct rf_call *call, const struct rf_event_target *target)
{
	struct rf_channel_attr attr;

	rf_ust_channel_defaults(call->session, &attr);

	struct rf_channel *channel = rf_ust_channel_new(call, target->channel, &attr, call->request.buffers);

	if (channel && target->named)
		call->session->ust.has_named_channel = true;
	return channel;
}

static int check_enable(const struct rf_call *call, const struct rf_event_target *target,
	const struct rf_channel *channel, const struct rf_client_event *event)
{
	if (!channel) {
		struct rf_channel_attr attr;

		rf_ust_channel_defaults(call->session, &attr);

		int code = rf_channel_may_create(
			&rf_domain_ust, call->session, target->channel, &attr, call->request.buffers);

		if (code != LTTNG_OK)
			return code;
	}
	/* It is no channel for events. */
	if (!strcmp(target->channel, RF_METADATA_CHANNEL))
		return LTTNG_ERR_INVALID_CHANNEL_NAME;
	if (rf_channel_is_agents(target->channel))
		return LTTNG_ERR_INVALID_CHANNEL_DOMAIN;
	return is_reserved(event->name) ? LTTNG_ERR_INVALID_EVENT_NAME : LTTNG_OK;
}

/* Makes the channel last, so that a rule that is refused leaves nothing behind. */
int rf_ust_enable_event(struct rf_call *call, const struct rf_event_target *target, const struct rf_client_event *event)
{
	struct rf_channel *channel = rf_channel_find(&call->session->ust, target->channel);
	struct rf_event_rule *rule;
	int code = check_enable(call, target, channel, event);

	if (code == LTTNG_OK)
		code = rf_event_make_ust_rule(event, &rule);
	if (code != LTTNG_OK)
		return code;
	if (!channel)
		channel = make_channel(call, target);
	code = channel ? add_rule(call, channel, rule) : LTTNG_ERR_NOMEM;
	rf_event_rule_unref(rule);
	return code;
}

int rf_ust_check_disable(const struct rf_client_event *event)
{
	return is_reserved(event->name) ? LTTNG_ERR_INVALID_EVENT_NAME : LTTNG_OK;
}

int rf_ust_disable_event(struct rf_call *call, struct rf_channel *channel, const struct rf_client_event *event)
{
	const char *name = event->name;
	bool found = !name[0]; /* all of them may be none: loaders of saved sessions rely on it */

	if (event->type != RF_EVENT_ALL)
		return LTTNG_ERR_UNK;
	rf_list_for_each(node, &channel->rules) {
		struct rf_channel_rule *rule = rf_container_of(node, struct rf_channel_rule, node);

		if (name[0] && strcmp(rule->rule->name, name) != 0)
			continue;
		found = true;
		rule->enabled = false;
	}
	return found ? rf_session_update(call) : LTTNG_ERR_UST_EVENT_NOT_FOUND;
}
