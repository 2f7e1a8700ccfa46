/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/session.h"

#include "sessiond/model/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METADATA_SUBBUF_SIZE 4096u
#define METADATA_SUBBUF_COUNT 2u

void rf_sessions_init(struct rf_sessions *sessions, const char *hostname)
{
	*sessions = (struct rf_sessions){.next_id = 0};
	rf_list_init(&sessions->list);
	snprintf(sessions->hostname, sizeof(sessions->hostname), "%s", hostname);
}

void rf_sessions_fini(struct rf_sessions *sessions)
{
	rf_list_for_each_safe(node, tmp, &sessions->list)
		rf_session_free(rf_container_of(node, struct rf_session, node));
}

static void init_metadata(struct rf_channel_attr *attr)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	*attr = (struct rf_channel_attr){
		.subbuf_size = page > METADATA_SUBBUF_SIZE ? page : METADATA_SUBBUF_SIZE,
		.subbuf_count = METADATA_SUBBUF_COUNT,
		.output = RF_OUTPUT_MMAP,
	};
}

static void domain_init(struct rf_session_domain *domain)
{
	rf_list_init(&domain->channels);
	for (unsigned int i = 0; i < RF_TRACKERS; i++)
		rf_tracker_init(&domain->trackers[i]);
	init_metadata(&domain->metadata);
}

static void domain_fini(struct rf_session_domain *domain)
{
	rf_list_for_each_safe(node, tmp, &domain->channels)
		rf_channel_free(rf_container_of(node, struct rf_channel, node));
	for (unsigned int i = 0; i < RF_TRACKERS; i++)
		rf_tracker_fini(&domain->trackers[i]);
}

struct rf_session *rf_session_new(struct rf_sessions *sessions, const char *name, uid_t uid, gid_t gid)
{
	struct rf_session *session = rf_quota_session(sessions, uid) ? calloc(1, sizeof(*session)) : NULL;

	if (!session)
		return NULL;
	session->table = sessions;
	session->id = sessions->next_id++;
	snprintf(session->name, sizeof(session->name), "%s", name);
	session->uid = uid;
	session->gid = gid;
	session->created = time(NULL);
	session->scheme = RF_BUFFERS_PER_UID;
	rf_list_init(&session->line);
	domain_init(&session->ust);
	domain_init(&session->kernel);
	session->next_snapshot_output = 1;
	rf_list_init(&session->node);
	rf_list_insert_after(&sessions->list, &session->node);
	return session;
}

void rf_session_free(struct rf_session *session)
{
	if (!session)
		return;
	domain_fini(&session->ust);
	domain_fini(&session->kernel);
	rf_timer_cancel(&session->clock.period);
	rf_timer_cancel(&session->clock.sample);
	rf_list_remove(&session->node);
	free(session);
}

struct rf_session *rf_session_find(struct rf_sessions *sessions, const char *name)
{
	rf_list_for_each(node, &sessions->list) {
		struct rf_session *session = rf_container_of(node, struct rf_session, node);

		if (!session->destroyed && !strcmp(session->name, name))
			return session;
	}
	return NULL;
}

bool rf_session_may_control(const struct rf_session *session, uid_t uid)
{
	return uid == 0 || uid == session->uid;
}
