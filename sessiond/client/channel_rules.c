/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/channel_rules.h"

#include "common/names.h"

#include <lttng/lttng-error.h>
#include <string.h>

bool rf_channel_is_agents(const char *name)
{
	static const char *const names[] = {"lttng_jul_channel", "lttng_log4j_channel", "lttng_python_channel"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

bool rf_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

int rf_channel_may_create(const struct rf_domain *domain, const struct rf_session *session, const char *name,
	const struct rf_channel_attr *attr, uint32_t buffers)
{
	if (!rf_channel_name_ok(name))
		return LTTNG_ERR_INVALID_CHANNEL_NAME;
	if (session->ever_started)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;
	if (attr->overwrite && attr->subbuf_count < 2)
		return LTTNG_ERR_INVALID;
	return domain->check_channel(session, attr, buffers);
}
