/* SPDX-License-Identifier: GPL-2.0-only */
/* Adding context fields to channels of the kernel, one after the other. A context that is there already is no error. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/context_codec.h"
#include "sessiond/client/kernel_domain.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

struct adding {
	struct rf_kernel_target target; /* the channel that the tracer is at */
	bool all;                       /* the channels behind it have their turn, too */
	struct rf_context wanted;
	struct rf_context *added; /* to the channel's model */
};

static void add(struct rf_call *call);

static void context_done(void *data, int code)
{
	struct rf_call *call = data;
	struct adding *adding = call->steps;

	if (code == LTTNG_OK) {
		add(call);
		return;
	}
	rf_channel_remove_context(adding->target.channel, adding->added);
	rf_kernel_end(call, code);
}

static bool go_to_next(struct rf_call *call)
{
	struct adding *adding = call->steps;
	struct rf_list *next = adding->target.channel->node.next;

	if (!adding->all || next == &call->session->kernel.channels)
		return false;
	adding->target.channel = rf_container_of(next, struct rf_channel, node);
	return true;
}

/* To the channel, or the next one that does not have it yet. */
static void add(struct rf_call *call)
{
	struct adding *adding = call->steps;

	while (rf_channel_has_context(adding->target.channel, &adding->wanted)) {
		if (go_to_next(call))
			continue;
		rf_kernel_end(call, LTTNG_OK);
		return;
	}
	adding->added = rf_channel_add_context(adding->target.channel, &adding->wanted);
	if (adding->added)
		rf_kernel_add_context(call->context->recorder, call->session, adding->target.channel, adding->added,
			context_done, call);
	else
		rf_kernel_end(call, LTTNG_ERR_NOMEM);
}

static void have_channel(struct rf_call *call, int code)
{
	if (code == LTTNG_OK)
		add(call);
	else
		rf_kernel_end(call, code);
}

/* The channel that is the first to get it; NULL: the default one is to be made for it. */
static int find_first(const struct rf_call *call, const char *name, struct rf_channel **channel)
{
	struct rf_session *session = call->session;
	struct rf_list *channels = &session->kernel.channels;
	struct rf_channel_attr attr;

	*channel = NULL;
	if (name[0] && rf_list_linked(channels)) {
		*channel = rf_channel_find(&session->kernel, name);
		return *channel ? LTTNG_OK : LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	}
	if (rf_list_linked(channels)) {
		*channel = rf_container_of(channels->next, struct rf_channel, node);
		return LTTNG_OK;
	}
	rf_kernel_channel_defaults(session, &attr);

	int code = rf_channel_may_create(&rf_domain_kernel, session, RF_DEFAULT_CHANNEL, &attr, call->request.buffers);

	if (code == LTTNG_OK && name[0] && strcmp(name, RF_DEFAULT_CHANNEL) != 0)
		code = LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	return code;
}

int rf_kernel_add_contexts(struct rf_call *call, const char *name, const struct rf_context *context)
{
	struct rf_channel *channel;
	struct rf_channel_attr attr;
	int code = find_first(call, name, &channel);

	if (code != LTTNG_OK)
		return code;
	if (!rf_context_is_kernel(context))
		return LTTNG_ERR_KERN_CONTEXT_FAIL;

	struct adding *adding = rf_call_begin_steps(call, sizeof(*adding), free);

	if (!adding)
		return LTTNG_ERR_NOMEM;
	adding->wanted = *context;
	adding->all = !name[0];
	rf_call_take_session(call);
	if (channel) {
		adding->target.channel = channel;
		add(call);
		return RF_LATER;
	}
	rf_kernel_channel_defaults(call->session, &attr);
	rf_kernel_make_target(call, RF_DEFAULT_CHANNEL, &attr, have_channel);
	return RF_LATER;
}
