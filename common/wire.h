/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one bounds-checked codec. Every protocol of the suite, inside or outside, is read and written through it.
 *
 * A reader is a cursor over bytes that it does not own; a writer is a cursor over a buffer that is either the caller's
 * (fixed) or its own (growing). Errors are sticky: after the first failure every read gives zeroes, every write does
 * nothing, and rf_reader_ok()/rf_writer_ok() tell so once at the end. Nothing here aborts on data.
 *
 * Byte order is chosen once for a cursor. Multi-byte values need no alignment.
 * Threads: a cursor belongs to one thread at a time.
 */
#ifndef RF_COMMON_WIRE_H
#define RF_COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rf_byte_order {
	RF_HOST_ORDER,
	RF_LITTLE_ENDIAN,
	RF_BIG_ENDIAN,
};

struct rf_reader {
	const uint8_t *base;
	size_t size;
	size_t at;
	enum rf_byte_order order;
	bool failed;
};

void rf_reader_init(struct rf_reader *r, const void *base, size_t size, enum rf_byte_order order);
bool rf_reader_ok(const struct rf_reader *r);
/* True when nothing failed and every byte was read: what a whole-message decoder asks last. */
bool rf_reader_done(const struct rf_reader *r);
size_t rf_reader_left(const struct rf_reader *r);
/* Marks the cursor as failed; for a decoder that finds a value out of range. */
void rf_reader_fail(struct rf_reader *r);

uint8_t rf_read_u8(struct rf_reader *r);
uint16_t rf_read_u16(struct rf_reader *r);
uint32_t rf_read_u32(struct rf_reader *r);
uint64_t rf_read_u64(struct rf_reader *r);
int8_t rf_read_i8(struct rf_reader *r);
int32_t rf_read_i32(struct rf_reader *r);
int64_t rf_read_i64(struct rf_reader *r);
/* Copies LEN bytes to OUT; OUT is zeroed on failure. */
bool rf_read_bytes(struct rf_reader *r, void *out, size_t len);
/* A view of LEN bytes inside the reader's own memory, NULL on failure (LEN 0 gives a valid pointer). */
const uint8_t *rf_read_view(struct rf_reader *r, size_t len);
void rf_read_skip(struct rf_reader *r, size_t len);
/*
 * A fixed field of LEN bytes holding a NUL-terminated string. Copies it to OUT (which has LEN bytes) and fails when no
 * NUL is inside the field. Bytes after the NUL are ignored and read as zero.
 */
bool rf_read_str_field(struct rf_reader *r, char *out, size_t len);
/*
 * A string of LEN bytes whose last byte, and no other, is NUL. Gives a view of it, NULL on failure.
 */
const char *rf_read_cstr(struct rf_reader *r, size_t len);
/* A reader over the next LEN bytes, same order. When it cannot be had, both are failed. */
struct rf_reader rf_read_sub(struct rf_reader *r, size_t len);

struct rf_writer {
	uint8_t *base;
	size_t size; /* bytes that may be written now */
	size_t at;
	size_t limit; /* growing writers: never more than this; 0 for fixed ones */
	enum rf_byte_order order;
	bool failed;
};

void rf_writer_init_fixed(struct rf_writer *w, void *base, size_t size, enum rf_byte_order order);
/* The buffer is malloc'd and grows up to LIMIT bytes; free it with rf_writer_free() or take it with rf_writer_take().
 */
void rf_writer_init_growing(struct rf_writer *w, size_t limit, enum rf_byte_order order);
void rf_writer_free(struct rf_writer *w);
/* Hands the malloc'd buffer (length in *LEN) to the caller, who frees it. NULL when the writer failed or is empty. */
uint8_t *rf_writer_take(struct rf_writer *w, size_t *len);
bool rf_writer_ok(const struct rf_writer *w);

void rf_write_u8(struct rf_writer *w, uint8_t v);
void rf_write_u16(struct rf_writer *w, uint16_t v);
void rf_write_u32(struct rf_writer *w, uint32_t v);
void rf_write_u64(struct rf_writer *w, uint64_t v);
void rf_write_i8(struct rf_writer *w, int8_t v);
void rf_write_i32(struct rf_writer *w, int32_t v);
void rf_write_i64(struct rf_writer *w, int64_t v);
void rf_write_bytes(struct rf_writer *w, const void *data, size_t len);
void rf_write_zeros(struct rf_writer *w, size_t len);
/* TEXT in a field of LEN bytes, zero-filled, always NUL-terminated; a longer text fails the writer. */
void rf_write_str_field(struct rf_writer *w, const char *text, size_t len);
/* TEXT and its NUL. */
void rf_write_cstr(struct rf_writer *w, const char *text);
/* Overwrites four bytes written before at OFFSET, e.g. a length known only later. */
void rf_write_u32_at(struct rf_writer *w, size_t offset, uint32_t v);

#endif
