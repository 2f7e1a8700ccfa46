/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages of the kernel's ring buffer: every kind of record, and pages that are none. */
#include "tests/unit/ring_image.h"

#include <criterion/criterion.h>
#include <errno.h>

static const uint8_t payload[128] = {7, 0, 1, 2, 3, 4, 5, 6};

static struct rf_ring_page open_image(const struct image *image)
{
	struct rf_ring_page page;

	cr_assert_eq(rf_ring_page_open(&page, image->bytes, IMAGE_SIZE), 0);
	return page;
}

static void expect_record(struct rf_ring_page *page, uint64_t time, size_t len)
{
	struct rf_ring_record record;

	cr_assert_eq(rf_ring_page_next(page, &record), RF_RING_RECORD);
	cr_assert_eq(page->time, time, "%lu", (unsigned long)page->time);
	cr_assert_eq(record.len, len);
	cr_assert_eq(record.payload[0], 7);
}

static void expect_end(struct rf_ring_page *page, enum rf_ring_next how)
{
	struct rf_ring_record record;

	cr_assert_eq(rf_ring_page_next(page, &record), how);
	cr_assert_eq(rf_ring_page_next(page, &record), how);
}

Test(consumer_ring_page, all_kinds_of_records)
{
	struct image image;
	const uint64_t base = ((uint64_t)3 << 59) + 1000;

	image_begin(&image, base);
	image_record(&image, 0, payload, 8);
	image_record(&image, 20, payload, 112);
	/* A long one: its length is in a word of its own. */
	image_head(&image, 0, 5);
	rf_write_u32(&image.w, 4 + 120);
	rf_write_bytes(&image.w, payload, 120);
	/* Discarded, with its time; and filled up, without. */
	image_head(&image, 29, 100);
	rf_write_u32(&image.w, 4 + 16);
	rf_write_zeros(&image.w, 16);
	image_head(&image, 29, 1);
	rf_write_u32(&image.w, 4);
	image_record(&image, 1, payload, 4);
	/* More than 27 bits of time, and a time that is absolute but for its uppermost bits. */
	image_head(&image, 30, 3);
	rf_write_u32(&image.w, 2);
	image_record(&image, 0, payload, 4);
	image_head(&image, 31, 9);
	rf_write_u32(&image.w, 1 << 20);
	image_record(&image, 1, payload, 4);
	image_head(&image, 29, 0);
	rf_write_zeros(&image.w, 64);
	image_end(&image, 0, 0);

	struct rf_ring_page page = open_image(&image);
	uint64_t time = base;

	cr_assert_not(page.lost);
	expect_record(&page, time, 8);
	expect_record(&page, time += 20, 112);
	expect_record(&page, time += 5, 120);
	expect_record(&page, time += 101, 4);
	expect_record(&page, time += ((uint64_t)2 << 27) + 3, 4);
	expect_record(&page, ((uint64_t)3 << 59) + ((uint64_t)1 << 47) + 10, 4);
	expect_end(&page, RF_RING_END);
}

Test(consumer_ring_page, what_was_lost)
{
	struct rf_ring_page page;
	struct image image;

	image_begin(&image, 1);
	image_record(&image, 0, payload, 4);
	image_end(&image, IMAGE_LOST, 0);
	page = open_image(&image);
	cr_assert(page.lost);
	cr_assert_eq(page.lost_count, 0);
	expect_record(&page, 1, 4);
	image_begin(&image, 1);
	image_record(&image, 0, payload, 4);
	image_end(&image, IMAGE_LOST | IMAGE_LOST_STORED, 99);
	page = open_image(&image);
	cr_assert(page.lost);
	cr_assert_eq(page.lost_count, 99);
	expect_record(&page, 1, 4);
	expect_end(&page, RF_RING_END);
	/* Nothing else in it. */
	image_begin(&image, 1);
	image_end(&image, 0, 0);
	page = open_image(&image);
	expect_end(&page, RF_RING_END);
}

/* The rest of a page of which a part was read: its time is that of the last event before. */
Test(consumer_ring_page, the_rest_of_a_page)
{
	struct image image;

	image_begin(&image, 500);
	image_record(&image, 30, payload, 4);
	image_end(&image, 0, 0);

	struct rf_ring_page page = open_image(&image);

	expect_record(&page, 530, 4);
}

/* A record of TYPE with LENGTH in its second word, in a page of a record and 20 bytes. */
static enum rf_ring_next next_of(uint32_t type, uint32_t delta, uint32_t length)
{
	struct rf_ring_record record;
	struct image image;

	image_begin(&image, 1);
	image_record(&image, 0, payload, 4);
	image_head(&image, type, delta);
	rf_write_u32(&image.w, length);
	rf_write_zeros(&image.w, 12);
	image_end(&image, 0, 0);

	struct rf_ring_page page = open_image(&image);

	expect_record(&page, 1, 4);

	enum rf_ring_next next = rf_ring_page_next(&page, &record);

	cr_assert(next != RF_RING_RECORD || record.payload + record.len <= page.end);
	return next;
}

Test(consumer_ring_page, what_passes_its_end_is_corrupt)
{
	cr_assert_eq(next_of(4, 0, 0), RF_RING_RECORD);
	cr_assert_eq(next_of(5, 0, 0), RF_RING_CORRUPT);
	cr_assert_eq(next_of(28, 0, 0), RF_RING_CORRUPT);
	cr_assert_eq(next_of(0, 0, 16), RF_RING_RECORD);
	cr_assert_eq(next_of(0, 0, 20), RF_RING_CORRUPT);
	cr_assert_eq(next_of(0, 0, 3), RF_RING_CORRUPT);
	cr_assert_eq(next_of(0, 0, 4), RF_RING_CORRUPT, "without a number of its kind");
	cr_assert_eq(next_of(0, 0, 10), RF_RING_CORRUPT);
	cr_assert_eq(next_of(0, 0, UINT32_MAX), RF_RING_CORRUPT);
	cr_assert_eq(next_of(29, 2, 16), RF_RING_END);
	cr_assert_eq(next_of(29, 2, 20), RF_RING_CORRUPT);
	cr_assert_eq(next_of(29, 2, 0), RF_RING_CORRUPT);
	cr_assert_eq(next_of(29, 0, UINT32_MAX), RF_RING_END);
}

Test(consumer_ring_page, a_record_that_is_cut_is_corrupt)
{
	for (uint32_t type = 29; type < 32; type++) {
		struct image image;

		image_begin(&image, 1);
		image_head(&image, type, 2);
		image_end(&image, 0, 0);

		struct rf_ring_page page = open_image(&image);

		expect_end(&page, RF_RING_CORRUPT);
	}
}

Test(consumer_ring_page, a_length_that_passes_the_page_is_no_page)
{
	struct rf_ring_page page;
	struct image image;

	image_begin(&image, 1);
	rf_write_u32_at(&image.w, 8, IMAGE_SIZE - RF_RING_PAGE_HEADER);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE), 0);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE - 1), -EPROTO);
	rf_write_u32_at(&image.w, 8, IMAGE_SIZE - RF_RING_PAGE_HEADER + 1);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE), -EPROTO);
	rf_write_u32_at(&image.w, 8, (IMAGE_SIZE - RF_RING_PAGE_HEADER) | IMAGE_LOST_STORED);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, IMAGE_SIZE), -EPROTO);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, RF_RING_PAGE_HEADER - 1), -EPROTO);
	cr_assert_eq(rf_ring_page_open(&page, image.bytes, 0), -EPROTO);
}
