/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/channel.h"

#include "sessiond/model/quota.h"
#include "sessiond/model/session.h"

#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rf_channel *rf_channel_new(struct rf_session *session, const char *name, const struct rf_channel_attr *attr)
{
	if (!rf_quota_charge(session, sizeof(struct rf_channel)))
		return NULL;

	struct rf_channel *channel = calloc(1, sizeof(*channel));

	if (!channel) {
		rf_quota_release(session, sizeof(*channel));
		return NULL;
	}
	channel->session = session;
	channel->id = session->next_id++;
	snprintf(channel->name, sizeof(channel->name), "%s", name);
	channel->enabled = true;
	channel->attr = *attr;
	rf_list_init(&channel->node);
	rf_list_init(&channel->rules);
	rf_list_init(&channel->contexts);
	return channel;
}

struct rf_channel_def rf_channel_def_of(const struct rf_channel *channel)
{
	struct rf_channel_def def = {.id = channel->id, .attr = channel->attr};

	memcpy(def.name, channel->name, sizeof(def.name));
	return def;
}

void rf_channel_free(struct rf_channel *channel)
{
	if (!channel)
		return;
	rf_list_for_each_safe(node, tmp, &channel->rules)
		rf_channel_remove_rule(channel, rf_container_of(node, struct rf_channel_rule, node));
	rf_list_for_each_safe(node, tmp, &channel->contexts)
		rf_channel_remove_context(channel, rf_container_of(node, struct rf_context, node));
	rf_list_remove(&channel->node);
	rf_quota_release(channel->session, sizeof(*channel));
	free(channel);
}

struct rf_channel *rf_channel_find(struct rf_session_domain *domain, const char *name)
{
	rf_list_for_each(node, &domain->channels) {
		struct rf_channel *channel = rf_container_of(node, struct rf_channel, node);

		if (!strcmp(channel->name, name))
			return channel;
	}
	return NULL;
}

struct rf_channel_rule *rf_channel_find_rule(struct rf_channel *channel, const struct rf_event_rule *rule)
{
	rf_list_for_each(node, &channel->rules) {
		struct rf_channel_rule *candidate = rf_container_of(node, struct rf_channel_rule, node);

		if (rf_event_rule_same(candidate->rule, rule))
			return candidate;
	}
	return NULL;
}

struct rf_channel_rule *rf_channel_add_rule(
	struct rf_session *session, struct rf_channel *channel, struct rf_event_rule *rule)
{
	size_t size = rf_quota_of_rule(rule);

	if (!rf_quota_charge(session, size))
		return NULL;

	struct rf_channel_rule *added = calloc(1, sizeof(*added));

	if (!added) {
		rf_quota_release(session, size);
		return NULL;
	}
	added->id = session->next_id++;
	added->enabled = true;
	added->rule = rf_event_rule_ref(rule);
	rf_list_append(&channel->rules, &added->node);
	return added;
}

void rf_channel_remove_rule(struct rf_channel *channel, struct rf_channel_rule *rule)
{
	rf_list_remove(&rule->node);
	rf_quota_release(channel->session, rf_quota_of_rule(rule->rule));
	rf_event_rule_unref(rule->rule);
	free(rule);
}

struct rf_context *rf_channel_add_context(struct rf_channel *channel, const struct rf_context *context)
{
	if (!rf_quota_charge(channel->session, sizeof(*context)))
		return NULL;

	struct rf_context *added = malloc(sizeof(*added));

	if (!added) {
		rf_quota_release(channel->session, sizeof(*context));
		return NULL;
	}
	*added = *context;
	rf_list_init(&added->node);
	rf_list_append(&channel->contexts, &added->node);
	return added;
}

void rf_channel_remove_context(struct rf_channel *channel, struct rf_context *context)
{
	rf_list_remove(&context->node);
	rf_quota_release(channel->session, sizeof(*context));
	free(context);
}

bool rf_channel_has_context(const struct rf_channel *channel, const struct rf_context *context)
{
	rf_list_for_each(node, &channel->contexts) {
		if (rf_context_same(rf_container_of(node, struct rf_context, node), context))
			return true;
	}
	return false;
}

bool rf_context_counts(const struct rf_context *context)
{
	return context->type == LTTNG_EVENT_CONTEXT_PERF_COUNTER ||
		context->type == LTTNG_EVENT_CONTEXT_PERF_CPU_COUNTER ||
		context->type == LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER;
}

bool rf_context_same(const struct rf_context *a, const struct rf_context *b)
{
	if (a->type != b->type)
		return false;
	if (rf_context_counts(a))
		return a->perf_type == b->perf_type && a->perf_config == b->perf_config &&
			!strcmp(a->perf_name, b->perf_name);
	if (a->type == LTTNG_EVENT_CONTEXT_APP_CONTEXT)
		return !strcmp(a->app_provider, b->app_provider) && !strcmp(a->app_name, b->app_name);
	return true;
}
