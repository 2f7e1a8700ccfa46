/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules_metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CLOCK_BEGIN "clock {"
#define CLOCK_END "};"
#define OFFSET "offset = "

static bool is(const char *line, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(line, text, len) == 0;
}

/* `offset = NUMBER;`, indented. */
static bool is_offset(const char *line, size_t len)
{
	const size_t name_len = strlen(OFFSET);
	size_t at = 0;

	while (at < len && (line[at] == '\t' || line[at] == ' '))
		at++;
	if (len - at < name_len || memcmp(line + at, OFFSET, name_len) != 0)
		return false;
	at += name_len;
	at += at < len && line[at] == '-';

	size_t digits = at;

	while (at < len && line[at] >= '0' && line[at] <= '9')
		at++;
	return at > digits && at + 1 == len && line[at] == ';';
}

/* LINE is whole, without its newline. */
static void write_line(
	struct rf_modules_rewriter *rewriter, int64_t clock_offset, const char *line, size_t len, struct rf_writer *out)
{
	char changed[RF_MODULES_LINE_MAX];

	/* Texts from outside are in quotes, with their newlines escaped: they cannot look like these lines. */
	if (rewriter->place == RF_MODULES_BEFORE_CLOCK && is(line, len, CLOCK_BEGIN)) {
		rewriter->place = RF_MODULES_IN_CLOCK;
	} else if (rewriter->place == RF_MODULES_IN_CLOCK && is(line, len, CLOCK_END)) {
		rewriter->place = RF_MODULES_AFTER_CLOCK;
	} else if (rewriter->place == RF_MODULES_IN_CLOCK && is_offset(line, len)) {
		len = (size_t)snprintf(changed, sizeof(changed), "\t" OFFSET "%" PRId64 ";", clock_offset);
		line = changed;
	}
	rf_write_bytes(out, line, len);
	rf_write_u8(out, '\n');
}

/* A piece of a line that has no end yet. */
static void keep(struct rf_modules_rewriter *rewriter, const char *text, size_t len, struct rf_writer *out)
{
	if (!rewriter->skipping && len < sizeof(rewriter->line) - rewriter->line_len) {
		memcpy(rewriter->line + rewriter->line_len, text, len);
		rewriter->line_len += len;
		return;
	}
	rf_write_bytes(out, rewriter->line, rewriter->line_len);
	rf_write_bytes(out, text, len);
	rewriter->line_len = 0;
	rewriter->skipping = true;
}

static void end_line(
	struct rf_modules_rewriter *rewriter, int64_t clock_offset, const char *text, size_t len, struct rf_writer *out)
{
	keep(rewriter, text, len, out);
	if (rewriter->skipping)
		rf_write_u8(out, '\n');
	else
		write_line(rewriter, clock_offset, rewriter->line, rewriter->line_len, out);
	rewriter->line_len = 0;
	rewriter->skipping = false;
}

void rf_modules_rewrite(
	struct rf_modules_rewriter *rewriter, int64_t clock_offset, const char *text, size_t len, struct rf_writer *out)
{
	while (len && rewriter->place != RF_MODULES_AFTER_CLOCK) {
		const char *newline = memchr(text, '\n', len);
		size_t line_len = newline ? (size_t)(newline - text) : len;

		if (!newline) {
			keep(rewriter, text, line_len, out);
			return;
		}
		end_line(rewriter, clock_offset, text, line_len, out);
		text += line_len + 1;
		len -= line_len + 1;
	}
	rf_write_bytes(out, text, len);
}
