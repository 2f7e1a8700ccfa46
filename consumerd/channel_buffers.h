/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that a channel's ring buffers are, for a trace with a directory for them: the broker is asked, and the
 * channel is made when they are there. Meanwhile the trace counts it among what is on its way. Control thread only.
 */
#ifndef RF_CONSUMERD_CHANNEL_BUFFERS_H
#define RF_CONSUMERD_CHANNEL_BUFFERS_H

#include "consumerd/trace.h"

/* As rf_ust_channel_create(), which calls it. */
void rf_channel_buffers_ask(struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock);

#endif
