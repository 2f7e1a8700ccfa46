/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of user space: their attributes, and the buffer scheme that all of a session share. */
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/ust_domain.h"

#include <lttng/lttng-error.h>
#include <unistd.h>

#define PER_UID_SUBBUF_SIZE 524288u
#define PER_PID_SUBBUF_SIZE 16384u
#define SUBBUF_COUNT 4u
#define MONITOR_INTERVAL 1000000u /* µs */

void rf_ust_channel_defaults(const struct rf_session *session, struct rf_channel_attr *attr)
{
	uint64_t size = session->scheme == RF_BUFFERS_PER_PID ? PER_PID_SUBBUF_SIZE : PER_UID_SUBBUF_SIZE;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	*attr = (struct rf_channel_attr){
		.overwrite = session->snapshot_mode,
		.subbuf_size = size > page ? size : page,
		.subbuf_count = SUBBUF_COUNT,
		.output = RF_OUTPUT_MMAP,
		.monitor_interval = MONITOR_INTERVAL,
	};
}

static int check_attributes(const struct rf_channel_attr *attr)
{
	if (!rf_power_of_two(attr->subbuf_size) || attr->subbuf_size < (uint64_t)sysconf(_SC_PAGESIZE))
		return LTTNG_ERR_INVALID;
	if (!rf_power_of_two(attr->subbuf_count))
		return LTTNG_ERR_INVALID;
	if (attr->output != RF_OUTPUT_MMAP)
		return LTTNG_ERR_NOT_SUPPORTED;
	if (attr->tracefile_size && attr->tracefile_size < attr->subbuf_size)
		return LTTNG_ERR_INVALID;
	return LTTNG_OK;
}

int rf_ust_check_channel(const struct rf_session *session, const struct rf_channel_attr *attr, uint32_t buffers)
{
	int code = check_attributes(attr);

	if (code != LTTNG_OK)
		return code;
	if (buffers != RF_CLIENT_PER_PID && buffers != RF_CLIENT_PER_UID)
		return LTTNG_ERR_BUFFER_NOT_SUPPORTED;
	if (session->scheme_chosen && buffers != session->scheme)
		return LTTNG_ERR_BUFFER_TYPE_MISMATCH;
	return LTTNG_OK;
}

struct rf_channel *rf_ust_channel_new(
	struct rf_call *call, const char *name, const struct rf_channel_attr *attr, uint32_t buffers)
{
	struct rf_session *session = call->session;
	struct rf_channel *channel = rf_channel_new(session, name, attr);

	if (!channel)
		return NULL;
	rf_list_append(&session->ust.channels, &channel->node);
	session->scheme = buffers == RF_CLIENT_PER_PID ? RF_BUFFERS_PER_PID : RF_BUFFERS_PER_UID;
	session->scheme_chosen = true;
	rf_ust_prepare(call->context->recorder, session);
	return channel;
}

int rf_ust_make_channel(struct rf_call *call, const char *name, const struct rf_channel_attr *attr, bool named)
{
	if (!rf_ust_channel_new(call, name, attr, call->request.buffers))
		return LTTNG_ERR_NOMEM;
	call->session->ust.has_named_channel |= named;
	return LTTNG_OK;
}
