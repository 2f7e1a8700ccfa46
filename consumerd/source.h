/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets come from: one ring buffer of one CPU. Whoever implements it embeds struct rf_source. All calls belong
 * to the thread that owns the stream; never two at once, and at most one packet is out between get() or peek() and
 * put() or keep(), with no other call between them.
 */
#ifndef RF_CONSUMERD_SOURCE_H
#define RF_CONSUMERD_SOURCE_H

#include "consumerd/packet.h"

#include <stdbool.h>

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
	/* Instead of put(), and after peek(): the packet stays where it is. */
	void (*keep)(struct rf_source *source);
	/* Closes the packet being written; an empty one is made when there is none. */
	void (*flush)(struct rf_source *source);
	/* Closes the packet being written if there is one. */
	void (*close_packet)(struct rf_source *source);
	/* Whether no packet is in the ring and none was begun. */
	bool (*empty)(struct rf_source *source);
	/* Where writers are: changes when something is written. */
	uint64_t (*position)(struct rf_source *source);
	/*
	 * Takes down which complete packets are in the ring, at most the NEWEST ones (0: all), and returns their
	 * number, which is not more than `capacity`. peek() gives them by number, oldest first, until the next list().
	 */
	unsigned int (*list)(struct rf_source *source, unsigned int newest);
	/* As get(); -EAGAIN also when the packet was overwritten since. get() goes on as if nothing was read. */
	int (*peek)(struct rf_source *source, unsigned int number, struct rf_packet *packet);
	/* Packets that were begun and that get() cannot give; for the final count, after the last get(). */
	uint64_t (*stuck)(struct rf_source *source);
	void (*destroy)(struct rf_source *source);
};

struct rf_source {
	const struct rf_source_ops *ops;
	int wait_fd;          /* non-blocking; says when a packet may be there. -1: nothing does */
	uint32_t wait_events; /* by these, epoll's */
	bool wait_is_pipe;    /* its bytes mean nothing more, and have to be read */
	bool stalls;          /* a get() that finds nothing may have waited for an interrupted writer */
	bool hasty;  /* the last get() that found nothing more had found next to nothing, though it was woken */
	bool silent; /* it may never have anything: no file is made before its first packet */
	unsigned int capacity; /* packets that the ring holds */
	/* What writers overwrote shows as discarded events of the next packet, and not as missing packets. */
	bool overwrites_show;
	struct rf_packet_origin origin;
};

#endif
