/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording session: who owns it, where it writes, whether it is active, and what it records.
 * The table of sessions and everything in it belongs to the loop thread; there is no lock because nobody else sees it.
 *
 * A long command (start, stop, destroy) makes the session busy until its completion arrives. Commands that would change
 * a busy session wait in line behind it (sessiond/client); listings do not.
 */
#ifndef RF_SESSIOND_MODEL_SESSION_H
#define RF_SESSIOND_MODEL_SESSION_H

#include "common/list.h"
#include "common/loop.h"
#include "common/message.h"
#include "sessiond/model/channel.h"
#include "sessiond/model/chunk.h"
#include "sessiond/model/snapshot.h"
#include "sessiond/model/tracker.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

enum rf_buffer_scheme {
	RF_BUFFERS_PER_PID = 0,
	RF_BUFFERS_PER_UID = 1,
};

enum rf_output_kind {
	RF_OUTPUT_NONE,
	RF_OUTPUT_LOCAL,
};

/* What makes schedules happen; kept by sessiond/client, goes with the session. */
struct rf_rotation_clock {
	struct rf_timer period;
	struct rf_timer sample;
	uint64_t next_size; /* session->written at which the next rotation by size is due */
	void *owner;
};

/* What a session records of one domain, as its clients configured it. */
struct rf_session_domain {
	bool used;
	bool has_named_channel; /* a channel was made by name: commands must name one */
	struct rf_list channels;
	struct rf_tracker trackers[RF_TRACKERS]; /* by enum rf_tracker_kind; user space: the virtual ones */
	/* Of the metadata: a channel named `metadata` configures it. Only the packet's size and the switch timer count.
	 */
	struct rf_channel_attr metadata;
};

struct rf_sessions;
struct rf_recording; /* sessiond/recording: what runs for this session in domains and consumers */

struct rf_session {
	struct rf_list node; /* in rf_sessions.list, newest first */
	struct rf_sessions *table;
	uint64_t id; /* never reused */
	char name[RF_NAME_SIZE];
	bool name_generated;
	uid_t uid; /* owner: the creating client's credentials */
	gid_t gid;
	time_t created;
	enum rf_output_kind output;
	char path[RF_PATH_SIZE]; /* output root, empty without output */
	bool active;
	bool ever_started;
	bool busy;
	bool destroyed; /* no longer found by name; its destruction is under way */
	/* Kept by sessiond/client: commands in line behind the long one; readers, and what waits for their end. */
	struct rf_list line;
	unsigned int readers;
	void (*unread)(void *data);
	void *unread_data;

	struct rf_session_domain ust;
	struct rf_session_domain kernel;
	enum rf_buffer_scheme scheme;
	bool scheme_chosen; /* by the first channel */
	uint32_t next_id;   /* of channels and channel rules, of all domains */
	size_t held_bytes;  /* by channels, rules and tracked values; see quota.h */

	struct rf_chunk chunk;
	uint64_t next_chunk; /* its number */
	struct rf_rotation rotation;
	struct rf_rotation_schedule schedule;
	struct rf_rotation_clock clock;
	uint64_t written; /* bytes recorded to files; refreshed with the statistics */

	bool snapshot_mode;                 /* made for snapshots: channels overwrite by default */
	struct rf_snapshot_output snapshot; /* at most one */
	uint32_t next_snapshot_output;      /* id */
	uint64_t snapshot_count;            /* recorded so far */

	char shm_path[RF_PATH_SIZE]; /* where ring buffers are files; empty: they are memory */

	struct rf_recording *recording; /* NULL until it is prepared; owned by sessiond/recording */
};

struct rf_sessions {
	struct rf_list list;
	uint64_t next_id;
	char hostname[RF_NAME_SIZE];
};

void rf_sessions_init(struct rf_sessions *sessions, const char *hostname);
/* Frees all sessions as they are; their recordings must be gone. */
void rf_sessions_fini(struct rf_sessions *sessions);
/* A new, linked session with a free id; NULL without memory or above UID's quota. The name must not be in use. */
struct rf_session *rf_session_new(struct rf_sessions *sessions, const char *name, uid_t uid, gid_t gid);
/* Unlinks and frees it with its channels. Its recording must be gone. */
void rf_session_free(struct rf_session *session);
/* By exact name; sessions under destruction are not found. */
struct rf_session *rf_session_find(struct rf_sessions *sessions, const char *name);
/* uid 0 and the owner. */
bool rf_session_may_control(const struct rf_session *session, uid_t uid);

#endif
