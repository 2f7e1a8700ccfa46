/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source that is no ring: packets of events that the session daemon made, a state dump of the kernel. See source.h.
 * They wait here until they are got, the oldest go when there are too many; snapshots have all of them.
 */
#ifndef RF_CONSUMERD_SOURCE_EVENTS_H
#define RF_CONSUMERD_SOURCE_EVENTS_H

#include "common/list.h"
#include "consumerd/source.h"

#define RF_EVENTS_BLOCKS_MAX 4096u             /* that wait */
#define RF_EVENTS_BYTES_MAX ((size_t)16 << 20) /* of them */

/* What becomes a packet. */
struct rf_event_block {
	struct rf_list node;
	uint64_t begin; /* time of the first event, trace clock */
	uint64_t end;   /* of the last one */
	uint64_t sequence;
	size_t len;
	uint8_t events[]; /* [len], encoded; padding after it: */
};

/* EVENTS is copied. NULL without memory. */
struct rf_event_block *rf_event_block_new(uint64_t begin, uint64_t end, const void *events, size_t len);

struct rf_source *rf_source_events_new(const struct rf_packet_origin *origin);
/* Takes BLOCK, whose begin is not before the end of the one before. */
void rf_source_events_push(struct rf_source *source, struct rf_event_block *block);

#endif
