/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_packet.h"

#include "common/ctf.h"

#include <errno.h>
#include <stdlib.h>

/* An event header: u16 id, u32 low bits of the time; or this id, u32 id, u64 time. */
#define EXTENDED_ID 65535u
#define HEADER_MAX 14u

int rf_ring_packet_init(struct rf_ring_packet *packet, size_t size, struct rf_record_table *table, uint32_t cpu)
{
	/* Packets are multiples of eight bytes. */
	size_t room = (size & ~(size_t)7) - RF_CTF_PACKET_HEADER;

	*packet = (struct rf_ring_packet){
		.table = table,
		.room = room,
		.body = malloc(room + RF_RECORD_SLACK),
		.now = {.tasks = table->tasks, .cpu = cpu},
	};
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

/* A packet on its way, in registers. */
struct pen {
	uint8_t *out;
	const uint8_t *limit;
	uint64_t last; /* time of the event before; of the first one itself */
	struct rf_task_now *now;
};

/* RF_RING_TAKEN: the record is in the packet. */
static inline __attribute__((always_inline)) enum rf_ring_taken put_record(
	struct pen *pen, const struct rf_record_program *program, const uint8_t *payload, size_t len, uint64_t time)
{
	ptrdiff_t spare = pen->limit - pen->out - (ptrdiff_t)(HEADER_MAX + program->fixed);

	if (spare < 0)
		return RF_RING_FULL;
	if (time < pen->last)
		time = pen->last;

	uint8_t *out = put_header(pen->out, program->event, time, pen->last);
	size_t wrote = rf_record_program_run(program, pen->now, payload, len, out, (size_t)spare);

	if (wrote == RF_RECORD_NO_ROOM)
		return RF_RING_FULL;
	pen->last = time;
	pen->out = out + wrote;
	return RF_RING_TAKEN;
}

/* One that tells something of threads, which may be all that it is for. */
static __attribute__((noinline)) enum rf_ring_taken put_watched(
	struct pen *pen, const struct rf_record_program *program, const uint8_t *payload, size_t len, uint64_t time)
{
	enum rf_ring_taken taken = RF_RING_TAKEN;

	rf_task_learn_own(pen->now, &program->watch, payload);
	if (time >= program->watch.begin && time < program->watch.end)
		taken = put_record(pen, program, payload, len, time);
	if (taken == RF_RING_TAKEN)
		rf_task_learn(pen->now, &program->watch, payload);
	return taken;
}

/* RF_RING_TAKEN: the record is in the packet, if it is one of those that become events. */
static inline __attribute__((always_inline)) enum rf_ring_taken put_event(
	struct pen *pen, struct rf_record_table *table, const uint8_t *payload, size_t len, uint64_t time)
{
	uint16_t id;

	memcpy(&id, payload, sizeof(id));

	const struct rf_record_program *program = rf_record_table_get(table, id);

	if (!program)
		return RF_RING_UNKNOWN;
	if (len < program->size_min)
		return RF_RING_BROKEN;
	if (!program->watch.kind)
		return put_record(pen, program, payload, len, time);

	/* A copy of it: the pen itself stays in registers. */
	struct pen own = *pen;
	enum rf_ring_taken taken = put_watched(&own, program, payload, len, time);

	*pen = own;
	return taken;
}

/* Plain records, as long as there are some: what take_any() does, with less to find out. */
static uint64_t take_plain(struct pen *shared, struct rf_ring_page *page, struct rf_record_table *table)
{
	const uint8_t *end = page->end;
	const uint8_t *at = page->at;
	uint64_t time = page->time;
	struct pen pen = *shared;
	uint64_t records = 0;

	while (end - at >= (ptrdiff_t)sizeof(uint32_t)) {
		uint32_t head;

		memcpy(&head, at, sizeof(head));

		size_t len = rf_ring_plain_length(head);

		if (!len || (size_t)(end - at) - sizeof(head) < len ||
			put_event(&pen, table, at + sizeof(head), len, time + (head >> 5)) != RF_RING_TAKEN)
			break;
		time += head >> 5;
		at += sizeof(head) + len;
		records++;
	}
	page->at = at;
	page->time = time;
	*shared = pen;
	return records;
}

/* The next record. RF_RING_TAKEN with *MORE false: there is none. */
static enum rf_ring_taken take_any(
	struct rf_ring_packet *packet, struct pen *pen, struct rf_ring_page *page, bool *more)
{
	struct rf_ring_page cursor = *page;
	struct rf_ring_record record;
	enum rf_ring_next next = rf_ring_page_next(&cursor, &record);
	bool first = pen->out == packet->body;
	struct pen next_pen = *pen;

	*more = next == RF_RING_RECORD;
	if (next != RF_RING_RECORD)
		return next == RF_RING_END ? RF_RING_TAKEN : RF_RING_BROKEN;
	/* A reader knows the time of the first one from the packet's header. */
	if (first && next_pen.last < cursor.time)
		next_pen.last = cursor.time;

	enum rf_ring_taken taken = put_event(&next_pen, packet->table, record.payload, record.len, cursor.time);

	if (taken != RF_RING_TAKEN)
		return taken;
	if (first && next_pen.out != packet->body)
		packet->begin = next_pen.last;
	packet->records++;
	*pen = next_pen;
	*page = cursor;
	return RF_RING_TAKEN;
}

enum rf_ring_taken rf_ring_packet_take(struct rf_ring_packet *packet, struct rf_ring_page *page)
{
	struct pen pen = {
		.out = packet->body + packet->at,
		.limit = packet->body + packet->room,
		.last = packet->end,
		.now = &packet->now,
	};
	enum rf_ring_taken taken;
	bool more;

	do {
		taken = take_any(packet, &pen, page, &more);
		/* The first event of a packet is more than a plain one. */
		if (more && taken == RF_RING_TAKEN && pen.out != packet->body)
			packet->records += take_plain(&pen, page, packet->table);
	} while (more && taken == RF_RING_TAKEN);
	packet->at = (size_t)(pen.out - packet->body);
	packet->end = pen.last;
	return taken;
}

void rf_ring_packet_skip(struct rf_ring_packet *packet, struct rf_ring_page *page)
{
	struct rf_ring_record record;

	if (rf_ring_page_next(page, &record) == RF_RING_RECORD)
		packet->records++;
}
