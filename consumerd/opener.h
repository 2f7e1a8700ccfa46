/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files from the broker: requests on its link and the answers to them, which may come in any order. Control thread
 * only.
 */
#ifndef RF_CONSUMERD_OPENER_H
#define RF_CONSUMERD_OPENER_H

#include "common/link.h"
#include "common/proto_broker.h"

struct rf_opener {
	struct rf_link *link;
	unsigned int expected;  /* descriptors that the answers to what is pending will bring */
	struct rf_list pending; /* oldest first */
	uint32_t last_serial;
};

/*
 * The answer to a request: 0 with the files in FRAME (take what you keep), or a negative errno and FRAME NULL. Called
 * exactly once a request, possibly before the request returns.
 */
typedef void (*rf_opened_fn)(void *data, int status, struct rf_frame *frame);

void rf_opener_init(struct rf_opener *opener, struct rf_link *link);
void rf_opener_metadata(struct rf_opener *opener, uint32_t dir, rf_opened_fn opened, void *data);
/* WANTED->cpu_count is at most RF_OPEN_STREAMS_MAX. Data and index file of each CPU, or the data file alone. */
void rf_opener_streams(
	struct rf_opener *opener, const struct rf_broker_open_streams *wanted, rf_opened_fn opened, void *data);
/* New files for ring buffers of at most RF_OPEN_STREAMS_MAX CPUs. */
void rf_opener_buffers(
	struct rf_opener *opener, const struct rf_broker_open_buffers *wanted, rf_opened_fn opened, void *data);
/* With CPU 0 an instance's free_buffer, then trace_pipe_raw and stats of at most RF_OPEN_RINGS_MAX CPUs. */
void rf_opener_rings(
	struct rf_opener *opener, const struct rf_broker_open_rings *wanted, rf_opened_fn opened, void *data);
/* A reply came on the link. */
void rf_opener_reply(struct rf_opener *opener, struct rf_frame *frame);
/* No reply will come any more. */
void rf_opener_fail_all(struct rf_opener *opener, int status);

#endif
