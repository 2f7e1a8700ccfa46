/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling, disabling and listing event rules. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/event_codec.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/session_update.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

/* The channel that a command means. */
struct target {
	char channel[RF_CHANNEL_NAME_FIELD];
	bool named; /* by the client; otherwise it is the default one */
};

static void read_channel_name(const struct rf_call *call, struct target *target)
{
	struct rf_reader args = rf_request_args(&call->request);

	rf_read_str_field(&args, target->channel, sizeof(target->channel));
	target->named = target->channel[0] != '\0';
}

static int find_target(const struct rf_call *call, struct target *target)
{
	read_channel_name(call, target);
	if (target->named)
		return LTTNG_OK;
	if (call->session->ust.has_named_channel)
		return LTTNG_ERR_NEED_CHANNEL_NAME;
	snprintf(target->channel, sizeof(target->channel), "%s", RF_DEFAULT_CHANNEL);
	return LTTNG_OK;
}

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

static struct rf_channel *make_channel(struct rf_call *call, const struct target *target)
{
	struct rf_channel_attr attr;

	rf_channel_defaults(call->session, &attr);

	struct rf_channel *channel = rf_channel_create(call, target->channel, &attr, call->request.buffers);

	if (channel && target->named)
		call->session->ust.has_named_channel = true;
	return channel;
}

static int check_enable(const struct rf_call *call, const struct target *target, const struct rf_channel *channel,
	const struct rf_client_event *event)
{
	if (!channel) {
		struct rf_channel_attr attr;

		rf_channel_defaults(call->session, &attr);

		int code = rf_channel_may_create(call->session, target->channel, &attr, call->request.buffers);

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
static int enable_in(struct rf_call *call, const struct target *target, const struct rf_client_event *event)
{
	struct rf_channel *channel = rf_channel_find(&call->session->ust, target->channel);
	struct rf_event_rule *rule;
	int code = check_enable(call, target, channel, event);

	if (code == LTTNG_OK)
		code = rf_event_make_rule(event, &rule);
	if (code != LTTNG_OK)
		return code;
	if (!channel)
		channel = make_channel(call, target);
	code = channel ? add_rule(call, channel, rule) : LTTNG_ERR_NOMEM;
	rf_event_rule_unref(rule);
	return code;
}

int rf_cmd_enable_event(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	struct rf_client_event event;
	struct target target;

	if (!rf_event_read(&payload, call->request.fd_count, &event))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (call->request.domain != RF_DOMAIN_UST)
		return LTTNG_ERR_UND;
	if (event.filter && !event.program)
		return LTTNG_ERR_INVALID;

	int code = find_target(call, &target);

	return code == LTTNG_OK ? enable_in(call, &target, &event) : code;
}

static int disable_rules(struct rf_channel *channel, const char *name)
{
	bool found = !name[0]; /* all of them may be none: loaders of saved sessions rely on it */

	rf_list_for_each(node, &channel->rules) {
		struct rf_channel_rule *rule = rf_container_of(node, struct rf_channel_rule, node);

		if (name[0] && strcmp(rule->rule->name, name) != 0)
			continue;
		found = true;
		rule->enabled = false;
	}
	return found ? LTTNG_OK : LTTNG_ERR_UST_EVENT_NOT_FOUND;
}

int rf_cmd_disable_event(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	struct rf_client_event event;
	struct target target;

	if (!rf_event_read(&payload, call->request.fd_count, &event))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (event.loglevel_type != RF_LOGLEVEL_ALL || event.loglevel != -1 || event.enabled || event.pid)
		return LTTNG_ERR_UNK;
	if (is_reserved(event.name))
		return LTTNG_ERR_INVALID_EVENT_NAME;

	int code = find_target(call, &target);

	if (code != LTTNG_OK)
		return code;

	struct rf_channel *channel = rf_channel_find(&call->session->ust, target.channel);

	if (!channel)
		return LTTNG_ERR_UST_CHAN_NOT_FOUND;
	if (event.type != RF_EVENT_ALL)
		return LTTNG_ERR_UNK;
	code = disable_rules(channel, event.name);
	return code == LTTNG_OK ? rf_session_update(call) : code;
}

int rf_cmd_list_events(struct rf_call *call)
{
	struct target target;
	uint32_t count = 0;

	if (call->request.domain != RF_DOMAIN_UST)
		return LTTNG_ERR_UND;
	read_channel_name(call, &target);

	const struct rf_channel *channel = rf_channel_find(&call->session->ust, target.channel);

	if (!channel)
		return LTTNG_ERR_UST_CHAN_NOT_FOUND;
	rf_list_for_each(node, &channel->rules) {
		const struct rf_channel_rule *rule = rf_container_of(node, struct rf_channel_rule, node);
		struct rf_event_line line = {
			.name = rule->rule->name,
			.type = RF_EVENT_TRACEPOINT,
			.loglevel_type = (int8_t)rule->rule->loglevel_type,
			.loglevel = rule->rule->loglevel,
			.enabled = rule->enabled,
			.rule = rule->rule,
		};

		rf_event_write(&call->data, &line);
		count++;
	}
	rf_write_u32(&call->header, count);
	return LTTNG_OK;
}
