/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets go to. Whoever implements it embeds struct rf_sink. Calls belong to the thread that owns the stream.
 */
#ifndef RF_CONSUMERD_SINK_H
#define RF_CONSUMERD_SINK_H

#include "consumerd/packet.h"

struct rf_sink;

struct rf_sink_ops {
	/*
	 * All of the packet, or nothing of it: 0, or a negative errno with the output as it was before. The next packet
	 * may be tried in any case.
	 */
	int (*write)(struct rf_sink *sink, const struct rf_packet *packet);
	/* Closes and frees. */
	void (*close)(struct rf_sink *sink);
};

struct rf_sink {
	const struct rf_sink_ops *ops;
};

#endif
