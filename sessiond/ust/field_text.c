/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/field_text.h"

#include "sessiond/ust/field_scope.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* '_', a name, and the longest of the endings that are put to names. */
#define IDENTIFIER_SIZE (LTTNG_UST_ABI_SYM_NAME_LEN + 16)

/* Fields are described one after the other; a compound one consumes its parts as well. */
struct printer {
	struct rf_text *text;
	const struct rf_field_context *context;
	const struct lttng_ust_ctl_field *fields;
	size_t count;
	size_t at;
	struct rf_field_scope *scope; /* of the structure or variant that is being described */
	bool in_variant;
	unsigned int indent;
	uint64_t elements; /* of all arrays so far */
};

typedef int (*field_fn)(struct printer *p, const struct lttng_ust_ctl_field *f);

static int print_field(struct printer *p);

static const struct lttng_ust_ctl_field *next_field(struct printer *p)
{
	return p->at < p->count ? &p->fields[p->at++] : NULL;
}

static void tabs(struct printer *p)
{
	for (unsigned int i = 0; i < p->indent; i++)
		rf_text_add(p->text, "\t", 1);
}

/*
 * The identifier made of a name: '_' in front, and what the grammar has no place for in the names of dynamic contexts
 * ("$app.provider:name") replaced. Anything else that is no identifier is refused.
 */
static int identifier(char out[static IDENTIFIER_SIZE], const char *before, const char *name, const char *after)
{
	char safe[LTTNG_UST_ABI_SYM_NAME_LEN];
	size_t len = strnlen(name, sizeof(safe));

	if (!len || len == sizeof(safe))
		return -EINVAL;
	for (size_t i = 0; i <= len; i++) {
		char c = name[i];

		if (c == '.' || c == '$' || c == ':')
			c = '_';
		if (c && !(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return -EINVAL;
		safe[i] = c;
	}
	snprintf(out, IDENTIFIER_SIZE, "_%s%s%s", before, safe, after);
	return 0;
}

/* Makes the identifier of a member and declares it. */
static int declare(struct printer *p, char out[static IDENTIFIER_SIZE], const char *name, enum rf_member_use use,
	const struct rf_enum_mapping *mapping)
{
	int err = identifier(out, "", name, "");

	return err < 0 ? err : rf_field_scope_add(p->scope, out, use, mapping);
}

static bool alignment_ok(uint32_t bits)
{
	return bits && bits <= 64 && !(bits & (bits - 1));
}

static const char *other_order(const struct printer *p)
{
	return p->context->big_endian ? "le" : "be";
}

static int print_integer(struct printer *p, const struct lttng_ust_ctl_integer_type *type, bool with_order)
{
	static const char *const encodings[] = {"none", "UTF8"};

	if (!type->size || type->size > 64 || !alignment_ok(type->alignment) ||
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

/* A line `integer { … } NAME;`, with a LENGTH in brackets unless that is NULL. */
static int integer_line(
	struct printer *p, const struct lttng_ust_ctl_integer_type *type, const char *name, const char *length)
{
	tabs(p);

	int err = print_integer(p, type, true);

	rf_text_printf(p->text, " %s", name);
	if (length)
		rf_text_printf(p->text, "[ %s ]", length);
	rf_text_printf(p->text, ";\n");
	return err;
}

static int integer_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	const struct lttng_ust_ctl_integer_type type = f->type.u.integer;
	char name[IDENTIFIER_SIZE];
	int err = declare(p, name, f->name, type.signedness ? RF_MEMBER_PLAIN : RF_MEMBER_LENGTH, NULL);

	return err < 0 ? err : integer_line(p, &type, name, NULL);
}

/* The sizes that readers know: float and double. */
static int float_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	const struct lttng_ust_ctl_float_type type = f->type.u._float;
	char name[IDENTIFIER_SIZE];
	int err = declare(p, name, f->name, RF_MEMBER_PLAIN, NULL);

	if (err < 0)
		return err;
	if (!alignment_ok(type.alignment) ||
		!((type.exp_dig == 8 && type.mant_dig == 24) || (type.exp_dig == 11 && type.mant_dig == 53)))
		return -EINVAL;
	tabs(p);
	rf_text_printf(p->text, "floating_point { exp_dig = %u; mant_dig = %u; align = %u;", type.exp_dig,
		type.mant_dig, type.alignment);
	if (type.reverse_byte_order)
		rf_text_printf(p->text, " byte_order = %s;", other_order(p));
	rf_text_printf(p->text, " } %s;\n", name);
	return 0;
}

static int string_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	char name[IDENTIFIER_SIZE];
	int err = declare(p, name, f->name, RF_MEMBER_PLAIN, NULL);

	if (err < 0)
		return err;
	tabs(p);
	rf_text_printf(p->text, "string%s %s;\n",
		f->type.u.string.encoding == lttng_ust_ctl_encode_ASCII ? " { encoding = ASCII; }" : "", name);
	return 0;
}

/*
 * Tracers before ABI 9 describe the parts of an array, sequence or enumeration inside of its field, newer ones in a
 * field that follows it: the integer that such a part is, or -EINVAL. OWN is NULL in the newer layout.
 */
static int take_part(
	struct printer *p, const struct lttng_ust_ctl_basic_type *own, struct lttng_ust_ctl_integer_type *part)
{
	const struct lttng_ust_ctl_field *next = own ? NULL : next_field(p);

	if (own && own->atype == lttng_ust_ctl_atype_integer)
		*part = own->u.basic.integer;
	else if (next && next->type.atype == lttng_ust_ctl_atype_integer)
		*part = next->type.u.integer;
	else
		return -EINVAL;
	return 0;
}

static int enum_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	struct lttng_ust_ctl_integer_type container = f->type.u.legacy.basic.enumeration.container_type;
	uint64_t id = f->type.u.legacy.basic.enumeration.id;
	char name[IDENTIFIER_SIZE];

	if (f->type.atype == lttng_ust_ctl_atype_enum_nestable) {
		id = f->type.u.enum_nestable.id;
		if (take_part(p, NULL, &container) < 0)
			return -EINVAL;
	}

	const struct rf_enum_mapping *mapping = p->context->enum_mapping
		? p->context->enum_mapping(p->context->data, id)
		: NULL;

	if (!mapping || !(container.signedness ? mapping->ordered_signed : mapping->ordered_unsigned))
		return -EINVAL;

	int err = declare(p, name, f->name, mapping->disjoint ? RF_MEMBER_TAG : RF_MEMBER_PLAIN, mapping);

	if (err < 0)
		return err;
	tabs(p);
	rf_text_printf(p->text, "enum : ");
	err = print_integer(p, &container, false);
	rf_text_printf(p->text, " {\n");
	/* Made once, with the tabs of a top-level field; the deeper ones of variants are rare and harmless. */
	rf_text_add(p->text, mapping->text, mapping->len);
	tabs(p);
	rf_text_printf(p->text, "} %s;\n", name);
	return err;
}

/* Alignment, in bytes, is expressed by an empty structure before the field. */
static int print_padding(struct printer *p, const char *field, uint32_t alignment)
{
	char name[IDENTIFIER_SIZE];

	if (!alignment)
		return 0;
	if (!alignment_ok(alignment) || identifier(name, "", field, "_padding") < 0)
		return -EINVAL;

	int err = rf_field_scope_add(p->scope, name, RF_MEMBER_PLAIN, NULL);

	if (err < 0)
		return err;
	tabs(p);
	rf_text_printf(p->text, "struct { } align(%u) %s;\n", alignment * 8, name);
	return 0;
}

static int array_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	bool nestable = f->type.atype == lttng_ust_ctl_atype_array_nestable;
	uint32_t length = nestable ? f->type.u.array_nestable.length : f->type.u.legacy.array.length;
	struct lttng_ust_ctl_integer_type element;
	char name[IDENTIFIER_SIZE];

	if (take_part(p, nestable ? NULL : &f->type.u.legacy.array.elem_type, &element) < 0)
		return -EINVAL;
	p->elements += length;
	if (p->elements > RF_FIELD_ELEMENTS_MAX)
		return -EINVAL;

	int err = nestable ? print_padding(p, f->name, f->type.u.array_nestable.alignment) : 0;

	if (!err)
		err = declare(p, name, f->name, RF_MEMBER_PLAIN, NULL);
	if (err < 0)
		return err;
	tabs(p);
	err = print_integer(p, &element, true);
	rf_text_printf(p->text, " %s[%u];\n", name, length);
	return err;
}

/* The name of a sequence's length, which is a field before it, or, in the older layout, a part of it: printed here. */
static int sequence_length(struct printer *p, const struct lttng_ust_ctl_field *f, char length[static IDENTIFIER_SIZE])
{
	struct lttng_ust_ctl_integer_type type;

	if (f->type.atype == lttng_ust_ctl_atype_sequence_nestable) {
		if (identifier(length, "", f->type.u.sequence_nestable.length_name, "") < 0 ||
			!rf_field_scope_has_length(p->scope, length))
			return -EINVAL;
		return 0;
	}
	if (take_part(p, &f->type.u.legacy.sequence.length_type, &type) < 0 || type.signedness ||
		identifier(length, "_", f->name, "_length") < 0)
		return -EINVAL;

	int err = rf_field_scope_add(p->scope, length, RF_MEMBER_LENGTH, NULL);

	return err < 0 ? err : integer_line(p, &type, length, NULL);
}

static int sequence_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	bool nestable = f->type.atype == lttng_ust_ctl_atype_sequence_nestable;
	struct lttng_ust_ctl_integer_type element;
	char length[IDENTIFIER_SIZE];
	char name[IDENTIFIER_SIZE];

	if (p->in_variant || take_part(p, nestable ? NULL : &f->type.u.legacy.sequence.elem_type, &element) < 0)
		return -EINVAL;

	int err = sequence_length(p, f, length);

	if (!err && nestable)
		err = print_padding(p, f->name, f->type.u.sequence_nestable.alignment);
	if (!err)
		err = declare(p, name, f->name, RF_MEMBER_PLAIN, NULL);
	return err < 0 ? err : integer_line(p, &element, name, length);
}

/* No tracer fills structures; empty ones stand for "nothing" in variants. */
static int struct_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	bool nestable = f->type.atype == lttng_ust_ctl_atype_struct_nestable;
	uint32_t alignment = nestable ? f->type.u.struct_nestable.alignment : 0;
	char name[IDENTIFIER_SIZE];

	/* The count is at the same place in both layouts. */
	if (f->type.u.struct_nestable.nr_fields || (alignment && !alignment_ok(alignment)))
		return -EINVAL;

	int err = declare(p, name, f->name, RF_MEMBER_PLAIN, NULL);

	if (err < 0)
		return err;
	tabs(p);
	rf_text_printf(p->text, "struct {}");
	if (alignment)
		rf_text_printf(p->text, " align(%u)", alignment * 8);
	rf_text_printf(p->text, " %s;\n", name);
	return 0;
}

/* Each option has a label of the tag. */
static int print_options(struct printer *p, uint32_t choices, const struct rf_enum_mapping *tag)
{
	for (uint32_t i = 0; i < choices; i++) {
		char option[IDENTIFIER_SIZE];

		if (p->at >= p->count || identifier(option, "", p->fields[p->at].name, "") < 0)
			return -EINVAL;
		/* Labels carry the '_' of the identifier. */
		if (!rf_enum_has_label(tag, option))
			return -EINVAL;

		int err = print_field(p);

		if (err < 0)
			return err;
	}
	return 0;
}

/*
 * Tracers give the older number to variants that are filled in the nestable layout, too: what both have, count and tag,
 * is at one place.
 */
static int variant_field(struct printer *p, const struct lttng_ust_ctl_field *f)
{
	bool nestable = f->type.atype == lttng_ust_ctl_atype_variant_nestable;
	uint32_t choices = f->type.u.variant_nestable.nr_choices;
	struct rf_field_scope *outer = p->scope;
	struct rf_field_scope options = {0};
	char name[IDENTIFIER_SIZE];
	char tag[IDENTIFIER_SIZE];
	const struct rf_enum_mapping *mapping = NULL;

	if (!p->in_variant && identifier(tag, "", f->type.u.variant_nestable.tag_name, "") == 0)
		mapping = rf_field_scope_tag(outer, tag);
	if (!mapping || choices > p->count - p->at)
		return -EINVAL;

	int err = nestable ? print_padding(p, f->name, f->type.u.variant_nestable.alignment) : 0;

	if (!err)
		err = declare(p, name, f->name, RF_MEMBER_PLAIN, NULL);
	if (err < 0)
		return err;
	tabs(p);
	rf_text_printf(p->text, "variant <%s> {\n", tag);
	p->scope = &options;
	p->in_variant = true;
	p->indent++;
	err = print_options(p, choices, mapping);
	rf_field_scope_free(&options);
	p->scope = outer;
	p->in_variant = false;
	p->indent--;
	tabs(p);
	rf_text_printf(p->text, "} %s;\n", name);
	return err;
}

_Static_assert(offsetof(struct lttng_ust_ctl_type, u.variant_nestable.tag_name) ==
		offsetof(struct lttng_ust_ctl_type, u.legacy.variant.tag_name),
	"both layouts of a variant");

static int print_field(struct printer *p)
{
	static const field_fn table[NR_LTTNG_UST_CTL_ABSTRACT_TYPES] = {
		[lttng_ust_ctl_atype_integer] = integer_field,
		[lttng_ust_ctl_atype_enum] = enum_field,
		[lttng_ust_ctl_atype_array] = array_field,
		[lttng_ust_ctl_atype_sequence] = sequence_field,
		[lttng_ust_ctl_atype_string] = string_field,
		[lttng_ust_ctl_atype_float] = float_field,
		[lttng_ust_ctl_atype_variant] = variant_field,
		[lttng_ust_ctl_atype_struct] = struct_field,
		[lttng_ust_ctl_atype_enum_nestable] = enum_field,
		[lttng_ust_ctl_atype_array_nestable] = array_field,
		[lttng_ust_ctl_atype_sequence_nestable] = sequence_field,
		[lttng_ust_ctl_atype_struct_nestable] = struct_field,
		[lttng_ust_ctl_atype_variant_nestable] = variant_field,
	};
	const struct lttng_ust_ctl_field *f = next_field(p);
	uint32_t type;

	if (!f)
		return -EINVAL;
	memcpy(&type, &f->type.atype, sizeof(type)); /* any number may be in there */
	if (type >= NR_LTTNG_UST_CTL_ABSTRACT_TYPES)
		return -EINVAL;
	/* A text that is full already need not be made any further. */
	return p->text->failed ? -ENOSPC : table[type](p, f);
}

int rf_field_text(struct rf_text *text, const struct rf_field_context *context,
	const struct lttng_ust_ctl_field *fields, size_t count, unsigned int indent)
{
	struct rf_field_scope scope = {0};
	struct printer p = {
		.text = text, .context = context, .fields = fields, .count = count, .scope = &scope, .indent = indent};
	int err = 0;

	while (p.at < count && !err)
		err = print_field(&p);
	rf_field_scope_free(&scope);
	return !err && text->failed ? -ENOSPC : err;
}
