/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that make events of records: what each operation writes, and which are none. */
#include "common/ctf.h"
#include "consumerd/ring_packet.h"
#include "tests/unit/ring_image.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct rf_record_program *make(uint32_t size_min, const struct rf_record_op *ops, size_t count)
{
	uint8_t bytes[(RF_RECORD_OPS_MAX + 1) * RF_RECORD_OP_SIZE];
	struct rf_record_program *program;
	struct rf_writer w;
	int err;

	rf_writer_init_fixed(&w, bytes, sizeof(bytes), RF_HOST_ORDER);
	for (size_t i = 0; i < count; i++)
		rf_record_op_write(&w, &ops[i]);
	program = rf_record_program_new(1, size_min, bytes, w.at, &err);
	cr_assert(program || err == -EINVAL);
	return program;
}

static bool valid(uint32_t size_min, struct rf_record_op op)
{
	struct rf_record_program *program = make(size_min, &op, 1);

	free(program);
	return program;
}

Test(consumer_record_program, operations_keep_inside_the_least_payload)
{
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_COPY, .at = 8, .len = 8}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_COPY, .at = 8, .len = 9}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_COPY, .at = 17, .len = 1}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_COPY, .at = 8}));
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_ADD32, .at = 12}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_ADD32, .at = 13}));
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_STRING, .at = 12, .flags = RF_OP_RELATIVE}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_STRING, .at = 13}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_STRING, .at = 12, .flags = 2}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_COPY, .len = 4, .flags = RF_OP_RELATIVE}));
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_SEQUENCE, .at = 12, .len = 8}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_SEQUENCE, .at = 12, .len = 3}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_SEQUENCE, .at = 12}));
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_RWBS, .at = 8, .len = 8}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_RWBS, .at = 9, .len = 8}));
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_TAIL, .at = 16}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_TAIL, .at = 17}));
	cr_assert(valid(16, (struct rf_record_op){.kind = RF_OP_FLAG, .at = 15, .len = 255, .value = 255}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_FLAG, .at = 16, .len = 1}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_FLAG, .len = 256}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_FLAG, .len = 1, .value = -1}));
	cr_assert_not(valid(16, (struct rf_record_op){0}));
	cr_assert_not(valid(16, (struct rf_record_op){.kind = RF_OP_KINDS, .len = 1}));
}

Test(consumer_record_program, there_are_not_too_many_operations)
{
	struct rf_record_op ops[RF_RECORD_OPS_MAX + 1];
	struct rf_record_program *program;
	uint8_t half[RF_RECORD_OP_SIZE + 1] = {RF_OP_COPY};
	int err;

	for (size_t i = 0; i <= RF_RECORD_OPS_MAX; i++)
		ops[i] = (struct rf_record_op){.kind = RF_OP_FLAG, .at = 2, .len = 1};
	program = make(8, ops, RF_RECORD_OPS_MAX);
	cr_assert(program);
	free(program);
	cr_assert_null(make(8, ops, RF_RECORD_OPS_MAX + 1));
	cr_assert_null(rf_record_program_new(1, 8, half, sizeof(half), &err));
	cr_assert_eq(err, -EINVAL);
	/* None at all is a program: an event without fields. */
	program = make(8, ops, 0);
	cr_assert(program);
	free(program);
	/* Nor do they write more than an event can have. */
	for (size_t i = 0; i < RF_RECORD_OPS_MAX; i++)
		ops[i] = (struct rf_record_op){.kind = RF_OP_COPY, .len = 2000};
	cr_assert_null(make(2000, ops, RF_RECORD_OPS_MAX));
}

Test(consumer_record_program, adjacent_copies_are_one)
{
	const struct rf_record_op ops[] = {
		{.kind = RF_OP_COPY, .at = 4, .len = 4},
		{.kind = RF_OP_COPY, .at = 8, .len = 16},
		{.kind = RF_OP_COPY, .at = 32, .len = 2},
		{.kind = RF_OP_ADD32, .at = 34},
		{.kind = RF_OP_COPY, .at = 38, .len = 2},
	};
	struct rf_record_program *program = make(40, ops, 5);

	cr_assert(program);
	cr_assert_eq(program->count, 4);
	cr_assert_eq(program->ops[0].len, 20);
	cr_assert_eq(program->fixed, 20 + 2 + 4 + 2);
	free(program);
}

struct ran {
	uint8_t out[512 + RF_RECORD_SLACK];
	size_t len;
};

/* LEN: of the payload. ROOM: bytes for all that it writes. */
static struct ran run(const struct rf_record_op *ops, size_t count, const uint8_t *payload, size_t len, size_t room)
{
	struct rf_record_program *program = make(16, ops, count);
	struct rf_task_now nobody = {0};
	struct ran ran;

	cr_assert(program);
	memset(ran.out, 0xee, sizeof(ran.out));
	ran.len = room < program->fixed
		? RF_RECORD_NO_ROOM
		: rf_record_program_run(program, &nobody, payload, len, ran.out, room - program->fixed);
	if (ran.len != RF_RECORD_NO_ROOM)
		cr_assert_leq(ran.len, room);
	for (size_t i = room + RF_RECORD_SLACK; i < sizeof(ran.out); i++)
		cr_assert_eq(ran.out[i], 0xee);
	free(program);
	return ran;
}

Test(consumer_record_program, what_operations_write)
{
	const struct rf_record_op ops[] = {
		{.kind = RF_OP_COPY, .at = 4, .len = 3},
		{.kind = RF_OP_ADD32, .at = 8, .value = -100},
		{.kind = RF_OP_FLAG, .at = 2, .len = 4, .value = 4},
		{.kind = RF_OP_FLAG, .at = 2, .len = 1, .value = 1},
		{.kind = RF_OP_FLAG, .at = 2, .len = 3, .value = 0},
		{.kind = RF_OP_TAIL, .at = 12},
	};
	const uint8_t payload[16 + RF_RECORD_SLACK] = {1, 0, 4, 0, 'a', 'b', 'c', 'd', 120, 0, 0, 0, 9, 8, 7, 6};
	const uint8_t expected[] = {'a', 'b', 'c', 20, 0, 0, 0, 1, 0, 1, 4, 0, 9, 8, 7, 6};
	struct ran ran = run(ops, 6, payload, 16, 64);

	cr_assert_eq(ran.len, sizeof(expected));
	cr_assert_arr_eq(ran.out, expected, sizeof(expected));
}

static void put_locator(uint8_t *payload, size_t at, uint32_t offset, uint32_t len)
{
	uint32_t locator = offset | len << 16;

	memcpy(payload + at, &locator, sizeof(locator));
}

static struct ran run_string(uint32_t offset, uint32_t len, uint8_t flags, size_t room)
{
	const struct rf_record_op op = {.kind = RF_OP_STRING, .at = 8, .flags = flags};
	uint8_t payload[28 + RF_RECORD_SLACK] = {0};

	put_locator(payload, 8, offset, len);
	memcpy(payload + 16, "hello\0world!", 12);
	return run(&op, 1, payload, 28, room);
}

static void expect_string(struct ran ran, const char *text)
{
	cr_assert_eq(ran.len, strlen(text) + 1);
	cr_assert_str_eq((const char *)ran.out, text);
}

Test(consumer_record_program, texts_end_in_the_payload)
{
	expect_string(run_string(16, 6, 0, 64), "hello");
	expect_string(run_string(16, 3, 0, 64), "hel");
	expect_string(run_string(16, 12, 0, 64), "hello");
	expect_string(run_string(22, 6, 0, 64), "world!");
	expect_string(run_string(4, 6, RF_OP_RELATIVE, 64), "hello");
	/* Bad locators, and empty ones. */
	expect_string(run_string(22, 7, 0, 64), "");
	expect_string(run_string(16, 0, 0, 64), "");
	expect_string(run_string(65535, 65535, 0, 64), "");
	expect_string(run_string(65535, 65535, RF_OP_RELATIVE, 64), "");
	expect_string(run_string(28, 1, 0, 64), "");
	/* As much as there is room for. */
	expect_string(run_string(16, 6, 0, 6), "hello");
	cr_assert_eq(run_string(16, 6, 0, 5).len, RF_RECORD_NO_ROOM);
	expect_string(run_string(65535, 65535, 0, 1), "");
	cr_assert_eq(run_string(16, 6, 0, 0).len, RF_RECORD_NO_ROOM);
}

Test(consumer_record_program, sequences_are_of_whole_elements)
{
	const struct rf_record_op ops[] = {{.kind = RF_OP_SEQUENCE, .at = 8, .len = 4},
		{.kind = RF_OP_SEQUENCE, .at = 12, .len = 2}, {.kind = RF_OP_COPY, .at = 0, .len = 2}};
	uint8_t payload[28 + RF_RECORD_SLACK] = {1, 2};
	const uint8_t expected[] = {2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 2};

	for (uint8_t i = 0; i < 12; i++)
		payload[16 + i] = (uint8_t)(i + 1);
	put_locator(payload, 8, 16, 10);
	put_locator(payload, 12, 27, 2);

	struct ran ran = run(ops, 3, payload, 28, 64);

	cr_assert_eq(ran.len, sizeof(expected));
	cr_assert_arr_eq(ran.out, expected, sizeof(expected));
	cr_assert_eq(run(ops, 3, payload, 28, sizeof(expected)).len, sizeof(expected));
	cr_assert_eq(run(ops, 3, payload, 28, sizeof(expected) - 1).len, RF_RECORD_NO_ROOM);
}

static uint32_t bits(const char *text)
{
	return rf_rwbs_bits((const uint8_t *)text, strlen(text) + 1);
}

Test(consumer_record_program, operation_letters)
{
	cr_assert_eq(bits("W"), 1);
	cr_assert_eq(bits("R"), 4);
	cr_assert_eq(bits("RA"), 4 + 8);
	cr_assert_eq(bits("WS"), 1 + 32);
	cr_assert_eq(bits("WSM"), 1 + 32 + 64);
	cr_assert_eq(bits("D"), 2);
	cr_assert_eq(bits("DE"), 2 + 128);
	cr_assert_eq(bits("F"), 256);
	cr_assert_eq(bits("FF"), 1024 + 256);
	cr_assert_eq(bits("FWFS"), 1024 + 1 + 512 + 32);
	cr_assert_eq(bits("WFS"), 1 + 512 + 32);
	cr_assert_eq(bits("N"), 0);
	cr_assert_eq(bits("ZRS"), 32);
	cr_assert_eq(bits("WU"), 1);
	cr_assert_eq(bits(""), 0);
	/* Not ended, and cut. */
	cr_assert_eq(rf_rwbs_bits((const uint8_t *)"FWFS", 2), 1024 + 1);
	cr_assert_eq(rf_rwbs_bits((const uint8_t *)"DE", 1), 2);
	cr_assert_eq(rf_rwbs_bits((const uint8_t *)"Z", 1), 0);
}

static void describe(struct rf_record_table *table, uint16_t record, uint32_t event)
{
	const struct rf_record_op op = {.kind = RF_OP_COPY, .at = 4, .len = 4};
	struct rf_record_program *program = make(8, &op, 1);

	program->event = event;
	rf_record_table_put(table, record, program);
}

/* Times with all their bits, for a reader who knows the lower half of most. */
Test(consumer_record_program, event_headers)
{
	static const uint8_t payload[8] = {7, 0, 0, 0, 1, 2, 3, 4};
	static const uint8_t other[8] = {8, 0, 0, 0, 5, 6, 7, 8};
	struct rf_record_table *table = rf_record_table_new();
	struct rf_ring_packet packet;
	struct rf_ring_page page;
	struct rf_reader r;
	struct image image;
	const uint64_t base = ((uint64_t)5 << 32) + 0xfffffff0u;

	cr_assert_eq(rf_ring_packet_init(&packet, 4096, table, 0), 0);
	describe(table, 7, 3);
	image_begin(&image, base);
	image_record(&image, 0, payload, 8);
	image_record(&image, 0x20, payload, 8);
	image_head(&image, 30, 0);
	rf_write_u32(&image.w, 32);
	image_record(&image, 0, payload, 8);
	image_record(&image, 1, other, 8);
	image_end(&image, 0, 0);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE), 0);
	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_UNKNOWN);
	cr_assert_eq(packet.records, 3);
	/* The stopping place is the same when it is asked again; a large id takes the large header. */
	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_UNKNOWN);
	describe(table, 8, 65535);
	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_TAKEN);
	cr_assert_eq(packet.begin, base);
	cr_assert_eq(packet.end, base + 0x21 + ((uint64_t)1 << 32));
	rf_reader_init(&r, packet.body, packet.at, RF_HOST_ORDER);
	cr_assert_eq(rf_read_u16(&r), 3);
	cr_assert_eq(rf_read_u32(&r), 0xfffffff0u);
	cr_assert_eq(rf_read_u32(&r), 0x04030201);
	cr_assert_eq(rf_read_u16(&r), 3);
	cr_assert_eq(rf_read_u32(&r), 0x10);
	rf_read_skip(&r, 4);
	cr_assert_eq(rf_read_u16(&r), 65535);
	cr_assert_eq(rf_read_u32(&r), 3);
	cr_assert_eq(rf_read_u64(&r), base + 0x20 + ((uint64_t)1 << 32));
	rf_read_skip(&r, 4);
	cr_assert_eq(rf_read_u16(&r), 65535);
	cr_assert_eq(rf_read_u32(&r), 65535);
	cr_assert_eq(rf_read_u64(&r), packet.end);
	cr_assert_eq(rf_read_u32(&r), 0x08070605);
	cr_assert(rf_reader_done(&r));
	/* The next packet does not begin before this one ended, whatever a page says. */
	rf_ring_packet_reset(&packet);
	image_begin(&image, 1);
	image_record(&image, 0, payload, 8);
	image_end(&image, 0, 0);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE), 0);

	uint64_t end = packet.end;

	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_TAKEN);
	cr_assert_eq(packet.begin, end);
	cr_assert_eq(packet.end, end);
	rf_ring_packet_fini(&packet);
	rf_record_table_free(table);
}

/* What has fewer bytes than its kind must have is no record; what is too long for a packet can be passed over. */
Test(consumer_record_program, records_that_are_not_taken)
{
	static const uint8_t payload[112] = {7};
	struct rf_record_table *table = rf_record_table_new();
	struct rf_record_op op = {.kind = RF_OP_TAIL, .at = 8};
	struct rf_ring_packet packet;
	struct rf_ring_page page;
	struct image image;

	cr_assert_eq(rf_ring_packet_init(&packet, RF_CTF_PACKET_HEADER + 96, table, 0), 0);
	rf_record_table_put(table, 7, make(8, &op, 1));
	image_begin(&image, 1);
	image_record(&image, 0, payload, 40);
	image_record(&image, 0, payload, 40);
	image_record(&image, 0, payload, 112);
	image_record(&image, 0, payload, 40);
	image_record(&image, 0, payload, 4);
	image_end(&image, 0, 0);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE), 0);
	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_FULL);
	cr_assert_eq(packet.records, 2);
	rf_ring_packet_reset(&packet);
	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_FULL);
	cr_assert_eq(packet.at, 0);
	rf_ring_packet_skip(&packet, &page);
	cr_assert_eq(packet.records, 3);
	cr_assert_eq(rf_ring_packet_take(&packet, &page), RF_RING_BROKEN);
	cr_assert_eq(packet.records, 4);
	cr_assert_eq(packet.at, 6 + 2 + 32);
	rf_ring_packet_fini(&packet);
	rf_record_table_free(table);
}
