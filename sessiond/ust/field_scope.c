/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/field_scope.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct member {
	const char *identifier; /* for searches; NAME for members of the tree */
	enum rf_member_use use;
	const struct rf_enum_mapping *mapping;
	char name[];
};

static int compare(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;

	return strcmp(x->identifier, y->identifier);
}

static const struct member *find(const struct rf_field_scope *scope, const char *identifier)
{
	const struct member key = {.identifier = identifier};
	struct member *const *found = tfind(&key, &scope->members, compare);

	return found ? *found : NULL;
}

int rf_field_scope_add(struct rf_field_scope *scope, const char *identifier, enum rf_member_use use,
	const struct rf_enum_mapping *mapping)
{
	if (find(scope, identifier))
		return -EINVAL;

	size_t len = strlen(identifier) + 1;
	struct member *m = malloc(sizeof(*m) + len);

	if (!m)
		return -ENOMEM;
	memcpy(m->name, identifier, len);
	m->identifier = m->name;
	m->use = use;
	m->mapping = mapping;
	if (!tsearch(m, &scope->members, compare)) {
		free(m);
		return -ENOMEM;
	}
	return 0;
}

bool rf_field_scope_has_length(const struct rf_field_scope *scope, const char *identifier)
{
	const struct member *m = find(scope, identifier);

	return m && m->use == RF_MEMBER_LENGTH;
}

const struct rf_enum_mapping *rf_field_scope_tag(const struct rf_field_scope *scope, const char *identifier)
{
	const struct member *m = find(scope, identifier);

	return m && m->use == RF_MEMBER_TAG ? m->mapping : NULL;
}

void rf_field_scope_free(struct rf_field_scope *scope)
{
	tdestroy(scope->members, free);
	scope->members = NULL;
}
