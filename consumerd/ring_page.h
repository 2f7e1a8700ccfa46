/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One sub-buffer of the mainline kernel's ring buffer, as a read of trace_pipe_raw gives it: a header of 16 bytes and
 * records, 4-byte aligned, host byte order.
 *
 *   off 0  u64  base time
 *       8  u64  bits 0-19: bytes of records; 30: the number of lost events follows them (u64); 31: events were lost
 *               before this page
 *       16      records: u32 with type (5 bits) and time difference (27 bits), then what the type says
 *
 * Each record is checked against the page's end. Pure functions, any thread; the bytes are the caller's.
 */
#ifndef RF_CONSUMERD_RING_PAGE_H
#define RF_CONSUMERD_RING_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RF_RING_PAGE_HEADER 16u

struct rf_ring_page {
	const uint8_t *at;
	const uint8_t *end;
	uint64_t time; /* of the last record, trace clock, ns */
	bool lost;     /* events were lost before this page */
	uint64_t lost_count;
	size_t size; /* bytes that the page needs of the bytes given */
};

struct rf_ring_record {
	const uint8_t *payload; /* its first two bytes: the record's number */
	size_t len;             /* at least 4, may be more than the event needs */
};

enum rf_ring_next {
	RF_RING_RECORD,
	RF_RING_END,
	RF_RING_CORRUPT,
};

/* 0, or -EPROTO: this is no page. lost_count is 0 when it is not known. */
int rf_ring_page_open(struct rf_ring_page *page, const void *bytes, size_t size);
/*
 * The next record; its time is page->time. Nothing more comes after the end or something corrupt, where the page stays.
 */
enum rf_ring_next rf_ring_page_next(struct rf_ring_page *page, struct rf_ring_record *record);

/* Most records are plain ones: the length of one, that HEAD begins, without its head; 0: it is something else. */
static inline size_t rf_ring_plain_length(uint32_t head)
{
	size_t len = (size_t)(head & 31) * 4;

	return len <= 28 * 4 ? len : 0;
}

#endif
