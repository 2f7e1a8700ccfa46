/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one user's sessions may take of the session daemon's memory: everybody shares it, and what clients configure
 * stays until they destroy it. Root has no quota. A user at the quota gets LTTNG_ERR_NOMEM, and costs nobody else
 * anything. Loop thread.
 */
#ifndef RF_SESSIOND_MODEL_QUOTA_H
#define RF_SESSIOND_MODEL_QUOTA_H

#include "sessiond/model/session.h"

#include <stdbool.h>
#include <stddef.h>

#define RF_QUOTA_SESSIONS 256u
/* Of channels, rules, contexts and tracked values; a rule with the largest filter is 128 KiB. */
#define RF_QUOTA_BYTES (32u * 1024 * 1024)

/* True when UID may have one more session. */
bool rf_quota_session(const struct rf_sessions *sessions, uid_t uid);
/* Notes that SESSION holds BYTES more. False, and nothing noted, above its owner's quota. */
bool rf_quota_charge(struct rf_session *session, size_t bytes);
void rf_quota_release(struct rf_session *session, size_t bytes);
/* What a rule takes. */
size_t rf_quota_of_rule(const struct rf_event_rule *rule);

#endif
