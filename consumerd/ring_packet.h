/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet that is being made from records of ring pages: its events, with LTTng's large event headers. An event's time
 * is never before that of the one before it, also of the packet before. Data threads, one at a time.
 */
#ifndef RF_CONSUMERD_RING_PACKET_H
#define RF_CONSUMERD_RING_PACKET_H

#include "consumerd/record_program.h"
#include "consumerd/ring_page.h"

struct rf_ring_packet {
	struct rf_record_table *table;
	uint8_t *body;          /* `room` bytes, and RF_RECORD_SLACK */
	size_t room;            /* bytes of events that a packet may have */
	size_t at;              /* bytes of events that it has */
	uint64_t begin;         /* time of its first event */
	uint64_t end;           /* of the last event of all; survives rf_ring_packet_reset() */
	uint64_t records;       /* that were looked at, all in all */
	struct rf_task_now now; /* after the last of them */
};

enum rf_ring_taken {
	RF_RING_TAKEN,   /* the page is at its end */
	RF_RING_FULL,    /* the next record does not fit */
	RF_RING_UNKNOWN, /* the next record has no program */
	RF_RING_BROKEN,  /* the next record is corrupt */
};

/* For packets of at most SIZE bytes with their header, from the ring of CPU with records of TABLE. 0 or -ENOMEM. */
int rf_ring_packet_init(struct rf_ring_packet *packet, size_t size, struct rf_record_table *table, uint32_t cpu);
void rf_ring_packet_fini(struct rf_ring_packet *packet);

/* Begins the next one. */
static inline void rf_ring_packet_reset(struct rf_ring_packet *packet)
{
	packet->at = 0;
}

/* Fills it up with what the page has. The bytes behind the page's records may be read: RF_RECORD_SLACK of them. */
enum rf_ring_taken rf_ring_packet_take(struct rf_ring_packet *packet, struct rf_ring_page *page);
/* Moves on over the record that it stopped at. */
void rf_ring_packet_skip(struct rf_ring_packet *packet, struct rf_ring_page *page);

#endif
