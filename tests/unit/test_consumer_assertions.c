/* SPDX-License-Identifier: GPL-2.0-only */
/* A failed assertion within a call on a ring comes back; any other ends the process. */
#include "consumerd/assertions.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>

static void fails(void *data)
{
	int *steps = data;

	(*steps)++;
	assert(*steps == 1000);
	(*steps)++;
}

static void holds(void *data)
{
	int *steps = data;

	(*steps)++;
	assert(*steps > 0);
}

Test(consumer_assertions, one_that_fails_comes_back)
{
	int steps = 0;

	cr_expect_not(rf_survive(fails, &steps));
	cr_expect_eq(steps, 1, "nothing is done after it");
	cr_expect_not(rf_survive(fails, &steps));
	cr_expect(rf_survive(holds, &steps));
	cr_expect_eq(steps, 3);
}

static void *in_thread(void *data)
{
	for (int i = 0; i < 1000; i++) {
		int steps = 0;

		if (rf_survive(fails, &steps) || steps != 1)
			return data;
	}
	return NULL;
}

Test(consumer_assertions, threads_have_their_own)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, in_thread, threads), 0);
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		cr_expect_null(failed);
	}
}

Test(consumer_assertions, outside_it_ends_the_process, .signal = SIGABRT)
{
	int steps = 0;

	cr_assert(rf_survive(holds, &steps));
	fails(&steps);
}

Test(consumer_assertions, after_one_it_ends_the_process, .signal = SIGABRT)
{
	int steps = 0;

	cr_assert_not(rf_survive(fails, &steps));
	fails(&steps);
}
