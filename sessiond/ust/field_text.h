/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Field descriptions of an application as metadata text. The descriptions are a flat array in which compound fields are
 * followed by their parts; every count, tag and nesting in them is the application's word and is checked. What is
 * accepted is what trace readers accept: a trace has many applications, and one description that readers refuse (or
 * abort on) would cost the events of all of them. Any thread.
 */
#ifndef RF_SESSIOND_UST_FIELD_TEXT_H
#define RF_SESSIOND_UST_FIELD_TEXT_H

#include "sessiond/ctf/text.h"
#include "sessiond/ust/enum_text.h"

#include <lttng/ust-ctl.h>
#include <stdbool.h>
#include <stdint.h>

/* Readers make an object for each element of an array before they see an event: no more than this in one description.
 */
#define RF_FIELD_ELEMENTS_MAX (1u << 20)

/* The mapping of an enumeration, by the id under which it was registered; NULL when unknown. */
typedef const struct rf_enum_mapping *(*rf_enum_mapping_fn)(void *data, uint64_t id);

struct rf_field_context {
	bool big_endian; /* the trace's byte order */
	rf_enum_mapping_fn enum_mapping;
	void *data;
};

/*
 * Appends one line (or block) a field, indented by INDENT tabs. -EINVAL for what cannot be described, -ENOSPC above the
 * text's limit, -ENOMEM.
 */
int rf_field_text(struct rf_text *text, const struct rf_field_context *context,
	const struct lttng_ust_ctl_field *fields, size_t count, unsigned int indent);

#endif
