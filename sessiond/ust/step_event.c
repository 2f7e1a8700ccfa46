/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/step_event.h"

#include "sessiond/ust/context_types.h"

#include <errno.h>
#include <lttng/ust-ctl.h>
#include <stdlib.h>
#include <string.h>

static int set_filter(struct rf_app *app, const struct rf_event_rule *rule, struct lttng_ust_abi_object_data *event)
{
	if (!rule->bytecode)
		return 0;

	struct lttng_ust_abi_filter_bytecode *filter = calloc(1, sizeof(*filter) + rule->bytecode_len);

	if (!filter)
		return -ENOMEM;
	filter->len = rule->bytecode_len;
	filter->reloc_offset = rule->bytecode_reloc;
	filter->seqnum = rule->bytecode_seqnum;
	memcpy(filter->data, rule->bytecode, rule->bytecode_len);

	int err = lttng_ust_ctl_set_filter(app->command_sock, filter, event);

	free(filter);
	return err;
}

static int set_exclusions(struct rf_app *app, const struct rf_event_rule *rule, struct lttng_ust_abi_object_data *event)
{
	/* An application does not answer at all to an empty list. */
	if (!rule->exclusion_count)
		return 0;

	struct lttng_ust_abi_event_exclusion *exclusion = calloc(
		1, sizeof(*exclusion) + (size_t)rule->exclusion_count * LTTNG_UST_ABI_SYM_NAME_LEN);

	if (!exclusion)
		return -ENOMEM;
	exclusion->count = rule->exclusion_count;

	char *names = (char *)exclusion + sizeof(*exclusion);

	for (uint32_t i = 0; i < rule->exclusion_count; i++)
		memcpy(names + (size_t)i * LTTNG_UST_ABI_SYM_NAME_LEN, rule->exclusions[i], LTTNG_UST_ABI_SYM_NAME_LEN);

	int err = lttng_ust_ctl_set_exclusion(app->command_sock, exclusion, event);

	free(exclusion);
	return err;
}

int rf_step_create_event(struct rf_app *app, struct lttng_ust_abi_object_data *channel,
	const struct rf_event_rule *rule, struct rf_app_event *event)
{
	struct lttng_ust_abi_event description = {
		.instrumentation = LTTNG_UST_ABI_TRACEPOINT,
		.loglevel_type = (int32_t)rule->loglevel_type,
		.loglevel = rule->loglevel_type == RF_LOGLEVEL_ALL ? -1 : rule->loglevel,
	};

	memcpy(description.name, rule->name, sizeof(description.name));
	/* The client library and the tracer both read an empty name as "everything". */
	if (!description.name[0])
		description.name[0] = '*';

	struct lttng_ust_abi_object_data *object = NULL;
	int err = lttng_ust_ctl_create_event(app->command_sock, &description, channel, &object);

	if (err < 0)
		return err;
	err = set_filter(app, rule, object);
	if (err >= 0)
		err = set_exclusions(app, rule, object);
	if (err < 0) {
		lttng_ust_ctl_release_object(app->command_sock, object);
		free(object);
		return err;
	}
	event->object = object;
	return 0;
}

int rf_step_add_context(struct rf_app *app, struct lttng_ust_abi_object_data *channel, const struct rf_context *context)
{
	struct lttng_ust_context_attr attr = {0};
	struct lttng_ust_abi_object_data *object = NULL;
	struct rf_context copy = *context; /* the library wants writable names */
	int type = rf_context_type_to_ust(context->type);

	if (type < 0)
		return -ENOENT;
	attr.ctx = (enum lttng_ust_abi_context_type)type;
	if (attr.ctx == LTTNG_UST_ABI_CONTEXT_PERF_THREAD_COUNTER) {
		attr.u.perf_counter.type = context->perf_type;
		attr.u.perf_counter.config = context->perf_config;
		memcpy(attr.u.perf_counter.name, context->perf_name, sizeof(attr.u.perf_counter.name));
	} else if (attr.ctx == LTTNG_UST_ABI_CONTEXT_APP_CONTEXT) {
		attr.u.app_ctx.provider_name = copy.app_provider;
		attr.u.app_ctx.ctx_name = copy.app_name;
	}

	int err = lttng_ust_ctl_add_context(app->command_sock, &attr, channel, &object);

	/* A context has no handle in the application: only our memory is to be freed. */
	free(object);
	return err;
}
