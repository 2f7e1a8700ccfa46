/* SPDX-License-Identifier: GPL-2.0-only */
/* A source that is one CPU's ring buffer of a user-space channel. See source.h. */
#ifndef RF_CONSUMERD_SOURCE_UST_H
#define RF_CONSUMERD_SOURCE_UST_H

#include "consumerd/source.h"
#include "consumerd/ust_buffers.h"

/*
 * Takes the stream of CPU out of BUFFERS, which must outlive the source. NULL without memory; the stream stays with the
 * buffers then. Before the buffers are handed over: what the application could change is read here once.
 */
struct rf_source *rf_source_ust_new(
	struct rf_ust_buffers *buffers, unsigned int cpu, const struct rf_packet_origin *origin);

#endif
