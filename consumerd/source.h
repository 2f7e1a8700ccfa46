/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets come from: one ring buffer of one CPU. Whoever implements it embeds struct rf_source. All calls belong
 * to the thread that owns the stream; never two at once, and at most one packet is out between get() and put().
 */
#ifndef RF_CONSUMERD_SOURCE_H
#define RF_CONSUMERD_SOURCE_H

#include "consumerd/packet.h"

struct rf_source;

struct rf_source_ops {
	/*
	 * The oldest packet that nobody got yet. 0; -EAGAIN when none is complete; -EPROTO when what is there is no
	 * packet (nothing to put then). May sleep some tens of milliseconds when a writer was interrupted in the
	 * packet.
	 */
	int (*get)(struct rf_source *source, struct rf_packet *packet);
	/* Gives the packet's room back to the writers. */
	void (*put)(struct rf_source *source);
	/* Closes the packet being written; an empty one is made when there is none. */
	void (*flush)(struct rf_source *source);
	/* Packets that were begun and that get() cannot give; for the final count, after the last get(). */
	uint64_t (*stuck)(struct rf_source *source);
	void (*destroy)(struct rf_source *source);
};

struct rf_source {
	const struct rf_source_ops *ops;
	int wait_fd;           /* non-blocking; readable when a packet may be there; its bytes mean nothing more */
	unsigned int capacity; /* packets that the ring holds */
	struct rf_packet_origin origin;
};

#endif
