/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/message.h"

void rf_message_put_text(struct rf_writer *w, const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size) {
		w->failed = true;
		return;
	}
	rf_write_u16(w, (uint16_t)len);
	rf_write_bytes(w, text, len);
}

void rf_message_get_text(struct rf_reader *r, char *text, size_t size)
{
	size_t len = rf_read_u16(r);
	const uint8_t *view = rf_read_view(r, len);

	memset(text, 0, size);
	if (!view || len >= size || memchr(view, 0, len)) {
		rf_reader_fail(r);
		return;
	}
	memcpy(text, view, len);
}

void rf_message_put_blob(struct rf_writer *w, const struct rf_blob *blob)
{
	if (blob->len > UINT32_MAX) {
		w->failed = true;
		return;
	}
	rf_write_u32(w, (uint32_t)blob->len);
	rf_write_bytes(w, blob->data, blob->len);
}

void rf_message_get_blob(struct rf_reader *r, struct rf_blob *blob)
{
	size_t len = rf_read_u32(r);

	blob->data = rf_read_view(r, len);
	blob->len = blob->data ? len : 0;
}
