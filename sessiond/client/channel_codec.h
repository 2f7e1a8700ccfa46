/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels as the client protocol writes them. Pure functions.
 */
#ifndef RF_SESSIOND_CLIENT_CHANNEL_CODEC_H
#define RF_SESSIOND_CLIENT_CHANNEL_CODEC_H

#include "common/wire.h"
#include "sessiond/model/channel.h"

#include <stdbool.h>
#include <stdint.h>

/* What a client asks for; `attr` as sent. */
struct rf_channel_request {
	char name[RF_NAME_SIZE];
	int8_t overwrite; /* -1: what suits the session */
	struct rf_channel_attr attr;
};

/* The whole payload must be one channel. */
bool rf_channel_read(struct rf_reader *r, struct rf_channel_request *request);
void rf_channel_write(struct rf_writer *w, const struct rf_channel *channel);

#endif
