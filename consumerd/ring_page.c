/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_page.h"

#include <errno.h>

#define LENGTH 0xfffffu
#define LOST_STORED (1u << 30)
#define LOST (1u << 31)
/* Types that are not a length. */
#define TYPE_LONG 0u
#define TYPE_PADDING 29u
#define TYPE_EXTEND 30u
#define TYPE_STAMP 31u
#define DELTA_BITS 27u
/* A stamp has 32 + 27 bits; the others are as before. */
#define STAMP_KEEPS (~(uint64_t)0 << 59)
/* A padding's time difference of this is a filler, not a time. */
#define DELTA_FILLER 1u

int rf_ring_page_open(struct rf_ring_page *page, const void *bytes, size_t size)
{
	const uint8_t *base = bytes;
	uint64_t commit;

	*page = (struct rf_ring_page){0};
	if (size < RF_RING_PAGE_HEADER)
		return -EPROTO;
	memcpy(&page->time, base, sizeof(page->time));
	memcpy(&commit, base + 8, sizeof(commit));

	size_t len = commit & LENGTH;
	size_t tail = commit & LOST_STORED ? sizeof(page->lost_count) : 0;

	if (len > size - RF_RING_PAGE_HEADER || tail > size - RF_RING_PAGE_HEADER - len)
		return -EPROTO;
	page->lost = commit & LOST;
	page->at = base + RF_RING_PAGE_HEADER;
	page->end = page->at + len;
	page->size = RF_RING_PAGE_HEADER + len + tail;
	if (tail)
		memcpy(&page->lost_count, page->end, sizeof(page->lost_count));
	return 0;
}

/* A record whose length is a word behind its head: moves on, and gives what follows that word. */
static bool take_long(struct rf_ring_page *page, struct rf_ring_record *record)
{
	size_t left = (size_t)(page->end - page->at);
	uint32_t len;

	if (left < 2 * sizeof(len))
		return false;
	memcpy(&len, page->at + sizeof(len), sizeof(len));
	if (len < sizeof(len) || len % 4 || len > left - sizeof(len))
		return false;
	record->payload = page->at + 2 * sizeof(len);
	record->len = len - sizeof(len);
	page->at += sizeof(len) + len;
	return true;
}

/* A time's upper bits are a word behind the head. */
static bool take_time(struct rf_ring_page *page, uint32_t delta, uint64_t *time)
{
	uint32_t high;

	if ((size_t)(page->end - page->at) < 2 * sizeof(high))
		return false;
	memcpy(&high, page->at + sizeof(high), sizeof(high));
	page->at += 2 * sizeof(high);
	*time = (uint64_t)high << DELTA_BITS | delta;
	return true;
}

/* Moves on over one record that is no event. False: corrupt. */
static bool skip(struct rf_ring_page *page, uint32_t type, uint32_t delta)
{
	struct rf_ring_record nothing;
	uint64_t time;

	switch (type) {
	case TYPE_PADDING:
		if (!delta) {
			page->at = page->end;
			return true;
		}
		if (delta != DELTA_FILLER)
			page->time += delta;
		return take_long(page, &nothing);
	case TYPE_EXTEND:
		if (!take_time(page, delta, &time))
			return false;
		page->time += time;
		return true;
	default:
		if (!take_time(page, delta, &time))
			return false;
		page->time = (page->time & STAMP_KEEPS) | time;
		return true;
	}
}

static bool take_plain(struct rf_ring_page *page, struct rf_ring_record *record, size_t len)
{
	if (len > (size_t)(page->end - page->at) - sizeof(uint32_t))
		return false;
	record->payload = page->at + sizeof(uint32_t);
	record->len = len;
	page->at += sizeof(uint32_t) + len;
	return true;
}

enum rf_ring_next rf_ring_page_next(struct rf_ring_page *page, struct rf_ring_record *record)
{
	for (;;) {
		size_t left = (size_t)(page->end - page->at);
		uint32_t head;

		if (left < sizeof(head))
			return left ? RF_RING_CORRUPT : RF_RING_END;
		memcpy(&head, page->at, sizeof(head));

		uint32_t type = head & 31;
		size_t len = rf_ring_plain_length(head);

		if (len || type == TYPE_LONG) {
			page->time += head >> 5;

			bool ok = len ? take_plain(page, record, len) : take_long(page, record) && record->len >= 4;

			return ok ? RF_RING_RECORD : RF_RING_CORRUPT;
		}
		if (!skip(page, type, head >> 5))
			return RF_RING_CORRUPT;
	}
}
