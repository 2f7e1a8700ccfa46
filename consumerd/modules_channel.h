/* SPDX-License-Identifier: GPL-2.0-only */
/* A channel of lttng-modules: its streams come as descriptors, more of them when a CPU appears. Control thread only. */
#ifndef RF_CONSUMERD_MODULES_CHANNEL_H
#define RF_CONSUMERD_MODULES_CHANNEL_H

#include "common/frame.h"
#include "consumerd/trace.h"

/* Takes the streams out of FRAME that REQUEST came with. 0 or a negative errno; streams before the failing one work. */
int rf_modules_channel_add(
	struct rf_trace *trace, const struct rf_consumer_add_streams *request, struct rf_frame *frame);

#endif
