/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The members that a structure or variant of a description has so far. Readers give up on the whole trace, or abort,
 * when a name comes twice or when a length or a tag refers to what is not there, and descriptions come from
 * applications: so every member is declared here before it is written.
 *
 * One thread at a time. Errors are negative errno.
 */
#ifndef RF_SESSIOND_UST_FIELD_SCOPE_H
#define RF_SESSIOND_UST_FIELD_SCOPE_H

#include "sessiond/ust/enum_text.h"

/* What refers to a member: nothing, a sequence (as its length), or a variant (as its tag). */
enum rf_member_use {
	RF_MEMBER_PLAIN,
	RF_MEMBER_LENGTH,
	RF_MEMBER_TAG,
};

struct rf_field_scope {
	void *members; /* NULL at first: tsearch(3) tree */
};

/* MAPPING is kept by reference, for tags. -EINVAL when there is such a member. */
int rf_field_scope_add(struct rf_field_scope *scope, const char *identifier, enum rf_member_use use,
	const struct rf_enum_mapping *mapping);
bool rf_field_scope_has_length(const struct rf_field_scope *scope, const char *identifier);
/* The mapping of a tag; NULL when there is no such tag. */
const struct rf_enum_mapping *rf_field_scope_tag(const struct rf_field_scope *scope, const char *identifier);
void rf_field_scope_free(struct rf_field_scope *scope);

#endif
