/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user-space domain without applications, for tests of what stands before it: it notes what it is asked, and
 * completes when the test says so, in the order of the requests.
 */
#ifndef RF_TESTS_UNIT_FAKE_UST_H
#define RF_TESTS_UNIT_FAKE_UST_H

#include "common/list.h"
#include "sessiond/ust/domain.h"

enum fake_request {
	FAKE_START,
	FAKE_STOP,
	FAKE_DESTROY,
	FAKE_UPDATE,
	FAKE_STATISTICS,
	FAKE_ROTATE,
	FAKE_CLEAR,
	FAKE_SNAPSHOT,
	FAKE_METADATA,
	FAKE_STATEDUMP,
	FAKE_LIST,
	FAKE_LIST_FIELDS,
	FAKE_REQUESTS,
};

struct rf_recorder {
	struct rf_list pending;
	unsigned int count[FAKE_REQUESTS];  /* how often it was asked for each */
	unsigned int prepared;              /* how often a session was */
	uid_t list_uid;                     /* of the last listing */
	struct rf_snapshot_output snapshot; /* of the last one */
	void (*on_request)(void *data);     /* may be NULL; called when something is pending */
	void *data;
};

void fake_ust_init(struct rf_recorder *recorder);
/* Completes the oldest request; false when there is none. */
bool fake_ust_complete(struct rf_recorder *recorder, int code);
/* Drops what is pending: it is never completed. */
void fake_ust_forget(struct rf_recorder *recorder);
/* The rotation that is under way ends: as if its chunk had been archived, unless it FAILED. */
void fake_ust_end_rotation(struct rf_session *session, bool failed);
unsigned int fake_ust_pending(const struct rf_recorder *recorder);

#endif
