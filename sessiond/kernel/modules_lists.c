/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules_lists.h"

#include "common/sort.h"
#include "common/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OF_32_BIT 1u
#define OF_64_BIT 2u

static void expect(struct rf_reader *r, const char *literal)
{
	size_t len = strlen(literal);
	const uint8_t *there = rf_read_view(r, len);

	if (there && memcmp(there, literal, len) != 0)
		rf_reader_fail(r);
}

/* What is there up to the next ';', which is read, too. */
static const char *value(struct rf_reader *r, size_t *len)
{
	const uint8_t *start = r->base + r->at;
	size_t left = rf_reader_ok(r) ? rf_reader_left(r) : 0;
	const uint8_t *end = left ? memchr(start, ';', left) : NULL;

	*len = end ? (size_t)(end - start) : 0;
	if (!*len || *len >= RF_NAME_SIZE || memchr(start, '\n', *len) || memchr(start, '\0', *len)) {
		rf_reader_fail(r);
		return NULL;
	}
	return (const char *)rf_read_view(r, *len + 1);
}

static bool is(const char *value, size_t len, const char *literal)
{
	return len == strlen(literal) && memcmp(value, literal, len) == 0;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

/* There are not more names than lines, and all of them are shorter than the text. */
static int make_room(struct rf_kernel_names *names, const char *text, size_t len, bool flags)
{
	size_t lines = count_lines(text, len);

	*names = (struct rf_kernel_names){0};
	names->text = malloc(len + 1);
	names->offsets = calloc(lines, sizeof(*names->offsets));
	names->flags = flags ? calloc(lines, 1) : NULL;
	if (names->text && names->offsets && (names->flags || !flags))
		return 0;
	rf_kernel_names_free(names);
	return -ENOMEM;
}

/* Appends a name; *AT is the end of the text. */
static void add(struct rf_kernel_names *names, size_t *at, const char *name, size_t len)
{
	names->offsets[names->count++] = *at;
	memcpy(names->text + *at, name, len);
	names->text[*at + len] = '\0';
	*at += len + 1;
}

int rf_modules_parse_tracepoints(const char *text, size_t len, struct rf_kernel_names *names)
{
	struct rf_reader r;
	size_t at = 0;
	int err = make_room(names, text, len, false);

	if (err)
		return err;
	rf_reader_init(&r, text, len, RF_HOST_ORDER);
	while (rf_reader_ok(&r) && rf_reader_left(&r)) {
		size_t name_len;

		expect(&r, "event { name = ");

		const char *name = value(&r, &name_len);

		expect(&r, " };\n");
		if (rf_reader_ok(&r))
			add(names, &at, name, name_len);
	}
	if (rf_reader_done(&r))
		return 0;
	rf_kernel_names_free(names);
	return -EPROTO;
}

struct syscall_line {
	const char *name; /* in the list's text */
	size_t len;
	size_t line;
	uint8_t flags;
};

static int by_name(const void *left, const void *right)
{
	const struct syscall_line *a = left;
	const struct syscall_line *b = right;
	size_t common = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->name, b->name, common);

	if (!order)
		order = (a->len > b->len) - (a->len < b->len);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int by_line(const void *left, const void *right)
{
	const struct syscall_line *a = left;
	const struct syscall_line *b = right;

	return (a->line > b->line) - (a->line < b->line);
}

static void read_syscall(struct rf_reader *r, struct syscall_line *line)
{
	size_t len;

	expect(r, "syscall { index = ");
	(void)value(r, &len);
	expect(r, " name = ");
	line->name = value(r, &line->len);
	expect(r, " bitness = ");

	const char *bitness = value(r, &len);

	expect(r, " };\n");
	if (bitness && is(bitness, len, "32"))
		line->flags = OF_32_BIT;
	else if (bitness && is(bitness, len, "64"))
		line->flags = OF_64_BIT;
	else
		rf_reader_fail(r);
}

/* Leaves one line of each name, the first one, with the flags of all. How many there are then. */
static size_t merge(struct syscall_line *lines, size_t count)
{
	size_t kept = 0;

	rf_sort(lines, count, sizeof(*lines), by_name);
	for (size_t i = 0; i < count; i++) {
		struct syscall_line *last = kept ? &lines[kept - 1] : NULL;

		if (last && last->len == lines[i].len && memcmp(last->name, lines[i].name, last->len) == 0)
			last->flags |= lines[i].flags;
		else
			lines[kept++] = lines[i];
	}
	rf_sort(lines, kept, sizeof(*lines), by_line);
	return kept;
}

int rf_modules_parse_syscalls(const char *text, size_t len, struct rf_kernel_names *names)
{
	struct rf_reader r;
	size_t count = 0;
	int err = make_room(names, text, len, true);

	if (err)
		return err;

	struct syscall_line *lines = calloc(count_lines(text, len), sizeof(*lines));

	rf_reader_init(&r, text, len, RF_HOST_ORDER);
	while (lines && rf_reader_ok(&r) && rf_reader_left(&r)) {
		lines[count].line = count;
		read_syscall(&r, &lines[count]);
		count += rf_reader_ok(&r);
	}
	if (!lines || !rf_reader_done(&r)) {
		err = lines ? -EPROTO : -ENOMEM;
		free(lines);
		rf_kernel_names_free(names);
		return err;
	}
	count = merge(lines, count);
	for (size_t i = 0, at = 0; i < count; i++) {
		names->flags[i] = lines[i].flags;
		add(names, &at, lines[i].name, lines[i].len);
	}
	free(lines);
	return 0;
}
