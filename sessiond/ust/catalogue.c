/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/catalogue.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 16u

static int compare(const void *a, const void *b)
{
	const struct rf_described *x = a;
	const struct rf_described *y = b;

	if (x->body_len != y->body_len)
		return x->body_len < y->body_len ? -1 : 1;

	int order = strcmp(x->name, y->name);

	if (order || !x->body_len)
		return order;
	return memcmp(x->body, y->body, x->body_len);
}

static void keep(void *node)
{
	(void)node;
}

static void free_described(struct rf_described *d)
{
	free(d->name);
	free(d->body);
	free(d);
}

void rf_catalogue_free(struct rf_catalogue *catalogue)
{
	tdestroy(catalogue->tree, keep);
	for (uint32_t i = 0; i < catalogue->count; i++)
		free_described(catalogue->by_id[i]);
	free(catalogue->by_id);
	*catalogue = (struct rf_catalogue){0};
}

struct rf_described *rf_catalogue_find(
	const struct rf_catalogue *catalogue, const char *name, const struct rf_text *body)
{
	const struct rf_described key = {.name = (char *)(uintptr_t)name, .body = body->data, .body_len = body->len};
	struct rf_described **found = tfind(&key, &catalogue->tree, compare);

	return found ? *found : NULL;
}

static bool make_room(struct rf_catalogue *catalogue)
{
	if (catalogue->count < catalogue->room)
		return true;

	uint32_t room = catalogue->room ? catalogue->room * 2 : ROOM_MIN;
	struct rf_described **more = realloc(catalogue->by_id, room * sizeof(struct rf_described *));

	if (!more)
		return false;
	catalogue->by_id = more;
	catalogue->room = room;
	return true;
}

struct rf_described *rf_catalogue_add(struct rf_catalogue *catalogue, const char *name, struct rf_text *body)
{
	struct rf_described *d = make_room(catalogue) ? calloc(1, sizeof(*d)) : NULL;

	if (!d)
		return NULL;
	d->name = strdup(name);
	d->body_len = body->len;
	d->id = catalogue->count;
	d->body = body->data;
	if (!d->name || !tsearch(d, &catalogue->tree, compare)) {
		free(d->name);
		free(d);
		return NULL;
	}

	/* A text is made with room to grow, which would be most of what is kept. */
	char *exact = body->len ? realloc(body->data, body->len) : NULL;

	d->body = exact ? exact : body->data;
	body->data = NULL; /* now the description's */
	catalogue->by_id[catalogue->count++] = d;
	return d;
}

void rf_catalogue_drop_last(struct rf_catalogue *catalogue)
{
	struct rf_described *d = catalogue->by_id[--catalogue->count];

	tdelete(d, &catalogue->tree, compare);
	free_described(d);
}
