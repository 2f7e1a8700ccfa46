/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the snapshots of a session without output go. Plain data, loop thread only. */
#ifndef RF_SESSIOND_MODEL_SNAPSHOT_H
#define RF_SESSIOND_MODEL_SNAPSHOT_H

#include "common/message.h"

#include <stdbool.h>
#include <stdint.h>

struct rf_snapshot_output {
	bool there;
	uint32_t id; /* from 1, never reused in the session; 0: given with one command only */
	char name[RF_NAME_SIZE];
	char path[RF_PATH_SIZE];
	uint64_t max_size; /* bytes of all streams together, 0: no limit */
};

struct rf_session;

/* How many there are of each channel of a domain. */
struct rf_snapshot_streams {
	uint64_t ust;
	uint64_t kernel;
};

/*
 * How many of its newest packets each stream may give to a snapshot of at most MAX_SIZE bytes: as many as all have room
 * for, a channel with fewer sub-buffers giving what it has. 0: there is no room for one packet of each. UINT32_MAX:
 * there is no limit.
 */
uint32_t rf_snapshot_packets(
	const struct rf_session *session, uint64_t max_size, const struct rf_snapshot_streams *streams);

#endif
