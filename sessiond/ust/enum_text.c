/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/enum_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Tags that the tracer makes have twelve. */
#define TAG_ENTRIES_MAX 64u

static bool is_auto(const struct lttng_ust_ctl_enum_entry *e)
{
	return e->u.extra.options & LTTNG_UST_CTL_UST_ENUM_ENTRY_OPTION_IS_AUTO;
}

static bool overlap(const struct lttng_ust_ctl_enum_entry *a, const struct lttng_ust_ctl_enum_entry *b)
{
	bool as_unsigned = a->start.value <= b->end.value && b->start.value <= a->end.value;
	bool as_signed = (int64_t)a->start.value <= (int64_t)b->end.value &&
		(int64_t)b->start.value <= (int64_t)a->end.value;

	return as_unsigned || as_signed;
}

static bool all_disjoint(const struct lttng_ust_ctl_enum_entry *entries, size_t count)
{
	if (count > TAG_ENTRIES_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (is_auto(&entries[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (overlap(&entries[i], &entries[j]))
				return false;
	}
	return true;
}

static void print_bound(struct rf_text *text, const struct lttng_ust_ctl_enum_value *value)
{
	if (value->signedness)
		rf_text_printf(text, "%" PRId64, (int64_t)value->value);
	else
		rf_text_printf(text, "%" PRIu64, value->value);
}

static void print_values(struct rf_text *text, const struct lttng_ust_ctl_enum_entry *e)
{
	rf_text_printf(text, " = ");
	print_bound(text, &e->start);
	if (e->start.value == e->end.value && !e->start.signedness == !e->end.signedness)
		return;
	rf_text_printf(text, " ... ");
	print_bound(text, &e->end);
}

int rf_enum_entries_text(struct rf_text *text, struct rf_enum_mapping *mapping,
	const struct lttng_ust_ctl_enum_entry *entries, size_t count, unsigned int indent)
{
	*mapping = (struct rf_enum_mapping){
		.ordered_signed = true, .ordered_unsigned = true, .disjoint = all_disjoint(entries, count)};
	if (!count)
		return -EINVAL;
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
		if (!is_auto(e)) {
			mapping->ordered_unsigned &= e->start.value <= e->end.value;
			mapping->ordered_signed &= (int64_t)e->start.value <= (int64_t)e->end.value;
			print_values(text, e);
		}
		rf_text_printf(text, ",\n");
	}
	if (text->failed)
		return -ENOSPC;
	return mapping->ordered_signed || mapping->ordered_unsigned ? 0 : -EINVAL;
}

bool rf_enum_has_label(const struct rf_enum_mapping *mapping, const char *label)
{
	char wanted[LTTNG_UST_ABI_SYM_NAME_LEN + 16];
	int len = snprintf(wanted, sizeof(wanted), "\t\"%s\"", label);

	/* A tab before a bare quote is found only where an entry begins: quotes inside of labels are escaped. */
	return len > 0 && (size_t)len < sizeof(wanted) &&
		memmem(mapping->text, mapping->len, wanted, (size_t)len) != NULL;
}
