/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intrusive doubly linked list with a head node. The list owns nothing. A node that is in no list must be initialised
 * with rf_list_init() before rf_list_linked() or rf_list_remove() is asked of it.
 */
#ifndef RF_COMMON_LIST_H
#define RF_COMMON_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct rf_list {
	struct rf_list *next;
	struct rf_list *prev;
};

static inline void rf_list_init(struct rf_list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool rf_list_linked(const struct rf_list *l)
{
	return l->next != l;
}

/* Inserts NODE just after PLACE; with the head as PLACE: at the front. */
static inline void rf_list_insert_after(struct rf_list *place, struct rf_list *node)
{
	node->next = place->next;
	node->prev = place;
	place->next->prev = node;
	place->next = node;
}

static inline void rf_list_append(struct rf_list *head, struct rf_list *node)
{
	rf_list_insert_after(head->prev, node);
}

/* Removing a node that is in no list does nothing. */
static inline void rf_list_remove(struct rf_list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	rf_list_init(node);
}

#define rf_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define rf_list_for_each(node, head) for (struct rf_list *node = (head)->next; node != (head); node = node->next)
/* Safe against removal of the current node. */
#define rf_list_for_each_safe(node, tmp, head)                                                                         \
	for (struct rf_list *node = (head)->next, *tmp = node->next; node != (head); node = tmp, tmp = node->next)

#endif
