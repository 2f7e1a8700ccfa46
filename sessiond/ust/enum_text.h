/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The entries of an enumeration as metadata text, and what readers will ask of them later, when a field or a variant
 * uses the enumeration. Any thread. Errors are negative errno: -EINVAL for entries that no reader takes.
 */
#ifndef RF_SESSIOND_UST_ENUM_TEXT_H
#define RF_SESSIOND_UST_ENUM_TEXT_H

#include "sessiond/ctf/text.h"

#include <lttng/ust-ctl.h>
#include <stdbool.h>

/* Of one enumeration. TEXT belongs to whoever keeps the enumeration. */
struct rf_enum_mapping {
	const char *text; /* between the braces, not NUL-terminated */
	size_t len;
	/* No range ends before it begins, read as values of a container with and without sign. */
	bool ordered_signed;
	bool ordered_unsigned;
	/* May choose the option of a variant: few entries, each with its values written, none of them shared. */
	bool disjoint;
};

/*
 * Appends a line an entry, with one tab more than INDENT, and fills all of MAPPING but the text. An enumeration has at
 * least one entry.
 */
int rf_enum_entries_text(struct rf_text *text, struct rf_enum_mapping *mapping,
	const struct lttng_ust_ctl_enum_entry *entries, size_t count, unsigned int indent);
/* Whether LABEL (without characters that are escaped) is one of the mapping's. */
bool rf_enum_has_label(const struct rf_enum_mapping *mapping, const char *label);

#endif
