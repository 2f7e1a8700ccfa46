/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/wire.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

void rf_reader_init(struct rf_reader *r, const void *base, size_t size, enum rf_byte_order order)
{
	*r = (struct rf_reader){.base = base, .size = base ? size : 0, .order = order};
}

bool rf_reader_ok(const struct rf_reader *r)
{
	return !r->failed;
}

bool rf_reader_done(const struct rf_reader *r)
{
	return !r->failed && r->at == r->size;
}

size_t rf_reader_left(const struct rf_reader *r)
{
	return r->failed ? 0 : r->size - r->at;
}

void rf_reader_fail(struct rf_reader *r)
{
	r->failed = true;
}

const uint8_t *rf_read_view(struct rf_reader *r, size_t len)
{
	static const uint8_t nothing[1];

	if (r->failed || len > r->size - r->at) {
		r->failed = true;
		return NULL;
	}
	if (!len)
		return nothing;

	const uint8_t *view = r->base + r->at;

	r->at += len;
	return view;
}

void rf_read_skip(struct rf_reader *r, size_t len)
{
	(void)rf_read_view(r, len);
}

bool rf_read_bytes(struct rf_reader *r, void *out, size_t len)
{
	const uint8_t *view = rf_read_view(r, len);

	if (!view) {
		memset(out, 0, len);
		return false;
	}
	memcpy(out, view, len);
	return true;
}

uint8_t rf_read_u8(struct rf_reader *r)
{
	uint8_t v;

	rf_read_bytes(r, &v, sizeof(v));
	return v;
}

uint16_t rf_read_u16(struct rf_reader *r)
{
	uint16_t v;

	rf_read_bytes(r, &v, sizeof(v));
	if (r->order == RF_LITTLE_ENDIAN)
		return le16toh(v);
	return r->order == RF_BIG_ENDIAN ? be16toh(v) : v;
}

uint32_t rf_read_u32(struct rf_reader *r)
{
	uint32_t v;

	rf_read_bytes(r, &v, sizeof(v));
	if (r->order == RF_LITTLE_ENDIAN)
		return le32toh(v);
	return r->order == RF_BIG_ENDIAN ? be32toh(v) : v;
}

uint64_t rf_read_u64(struct rf_reader *r)
{
	uint64_t v;

	rf_read_bytes(r, &v, sizeof(v));
	if (r->order == RF_LITTLE_ENDIAN)
		return le64toh(v);
	return r->order == RF_BIG_ENDIAN ? be64toh(v) : v;
}

int8_t rf_read_i8(struct rf_reader *r)
{
	return (int8_t)rf_read_u8(r);
}

int32_t rf_read_i32(struct rf_reader *r)
{
	return (int32_t)rf_read_u32(r);
}

int64_t rf_read_i64(struct rf_reader *r)
{
	return (int64_t)rf_read_u64(r);
}

bool rf_read_str_field(struct rf_reader *r, char *out, size_t len)
{
	const uint8_t *view = rf_read_view(r, len);

	memset(out, 0, len);
	if (!view)
		return false;

	size_t text = strnlen((const char *)view, len);

	if (text == len) {
		r->failed = true;
		return false;
	}
	memcpy(out, view, text);
	return true;
}

const char *rf_read_cstr(struct rf_reader *r, size_t len)
{
	const uint8_t *view = len ? rf_read_view(r, len) : NULL;

	if (!view || strnlen((const char *)view, len) != len - 1) {
		r->failed = true;
		return NULL;
	}
	return (const char *)view;
}

struct rf_reader rf_read_sub(struct rf_reader *r, size_t len)
{
	const uint8_t *view = rf_read_view(r, len);
	struct rf_reader sub;

	rf_reader_init(&sub, view, view ? len : 0, r->order);
	sub.failed = !view;
	return sub;
}

void rf_writer_init_fixed(struct rf_writer *w, void *base, size_t size, enum rf_byte_order order)
{
	*w = (struct rf_writer){.base = base, .size = size, .order = order};
}

void rf_writer_init_growing(struct rf_writer *w, size_t limit, enum rf_byte_order order)
{
	*w = (struct rf_writer){.limit = limit, .order = order};
}

void rf_writer_free(struct rf_writer *w)
{
	if (w->limit)
		free(w->base);
	*w = (struct rf_writer){.failed = true};
}

uint8_t *rf_writer_take(struct rf_writer *w, size_t *len)
{
	uint8_t *taken = NULL;

	*len = 0;
	if (w->limit && !w->failed) {
		taken = w->base;
		*len = w->at;
		w->base = NULL;
	}
	rf_writer_free(w);
	return taken;
}

bool rf_writer_ok(const struct rf_writer *w)
{
	return !w->failed;
}

static bool make_room(struct rf_writer *w, size_t len)
{
	if (w->failed)
		return false;
	if (len <= w->size - w->at)
		return true;
	if (!w->limit || len > w->limit - w->at) {
		w->failed = true;
		return false;
	}

	size_t want = w->size ? w->size * 2 : 256;

	while (want < w->at + len)
		want *= 2;
	if (want > w->limit)
		want = w->limit;

	uint8_t *bigger = realloc(w->base, want);

	if (!bigger) {
		w->failed = true;
		return false;
	}
	w->base = bigger;
	w->size = want;
	return true;
}

void rf_write_bytes(struct rf_writer *w, const void *data, size_t len)
{
	if (!make_room(w, len) || !len)
		return;
	memcpy(w->base + w->at, data, len);
	w->at += len;
}

void rf_write_zeros(struct rf_writer *w, size_t len)
{
	if (!make_room(w, len) || !len)
		return;
	memset(w->base + w->at, 0, len);
	w->at += len;
}

void rf_write_u8(struct rf_writer *w, uint8_t v)
{
	rf_write_bytes(w, &v, sizeof(v));
}

static uint32_t ordered32(enum rf_byte_order order, uint32_t v)
{
	if (order == RF_LITTLE_ENDIAN)
		return htole32(v);
	return order == RF_BIG_ENDIAN ? htobe32(v) : v;
}

void rf_write_u16(struct rf_writer *w, uint16_t v)
{
	if (w->order == RF_LITTLE_ENDIAN)
		v = htole16(v);
	else if (w->order == RF_BIG_ENDIAN)
		v = htobe16(v);
	rf_write_bytes(w, &v, sizeof(v));
}

void rf_write_u32(struct rf_writer *w, uint32_t v)
{
	v = ordered32(w->order, v);
	rf_write_bytes(w, &v, sizeof(v));
}

void rf_write_u64(struct rf_writer *w, uint64_t v)
{
	if (w->order == RF_LITTLE_ENDIAN)
		v = htole64(v);
	else if (w->order == RF_BIG_ENDIAN)
		v = htobe64(v);
	rf_write_bytes(w, &v, sizeof(v));
}

void rf_write_i8(struct rf_writer *w, int8_t v)
{
	rf_write_u8(w, (uint8_t)v);
}

void rf_write_i32(struct rf_writer *w, int32_t v)
{
	rf_write_u32(w, (uint32_t)v);
}

void rf_write_i64(struct rf_writer *w, int64_t v)
{
	rf_write_u64(w, (uint64_t)v);
}

void rf_write_str_field(struct rf_writer *w, const char *text, size_t len)
{
	size_t used = strlen(text);

	if (used >= len) {
		w->failed = true;
		return;
	}
	rf_write_bytes(w, text, used);
	rf_write_zeros(w, len - used);
}

void rf_write_cstr(struct rf_writer *w, const char *text)
{
	rf_write_bytes(w, text, strlen(text) + 1);
}

void rf_write_u32_at(struct rf_writer *w, size_t offset, uint32_t v)
{
	if (w->failed || offset > w->at || w->at - offset < sizeof(v)) {
		w->failed = true;
		return;
	}
	v = ordered32(w->order, v);
	memcpy(w->base + offset, &v, sizeof(v));
}
