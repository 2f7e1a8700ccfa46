/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/event_rules.h"

#include "common/names.h"
#include "sessiond/model/filter_check.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int copy_exclusions(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	struct rf_reader r = event->exclusions;

	if (!event->exclusion_count)
		return LTTNG_OK;
	rule->exclusions = calloc(event->exclusion_count, sizeof(*rule->exclusions));
	if (!rule->exclusions)
		return LTTNG_ERR_EXCLUSION_NOMEM;
	for (uint32_t i = 0; i < event->exclusion_count; i++) {
		const char *text = rf_read_cstr(&r, rf_read_u32(&r));

		if (!text)
			return LTTNG_ERR_INVALID;
		snprintf(rule->exclusions[i], sizeof(rule->exclusions[i]), "%s", text);
		rf_collapse_stars(rule->exclusions[i]);
		for (uint32_t k = 0; k < i; k++) {
			if (!strcmp(rule->exclusions[k], rule->exclusions[i]))
				return LTTNG_ERR_INVALID;
		}
	}
	rule->exclusion_count = event->exclusion_count;
	return LTTNG_OK;
}

static int copy_filter(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	if (!event->filter)
		return LTTNG_OK;
	if (!event->program)
		return LTTNG_ERR_INVALID;
	if (!rf_filter_check(event->program, event->program_len, event->program_reloc))
		return LTTNG_ERR_FILTER_INVAL;
	rule->filter = malloc(event->filter_len);
	rule->bytecode = malloc(event->program_len);
	if (!rule->filter || !rule->bytecode)
		return LTTNG_ERR_FILTER_NOMEM;
	memcpy(rule->filter, event->filter, event->filter_len);
	memcpy(rule->bytecode, event->program, event->program_len);
	rule->bytecode_len = event->program_len;
	rule->bytecode_reloc = event->program_reloc;
	rule->bytecode_seqnum = event->program_seqnum;
	return LTTNG_OK;
}

/* Library users may leave the name empty; to a tracer that is every event. */
static void copy_name(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	snprintf(rule->name, sizeof(rule->name), "%s", event->name);
	rf_collapse_stars(rule->name);
}

static int fill_ust_rule(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	if (event->type != RF_EVENT_TRACEPOINT)
		return LTTNG_ERR_INVALID;
	if (event->loglevel_type < RF_LOGLEVEL_ALL || event->loglevel_type > RF_LOGLEVEL_SINGLE)
		return LTTNG_ERR_INVALID;
	copy_name(event, rule);
	rule->loglevel_type = (enum rf_loglevel_type)event->loglevel_type;
	rule->loglevel = rule->loglevel_type == RF_LOGLEVEL_ALL ? -1 : event->loglevel;

	int code = copy_exclusions(event, rule);

	return code == LTTNG_OK ? copy_filter(event, rule) : code;
}

static int finish(struct rf_event_rule *made, int code, struct rf_event_rule **rule)
{
	if (code != LTTNG_OK) {
		rf_event_rule_unref(made);
		made = NULL;
	}
	*rule = made;
	return code;
}

int rf_event_make_ust_rule(const struct rf_client_event *event, struct rf_event_rule **rule)
{
	struct rf_event_rule *made = rf_event_rule_new();

	return finish(made, made ? fill_ust_rule(event, made) : LTTNG_ERR_NOMEM, rule);
}

/* The descriptor is the probe's then. */
static int copy_user_probe(const struct rf_client_event *event, int *program, struct rf_event_rule *rule)
{
	struct rf_user_probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return LTTNG_ERR_NOMEM;
	rule->user_probe = probe;
	probe->kind = event->location;
	probe->fd = *program;
	*program = -1;
	snprintf(probe->path, sizeof(probe->path), "%s", event->path);
	snprintf(probe->name, sizeof(probe->name), "%s", event->symbol);
	if (event->provider)
		snprintf(probe->provider, sizeof(probe->provider), "%s", event->provider);
	return probe->fd < 0 ? LTTNG_ERR_PROBE_LOCATION_INVAL : LTTNG_OK;
}

static int fill_kernel_rule(
	const struct rf_client_event *event, enum rf_event_type type, int *program, struct rf_event_rule *rule)
{
	if (event->exclusion_count)
		return LTTNG_ERR_EXCLUSION_INVAL;
	copy_name(event, rule);
	rule->type = type;
	if (type == RF_EVENT_USERSPACE_PROBE) {
		int code = copy_user_probe(event, program, rule);

		if (code != LTTNG_OK)
			return code;
	} else if (event->symbol) {
		snprintf(rule->probe.symbol, sizeof(rule->probe.symbol), "%s", event->symbol);
		rule->probe.address = event->address;
		rule->probe.offset = event->offset;
	}
	return copy_filter(event, rule);
}

int rf_event_make_kernel_rule(
	const struct rf_client_event *event, enum rf_event_type type, int program, struct rf_event_rule **rule)
{
	struct rf_event_rule *made = rf_event_rule_new();
	int code = made ? fill_kernel_rule(event, type, &program, made) : LTTNG_ERR_NOMEM;

	if (program >= 0)
		close(program);
	return finish(made, code, rule);
}
