/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/channel_rules.h"

#include "common/names.h"
#include "sessiond/client/protocol.h"

#include <lttng/lttng-error.h>
#include <string.h>
#include <unistd.h>

#define PER_UID_SUBBUF_SIZE 524288u
#define PER_PID_SUBBUF_SIZE 16384u
#define SUBBUF_COUNT 4u
#define MONITOR_INTERVAL 1000000u /* µs */

bool rf_channel_is_agents(const char *name)
{
	static const char *const names[] = {"lttng_jul_channel", "lttng_log4j_channel", "lttng_python_channel"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

void rf_channel_defaults(const struct rf_session *session, struct rf_channel_attr *attr)
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

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static int check_attributes(const struct rf_channel_attr *attr)
{
	if (attr->overwrite && attr->subbuf_count < 2)
		return LTTNG_ERR_INVALID;
	if (!power_of_two(attr->subbuf_size) || attr->subbuf_size < (uint64_t)sysconf(_SC_PAGESIZE))
		return LTTNG_ERR_INVALID;
	if (!power_of_two(attr->subbuf_count))
		return LTTNG_ERR_INVALID;
	if (attr->output != RF_OUTPUT_MMAP)
		return LTTNG_ERR_NOT_SUPPORTED;
	if (attr->tracefile_size && attr->tracefile_size < attr->subbuf_size)
		return LTTNG_ERR_INVALID;
	return LTTNG_OK;
}

int rf_channel_may_create(
	const struct rf_session *session, const char *name, const struct rf_channel_attr *attr, uint32_t buffers)
{
	int code;

	if (!rf_channel_name_ok(name))
		return LTTNG_ERR_INVALID_CHANNEL_NAME;
	if (session->ever_started)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	code = check_attributes(attr);
	if (code != LTTNG_OK)
		return code;
	if (buffers != RF_CLIENT_PER_PID && buffers != RF_CLIENT_PER_UID)
		return LTTNG_ERR_BUFFER_NOT_SUPPORTED;
	if (session->scheme_chosen && buffers != session->scheme)
		return LTTNG_ERR_BUFFER_TYPE_MISMATCH;
	return LTTNG_OK;
}

struct rf_channel *rf_channel_create(
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
