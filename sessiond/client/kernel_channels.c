/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of the kernel: their attributes, and making them in model and tracer. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/kernel_domain.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <unistd.h>

#define SUBBUF_SIZE 1048576u
#define SUBBUF_COUNT 4u
#define READ_INTERVAL 200000u     /* µs */
#define MONITOR_INTERVAL 1000000u /* µs */

void rf_kernel_channel_defaults(const struct rf_session *session, struct rf_channel_attr *attr)
{
	*attr = (struct rf_channel_attr){
		.overwrite = session->snapshot_mode,
		.subbuf_size = SUBBUF_SIZE,
		.subbuf_count = SUBBUF_COUNT,
		.read_interval = READ_INTERVAL,
		.output = session->snapshot_mode || session->snapshot.there ? RF_OUTPUT_MMAP : RF_OUTPUT_SPLICE,
		.monitor_interval = MONITOR_INTERVAL,
	};
}

int rf_kernel_check_channel(const struct rf_session *session, const struct rf_channel_attr *attr, uint32_t buffers)
{
	(void)session;
	(void)buffers; /* there is one kind */
	if (!rf_power_of_two(attr->subbuf_size) || attr->subbuf_size < (uint64_t)sysconf(_SC_PAGESIZE) ||
		!rf_power_of_two(attr->subbuf_count))
		return LTTNG_ERR_KERN_CHAN_FAIL;
	if (attr->output > RF_OUTPUT_MMAP || (attr->tracefile_size && attr->tracefile_size < attr->subbuf_size))
		return LTTNG_ERR_INVALID;
	/* The kernel does not wait for us. */
	return attr->blocking_timeout ? LTTNG_ERR_INVALID : LTTNG_OK;
}

static void dropped(void *data, int code)
{
	struct rf_call *call = data;
	struct rf_kernel_target *target = call->steps;

	(void)code; /* what counts is why it had to go */
	rf_channel_free(target->channel);
	rf_call_release_session(call, call->code);
}

void rf_kernel_end(struct rf_call *call, int code)
{
	const struct rf_kernel_target *target = call->steps;

	if (target->made && code != LTTNG_OK) {
		call->code = code;
		rf_kernel_drop_channel(call->context->recorder, call->session, target->channel, dropped, call);
		return;
	}
	if (target->made && target->named)
		call->session->kernel.has_named_channel = true;
	rf_call_release_session(call, code);
}

/* What the tracer does not make, the model does not have. */
static void made(void *data, int code)
{
	struct rf_call *call = data;
	struct rf_kernel_target *target = call->steps;

	target->made = code == LTTNG_OK;
	if (!target->made) {
		rf_channel_free(target->channel);
		target->channel = NULL;
	}
	target->then(call, code);
}

void rf_kernel_make_target(
	struct rf_call *call, const char *name, const struct rf_channel_attr *attr, void (*then)(struct rf_call *, int))
{
	struct rf_kernel_target *target = call->steps;

	target->then = then;
	target->channel = rf_channel_new(call->session, name, attr);
	if (!target->channel) {
		then(call, LTTNG_ERR_NOMEM);
		return;
	}
	rf_list_append(&call->session->kernel.channels, &target->channel->node);
	rf_kernel_add_channel(call->context->recorder, call->session, target->channel, made, call);
}

int rf_kernel_make_channel(struct rf_call *call, const char *name, const struct rf_channel_attr *attr, bool named)
{
	struct rf_kernel_target *target = rf_call_begin_steps(call, sizeof(*target), free);

	if (!target)
		return LTTNG_ERR_NOMEM;
	target->named = named;
	rf_call_take_session(call);
	rf_kernel_make_target(call, name, attr, rf_kernel_end);
	return RF_LATER;
}

static void switched(void *data, int code)
{
	struct rf_call *call = data;
	const struct rf_kernel_target *target = call->steps;

	if (code != LTTNG_OK)
		target->channel->enabled = !target->channel->enabled;
	rf_call_release_session(call, code);
}

int rf_kernel_switch_channel(struct rf_call *call, struct rf_channel *channel)
{
	struct rf_kernel_target *target = rf_call_begin_steps(call, sizeof(*target), free);

	if (!target) {
		channel->enabled = !channel->enabled;
		return LTTNG_ERR_NOMEM;
	}
	target->channel = channel;
	rf_call_take_session(call);
	rf_kernel_enable_channel(call->context->recorder, call->session, channel, channel->enabled, switched, call);
	return RF_LATER;
}
