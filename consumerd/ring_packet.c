/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_packet.h"

#include "common/ctf.h"

#include <errno.h>
#include <stdlib.h>

/* An event header: u16 id, u32 low bits of the time; or this id, u32 id, u64 time. */
#define EXTENDED_ID 65535u
#define HEADER_MAX 14u

int rf_ring_packet_init(struct rf_ring_packet *packet, size_t size)
{
	/* Packets are multiples of eight bytes. */
	size_t room = (size & ~(size_t)7) - RF_CTF_PACKET_HEADER;

	*packet = (struct rf_ring_packet){.room = room, .body = malloc(room + RF_RECORD_SLACK)};
	return packet->body ? 0 : -ENOMEM;
}

void rf_ring_packet_fini(struct rf_ring_packet *packet)
{
	free(packet->body);
	*packet = (struct rf_ring_packet){0};
}

static uint8_t *put_extended(uint8_t *out, uint32_t id, uint64_t time)
{
	const uint16_t mark = EXTENDED_ID;

	memcpy(out, &mark, sizeof(mark));
	memcpy(out + 2, &id, sizeof(id));
	memcpy(out + 6, &time, sizeof(time));
	return out + HEADER_MAX;
}

/* LAST: the time that a reader knows, of the event before or of the packet's begin. */
static inline uint8_t *put_header(uint8_t *out, uint32_t id, uint64_t time, uint64_t last)
{
	if (id >= EXTENDED_ID || time - last > UINT32_MAX)
		return put_extended(out, id, time);

	uint16_t short_id = (uint16_t)id;
	uint32_t low = (uint32_t)time;

	memcpy(out, &short_id, sizeof(short_id));
	memcpy(out + 2, &low, sizeof(low));
	return out + 6;
}

enum rf_ring_taken rf_ring_packet_take(
	struct rf_ring_packet *packet, struct rf_ring_page *page, struct rf_record_table *table)
{
	struct rf_ring_page cursor = *page;
	const uint8_t *limit = packet->body + packet->room;
	uint8_t *out = packet->body + packet->at;
	uint64_t last = packet->end;
	uint64_t records = 0;
	enum rf_ring_taken result;

	for (;;) {
		struct rf_ring_record record;

		/* Where to go on when the record cannot be taken. */
		page->at = cursor.at;
		page->time = cursor.time;

		enum rf_ring_next next = rf_ring_page_next(&cursor, &record);

		if (next != RF_RING_RECORD) {
			result = next == RF_RING_END ? RF_RING_TAKEN : RF_RING_BROKEN;
			break;
		}

		uint16_t id;

		memcpy(&id, record.payload, sizeof(id));

		const struct rf_record_program *program = rf_record_table_get(table, id);

		if (!program) {
			result = RF_RING_UNKNOWN;
			break;
		}
		if (record.len < program->size_min) {
			result = RF_RING_BROKEN;
			break;
		}
		if (limit - out < (ptrdiff_t)HEADER_MAX) {
			result = RF_RING_FULL;
			break;
		}

		uint64_t time = cursor.time < last ? last : cursor.time;
		bool first = out == packet->body;
		uint8_t *payload = put_header(out, program->event, time, first ? time : last);
		size_t wrote = rf_record_program_run(
			program, record.payload, record.len, payload, (size_t)(limit - payload));

		if (wrote == RF_RECORD_NO_ROOM) {
			result = RF_RING_FULL;
			break;
		}
		if (first)
			packet->begin = time;
		last = time;
		out = payload + wrote;
		records++;
	}
	packet->at = (size_t)(out - packet->body);
	packet->end = last;
	packet->records += records;
	return result;
}

void rf_ring_packet_skip(struct rf_ring_packet *packet, struct rf_ring_page *page)
{
	struct rf_ring_record record;

	if (rf_ring_page_next(page, &record) == RF_RING_RECORD)
		packet->records++;
}
