/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Snapshot outputs as the client protocol writes them. Pure functions.
 */
#ifndef RF_SESSIOND_CLIENT_SNAPSHOT_CODEC_H
#define RF_SESSIOND_CLIENT_SNAPSHOT_CODEC_H

#include "common/wire.h"
#include "sessiond/client/protocol.h"
#include "sessiond/model/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

#define RF_SNAPSHOT_SIZE_UNSET UINT64_MAX

/* As sent; texts may be empty. */
struct rf_snapshot_request {
	uint32_t id;
	uint64_t max_size; /* 0: no limit; RF_SNAPSHOT_SIZE_UNSET: not said */
	char name[RF_SESSION_NAME_FIELD];
	char control_url[RF_PATH_SIZE];
	char data_url[RF_PATH_SIZE];
};

/* False when a text does not end inside its field. */
bool rf_snapshot_read(struct rf_reader *r, struct rf_snapshot_request *request);
void rf_snapshot_write(struct rf_writer *w, const struct rf_snapshot_output *output);
/*
 * The local directory that the request's URLs mean (`/path`, `file:///path`), to PATH. LTTNG_OK, or the code that says
 * why there is none: LTTNG_ERR_NOT_SUPPORTED for another machine's.
 */
int rf_snapshot_path(const struct rf_snapshot_request *request, char path[RF_PATH_SIZE]);

#endif
