/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enabling and disabling event rules of the kernel. Enabling goes in steps: find the places of a user-space probe, make
 * the channel when there is none, then each rule. A failure takes back what the step changed, and the channel.
 */
#include "common/log.h"
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/event_rules.h"
#include "sessiond/client/kernel_domain.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

#define RULES_MAX 2u /* of one command: everything is tracepoints and system calls */

struct enabling {
	struct rf_kernel_target target;
	char channel[RF_CHANNEL_NAME_FIELD];
	struct rf_event_rule *rules[RULES_MAX]; /* a reference each */
	unsigned int count;
	unsigned int next;
	struct rf_channel_rule *row; /* the tracer is at this one */
	bool added;                  /* the model did not have it */
	bool changed;
};

static void enabling_free(void *steps)
{
	struct enabling *enabling = steps;

	for (unsigned int i = 0; i < enabling->count; i++)
		rf_event_rule_unref(enabling->rules[i]);
	free(enabling);
}

static void enable_next(struct rf_call *call);

static void rule_done(void *data, int code)
{
	struct rf_call *call = data;
	struct enabling *enabling = call->steps;

	if (code == LTTNG_OK) {
		enabling->changed = true;
		enable_next(call);
		return;
	}
	if (enabling->added)
		rf_channel_remove_rule(enabling->target.channel, enabling->row);
	else
		enabling->row->enabled = false;
	rf_kernel_end(call, code);
}

static void enable_rule(struct rf_call *call, struct rf_channel_rule *present, struct rf_event_rule *rule)
{
	struct enabling *enabling = call->steps;
	struct rf_channel *channel = enabling->target.channel;
	struct rf_recorder *recorder = call->context->recorder;

	enabling->added = !present;
	enabling->row = present ? present : rf_channel_add_rule(call->session, channel, rule);
	if (!enabling->row) {
		rf_kernel_end(call, LTTNG_ERR_NOMEM);
		return;
	}
	enabling->row->enabled = true;
	if (present)
		rf_kernel_enable_rule(recorder, call->session, channel, present, true, rule_done, call);
	else
		rf_kernel_add_rule(recorder, call->session, channel, enabling->row, rule_done, call);
}

static void enable_next(struct rf_call *call)
{
	struct enabling *enabling = call->steps;

	while (enabling->next < enabling->count) {
		struct rf_event_rule *rule = enabling->rules[enabling->next++];
		struct rf_channel_rule *present = rf_channel_find_rule(enabling->target.channel, rule);

		if (present && present->enabled)
			continue;
		enable_rule(call, present, rule);
		return;
	}
	rf_kernel_end(call, enabling->changed ? LTTNG_OK : LTTNG_ERR_KERN_EVENT_EXIST);
}

static void have_channel(struct rf_call *call, int code)
{
	if (code == LTTNG_OK)
		enable_next(call);
	else
		rf_kernel_end(call, code);
}

static void have_places(void *data, int code)
{
	struct rf_call *call = data;
	const struct enabling *enabling = call->steps;
	struct rf_channel_attr attr;

	if (code != LTTNG_OK || enabling->target.channel) {
		have_channel(call, code);
		return;
	}
	rf_kernel_channel_defaults(call->session, &attr);
	rf_kernel_make_target(call, enabling->channel, &attr, have_channel);
}

static unsigned int count_programs(const struct rf_channel *channel)
{
	unsigned int count = 0;

	rf_list_for_each(node, &channel->rules)
		count += rf_container_of(node, struct rf_channel_rule, node)->rule->user_probe != NULL;
	return count;
}

static int check_enable(const struct rf_call *call, const struct rf_event_target *target,
	const struct rf_channel *channel, const struct rf_client_event *event)
{
	struct rf_channel_attr attr;
	int code = LTTNG_OK;

	rf_kernel_channel_defaults(call->session, &attr);
	if (!channel)
		code = rf_channel_may_create(
			&rf_domain_kernel, call->session, target->channel, &attr, call->request.buffers);
	if (code != LTTNG_OK)
		return code;
	/* It is no channel for events. */
	if (!strcmp(target->channel, RF_METADATA_CHANNEL))
		return LTTNG_ERR_INVALID_CHANNEL_NAME;
	if (event->type == RF_EVENT_NOOP)
		return LTTNG_ERR_UNK;
	if (event->type != RF_EVENT_USERSPACE_PROBE || !channel || count_programs(channel) < RF_FDS_MAX)
		return LTTNG_OK;
	rf_info("client: a channel has %u user-space probes, and clients could not list more", RF_FDS_MAX);
	return LTTNG_ERR_KERN_ENABLE_FAIL;
}

/* What is said of a program that could not be had, and what clients are told. */
static int why_no_program(int err, const char **hint)
{
	*hint = "";
	switch (err) {
	case -EPERM:
		return LTTNG_ERR_EPERM;
	case -ENOMEM:
		return LTTNG_ERR_NOMEM;
	case -ENOEXEC:
		return LTTNG_ERR_ELF_PARSING;
	case -EAGAIN:
		*hint = ": too many programs of this user are on file systems that do not answer";
		return LTTNG_ERR_PROBE_LOCATION_INVAL;
	default:
		*hint = ": it is on a file system in user space (FUSE) or one that does not answer; copy the program "
			"to an ordinary file system";
		return LTTNG_ERR_PROBE_LOCATION_INVAL;
	}
}

static int refuse_program(const struct rf_call *call, const struct rf_client_event *event)
{
	/* Taken from nobody who may not trace the kernel, as the policy was then. */
	int err = call->request.fd < 0 ? call->request.fd : -EPERM;
	char path[RF_PATH_SIZE];
	const char *hint;
	int code = why_no_program(err, &hint);

	rf_warning("client: uid=%u: no probe in %s: %s%s", (unsigned int)call->request.uid,
		rf_log_safe(path, sizeof(path), event->path), strerror(-err), hint);
	return code;
}

static int make_rules(struct rf_call *call, struct enabling *enabling, const struct rf_client_event *event)
{
	static const enum rf_event_type everything[RULES_MAX] = {RF_EVENT_TRACEPOINT, RF_EVENT_SYSCALL};
	const enum rf_event_type one = (enum rf_event_type)event->type;
	bool all = event->type == RF_EVENT_ALL;
	int code = LTTNG_OK;

	if (one == RF_EVENT_USERSPACE_PROBE && !call->request.has_fd)
		return refuse_program(call, event);
	for (unsigned int i = 0; i < (all ? RULES_MAX : 1) && code == LTTNG_OK; i++) {
		code = rf_event_make_kernel_rule(
			event, all ? everything[i] : one, rf_request_take_fd(&call->request), &enabling->rules[i]);
		enabling->count = i + 1;
	}
	return code;
}

int rf_kernel_enable_event(
	struct rf_call *call, const struct rf_event_target *target, const struct rf_client_event *event)
{
	struct rf_channel *channel = rf_channel_find(&call->session->kernel, target->channel);
	int code = check_enable(call, target, channel, event);

	if (code != LTTNG_OK)
		return code;

	struct enabling *enabling = rf_call_begin_steps(call, sizeof(*enabling), enabling_free);

	code = enabling ? make_rules(call, enabling, event) : LTTNG_ERR_NOMEM;
	if (code != LTTNG_OK)
		return code;
	enabling->target.channel = channel;
	enabling->target.named = target->named;
	memcpy(enabling->channel, target->channel, sizeof(enabling->channel));
	rf_call_take_session(call);
	if (enabling->rules[0]->user_probe)
		rf_kernel_find_places(call->context->recorder, enabling->rules[0]->user_probe, have_places, call);
	else
		have_places(call, LTTNG_OK);
	return RF_LATER;
}

struct disabling {
	struct rf_channel *channel;
	struct rf_list *at; /* the last rule that was looked at, or the list's head */
	int8_t type;
	char name[RF_NAME_SIZE]; /* empty: all of the type */
	bool found;
};

static bool matches(const struct disabling *disabling, const struct rf_event_rule *rule)
{
	if (disabling->type != RF_EVENT_ALL && disabling->type != (int8_t)rule->type)
		return false;
	return !disabling->name[0] || !strcmp(disabling->name, rule->name);
}

/* They are events of their own, not patterns: disabling one again is an error. */
static bool is_probe(const struct rf_event_rule *rule)
{
	return rule->type != RF_EVENT_TRACEPOINT && rule->type != RF_EVENT_SYSCALL;
}

static struct rf_channel_rule *find_next(struct rf_call *call)
{
	struct disabling *disabling = call->steps;

	while (disabling->at->next != &disabling->channel->rules) {
		struct rf_channel_rule *row;

		disabling->at = disabling->at->next;
		row = rf_container_of(disabling->at, struct rf_channel_rule, node);
		if (!matches(disabling, row->rule))
			continue;
		disabling->found = true;
		if (row->enabled)
			return row;
		if (disabling->name[0] && is_probe(row->rule))
			call->code = LTTNG_ERR_KERN_DISABLE_FAIL;
	}
	return NULL;
}

static void rule_disabled(void *data, int code);

static void disable_next(struct rf_call *call)
{
	struct disabling *disabling = call->steps;
	const struct rf_channel_rule *row = find_next(call);

	if (row)
		rf_kernel_enable_rule(
			call->context->recorder, call->session, disabling->channel, row, false, rule_disabled, call);
	else
		rf_call_release_session(call, disabling->found ? call->code : LTTNG_ERR_NO_EVENT);
}

/* What cannot be disabled keeps nobody from disabling the others. */
static void rule_disabled(void *data, int code)
{
	struct rf_call *call = data;
	const struct disabling *disabling = call->steps;

	if (code == LTTNG_OK)
		rf_container_of(disabling->at, struct rf_channel_rule, node)->enabled = false;
	else
		call->code = code;
	disable_next(call);
}

int rf_kernel_check_disable(const struct rf_client_event *event)
{
	return event->type == RF_EVENT_NOOP || event->type == RF_EVENT_USERSPACE_PROBE ? LTTNG_ERR_UNK : LTTNG_OK;
}

int rf_kernel_disable_event(struct rf_call *call, struct rf_channel *channel, const struct rf_client_event *event)
{
	struct disabling *disabling = rf_call_begin_steps(call, sizeof(*disabling), free);

	if (!disabling)
		return LTTNG_ERR_NOMEM;
	disabling->channel = channel;
	disabling->at = &channel->rules;
	disabling->type = event->type;
	memcpy(disabling->name, event->name, sizeof(disabling->name));
	disabling->found = !event->name[0]; /* all of them may be none: loaders of saved sessions rely on it */
	call->code = LTTNG_OK;
	rf_call_take_session(call);
	disable_next(call);
	return RF_LATER;
}
