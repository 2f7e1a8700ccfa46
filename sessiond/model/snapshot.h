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

#endif
