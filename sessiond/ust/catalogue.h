/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Described things of one kind (the events of a channel, the enumerations of a trace), numbered as they come and found
 * by name and text. A balanced tree: a look-up among 10,000 costs some 14 comparisons, and no choice of names and texts
 * makes it cost more, as it could with hashes.
 *
 * One thread at a time. Errors are negative errno.
 */
#ifndef RF_SESSIOND_UST_CATALOGUE_H
#define RF_SESSIOND_UST_CATALOGUE_H

#include "sessiond/ctf/text.h"
#include "sessiond/ust/enum_text.h"

#include <stdint.h>

struct rf_described {
	char *name;
	char *body;
	size_t body_len;
	uint32_t id;
	struct rf_enum_mapping mapping; /* of enumerations; its text is BODY */
};

struct rf_catalogue {
	void *tree;                  /* tsearch(3) */
	struct rf_described **by_id; /* owns them */
	uint32_t count;
	uint32_t room;
};

/* All zero is an empty one. */
void rf_catalogue_free(struct rf_catalogue *catalogue);
/* NULL when there is none like it. */
struct rf_described *rf_catalogue_find(
	const struct rf_catalogue *catalogue, const char *name, const struct rf_text *body);
/* Adds what was not found under the next number; BODY's text is taken. NULL without memory. */
struct rf_described *rf_catalogue_add(struct rf_catalogue *catalogue, const char *name, struct rf_text *body);
/* Takes back what was added last: its number is free again. */
void rf_catalogue_drop_last(struct rf_catalogue *catalogue);

#endif
