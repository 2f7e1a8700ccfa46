/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recorder with a user-space domain without applications and a kernel domain without tracer (fake_kernel.c), for
 * tests of what stands before them: it notes what it is asked, and completes when the test says so, in the order of the
 * requests.
 */
#ifndef RF_TESTS_UNIT_FAKE_UST_H
#define RF_TESTS_UNIT_FAKE_UST_H

#include "common/list.h"
#include "sessiond/kernel/domain.h"
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
	FAKE_LOOK,
	FAKE_KERNEL_LIST,
	FAKE_ADD_CHANNEL,
	FAKE_DROP_CHANNEL,
	FAKE_ENABLE_CHANNEL,
	FAKE_FIND_PLACES,
	FAKE_ADD_RULE,
	FAKE_ENABLE_RULE,
	FAKE_ADD_CONTEXT,
	FAKE_TRACK,
	FAKE_REQUESTS,
};

struct fake_pending {
	struct rf_list node;
	enum fake_request kind;
	struct rf_session *session;
	rf_done_fn done;
	rf_ust_list_fn list_done;
	rf_kernel_list_fn names_done;
	bool syscalls; /* are listed */
	struct rf_user_probe *probe;
	void *data;
};

/* Of the last request to the kernel's tracer. */
struct fake_kernel_request {
	uint32_t channel;
	uint32_t rule;
	bool on;
	uint32_t context;
	enum rf_tracker_kind tracker;
};

struct rf_recorder {
	struct rf_list pending;
	int fail[FAKE_REQUESTS]; /* what all requests of a kind come to; 0: what the test completes them with */
	uid_t kernel_uid;        /* may trace the kernel besides root */
	bool kernel_ready;       /* there is a tracer: set by a look that succeeds */
	struct fake_kernel_request kernel;
	unsigned int count[FAKE_REQUESTS];  /* how often it was asked for each */
	unsigned int prepared;              /* how often a session was */
	uid_t list_uid;                     /* of the last listing */
	struct rf_snapshot_output snapshot; /* of the last one */
	void (*on_request)(void *data);     /* may be NULL; called when something is pending */
	void *data;
};

/* For what the fakes consist of: notes a request. */
void fake_ask(struct rf_recorder *recorder, const struct fake_pending *what);
void fake_kernel_complete(struct rf_recorder *recorder, const struct fake_pending *what, int code);

void fake_ust_init(struct rf_recorder *recorder);
/* Completes the oldest request; false when there is none. */
bool fake_ust_complete(struct rf_recorder *recorder, int code);
/* Drops what is pending: it is never completed. */
void fake_ust_forget(struct rf_recorder *recorder);
/* The rotation that is under way ends: as if its chunk had been archived, unless it FAILED. */
void fake_ust_end_rotation(struct rf_session *session, bool failed);
unsigned int fake_ust_pending(const struct rf_recorder *recorder);

#endif
