/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session descriptors, output URIs and session records of the client protocol. Pure functions.
 */
#ifndef RF_SESSIOND_CLIENT_SESSION_CODEC_H
#define RF_SESSIOND_CLIENT_SESSION_CODEC_H

#include "common/message.h"
#include "common/wire.h"
#include "sessiond/client/protocol.h"
#include "sessiond/model/session.h"

#include <stdbool.h>
#include <stdint.h>

enum rf_descriptor_type {
	RF_SESSION_REGULAR = 1,
	RF_SESSION_SNAPSHOT = 2,
	RF_SESSION_LIVE = 3,
};

enum rf_descriptor_output {
	RF_DESCRIPTOR_NONE = 0,
	RF_DESCRIPTOR_LOCAL = 1,
	RF_DESCRIPTOR_NETWORK = 2,
};

/* What a client asks to create. */
struct rf_session_descriptor {
	uint8_t type;
	uint8_t output;
	uint64_t live_interval;           /* µs, live sessions */
	char name[RF_SESSION_NAME_FIELD]; /* empty: make one */
	uint8_t uri_count;
	char path[RF_PATH_SIZE]; /* of a local output's URI */
};

/* False when it is malformed or its parts contradict each other. */
bool rf_session_descriptor_read(struct rf_reader *r, struct rf_session_descriptor *descriptor);
enum rf_uri_kind {
	RF_URI_MALFORMED,
	RF_URI_PATH,    /* a directory of this machine */
	RF_URI_NETWORK, /* another machine */
	RF_URI_UNKNOWN, /* clients may send others, which say nothing */
};
/* One URI; PATH is set for RF_URI_PATH only. */
enum rf_uri_kind rf_uri_read(struct rf_reader *r, char path[RF_PATH_SIZE]);
/* The same with the name and output that the session got. */
void rf_session_descriptor_write(
	struct rf_writer *w, const struct rf_session_descriptor *descriptor, const struct rf_session *session);
/* struct lttng_session, and the creation time that follows all of them. */
void rf_session_record_write(struct rf_writer *w, const struct rf_session *session);
void rf_session_time_write(struct rf_writer *w, const struct rf_session *session);
/* Where a local archive is. */
void rf_archive_location_write(struct rf_writer *w, const char *path);

#endif
