/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that were taken out of a CPU's ring and are kept, oldest first: what snapshots read, who leave it for the next
 * one. Data threads, one at a time.
 */
#ifndef RF_CONSUMERD_RING_PAGES_H
#define RF_CONSUMERD_RING_PAGES_H

#include "common/list.h"
#include "consumerd/ring_page.h"

struct rf_kept_page {
	struct rf_list node;
	struct rf_ring_page page; /* what is to be read of it */
	uint64_t events;          /* in it */
	uint64_t lost_before;     /* between the page before and this one */
	unsigned int drain;       /* of the ring that brought it, counted by who keeps it */
	bool says_lost;           /* the page itself says that something is missing before it */
	size_t size;
	uint8_t bytes[]; /* [size], and RF_RECORD_SLACK */
};

struct rf_ring_pages {
	struct rf_list pages;
	uint64_t size;  /* bytes of all of them */
	uint64_t limit; /* not more are kept */
};

void rf_ring_pages_init(struct rf_ring_pages *pages, uint64_t limit);
void rf_ring_pages_fini(struct rf_ring_pages *pages);
/*
 * Keeps what is left of PAGE, behind the others. The oldest go when there are too many: *DROPPED is how many events
 * they had. NULL without memory.
 */
struct rf_kept_page *rf_ring_pages_keep(
	struct rf_ring_pages *pages, const struct rf_ring_page *page, uint64_t *dropped);
/* Takes the oldest one, to be free'd by the caller. NULL: there is none. */
struct rf_kept_page *rf_ring_pages_take(struct rf_ring_pages *pages);

#endif
