/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What makes a channel that clients may have: its attributes, the names that are taken. Used by every command that
 * makes channels, by name or on the way. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_CHANNEL_RULES_H
#define RF_SESSIOND_CLIENT_CHANNEL_RULES_H

#include "sessiond/client/call.h"
#include "sessiond/client/domain.h"

#include <stdbool.h>
#include <stdint.h>

#define RF_DEFAULT_CHANNEL "channel0"
#define RF_METADATA_CHANNEL "metadata"

/* Channels of these names belong to agents (Java, Python). */
bool rf_channel_is_agents(const char *name);
bool rf_power_of_two(uint64_t n);
/*
 * LTTNG_OK when the session may have a new channel with these attributes and BUFFERS (as in the envelope) in DOMAIN, or
 * the code that says why not.
 */
int rf_channel_may_create(const struct rf_domain *domain, const struct rf_session *session, const char *name,
	const struct rf_channel_attr *attr, uint32_t buffers);

#endif
