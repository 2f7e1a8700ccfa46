/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One packet on its way from a source to a sink, what its header says, and its entry in an index file.
 *
 * The header lies in memory that applications write. It is copied once, the copy is checked, and the copy is what goes
 * to the file: what the index says and what was checked is what readers find. The body is written straight from the
 * ring. Pure functions, any thread.
 */
#ifndef RF_CONSUMERD_PACKET_H
#define RF_CONSUMERD_PACKET_H

#include "common/ctf.h"
#include "common/message.h"

#include <stddef.h>
#include <stdint.h>

/* What is the same in every packet of a stream. */
struct rf_packet_origin {
	uint8_t uuid[RF_UUID_SIZE];
	uint32_t stream_class;
	uint32_t instance; /* of the stream class: the CPU, but for streams that are no CPU's */
	uint32_t cpu;
	uint8_t abi_bits; /* 32 or 64: the width of events_discarded */
};

struct rf_packet_facts {
	uint64_t begin; /* trace clock */
	uint64_t end;
	uint64_t content_bits; /* header included */
	uint64_t packet_bits;
	uint64_t sequence;
	uint64_t discarded; /* events, since the buffer was made; wraps at 32 bits for a 32-bit application */
};

struct rf_packet {
	uint8_t header[RF_CTF_PACKET_HEADER];
	size_t header_len;
	const uint8_t *body; /* what follows the header in the ring; valid until the source's put() */
	size_t body_len;
	const struct rf_packet_origin *origin;
	struct rf_packet_facts facts;
};

size_t rf_packet_header_size(uint8_t abi_bits);
/* Makes the header of a packet of which origin and facts are set. Sets header_len. */
void rf_packet_make_header(struct rf_packet *packet);
/*
 * Reads and checks packet->header (origin and header_len are set). SIZE: bytes of the packet with its padding. 0, or
 * -EPROTO when the header does not belong to a packet of this origin and size.
 */
int rf_packet_check(struct rf_packet *packet, size_t size);

void rf_index_header(uint8_t out[RF_INDEX_HEADER]);
/* OFFSET: of the packet in its data file, bytes. */
void rf_index_entry(uint8_t out[RF_INDEX_ENTRY], const struct rf_packet *packet, uint64_t offset);

#endif
