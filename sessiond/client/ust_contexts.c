/* SPDX-License-Identifier: GPL-2.0-only */
/* Adding context fields to channels of user space. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/context_codec.h"
#include "sessiond/client/ust_domain.h"

#include <lttng/lttng-error.h>
#include <string.h>

static int add_to(struct rf_channel *channel, const struct rf_context *context)
{
	if (rf_channel_has_context(channel, context))
		return LTTNG_ERR_UST_CONTEXT_EXIST;
	if (!rf_context_is_ust(context))
		return LTTNG_ERR_UST_CONTEXT_INVAL;
	return rf_channel_add_context(channel, context) ? LTTNG_OK : LTTNG_ERR_NOMEM;
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

	rf_ust_channel_defaults(session, &attr);

	int code = rf_channel_may_create(&rf_domain_ust, session, RF_DEFAULT_CHANNEL, &attr, session->scheme);

	if (code != LTTNG_OK)
		return code;
	if (name[0] && strcmp(name, RF_DEFAULT_CHANNEL) != 0)
		return LTTNG_ERR_UST_CHAN_NOT_FOUND;
	if (!rf_context_is_ust(context))
		return LTTNG_ERR_UST_CONTEXT_INVAL;

	struct rf_channel *channel = rf_ust_channel_new(call, RF_DEFAULT_CHANNEL, &attr, session->scheme);

	return channel ? add_to(channel, context) : LTTNG_ERR_NOMEM;
}

int rf_ust_add_context(struct rf_call *call, const char *name, const struct rf_context *context)
{
	struct rf_session *session = call->session;

	if (!rf_list_linked(&session->ust.channels))
		return add_to_new(call, name, context);
	return name[0] ? add_to_named(session, name, context) : add_to_all(session, context);
}
