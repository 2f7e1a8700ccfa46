/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What makes a channel that clients may have: its attributes, the buffer scheme that all channels of a session share,
 * the names that are taken. Used by every command that makes channels, by name or on the way. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_CHANNEL_RULES_H
#define RF_SESSIOND_CLIENT_CHANNEL_RULES_H

#include "sessiond/client/call.h"
#include "sessiond/client/channel_codec.h"
#include "sessiond/model/session.h"

#include <stdbool.h>
#include <stdint.h>

#define RF_DEFAULT_CHANNEL "channel0"
#define RF_METADATA_CHANNEL "metadata"

/* Channels of these names belong to agents (Java, Python). */
bool rf_channel_is_agents(const char *name);
/* What channels get that nobody configured. */
void rf_channel_defaults(const struct rf_session *session, struct rf_channel_attr *attr);
/*
 * LTTNG_OK when the session may have a new channel with these attributes and BUFFERS (as in the envelope), or the code
 * that says why not.
 */
int rf_channel_may_create(
	const struct rf_session *session, const char *name, const struct rf_channel_attr *attr, uint32_t buffers);
/* Makes what rf_channel_may_create() allowed, in the session of CALL, which will record then. NULL without memory. */
struct rf_channel *rf_channel_create(
	struct rf_call *call, const char *name, const struct rf_channel_attr *attr, uint32_t buffers);

#endif
