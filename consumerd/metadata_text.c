/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/metadata_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)256 << 20)
#define ROOM_STEP ((size_t)1024)

void rf_metadata_text_fini(struct rf_metadata_text *text)
{
	free(text->text);
	*text = (struct rf_metadata_text){0};
}

/* An eighth more than needed: few copies while it grows, and little slack afterwards. */
static int make_room(struct rf_metadata_text *text, size_t needed)
{
	size_t room = needed + needed / 8;

	if (needed <= text->room)
		return 0;
	room = (room + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;

	char *bigger = realloc(text->text, room);

	if (!bigger)
		return -ENOMEM;
	text->text = bigger;
	text->room = room;
	return 0;
}

static int append(struct rf_metadata_text *text, const uint8_t *bytes, size_t len)
{
	int err = len > TEXT_MAX - text->len ? -ENOMEM : make_room(text, text->len + len);

	if (err)
		return err;
	memcpy(text->text + text->len, bytes, len);
	text->len += len;
	return 0;
}

int rf_metadata_text_push(
	struct rf_metadata_text *text, uint32_t version, uint64_t offset, const uint8_t *bytes, size_t len)
{
	if (text->started && text->version != version) {
		text->len = 0;
		text->rewrites++;
	}
	text->started = true;
	text->version = version;
	if (offset > text->len)
		return -EINVAL;

	size_t known = text->len - (size_t)offset;

	return known < len ? append(text, bytes + known, len - known) : 0;
}
