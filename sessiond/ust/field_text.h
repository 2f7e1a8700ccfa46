/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Field descriptions of an application as metadata text. The descriptions are a flat array in which compound fields are
 * followed by their parts; every count, tag and nesting in them is the application's word and is checked. Any thread.
 */
#ifndef RF_SESSIOND_UST_FIELD_TEXT_H
#define RF_SESSIOND_UST_FIELD_TEXT_H

#include "sessiond/ust/text.h"

#include <lttng/ust-ctl.h>
#include <stdbool.h>
#include <stdint.h>

/* The text of an enumeration's entries, `{` to `}`, by the id under which it was registered; NULL when unknown. */
typedef const char *(*rf_enum_text_fn)(void *data, uint64_t id, size_t *len);

struct rf_field_context {
	bool big_endian; /* the trace's byte order */
	rf_enum_text_fn enum_text;
	void *data;
};

/* Appends one line (or block) a field, indented by INDENT tabs. -EINVAL for what cannot be described. */
int rf_field_text(struct rf_text *text, const struct rf_field_context *context,
	const struct lttng_ust_ctl_field *fields, size_t count, unsigned int indent);
/* Appends the entries of an enumeration, one tab deeper than INDENT, without the braces. */
int rf_enum_entries_text(
	struct rf_text *text, const struct lttng_ust_ctl_enum_entry *entries, size_t count, unsigned int indent);

#endif
