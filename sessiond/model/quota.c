/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/quota.h"

#include "common/log.h"

#include <string.h>

bool rf_quota_session(const struct rf_sessions *sessions, uid_t uid)
{
	unsigned int count = 0;

	if (uid == 0)
		return true;
	rf_list_for_each(node, &sessions->list)
		count += rf_container_of(node, struct rf_session, node)->uid == uid;
	if (count < RF_QUOTA_SESSIONS)
		return true;
	rf_info("uid %u has %u sessions: no more until it destroys some", uid, count);
	return false;
}

bool rf_quota_charge(struct rf_session *session, size_t bytes)
{
	size_t held = 0;

	if (session->uid == 0)
		return true;
	/* A user has few sessions; what they hold is kept in each. */
	rf_list_for_each(node, &session->table->list) {
		const struct rf_session *other = rf_container_of(node, struct rf_session, node);

		if (other->uid == session->uid)
			held += other->held_bytes;
	}
	if (bytes > RF_QUOTA_BYTES || held > RF_QUOTA_BYTES - bytes) {
		rf_info("uid %u: its channels and event rules take %zu bytes: no more until it destroys a session",
			session->uid, held);
		return false;
	}
	session->held_bytes += bytes;
	return true;
}

void rf_quota_release(struct rf_session *session, size_t bytes)
{
	if (session->uid != 0)
		session->held_bytes -= bytes;
}

size_t rf_quota_of_rule(const struct rf_event_rule *rule)
{
	return sizeof(struct rf_channel_rule) + sizeof(*rule) + rule->bytecode_len +
		(rule->filter ? strlen(rule->filter) + 1 : 0) + (size_t)rule->exclusion_count * RF_NAME_SIZE +
		(rule->user_probe ? sizeof(*rule->user_probe) : 0);
}
