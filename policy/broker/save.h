/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a session's configuration where its user's client looks for it. Run-as worker. */
#ifndef RF_POLICY_BROKER_SAVE_H
#define RF_POLICY_BROKER_SAVE_H

#include "common/proto_broker.h"
#include "policy/broker/capabilities.h"

/*
 * TEXT: a memory file that nobody can change any more (sealed), stays the caller's. The file appears as a whole or not
 * at all. 0 or a negative errno (-EEXIST: it is there and may not be overwritten); SAVED: where, and what failed.
 */
int rf_save_session(const struct rf_identity *owner, const struct rf_broker_save_session *request, int text,
	struct rf_broker_saved *saved);

#endif
