/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ctf/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rf_text_init(struct rf_text *text, size_t limit)
{
	*text = (struct rf_text){.limit = limit};
}

void rf_text_free(struct rf_text *text)
{
	free(text->data);
	*text = (struct rf_text){.failed = true};
}

static bool make_room(struct rf_text *text, size_t len)
{
	if (text->failed || len > text->limit - text->len) {
		text->failed = true;
		return false;
	}
	if (text->len + len <= text->room)
		return true;

	size_t room = text->room ? text->room * 2 : 1024;

	while (room < text->len + len)
		room *= 2;

	char *more = realloc(text->data, room);

	if (!more) {
		text->failed = true;
		return false;
	}
	text->data = more;
	text->room = room;
	return true;
}

void rf_text_add(struct rf_text *text, const char *data, size_t len)
{
	if (!make_room(text, len) || !len)
		return;
	memcpy(text->data + text->len, data, len);
	text->len += len;
}

void rf_text_printf(struct rf_text *text, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);

	int len = vsnprintf(line, sizeof(line), format, args);

	va_end(args);
	/* Longer pieces are names, which are added as such. */
	if (len < 0 || (size_t)len >= sizeof(line)) {
		text->failed = true;
		return;
	}
	rf_text_add(text, line, (size_t)len);
}

void rf_text_quoted(struct rf_text *text, const char *string)
{
	for (; *string; string++) {
		if (*string == '\n') {
			rf_text_add(text, "\\n", 2);
			continue;
		}
		if (*string == '"' || *string == '\\')
			rf_text_add(text, "\\", 1);
		rf_text_add(text, string, 1);
	}
}
