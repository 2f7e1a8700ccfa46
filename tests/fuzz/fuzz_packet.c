/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packet headers as an application may leave them in its rings: what passes the check is of this stream and inside its
 * packet, and the index says nothing else. The first byte of the input chooses the kind of application and the packet's
 * size.
 */
#include "consumerd/packet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OFFSET 8192u

static void check_index(const struct rf_packet *packet)
{
	uint8_t entry[RF_INDEX_ENTRY];
	struct rf_reader r;

	rf_index_entry(entry, packet, OFFSET);
	rf_reader_init(&r, entry, sizeof(entry), RF_BIG_ENDIAN);

	uint64_t offset = rf_read_u64(&r);
	uint64_t packet_bits = rf_read_u64(&r);
	uint64_t content_bits = rf_read_u64(&r);
	uint64_t begin = rf_read_u64(&r);
	uint64_t end = rf_read_u64(&r);

	if (offset != OFFSET || packet_bits != packet->facts.packet_bits ||
		content_bits != packet->facts.content_bits || begin > end)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rf_packet_origin origins[] = {
		{.uuid = {1, 2, 3}, .stream_class = 5, .instance = 1, .cpu = 1, .abi_bits = 64},
		{.uuid = {1, 2, 3}, .stream_class = 5, .instance = 1, .cpu = 1, .abi_bits = 32},
	};

	if (!size)
		return 0;

	struct rf_packet packet = {.origin = &origins[data[0] & 1]};
	size_t packet_size = (size_t)4096 << (data[0] >> 1 & 3);
	size_t given = size - 1;

	packet.header_len = rf_packet_header_size(packet.origin->abi_bits);
	memcpy(packet.header, data + 1, given < packet.header_len ? given : packet.header_len);
	if (rf_packet_check(&packet, packet_size) < 0)
		return 0;
	if (packet.facts.packet_bits != packet_size * 8 || packet.facts.content_bits > packet_size * 8 ||
		packet.facts.content_bits < packet.header_len * 8 || packet.facts.begin > packet.facts.end)
		abort();
	check_index(&packet);
	return 0;
}
