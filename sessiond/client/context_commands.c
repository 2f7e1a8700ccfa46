/* SPDX-License-Identifier: GPL-2.0-only */
/* Adding context fields to channels. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/context_codec.h"
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

static int add_to(struct rf_channel *channel, const struct rf_context *context)
{
	rf_list_for_each(node, &channel->contexts) {
		if (rf_context_same(rf_container_of(node, struct rf_context, node), context))
			return LTTNG_ERR_UST_CONTEXT_EXIST;
	}
	if (!rf_context_is_ust(context))
		return LTTNG_ERR_UST_CONTEXT_INVAL;

	struct rf_context *added = malloc(sizeof(*added));

	if (!added)
		return LTTNG_ERR_NOMEM;
	*added = *context;
	rf_list_init(&added->node);
	rf_list_append(&channel->contexts, &added->node);
	return LTTNG_OK;
}

/*
 * To every channel: success when one took it and nothing failed but that others had it; "present" when all had it;
 * otherwise the first other failure.
 */
static int add_to_all(struct rf_session *session, const struct rf_context *context)
{
	int result = LTTNG_ERR_UST_CONTEXT_EXIST;

	rf_list_for_each(node, &session->ust.channels) {
		int code = add_to(rf_container_of(node, struct rf_channel, node), context);

		if (code != LTTNG_OK && code != LTTNG_ERR_UST_CONTEXT_EXIST)
			return code;
		if (code == LTTNG_OK)
			result = LTTNG_OK;
	}
	return result;
}

static int add_to_named(struct rf_session *session, const char *name, const struct rf_context *context)
{
	struct rf_channel *channel = rf_channel_find(&session->ust, name);

	return channel ? add_to(channel, context) : LTTNG_ERR_UST_CHAN_NOT_FOUND;
}

/* The session has no channel: the default one is made for the context, and only if that goes into it. */
static int add_to_new(struct rf_call *call, const char *name, const struct rf_context *context)
{
	struct rf_session *session = call->session;
	struct rf_channel_attr attr;

	rf_channel_defaults(session, &attr);

	int code = rf_channel_may_create(session, RF_DEFAULT_CHANNEL, &attr, session->scheme);

	if (code != LTTNG_OK)
		return code;
	if (name[0] && strcmp(name, RF_DEFAULT_CHANNEL) != 0)
		return LTTNG_ERR_UST_CHAN_NOT_FOUND;
	if (!rf_context_is_ust(context))
		return LTTNG_ERR_UST_CONTEXT_INVAL;

	struct rf_channel *channel = rf_channel_create(call, RF_DEFAULT_CHANNEL, &attr, session->scheme);

	return channel ? add_to(channel, context) : LTTNG_ERR_NOMEM;
}

int rf_cmd_add_context(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_session *session = call->session;
	struct rf_context context;
	char name[RF_CHANNEL_NAME_FIELD];

	if (!rf_context_read(&payload, &context))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (session->ever_started)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	if (call->request.domain != RF_DOMAIN_UST)
		return LTTNG_ERR_UND;
	rf_read_str_field(&args, name, sizeof(name));
	if (!rf_list_linked(&session->ust.channels))
		return add_to_new(call, name, &context);
	return name[0] ? add_to_named(session, name, &context) : add_to_all(session, &context);
}
