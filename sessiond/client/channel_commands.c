/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling, disabling and listing channels. */
#include "common/log.h"
#include "sessiond/client/channel_codec.h"
#include "sessiond/client/channel_rules.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/session_reader.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

static int enable_existing(struct rf_call *call, const struct rf_domain *domain, struct rf_channel *channel)
{
	if (channel->enabled)
		return domain->channel_exists;
	channel->enabled = true;
	return domain->switch_channel(call, channel);
}

int rf_cmd_enable_channel(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	struct rf_session *session = call->session;
	struct rf_channel_request wanted;

	if (!rf_channel_read(&payload, &wanted))
		return LTTNG_ERR_INVALID;
	if (wanted.name[0] == '.' || strchr(wanted.name, '/'))
		return LTTNG_ERR_INVALID_CHANNEL_NAME;
	if (!domain)
		return LTTNG_ERR_UNKNOWN_DOMAIN;

	bool named = wanted.name[0] != '\0';

	if (!named)
		snprintf(wanted.name, sizeof(wanted.name), "%s", RF_DEFAULT_CHANNEL);

	struct rf_session_domain *part = rf_domain_of(domain, call);
	struct rf_channel *channel = rf_channel_find(part, wanted.name);

	if (channel)
		return enable_existing(call, domain, channel);
	wanted.attr.overwrite = wanted.overwrite < 0 ? session->snapshot_mode : wanted.overwrite;
	if (session->snapshot_mode || session->snapshot.there)
		wanted.attr.output = RF_OUTPUT_MMAP;

	int code = rf_channel_may_create(domain, session, wanted.name, &wanted.attr, call->request.buffers);

	if (code != LTTNG_OK)
		return code;
	/* It configures what every session has already. */
	if (!strcmp(wanted.name, RF_METADATA_CHANNEL)) {
		part->metadata = wanted.attr;
		part->has_named_channel = true;
		return LTTNG_OK;
	}
	return domain->make_channel(call, wanted.name, &wanted.attr, named);
}

int rf_cmd_disable_channel(struct rf_call *call)
{
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	struct rf_reader args = rf_request_args(&call->request);
	char name[RF_CHANNEL_NAME_FIELD];

	if (!domain)
		return LTTNG_ERR_UNKNOWN_DOMAIN;
	rf_read_str_field(&args, name, sizeof(name));

	struct rf_channel *channel = rf_channel_find(rf_domain_of(domain, call), name);

	if (!channel)
		return domain->channel_unknown;
	if (!channel->enabled)
		return LTTNG_OK;
	channel->enabled = false;
	return domain->switch_channel(call, channel);
}

static void write_channels(struct rf_call *call)
{
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	uint32_t count = 0;

	rf_list_for_each(node, &rf_domain_of(domain, call)->channels) {
		rf_channel_write(&call->data, rf_container_of(node, struct rf_channel, node));
		count++;
	}
	rf_write_u32(&call->header, count);
}

static void have_statistics(void *data, int code)
{
	struct rf_call *call = data;
	struct rf_session *session = call->session;

	if (code != LTTNG_OK)
		rf_warning("client: statistics of session %llu are not up to date (%d)",
			(unsigned long long)session->id, code);
	write_channels(call);
	rf_call_finish(call, LTTNG_OK);
	rf_session_end_read(session);
}

int rf_cmd_list_channels(struct rf_call *call)
{
	struct rf_session *session = call->session;

	if (!rf_domain_find(call->request.domain)) {
		rf_write_u32(&call->header, 0);
		return LTTNG_OK;
	}
	/* While a long command runs, the last known figures must do: a listing does not wait for applications. */
	if (!session->ever_started || session->busy) {
		write_channels(call);
		return LTTNG_OK;
	}
	rf_session_begin_read(session);
	rf_recording_statistics(call->context->recorder, session, have_statistics, call);
	return RF_LATER;
}
