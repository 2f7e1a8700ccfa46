/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "When all of these are done": a count of parts that several threads finish. Who finishes the last part runs done(),
 * on its own thread; done() may free the object that holds the completion.
 *
 * Begin it with one part that is the beginner's own, add parts, finish the own part last: so done() cannot run early.
 */
#ifndef RF_CONSUMERD_COMPLETION_H
#define RF_CONSUMERD_COMPLETION_H

#include <stdatomic.h>

struct rf_completion {
	atomic_uint left;
	atomic_int status; /* 0, or the first failure of a part: negative errno */
	void (*done)(struct rf_completion *completion);
};

static inline void rf_completion_begin(struct rf_completion *c, void (*done)(struct rf_completion *completion))
{
	atomic_init(&c->left, 1);
	atomic_init(&c->status, 0);
	c->done = done;
}

static inline void rf_completion_add(struct rf_completion *c)
{
	atomic_fetch_add(&c->left, 1);
}

/* A part that is not finished yet did not work. */
static inline void rf_completion_fail(struct rf_completion *c, int error)
{
	int none = 0;

	atomic_compare_exchange_strong(&c->status, &none, error);
}

static inline void rf_completion_finish(struct rf_completion *c)
{
	if (atomic_fetch_sub(&c->left, 1) == 1)
		c->done(c);
}

#endif
