/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/packet.h"

#include <errno.h>
#include <string.h>

size_t rf_packet_header_size(uint8_t abi_bits)
{
	return abi_bits == 32 ? RF_CTF_PACKET_HEADER - 4 : RF_CTF_PACKET_HEADER;
}

void rf_packet_make_header(struct rf_packet *packet)
{
	const struct rf_packet_origin *origin = packet->origin;
	const struct rf_packet_facts *facts = &packet->facts;
	struct rf_writer w;

	rf_writer_init_fixed(&w, packet->header, sizeof(packet->header), RF_HOST_ORDER);
	rf_write_u32(&w, RF_CTF_PACKET_MAGIC);
	rf_write_bytes(&w, origin->uuid, sizeof(origin->uuid));
	rf_write_u32(&w, origin->stream_class);
	rf_write_u64(&w, origin->instance);
	rf_write_u64(&w, facts->begin);
	rf_write_u64(&w, facts->end);
	rf_write_u64(&w, facts->content_bits);
	rf_write_u64(&w, facts->packet_bits);
	rf_write_u64(&w, facts->sequence);
	if (origin->abi_bits == 32)
		rf_write_u32(&w, (uint32_t)facts->discarded);
	else
		rf_write_u64(&w, facts->discarded);
	rf_write_u32(&w, origin->cpu);
	packet->header_len = w.at;
}

int rf_packet_check(struct rf_packet *packet, size_t size)
{
	const struct rf_packet_origin *origin = packet->origin;
	struct rf_packet_facts *facts = &packet->facts;
	uint8_t uuid[RF_UUID_SIZE];
	struct rf_reader r;

	rf_reader_init(&r, packet->header, packet->header_len, RF_HOST_ORDER);

	uint32_t magic = rf_read_u32(&r);

	rf_read_bytes(&r, uuid, sizeof(uuid));

	uint32_t stream_class = rf_read_u32(&r);
	uint64_t instance = rf_read_u64(&r);

	facts->begin = rf_read_u64(&r);
	facts->end = rf_read_u64(&r);
	facts->content_bits = rf_read_u64(&r);
	facts->packet_bits = rf_read_u64(&r);
	facts->sequence = rf_read_u64(&r);
	facts->discarded = origin->abi_bits == 32 ? rf_read_u32(&r) : rf_read_u64(&r);

	uint32_t cpu = rf_read_u32(&r);

	if (!rf_reader_done(&r) || magic != RF_CTF_PACKET_MAGIC || memcmp(uuid, origin->uuid, sizeof(uuid)) != 0 ||
		stream_class != origin->stream_class || instance != origin->instance || cpu != origin->cpu)
		return -EPROTO;
	if (facts->packet_bits != (uint64_t)size * 8 || facts->content_bits > facts->packet_bits ||
		facts->content_bits < packet->header_len * 8 || facts->begin > facts->end)
		return -EPROTO;
	return 0;
}

void rf_index_header(uint8_t out[RF_INDEX_HEADER])
{
	struct rf_writer w;

	rf_writer_init_fixed(&w, out, RF_INDEX_HEADER, RF_BIG_ENDIAN);
	rf_write_u32(&w, RF_INDEX_MAGIC);
	rf_write_u32(&w, RF_INDEX_MAJOR);
	rf_write_u32(&w, RF_INDEX_MINOR);
	rf_write_u32(&w, RF_INDEX_ENTRY);
}

void rf_index_entry(uint8_t out[RF_INDEX_ENTRY], const struct rf_packet *packet, uint64_t offset)
{
	const struct rf_packet_facts *facts = &packet->facts;
	struct rf_writer w;

	rf_writer_init_fixed(&w, out, RF_INDEX_ENTRY, RF_BIG_ENDIAN);
	rf_write_u64(&w, offset);
	rf_write_u64(&w, facts->packet_bits);
	rf_write_u64(&w, facts->content_bits);
	rf_write_u64(&w, facts->begin);
	rf_write_u64(&w, facts->end);
	rf_write_u64(&w, facts->discarded);
	rf_write_u64(&w, packet->origin->stream_class);
	rf_write_u64(&w, packet->origin->instance);
	rf_write_u64(&w, facts->sequence);
}
