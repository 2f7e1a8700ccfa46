/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bodies of frames, each described once. A field list
 *
 *   #define RF_THING_FIELDS(X) X(u32, id) X(name, channel) X(blob, text)
 *   RF_MESSAGE(rf_thing, RF_THING_FIELDS)
 *
 * makes `struct rf_thing`, `rf_thing_encode()`, `rf_thing_read()` and `rf_thing_decode()`. Kinds:
 *
 *   u8 u16 u32 u64 i32 i64   integers
 *   uuid                     16 bytes
 *   name                     text of at most 255 bytes: u16 length, bytes; decoded into char[256]
 *   path                     text of at most 4095 bytes: u16 length, bytes; decoded into char[4096]
 *   blob                     u32 length, bytes; decoded into a view of the frame's buffer, valid as long as that is
 *
 * Text may not contain NUL. A body must be exactly as long as its fields: decode fails otherwise.
 *
 * Fields that several messages have are described by RF_MESSAGE_PART, which makes no decode(), and are a kind of their
 * own for which RF_DECLARE_, RF_PUT_ and RF_GET_ are defined beside them.
 */
#ifndef RF_COMMON_MESSAGE_H
#define RF_COMMON_MESSAGE_H

#include "common/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RF_NAME_SIZE 256u
#define RF_PATH_SIZE 4096u
#define RF_UUID_SIZE 16u

struct rf_blob {
	const uint8_t *data;
	size_t len;
};

void rf_message_put_text(struct rf_writer *w, const char *text, size_t size);
void rf_message_get_text(struct rf_reader *r, char *text, size_t size);
void rf_message_put_blob(struct rf_writer *w, const struct rf_blob *blob);
void rf_message_get_blob(struct rf_reader *r, struct rf_blob *blob);

#define RF_DECLARE_u8(n) uint8_t n;
#define RF_DECLARE_u16(n) uint16_t n;
#define RF_DECLARE_u32(n) uint32_t n;
#define RF_DECLARE_u64(n) uint64_t n;
#define RF_DECLARE_i32(n) int32_t n;
#define RF_DECLARE_i64(n) int64_t n;
#define RF_DECLARE_uuid(n) uint8_t n[RF_UUID_SIZE];
#define RF_DECLARE_name(n) char n[RF_NAME_SIZE];
#define RF_DECLARE_path(n) char n[RF_PATH_SIZE];
#define RF_DECLARE_blob(n) struct rf_blob n;

#define RF_PUT_u8(n) rf_write_u8(w, m->n);
#define RF_PUT_u16(n) rf_write_u16(w, m->n);
#define RF_PUT_u32(n) rf_write_u32(w, m->n);
#define RF_PUT_u64(n) rf_write_u64(w, m->n);
#define RF_PUT_i32(n) rf_write_i32(w, m->n);
#define RF_PUT_i64(n) rf_write_i64(w, m->n);
#define RF_PUT_uuid(n) rf_write_bytes(w, m->n, RF_UUID_SIZE);
#define RF_PUT_name(n) rf_message_put_text(w, m->n, RF_NAME_SIZE);
#define RF_PUT_path(n) rf_message_put_text(w, m->n, RF_PATH_SIZE);
#define RF_PUT_blob(n) rf_message_put_blob(w, &m->n);

#define RF_GET_u8(n) m->n = rf_read_u8(r);
#define RF_GET_u16(n) m->n = rf_read_u16(r);
#define RF_GET_u32(n) m->n = rf_read_u32(r);
#define RF_GET_u64(n) m->n = rf_read_u64(r);
#define RF_GET_i32(n) m->n = rf_read_i32(r);
#define RF_GET_i64(n) m->n = rf_read_i64(r);
#define RF_GET_uuid(n) rf_read_bytes(r, m->n, RF_UUID_SIZE);
#define RF_GET_name(n) rf_message_get_text(r, m->n, RF_NAME_SIZE);
#define RF_GET_path(n) rf_message_get_text(r, m->n, RF_PATH_SIZE);
#define RF_GET_blob(n) rf_message_get_blob(r, &m->n);

#define RF_FIELD_DECLARE(kind, n) RF_DECLARE_##kind(n)
#define RF_FIELD_PUT(kind, n) RF_PUT_##kind(n)
#define RF_FIELD_GET(kind, n) RF_GET_##kind(n)

#define RF_MESSAGE_PART(type, FIELDS)                                                                                  \
	struct type {                                                                                                  \
		FIELDS(RF_FIELD_DECLARE)                                                                               \
	};                                                                                                             \
	static inline void type##_encode(struct rf_writer *w, const struct type *m)                                    \
	{                                                                                                              \
		FIELDS(RF_FIELD_PUT)                                                                                   \
	}                                                                                                              \
	static inline void type##_read(struct rf_reader *r, struct type *m)                                            \
	{                                                                                                              \
		FIELDS(RF_FIELD_GET)                                                                                   \
	}

#define RF_MESSAGE(type, FIELDS)                                                                                       \
	RF_MESSAGE_PART(type, FIELDS)                                                                                  \
	static inline bool type##_decode(struct rf_reader *r, struct type *m)                                          \
	{                                                                                                              \
		memset(m, 0, sizeof(*m));                                                                              \
		type##_read(r, m);                                                                                     \
		return rf_reader_done(r);                                                                              \
	}

#endif
