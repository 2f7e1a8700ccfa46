/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions that are waited for until a time of rf_now(). Any thread. */
#ifndef RF_COMMON_DEADLINE_H
#define RF_COMMON_DEADLINE_H

#include "common/loop.h"

#include <pthread.h>
#include <time.h>

static inline void rf_deadline_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/* With LOCK held; may come back early. 0, or ETIMEDOUT at UNTIL. */
static inline int rf_deadline_wait(pthread_cond_t *cond, pthread_mutex_t *lock, uint64_t until)
{
	const struct timespec at = {.tv_sec = (time_t)(until / RF_SECOND), .tv_nsec = (long)(until % RF_SECOND)};

	return pthread_cond_timedwait(cond, lock, &at);
}

#endif
