/* SPDX-License-Identifier: GPL-2.0-only */
/* What a CPU's ring tells of itself: the tracer's per_cpu/cpuN/stats. Any thread. */
#ifndef RF_CONSUMERD_RING_STATS_H
#define RF_CONSUMERD_RING_STATS_H

#include <stdint.h>

struct rf_ring_stats {
	uint64_t entries;  /* events that wait in the ring */
	uint64_t lost;     /* overwritten, or refused by a full ring, since the ring was emptied by hand */
	uint64_t position; /* events that came, lost ones included */
};

/* 0, or a negative errno with nothing known. -ENODEV: the CPU never was online. */
int rf_ring_stats_read(int fd, struct rf_ring_stats *stats);

#endif
