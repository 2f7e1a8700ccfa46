/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/turns.h"

#include <criterion/criterion.h>

static struct rf_turns turns;
static struct rf_turn all[8];
static unsigned int gone[8];

static void go(void *data)
{
	++*(unsigned int *)data;
}

static void take(unsigned int i, uid_t uid)
{
	rf_turn_take(&turns, &all[i], uid, go, &gone[i]);
}

Test(turns, are_few_and_of_one_user_one)
{
	rf_turns_init(&turns, 2);
	take(0, 1000);
	take(1, 1000);
	take(2, 1001);
	take(3, 1002);
	take(4, 1000);
	cr_expect(gone[0] == 1 && gone[1] == 0 && gone[2] == 1 && gone[3] == 0 && gone[4] == 0);
	rf_turn_give(&turns, &all[2]);
	cr_expect(gone[1] == 0 && gone[3] == 1, "the user's second waits on");
	rf_turn_give(&turns, &all[0]);
	cr_expect(gone[1] == 1 && gone[4] == 0, "in order");
	rf_turn_give(&turns, &all[3]);
	cr_expect_eq(gone[4], 0);
	rf_turn_give(&turns, &all[1]);
	cr_expect_eq(gone[4], 1);
	rf_turn_give(&turns, &all[4]);
	cr_expect_eq(turns.count, 0);
}

/* One that is over at once, when it comes. */
static void give_back(void *data)
{
	++*(unsigned int *)data;
	rf_turn_give(&turns, &all[(unsigned int *)data - gone]);
}

Test(turns, may_be_over_at_once)
{
	rf_turns_init(&turns, 1);
	take(0, 1);
	for (unsigned int i = 1; i < 8; i++)
		rf_turn_take(&turns, &all[i], i % 2, give_back, &gone[i]);
	cr_expect_eq(gone[1], 0);
	rf_turn_give(&turns, &all[0]);
	for (unsigned int i = 1; i < 8; i++)
		cr_expect_eq(gone[i], 1, "%u", i);
	cr_expect_eq(turns.count, 0);
}
