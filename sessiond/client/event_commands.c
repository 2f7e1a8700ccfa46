/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling, disabling and listing event rules: what is the same in all domains. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/event_codec.h"
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

static void read_channel_name(const struct rf_call *call, struct rf_event_target *target)
{
	struct rf_reader args = rf_request_args(&call->request);

	rf_read_str_field(&args, target->channel, sizeof(target->channel));
	target->named = target->channel[0] != '\0';
}

static int find_target(const struct rf_call *call, const struct rf_domain *domain, struct rf_event_target *target)
{
	read_channel_name(call, target);
	if (target->named)
		return LTTNG_OK;
	if (rf_domain_of(domain, call)->has_named_channel)
		return LTTNG_ERR_NEED_CHANNEL_NAME;
	snprintf(target->channel, sizeof(target->channel), "%s", RF_DEFAULT_CHANNEL);
	return LTTNG_OK;
}

int rf_cmd_enable_event(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	struct rf_client_event event;
	struct rf_event_target target;

	if (!rf_event_read(&payload, call->request.fd_count, &event))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (!domain)
		return LTTNG_ERR_UND;
	if (event.filter && !event.program)
		return LTTNG_ERR_INVALID;

	int code = find_target(call, domain, &target);

	return code == LTTNG_OK ? domain->enable_event(call, &target, &event) : code;
}

int rf_cmd_disable_event(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	struct rf_client_event event;
	struct rf_event_target target;

	if (!domain)
		return LTTNG_ERR_UND;
	if (!rf_event_read(&payload, call->request.fd_count, &event))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (event.loglevel_type != RF_LOGLEVEL_ALL || event.loglevel != -1 || event.enabled || event.pid)
		return LTTNG_ERR_UNK;

	int code = domain->check_disable(&event);

	if (code == LTTNG_OK)
		code = find_target(call, domain, &target);
	if (code != LTTNG_OK)
		return code;

	struct rf_channel *channel = rf_channel_find(rf_domain_of(domain, call), target.channel);

	return channel ? domain->disable_event(call, channel, &event) : domain->channel_unknown;
}

static int write_rule(struct rf_call *call, const struct rf_channel_rule *row)
{
	const struct rf_event_rule *rule = row->rule;
	struct rf_event_line line = {
		.name = rule->name,
		.type = (int8_t)rule->type,
		.loglevel_type = (int8_t)rule->loglevel_type,
		.loglevel = rule->loglevel,
		.enabled = row->enabled,
		.rule = rule,
	};

	rf_event_write(&call->data, &line);
	return rule->user_probe ? rf_answer_add_fd(&call->answer, rule->user_probe->fd) : 0;
}

int rf_cmd_list_events(struct rf_call *call)
{
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	struct rf_event_target target;
	uint32_t count = 0;

	if (!domain)
		return LTTNG_ERR_UND;
	read_channel_name(call, &target);

	const struct rf_channel *channel = rf_channel_find(rf_domain_of(domain, call), target.channel);

	if (!channel)
		return domain->channel_unknown;
	rf_list_for_each(node, &channel->rules) {
		if (write_rule(call, rf_container_of(node, struct rf_channel_rule, node)) < 0)
			return LTTNG_ERR_NOMEM;
		count++;
	}
	rf_write_u32(&call->header, count);
	return LTTNG_OK;
}
