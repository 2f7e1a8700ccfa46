/* SPDX-License-Identifier: GPL-2.0-only */
/* A page of the kernel's ring buffer, made by hand. For one test program each: static. */
#ifndef RF_TESTS_RING_IMAGE_H
#define RF_TESTS_RING_IMAGE_H

#include "common/wire.h"
#include "consumerd/record_program.h"
#include "consumerd/ring_page.h"

#include <string.h>

#define IMAGE_SIZE 4096u
#define IMAGE_LOST (1u << 31)
#define IMAGE_LOST_STORED (1u << 30)

struct image {
	uint8_t bytes[IMAGE_SIZE + RF_RECORD_SLACK];
	struct rf_writer w;
};

static void image_begin(struct image *image, uint64_t time)
{
	memset(image->bytes, 0, sizeof(image->bytes));
	rf_writer_init_fixed(&image->w, image->bytes, IMAGE_SIZE, RF_HOST_ORDER);
	rf_write_u64(&image->w, time);
	rf_write_u64(&image->w, 0);
}

/* FLAGS: of the commit word. */
static void image_end(struct image *image, uint32_t flags, uint64_t lost)
{
	uint32_t len = (uint32_t)(image->w.at - RF_RING_PAGE_HEADER);

	if (flags & IMAGE_LOST_STORED)
		rf_write_u64(&image->w, lost);
	rf_write_u32_at(&image->w, 8, len | flags);
	/* The kernel's sign extension. */
	if (flags & IMAGE_LOST)
		rf_write_u32_at(&image->w, 12, UINT32_MAX);
}

static void image_head(struct image *image, uint32_t type, uint32_t delta)
{
	rf_write_u32(&image->w, type | delta << 5);
}

/* A plain record with LEN bytes, a multiple of four. */
static void image_record(struct image *image, uint32_t delta, const void *payload, size_t len)
{
	image_head(image, (uint32_t)len / 4, delta);
	rf_write_bytes(&image->w, payload, len);
}

#endif
