/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page of the kernel's ring buffer and the program that converts its records. Nothing is read behind the page but the
 * slack, nothing written behind the packet, times do not go back, and each step moves on.
 *
 * Input: u8 number of operations, u16 least payload, u8 size of packets, operations, page. With bit 7 of the first byte
 * set the operations come after what records tell of threads: u8 kind, u8 places (by, tid, name, value; the name and
 * value of by are at those of tid), u8 begin, u8 end.
 */
#include "common/ctf.h"
#include "consumerd/ring_packet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD 4u
#define WATCHED 0x80u
#define WATCH_HEAD 7u
#define KINDS 32u /* of records that have the program */

static void check_packet(const struct rf_ring_packet *packet, uint64_t before)
{
	if (packet->at > packet->room || packet->end < before ||
		(packet->at && (packet->begin < before || packet->begin > packet->end)))
		abort();
}

static void convert(struct rf_ring_packet *packet, struct rf_ring_page *page)
{
	for (;;) {
		const uint8_t *at = page->at;
		uint64_t before = packet->at ? packet->begin : packet->end;
		enum rf_ring_taken taken = rf_ring_packet_take(packet, page);

		check_packet(packet, before);
		if (page->at < at || page->at > page->end)
			abort();
		if (taken == RF_RING_TAKEN || taken == RF_RING_BROKEN)
			return;
		if (taken == RF_RING_FULL && packet->at) {
			rf_ring_packet_reset(packet);
			continue;
		}
		at = page->at;
		rf_ring_packet_skip(packet, page);
		if (page->at <= at)
			abort();
	}
}

static void run_page(struct rf_record_table *table, const uint8_t *bytes, size_t size, size_t packet_size)
{
	struct rf_ring_packet packet;
	struct rf_ring_page page;
	/* Of its own, so that a look behind its end is seen. */
	uint8_t *copy = calloc(1, size + RF_RECORD_SLACK);

	memcpy(copy, bytes, size);
	if (rf_ring_packet_init(&packet, packet_size, table, 1) == 0 && rf_ring_page_open(&page, copy, size) == 0)
		convert(&packet, &page);
	rf_ring_packet_fini(&packet);
	free(copy);
}

/* False: it cannot be one. */
static bool watch(struct rf_record_program *program, const uint8_t *head)
{
	const struct rf_record_watch what = {
		.kind = head[0],
		.by = head[1],
		.by_name = head[3],
		.by_value = head[4],
		.tid = head[2],
		.name = head[3],
		.value = head[4],
		.add = -100,
		.begin = head[5],
		.end = head[6],
	};

	return rf_record_program_watch(program, &what) == 0;
}

/* Half a megabyte, and what is known of threads: not one a run. */
static struct rf_record_table *the_table(void)
{
	static struct rf_record_table *table;

	if (!table)
		table = rf_record_table_new();
	return table;
}

static void forget_programs(struct rf_record_table *table)
{
	for (uint16_t i = 0; i < KINDS; i++)
		atomic_store(&table->programs[i], NULL);
	while (table->newest) {
		struct rf_record_program *program = table->newest;

		table->newest = program->older;
		free(program);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;

	size_t ops_len = (data[0] & ~WATCHED) * RF_RECORD_OP_SIZE;
	uint32_t size_min = data[1] | (uint32_t)data[2] << 8;
	size_t packet_size = RF_CTF_PACKET_HEADER + 8 + data[3];
	size_t head = HEAD + (data[0] & WATCHED ? WATCH_HEAD : 0);
	struct rf_record_table *table = the_table();
	int err;

	if (size < head || ops_len > size - head)
		return 0;
	for (uint16_t i = 0; i < KINDS; i++) {
		struct rf_record_program *program = rf_record_program_new(
			i % 2 ? i : 65534u + i, size_min, data + head, ops_len, &err);

		if (program && data[0] & WATCHED && !watch(program, data + HEAD)) {
			free(program);
			program = NULL;
		}
		if (program)
			rf_record_table_put(table, i, program);
	}
	run_page(table, data + head + ops_len, size - head - ops_len, packet_size);
	forget_programs(table);
	return 0;
}
