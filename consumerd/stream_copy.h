/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot of one stream: its ring's packets are copied to an output of their own, and stay in the ring. Done in
 * steps of a few packets, so that other streams have their turns. Data thread only.
 */
#ifndef RF_CONSUMERD_STREAM_COPY_H
#define RF_CONSUMERD_STREAM_COPY_H

#include "consumerd/stream.h"

struct rf_stream_copy {
	struct rf_output out;
	unsigned int next;
	unsigned int count; /* packets to be copied */
	unsigned int stalls;
	bool seen;
	uint64_t sequence; /* of the last packet copied */
	int error;         /* why a packet could not be written: negative errno */
};

enum rf_copied {
	RF_COPIED_ALL,     /* or all that can be */
	RF_COPIED_SOME,    /* go on */
	RF_COPIED_WAITING, /* for the next file */
};

/*
 * Begins to copy the NEWEST packets (0: all) to SINK in DIR. The packet being written is closed first, unless nothing
 * was written since the last copy: copies of an idle ring do not push out what it has. A copy has at least an
 * empty packet.
 */
void rf_stream_copy_begin(
	struct rf_stream *stream, struct rf_stream_copy *copy, unsigned int newest, uint32_t dir, struct rf_sink *sink);
enum rf_copied rf_stream_copy_some(struct rf_stream *stream, struct rf_stream_copy *copy);
/* Closes the output. */
void rf_stream_copy_end(struct rf_stream_copy *copy);

#endif
