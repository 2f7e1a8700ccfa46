/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source that is one CPU's ring of the mainline kernel's tracer. See source.h.
 *
 * The kernel gives copies of whole sub-buffers, whose records are converted into packets in memory of our own. What was
 * read is the ring's no more: a packet that was not put is still here.
 *
 * It is read in passes (ring_reader.h). At the end of one get() says once that there is nothing; after flush() and
 * close_packet() a pass is over everything that is there.
 *
 * Snapshots read the ring, too, and keep the pages (ring_pages.h) for the next one and for get().
 */
#ifndef RF_CONSUMERD_SOURCE_RING_H
#define RF_CONSUMERD_SOURCE_RING_H

#include "consumerd/catch_up.h"
#include "consumerd/record_program.h"
#include "consumerd/source.h"

struct rf_source_ring_def {
	int pipe_fd;  /* trace_pipe_raw, non-blocking */
	int stats_fd; /* stats */
	size_t page_size;
	uint64_t ring_size;
	size_t packet_size;
	struct rf_record_table *table; /* outlives the source */
	struct rf_catch_up *catch_up;  /* asked when a record has no program (yet); NULL: none */
	struct rf_packet_origin origin;
};

#define RF_RING_PAGE_MIN 4096u
#define RF_RING_PAGE_MAX (1u << 20)
#define RF_RING_SIZE_MAX ((uint64_t)1 << 40)
#define RF_RING_PACKET_MIN 4096u
#define RF_RING_PACKET_MAX (1u << 30)
/* Whether sizes can be those of a ring and its packets. */
bool rf_source_ring_sizes_ok(uint64_t page_size, uint64_t ring_size, uint64_t packet_size);
/* Takes the descriptors, in every case. NULL without memory. */
struct rf_source *rf_source_ring_new(const struct rf_source_ring_def *def);

/* Records that were not converted, for those who look after it: see the log at the source's end. */
struct rf_source_ring_trouble {
	uint64_t unknown;  /* without a program: not ours */
	uint64_t corrupt;  /* pages that were left in the middle */
	uint64_t too_long; /* larger than a packet */
};
struct rf_source_ring_trouble rf_source_ring_trouble(const struct rf_source *source);

#endif
