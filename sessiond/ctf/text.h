/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A growing text, for metadata. Failure (memory, or the limit) is sticky. Not NUL-terminated. One thread at a time;
 * free it with rf_text_free().
 */
#ifndef RF_SESSIOND_CTF_TEXT_H
#define RF_SESSIOND_CTF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct rf_text {
	char *data;
	size_t len;
	size_t room;
	size_t limit;
	bool failed;
};

void rf_text_init(struct rf_text *text, size_t limit);
void rf_text_free(struct rf_text *text);
void rf_text_add(struct rf_text *text, const char *data, size_t len);
void rf_text_printf(struct rf_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* STRING with '"' and '\' escaped and line ends written as \n, so that it stays inside its quotes. */
void rf_text_quoted(struct rf_text *text, const char *string);

#endif
