/* SPDX-License-Identifier: GPL-2.0-only */
/* Adding context fields to channels. */
#include "sessiond/client/context_codec.h"
#include "sessiond/client/domain.h"
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>

int rf_cmd_add_context(struct rf_call *call)
{
	struct rf_reader payload = rf_request_payload(&call->request);
	struct rf_reader args = rf_request_args(&call->request);
	const struct rf_domain *domain = rf_domain_find(call->request.domain);
	struct rf_context context;
	char name[RF_CHANNEL_NAME_FIELD];

	if (!rf_context_read(&payload, &context))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (call->session->ever_started)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	if (!domain)
		return LTTNG_ERR_UND;
	rf_read_str_field(&args, name, sizeof(name));
	return domain->add_context(call, name, &context);
}
