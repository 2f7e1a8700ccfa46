/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/field_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Fields are described one after the other; a compound one consumes its parts as well. */
struct cursor {
	const struct lttng_ust_ctl_field *fields;
	size_t count;
	size_t at;
};

struct printer {
	struct rf_text *text;
	const struct rf_field_context *context;
	struct cursor cursor;
};

/* Variants hold plain fields only; nothing that a tracer emits is nested deeper. */
#define DEPTH_MAX 4u

static int print_field(struct printer *p, unsigned int indent, unsigned int depth);

static const struct lttng_ust_ctl_field *next_field(struct cursor *c)
{
	return c->at < c->count ? &c->fields[c->at++] : NULL;
}

static void tabs(struct printer *p, unsigned int indent)
{
	for (unsigned int i = 0; i < indent; i++)
		rf_text_add(p->text, "\t", 1);
}

/* A name inside a fixed field that need not be terminated. */
static void add_name(struct printer *p, const char *name)
{
	rf_text_add(p->text, name, strnlen(name, LTTNG_UST_ABI_SYM_NAME_LEN));
}

/* A name in a place where only an identifier may stand. */
static void add_identifier(struct printer *p, const char *name)
{
	size_t len = strnlen(name, LTTNG_UST_ABI_SYM_NAME_LEN);

	for (size_t i = 0; i < len; i++) {
		char c = name[i] == '.' || name[i] == '$' || name[i] == ':' ? '_' : name[i];

		rf_text_add(p->text, &c, 1);
	}
}

/* What a reader's grammar can take as an identifier: a name that is none would make the whole text unreadable. */
static bool is_name(const char *name)
{
	size_t len = strnlen(name, LTTNG_UST_ABI_SYM_NAME_LEN);

	if (!len || len == LTTNG_UST_ABI_SYM_NAME_LEN)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (!(c == '_' || c == '.' || c == '$' || c == ':' || (c >= '0' && c <= '9') ||
			    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

static const char *other_order(const struct printer *p)
{
	return p->context->big_endian ? "le" : "be";
}

static int print_integer(struct printer *p, const struct lttng_ust_ctl_integer_type *type, bool with_order)
{
	static const char *const encodings[] = {"none", "UTF8"};

	if (!type->size || type->size > 64 || type->alignment > 64 ||
		(type->base != 2 && type->base != 8 && type->base != 10 && type->base != 16))
		return -EINVAL;
	rf_text_printf(p->text, "integer { size = %u; align = %u; signed = %u; encoding = %s; base = %u;", type->size,
		type->alignment, type->signedness ? 1u : 0u,
		type->encoding == 0 || type->encoding == 1 ? encodings[type->encoding] : "ASCII", type->base);
	if (with_order && type->reverse_byte_order)
		rf_text_printf(p->text, " byte_order = %s;", other_order(p));
	rf_text_printf(p->text, " }");
	return 0;
}

static int print_float(struct printer *p, const struct lttng_ust_ctl_float_type *type)
{
	rf_text_printf(p->text, "floating_point { exp_dig = %u; mant_dig = %u; align = %u;", type->exp_dig,
		type->mant_dig, type->alignment);
	if (!type->mant_dig || type->alignment > 64)
		return -EINVAL;
	if (type->reverse_byte_order)
		rf_text_printf(p->text, " byte_order = %s;", other_order(p));
	rf_text_printf(p->text, " }");
	return 0;
}

static void end_line(struct printer *p, const char *name)
{
	rf_text_printf(p->text, " _");
	add_name(p, name);
	rf_text_printf(p->text, ";\n");
}

static int integer_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	tabs(p, indent);

	int err = print_integer(p, &f->type.u.integer, true);

	end_line(p, f->name);
	return err;
}

static int float_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	tabs(p, indent);

	int err = print_float(p, &f->type.u._float);

	end_line(p, f->name);
	return err;
}

static int string_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	tabs(p, indent);
	rf_text_printf(p->text,
		f->type.u.string.encoding == lttng_ust_ctl_encode_ASCII ? "string { encoding = ASCII; }" : "string");
	end_line(p, f->name);
	return 0;
}

static int print_enum(struct printer *p, const char *name, const struct lttng_ust_ctl_integer_type *container,
	uint64_t id, unsigned int indent)
{
	size_t len;
	const char *entries = p->context->enum_text ? p->context->enum_text(p->context->data, id, &len) : NULL;

	if (!entries)
		return -EINVAL;
	tabs(p, indent);
	rf_text_printf(p->text, "enum : ");

	int err = print_integer(p, container, false);

	rf_text_printf(p->text, " {\n");
	/* Registered once, with the tabs of a top-level field; the deeper ones of variants are rare and harmless. */
	rf_text_add(p->text, entries, len);
	tabs(p, indent);
	rf_text_printf(p->text, "} _");
	add_identifier(p, name);
	rf_text_printf(p->text, ";\n");
	return err;
}

static int enum_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	const struct lttng_ust_ctl_field *container = next_field(&p->cursor);

	if (!container || container->type.atype != lttng_ust_ctl_atype_integer)
		return -EINVAL;
	return print_enum(p, f->name, &container->type.u.integer, f->type.u.enum_nestable.id, indent);
}

static int legacy_enum_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	const struct lttng_ust_ctl_integer_type container = f->type.u.legacy.basic.enumeration.container_type;

	return print_enum(p, f->name, &container, f->type.u.legacy.basic.enumeration.id, indent);
}

/* Alignment, in bytes, is expressed by an empty structure before the field. */
static int print_padding(struct printer *p, const char *name, uint32_t alignment, unsigned int indent)
{
	if (!alignment)
		return 0;
	if (alignment > 64 || (alignment & (alignment - 1)))
		return -EINVAL;
	tabs(p, indent);
	rf_text_printf(p->text, "struct { } align(%u) _", alignment * 8);
	add_name(p, name);
	rf_text_printf(p->text, "_padding;\n");
	return 0;
}

static int print_array(struct printer *p, const char *name, const struct lttng_ust_ctl_integer_type *element,
	uint32_t length, unsigned int indent)
{
	tabs(p, indent);

	int err = print_integer(p, element, true);

	rf_text_printf(p->text, " _");
	add_name(p, name);
	rf_text_printf(p->text, "[%u];\n", length);
	return err;
}

static int array_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	const struct lttng_ust_ctl_field *element = next_field(&p->cursor);

	if (!element || element->type.atype != lttng_ust_ctl_atype_integer ||
		print_padding(p, f->name, f->type.u.array_nestable.alignment, indent) < 0)
		return -EINVAL;
	return print_array(p, f->name, &element->type.u.integer, f->type.u.array_nestable.length, indent);
}

static int legacy_array_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	if (f->type.u.legacy.array.elem_type.atype != lttng_ust_ctl_atype_integer)
		return -EINVAL;

	const struct lttng_ust_ctl_integer_type element = f->type.u.legacy.array.elem_type.u.basic.integer;

	return print_array(p, f->name, &element, f->type.u.legacy.array.length, indent);
}

static int sequence_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	const struct lttng_ust_ctl_field *element = next_field(&p->cursor);

	if (!element || element->type.atype != lttng_ust_ctl_atype_integer ||
		!is_name(f->type.u.sequence_nestable.length_name) ||
		print_padding(p, f->name, f->type.u.sequence_nestable.alignment, indent) < 0)
		return -EINVAL;
	tabs(p, indent);

	int err = print_integer(p, &element->type.u.integer, true);

	rf_text_printf(p->text, " _");
	add_name(p, f->name);
	rf_text_printf(p->text, "[ _");
	add_name(p, f->type.u.sequence_nestable.length_name);
	rf_text_printf(p->text, " ];\n");
	return err;
}

static int legacy_sequence_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	if (f->type.u.legacy.sequence.length_type.atype != lttng_ust_ctl_atype_integer ||
		f->type.u.legacy.sequence.elem_type.atype != lttng_ust_ctl_atype_integer)
		return -EINVAL;

	const struct lttng_ust_ctl_integer_type length = f->type.u.legacy.sequence.length_type.u.basic.integer;
	const struct lttng_ust_ctl_integer_type element = f->type.u.legacy.sequence.elem_type.u.basic.integer;

	tabs(p, indent);

	int err = print_integer(p, &length, true);

	rf_text_printf(p->text, " __");
	add_name(p, f->name);
	rf_text_printf(p->text, "_length;\n");
	tabs(p, indent);
	if (print_integer(p, &element, true) < 0)
		err = -EINVAL;
	rf_text_printf(p->text, " _");
	add_name(p, f->name);
	rf_text_printf(p->text, "[ __");
	add_name(p, f->name);
	rf_text_printf(p->text, "_length ];\n");
	return err;
}

static int print_struct(
	struct printer *p, const char *name, uint32_t nr_fields, uint32_t alignment, unsigned int indent)
{
	if (nr_fields || alignment > 64)
		return -EINVAL;
	tabs(p, indent);
	rf_text_printf(p->text, "struct {}");
	if (alignment)
		rf_text_printf(p->text, " align(%u)", alignment * 8);
	end_line(p, name);
	return 0;
}

static int struct_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	return print_struct(
		p, f->name, f->type.u.struct_nestable.nr_fields, f->type.u.struct_nestable.alignment, indent);
}

static int legacy_struct_field(struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent)
{
	return print_struct(p, f->name, f->type.u.legacy._struct.nr_fields, 0, indent);
}

static int print_variant(
	struct printer *p, const char *name, const char *tag, uint32_t choices, unsigned int indent, unsigned int depth)
{
	if (!is_name(tag) || choices > p->cursor.count - p->cursor.at)
		return -EINVAL;
	tabs(p, indent);
	rf_text_printf(p->text, "variant <_");
	add_identifier(p, tag);
	rf_text_printf(p->text, "> {\n");
	for (uint32_t i = 0; i < choices; i++) {
		int err = print_field(p, indent + 1, depth + 1);

		if (err < 0)
			return err;
	}
	tabs(p, indent);
	rf_text_printf(p->text, "} _");
	add_identifier(p, name);
	rf_text_printf(p->text, ";\n");
	return 0;
}

static int variant_field(
	struct printer *p, const struct lttng_ust_ctl_field *f, unsigned int indent, unsigned int depth)
{
	if (print_padding(p, f->name, f->type.u.variant_nestable.alignment, indent) < 0)
		return -EINVAL;
	return print_variant(
		p, f->name, f->type.u.variant_nestable.tag_name, f->type.u.variant_nestable.nr_choices, indent, depth);
}

static int print_field(struct printer *p, unsigned int indent, unsigned int depth)
{
	static int (*const plain[])(struct printer *, const struct lttng_ust_ctl_field *, unsigned int) = {
		[lttng_ust_ctl_atype_integer] = integer_field,
		[lttng_ust_ctl_atype_enum] = legacy_enum_field,
		[lttng_ust_ctl_atype_array] = legacy_array_field,
		[lttng_ust_ctl_atype_sequence] = legacy_sequence_field,
		[lttng_ust_ctl_atype_string] = string_field,
		[lttng_ust_ctl_atype_float] = float_field,
		[lttng_ust_ctl_atype_struct] = legacy_struct_field,
		[lttng_ust_ctl_atype_enum_nestable] = enum_field,
		[lttng_ust_ctl_atype_array_nestable] = array_field,
		[lttng_ust_ctl_atype_sequence_nestable] = sequence_field,
		[lttng_ust_ctl_atype_struct_nestable] = struct_field,
		[lttng_ust_ctl_atype_variant_nestable] = NULL,
	};
	const struct lttng_ust_ctl_field *f = next_field(&p->cursor);

	if (!f || depth > DEPTH_MAX || !is_name(f->name))
		return -EINVAL;

	uint32_t type = (uint32_t)f->type.atype;

	/* Both layouts have the choices and the tag at the same place. */
	if (type == lttng_ust_ctl_atype_variant)
		return print_variant(p, f->name, f->type.u.legacy.variant.tag_name, f->type.u.legacy.variant.nr_choices,
			indent, depth);
	if (type == lttng_ust_ctl_atype_variant_nestable)
		return variant_field(p, f, indent, depth);
	if (type >= sizeof(plain) / sizeof(plain[0]) || !plain[type])
		return -EINVAL;
	return plain[type](p, f, indent);
}

int rf_field_text(struct rf_text *text, const struct rf_field_context *context,
	const struct lttng_ust_ctl_field *fields, size_t count, unsigned int indent)
{
	struct printer p = {.text = text, .context = context, .cursor = {.fields = fields, .count = count}};

	while (p.cursor.at < count) {
		int err = print_field(&p, indent, 0);

		if (err < 0)
			return err;
	}
	return text->failed ? -ENOMEM : 0;
}

static void print_bound(struct rf_text *text, const struct lttng_ust_ctl_enum_value *value)
{
	if (value->signedness)
		rf_text_printf(text, "%" PRId64, (int64_t)value->value);
	else
		rf_text_printf(text, "%" PRIu64, value->value);
}

int rf_enum_entries_text(
	struct rf_text *text, const struct lttng_ust_ctl_enum_entry *entries, size_t count, unsigned int indent)
{
	for (size_t i = 0; i < count; i++) {
		const struct lttng_ust_ctl_enum_entry *e = &entries[i];
		char label[LTTNG_UST_ABI_SYM_NAME_LEN];

		if (strnlen(e->string, sizeof(e->string)) == sizeof(e->string))
			return -EINVAL;
		memcpy(label, e->string, sizeof(label));
		for (unsigned int t = 0; t <= indent; t++)
			rf_text_add(text, "\t", 1);
		rf_text_add(text, "\"", 1);
		rf_text_quoted(text, label);
		rf_text_add(text, "\"", 1);
		if (!(e->u.extra.options & LTTNG_UST_CTL_UST_ENUM_ENTRY_OPTION_IS_AUTO)) {
			rf_text_printf(text, " = ");
			print_bound(text, &e->start);
			if (e->start.value != e->end.value || e->start.signedness != e->end.signedness) {
				rf_text_printf(text, " ... ");
				print_bound(text, &e->end);
			}
		}
		rf_text_printf(text, ",\n");
	}
	return text->failed ? -ENOMEM : 0;
}
