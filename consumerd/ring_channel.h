/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel of the mainline kernel's tracer: the rings of an instance that the broker made, and one more stream for
 * events that the session daemon makes. Control thread only. Errors: negative errno.
 *
 * As long as it lives it has the instance's free_buffer open: when the consumer ends, in whatever way, the kernel stops
 * to record and gives the rings' memory back.
 */
#ifndef RF_CONSUMERD_RING_CHANNEL_H
#define RF_CONSUMERD_RING_CHANNEL_H

#include "consumerd/trace.h"

/*
 * Asks the broker for the rings; the session daemon's messages are held until the channel is there. That it could not
 * be made is told when the session is asked to settle.
 */
int rf_ring_channel_create(struct rf_trace *trace, const struct rf_consumer_create_rings *request);
/* See RF_CONSUMER_DESCRIBE_RECORD. */
int rf_ring_channel_describe(struct rf_trace *trace, const struct rf_consumer_describe_record *request);
/* See RF_CONSUMER_ADD_EVENTS. */
int rf_ring_channel_add_events(struct rf_trace *trace, const struct rf_consumer_add_events *request);
/* See RF_CONSUMER_ADD_TASKS. */
int rf_ring_channel_add_tasks(struct rf_trace *trace, const struct rf_consumer_add_tasks *request);

#endif
