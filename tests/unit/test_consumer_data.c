/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets and their index, and what a full disk does to them. */
#include "consumerd/sink_file.h"
#include "tests/unit/consumer_output.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void corrupt_u64(struct rf_packet *packet, size_t at, uint64_t value)
{
	memcpy(packet->header + at, &value, sizeof(value));
}

Test(consumer_data, a_packet_is_checked)
{
	static const struct {
		size_t at;
		uint64_t value;
		int expected;
	} cases[] = {
		{48, 4096 * 8, 0},           /* content may fill the packet */
		{48, 4096 * 8 + 1, -EPROTO}, /* but not more */
		{48, RF_CTF_PACKET_HEADER * 8, 0}, {48, RF_CTF_PACKET_HEADER * 8 - 1, -EPROTO},
		{48, UINT64_MAX, -EPROTO}, {56, 8192 * 8, -EPROTO}, /* not the size in the ring */
		{56, 0, -EPROTO}, {40, 0, -EPROTO},                 /* ends before it begins */
		{24, 0, -EPROTO},                                   /* another CPU */
		{0, 0, -EPROTO},                                    /* no magic */
		{8, 7, -EPROTO},                                    /* another trace */
		{64, 99, 0},                                        /* sequence numbers are compared by the stream */
	};
	static const uint8_t body[4096];
	struct rf_packet packet = make_packet(3, 4096, body);

	cr_assert_eq(rf_packet_check(&packet, 4096), 0);
	cr_assert_eq(packet.facts.begin, 1003);
	cr_assert_eq(packet.facts.end, 1004);
	cr_assert_eq(packet.facts.content_bits, 700);
	cr_assert_eq(packet.facts.packet_bits, 32768);
	cr_assert_eq(packet.facts.sequence, 3);
	cr_assert_eq(packet.facts.discarded, 6);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		packet = make_packet(3, 4096, body);
		corrupt_u64(&packet, cases[i].at, cases[i].value);
		cr_assert_eq(rf_packet_check(&packet, 4096), cases[i].expected, "case %zu", i);
	}
}

Test(consumer_data, index_bytes)
{
	static const uint8_t expected_header[RF_INDEX_HEADER] = {
		0xc1, 0xf1, 0xdc, 0xc1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 72};
	static const uint8_t expected[RF_INDEX_ENTRY] = {0, 0, 0, 0, 0, 0, 0x10, 0, /* offset */
		0, 0, 0, 0, 0, 0, 0x80, 0,                                          /* packet bits */
		0, 0, 0, 0, 0, 0, 0x02, 0xbc,                                       /* content bits */
		0, 0, 0, 0, 0, 0, 0x03, 0xea,                                       /* begin */
		0, 0, 0, 0, 0, 0, 0x03, 0xeb,                                       /* end */
		0, 0, 0, 0, 0, 0, 0, 4,                                             /* discarded */
		0, 0, 0, 0, 0, 0, 0, 5,                                             /* stream class */
		0, 0, 0, 0, 0, 0, 0, 1,                                             /* CPU */
		0, 0, 0, 0, 0, 0, 0, 2};                                            /* sequence */
	static const uint8_t body[4096];
	uint8_t header[RF_INDEX_HEADER];
	uint8_t entry[RF_INDEX_ENTRY];
	struct rf_packet packet = make_packet(2, 4096, body);

	rf_index_header(header);
	cr_assert_arr_eq(header, expected_header, sizeof(header));
	cr_assert_eq(rf_packet_check(&packet, 4096), 0);
	rf_index_entry(entry, &packet, 4096);
	cr_assert_arr_eq(entry, expected, sizeof(entry));
}

Test(consumer_data, a_full_disk_takes_only_whole_packets)
{
	static uint8_t body[8192];
	int data = memory_file();
	int index = memory_file();
	struct rf_sink *sink = rf_sink_file_new(dup(data), dup(index));

	cr_assert(sink);
	cr_assert_eq(size_of(index), RF_INDEX_HEADER);
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)i;

	struct rf_packet packet = make_packet(0, 8192, body);

	cr_assert_eq(rf_packet_check(&packet, 8192), 0);
	cr_assert_eq(sink->ops->write(sink, &packet), 0);
	limit_files(12288); /* half of the next fits */
	packet = make_packet(1, 8192, body);
	cr_assert_eq(rf_packet_check(&packet, 8192), 0);
	cr_assert_eq(sink->ops->write(sink, &packet), -EFBIG);
	cr_assert_eq(size_of(data), 8192);
	cr_assert_eq(size_of(index), RF_INDEX_HEADER + RF_INDEX_ENTRY);
	limit_files(RLIM_INFINITY);
	cr_assert_eq(sink->ops->write(sink, &packet), 0);
	cr_assert_eq(size_of(data), 16384);
	cr_assert_eq(size_of(index), RF_INDEX_HEADER + 2 * RF_INDEX_ENTRY);

	uint8_t written[8192];

	cr_assert_eq(pread(data, written, sizeof(written), 8192), (ssize_t)sizeof(written));
	cr_assert_arr_eq(written, packet.header, RF_CTF_PACKET_HEADER);
	cr_assert_arr_eq(written + RF_CTF_PACKET_HEADER, body, 8192 - RF_CTF_PACKET_HEADER);
	sink->ops->close(sink);
	close(data);
	close(index);
}

static off_t blocks_of(int fd)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_blocks * 512;
}

Test(consumer_data, a_large_file_gives_back_what_it_did_not_need)
{
	const size_t size = 1 << 20;
	uint8_t *body = calloc(1, size);
	int data = memory_file();
	int index = memory_file();
	struct rf_sink *sink = rf_sink_file_new(dup(data), dup(index));

	cr_assert(body && sink);
	for (uint64_t i = 0; i < 20; i++) {
		struct rf_packet packet = make_packet(i, size, body);

		cr_assert_eq(rf_packet_check(&packet, size), 0);
		cr_assert_eq(sink->ops->write(sink, &packet), 0);
		cr_expect(i > 15 || blocks_of(data) <= size_of(data), "a small file takes no more than it needs");
	}
	cr_expect_eq(size_of(data), 20 * (off_t)size);
	cr_expect_gt(blocks_of(data), size_of(data), "blocks are ready");
	sink->ops->close(sink);
	cr_expect_eq(size_of(data), 20 * (off_t)size);
	cr_expect_leq(blocks_of(data), size_of(data));
	close(data);
	close(index);
	free(body);
}
