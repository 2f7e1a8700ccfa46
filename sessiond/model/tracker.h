/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Process attribute trackers: which processes a session records, by one attribute each. A process is recorded when
 * every tracker includes it. Owned by the session, loop thread only.
 */
#ifndef RF_SESSIOND_MODEL_TRACKER_H
#define RF_SESSIOND_MODEL_TRACKER_H

#include "common/list.h"
#include "common/message.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers of the client protocol. User space has those of its name space alone: the virtual ones. */
enum rf_tracker_kind {
	RF_TRACKER_PID,
	RF_TRACKER_VPID,
	RF_TRACKER_UID,
	RF_TRACKER_VUID,
	RF_TRACKER_GID,
	RF_TRACKER_VGID,
	RF_TRACKERS,
};

/* Numbers of the client protocol. */
enum rf_tracker_policy {
	RF_TRACK_ALL = 0,
	RF_TRACK_NONE = 1,
	RF_TRACK_SET = 2,
};

struct rf_tracked {
	struct rf_list node; /* in rf_tracker.set, in the order of the commands */
	uint32_t value;
	char name[RF_NAME_SIZE]; /* as the client gave it; empty: it gave the number */
};

struct rf_tracker {
	enum rf_tracker_policy policy;
	struct rf_list set; /* struct rf_tracked; empty but for RF_TRACK_SET */
};

void rf_tracker_init(struct rf_tracker *tracker);
void rf_tracker_fini(struct rf_tracker *tracker);
/* 0, -EEXIST when VALUE is there (under whatever name), -ENOMEM. NAME is empty for a number. */
int rf_tracker_add(struct rf_tracker *tracker, uint32_t value, const char *name);
/* Out of the set, for the caller to free; as it was added: one that came by name does not go by its number. Or NULL. */
struct rf_tracked *rf_tracker_take(struct rf_tracker *tracker, uint32_t value, const char *name);
/* All values of FROM go to the end of the other's. */
void rf_tracker_move_set(struct rf_tracker *to, struct rf_tracker *from);
bool rf_tracker_includes(const struct rf_tracker *tracker, uint32_t value);

#endif
