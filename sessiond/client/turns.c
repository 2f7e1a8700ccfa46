/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/turns.h"

#include <stddef.h>

void rf_turns_init(struct rf_turns *turns, unsigned int most)
{
	*turns = (struct rf_turns){.most = most};
	rf_list_init(&turns->waiting);
	rf_list_init(&turns->taken);
}

static bool has_one(const struct rf_turns *turns, uid_t uid)
{
	rf_list_for_each(node, &turns->taken) {
		if (rf_container_of(node, struct rf_turn, node)->uid == uid)
			return true;
	}
	return false;
}

static struct rf_turn *next(const struct rf_turns *turns)
{
	if (turns->count >= turns->most)
		return NULL;
	rf_list_for_each(node, &turns->waiting) {
		struct rf_turn *turn = rf_container_of(node, struct rf_turn, node);

		if (!has_one(turns, turn->uid))
			return turn;
	}
	return NULL;
}

static void go_on(struct rf_turns *turns)
{
	struct rf_turn *turn;

	/* Turns that are over at once come back here: they must not pile up on the stack. */
	if (turns->going)
		return;
	turns->going = true;
	while ((turn = next(turns))) {
		rf_list_remove(&turn->node);
		rf_list_append(&turns->taken, &turn->node);
		turns->count++;
		turn->go(turn->data);
	}
	turns->going = false;
}

void rf_turn_take(struct rf_turns *turns, struct rf_turn *turn, uid_t uid, void (*go)(void *data), void *data)
{
	*turn = (struct rf_turn){.uid = uid, .go = go, .data = data};
	rf_list_init(&turn->node);
	rf_list_append(&turns->waiting, &turn->node);
	go_on(turns);
}

void rf_turn_give(struct rf_turns *turns, struct rf_turn *turn)
{
	rf_list_remove(&turn->node);
	turns->count--;
	go_on(turns);
}
