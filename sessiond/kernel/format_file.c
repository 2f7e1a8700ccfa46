/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/format_file.h"

#include "sessiond/kernel/c_type.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCATOR_SIZE 4u
#define POINTER_SIZE 8u

/* A piece of the text. */
struct span {
	const char *at;
	size_t len;
};

static bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

/* Takes PREFIX off its front. */
static bool skip(struct span *s, const char *prefix)
{
	size_t len = strlen(prefix);

	if (s->len < len || memcmp(s->at, prefix, len) != 0)
		return false;
	s->at += len;
	s->len -= len;
	return true;
}

/* Takes what is before END off its front, and END. */
static bool take_until(struct span *s, char end, struct span *taken)
{
	const char *found = s->len ? memchr(s->at, end, s->len) : NULL;

	if (!found)
		return false;
	*taken = (struct span){s->at, (size_t)(found - s->at)};
	s->len -= taken->len + 1;
	s->at = found + 1;
	return true;
}

static void trim(struct span *s)
{
	while (s->len && s->at[s->len - 1] == ' ')
		s->len--;
	while (s->len && s->at[0] == ' ') {
		s->at++;
		s->len--;
	}
}

static bool number(struct span s, uint32_t max, uint32_t *value)
{
	uint64_t n = 0;

	if (!s.len || s.len > 10)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.at[i] - '0');
	}
	*value = (uint32_t)n;
	return n <= max;
}

static bool identifier_char(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A declaration in its parts. */
struct declaration {
	struct span type;
	struct span name;
	bool locator;
	bool relative;
	bool brackets;      /* behind the name */
	struct span length; /* in them */
};

/* Takes a `[...]` off its end. */
static bool take_brackets(struct span *s, struct span *inside)
{
	if (!s->len || s->at[s->len - 1] != ']')
		return false;

	size_t open = s->len - 1;

	while (open && s->at[open] != '[')
		open--;
	if (s->at[open] != '[')
		return false;
	*inside = (struct span){s->at + open + 1, s->len - open - 2};
	s->len = open;
	trim(s);
	return true;
}

static bool split(struct span text, struct declaration *d)
{
	struct span in_type;

	*d = (struct declaration){0};
	trim(&text);
	d->relative = skip(&text, "__rel_loc ");
	d->locator = d->relative || skip(&text, "__data_loc ");
	d->brackets = take_brackets(&text, &d->length);

	size_t start = text.len;

	while (start && identifier_char(text.at[start - 1]))
		start--;
	d->name = (struct span){text.at + start, text.len - start};
	d->type = (struct span){text.at, start};
	trim(&d->type);
	take_brackets(&d->type, &in_type);
	return d->type.len && d->name.len && d->name.len < RF_FORMAT_NAME_SIZE &&
		!(d->name.at[0] >= '0' && d->name.at[0] <= '9');
}

static bool integer_size(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static bool is_pointer(const struct declaration *d)
{
	return memchr(d->type.at, '*', d->type.len) != NULL;
}

static void make_bytes(struct rf_format_field *f)
{
	f->kind = RF_FORMAT_ARRAY;
	f->opaque = true;
	f->is_signed = false;
	f->element = 1;
	f->count = f->size;
}

static bool classify_locator(const struct declaration *d, struct rf_format_field *f)
{
	const struct rf_c_type *type = rf_c_type_find(d->type.at, d->type.len);

	f->kind = span_is(d->type, "char") ? RF_FORMAT_STRING : RF_FORMAT_SEQUENCE;
	f->relative = d->relative;
	f->element = type ? type->size : 1;
	f->is_signed = type && type->is_signed;
	if (is_pointer(d))
		f->element = POINTER_SIZE;
	return f->size == LOCATOR_SIZE && !d->brackets;
}

static void classify_array(const struct declaration *d, struct rf_format_field *f)
{
	uint32_t count = 0;

	if (span_is(d->type, "char")) {
		f->kind = RF_FORMAT_TEXT;
		return;
	}
	if (!number(d->length, UINT16_MAX, &count) || !count || f->size % count || !integer_size(f->size / count)) {
		make_bytes(f);
		return;
	}
	f->kind = RF_FORMAT_ARRAY;
	f->count = (uint16_t)count;
	f->element = (uint16_t)(f->size / count);
	f->opaque = is_pointer(d);
}

static void classify_integer(const struct rf_format *format, const struct declaration *d, struct rf_format_field *f)
{
	const struct rf_c_type *type = rf_c_type_find(d->type.at, d->type.len);

	f->kind = is_pointer(d) ? RF_FORMAT_POINTER : RF_FORMAT_INTEGER;
	f->width = f->size;
	f->width_signed = f->is_signed && f->kind == RF_FORMAT_INTEGER;
	if (type && strcmp(format->system, "syscalls") == 0 && type->size <= f->size) {
		f->width = type->size;
		f->width_signed = type->is_signed;
	}
}

static bool classify(const struct rf_format *format, const struct declaration *d, struct rf_format_field *f)
{
	if (d->locator)
		return classify_locator(d, f);
	if (d->brackets && !f->size)
		f->kind = RF_FORMAT_TAIL;
	else if (d->brackets)
		classify_array(d, f);
	else if (integer_size(f->size))
		classify_integer(format, d, f);
	else
		make_bytes(f);
	return true;
}

/* `;\tKEY:NUMBER` */
static bool attribute(struct span *line, const char *key, uint32_t max, uint32_t *value)
{
	struct span digits;

	while (skip(line, "\t") || skip(line, " "))
		;
	return skip(line, key) && take_until(line, ';', &digits) && number(digits, max, value);
}

static struct rf_format_field *new_field(struct rf_format *format)
{
	if (format->count % 16 == 0) {
		struct rf_format_field *more = reallocarray(
			format->fields, format->count + 16, sizeof(format->fields[0]));

		if (!more)
			return NULL;
		format->fields = more;
	}
	return &format->fields[format->count];
}

static int parse_field(struct rf_format *format, struct span line)
{
	struct span text;
	struct declaration d;
	uint32_t offset;
	uint32_t size;
	uint32_t is_signed;

	if (!take_until(&line, ';', &text) || !split(text, &d) || !attribute(&line, "offset:", UINT16_MAX, &offset) ||
		!attribute(&line, "size:", UINT16_MAX, &size) || !attribute(&line, "signed:", 1, &is_signed) ||
		offset + size > UINT16_MAX)
		return -EINVAL;
	/* An empty structure. */
	if (!size && !d.brackets)
		return 0;
	if (format->count == RF_FORMAT_FIELDS_MAX)
		return -E2BIG;

	struct rf_format_field *f = new_field(format);

	if (!f)
		return -ENOMEM;
	*f = (struct rf_format_field){.offset = (uint16_t)offset, .size = (uint16_t)size, .is_signed = is_signed == 1};
	memcpy(f->name, d.name.at, d.name.len);
	if (rf_format_find(format, f->name) || !classify(format, &d, f))
		return -EINVAL;
	format->count++;
	if (format->size < offset + size)
		format->size = offset + size;
	return 0;
}

static int parse_line(struct rf_format *format, struct span line, bool *has_id)
{
	if (skip(&line, "ID: ")) {
		*has_id = number(line, UINT16_MAX, &format->id);
		return *has_id ? 0 : -EINVAL;
	}
	if (skip(&line, "\tfield:"))
		return parse_field(format, line);
	if (!line.len && !format->common)
		format->common = format->count;
	return 0;
}

static int parse(struct rf_format *format, struct span text)
{
	struct span line;
	bool has_id = false;

	while (take_until(&text, '\n', &line)) {
		if (skip(&line, "print fmt:"))
			break;

		int err = parse_line(format, line, &has_id);

		if (err < 0)
			return err;
	}
	return has_id && format->common ? 0 : -EINVAL;
}

int rf_format_parse(struct rf_format *format, const char *system, const char *event, const char *text, size_t len)
{
	*format = (struct rf_format){0};
	if (strlen(system) >= sizeof(format->system) || strlen(event) >= sizeof(format->event))
		return -EINVAL;
	snprintf(format->system, sizeof(format->system), "%s", system);
	snprintf(format->event, sizeof(format->event), "%s", event);

	int err = parse(format, (struct span){text, len});

	if (err < 0)
		rf_format_free(format);
	return err;
}

void rf_format_free(struct rf_format *format)
{
	free(format->fields);
	*format = (struct rf_format){0};
}

const struct rf_format_field *rf_format_find(const struct rf_format *format, const char *name)
{
	for (size_t i = 0; i < format->count; i++)
		if (strcmp(format->fields[i].name, name) == 0)
			return &format->fields[i];
	return NULL;
}
