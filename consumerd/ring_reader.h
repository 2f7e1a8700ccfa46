/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages of one CPU's ring of the mainline kernel's tracer as they are read, and what was lost by the kernel's
 * count. Data threads, one at a time.
 *
 * The writer is not chased: who reads until nothing is left reads page after page with a few events each, and slows the
 * writer down. A pass over the ring ends with the first page that is not full after the first one, or, where all is
 * wanted, when everything was read that was there at its begin.
 */
#ifndef RF_CONSUMERD_RING_READER_H
#define RF_CONSUMERD_RING_READER_H

#include "consumerd/ring_page.h"
#include "consumerd/ring_stats.h"

/* One reading of the ring, from the first page until there is nothing more for now. */
struct rf_ring_pass {
	bool begun;
	bool all; /* until everything was read that was there at its begin; kept until then */
	bool short_page;
	unsigned int pages;
	uint64_t bytes; /* of records */
	uint64_t until; /* `all`: at so many records */
};

struct rf_ring_reader {
	int pipe_fd;
	int stats_fd;
	size_t page_size;
	uint64_t ring_size;
	uint32_t cpu;
	uint8_t *bytes; /* [page_size], and slack: what was read last */
	struct rf_ring_pass pass;
	bool absent;        /* the CPU never was online */
	bool read_failed;   /* and that was said */
	uint64_t lost_seen; /* by the ring's own count */
	uint64_t lost;      /* events, since the reader was made; a corrupt page counts as one */
	uint64_t corrupt;   /* pages that are none */
};

/* READER has its descriptors, sizes and CPU; all else is zero. 0 or -ENOMEM. */
int rf_ring_reader_init(struct rf_ring_reader *reader);
/* Closes the descriptors. */
void rf_ring_reader_fini(struct rf_ring_reader *reader);
/* The ring's counts; what was lost since the last time is added up. False: nothing is known. */
bool rf_ring_reader_stats(struct rf_ring_reader *reader, struct rf_ring_stats *stats);
/* The next page is the first one of a pass. ALL: over everything that is there. */
void rf_ring_reader_begin(struct rf_ring_reader *reader, bool all);
/*
 * A page, valid until the next one is read; one that is corrupt is empty. RECORDS: how many the caller has looked at by
 * now. False: the pass is over, or there is none now.
 */
bool rf_ring_reader_next(struct rf_ring_reader *reader, uint64_t records, struct rf_ring_page *page);

#endif
