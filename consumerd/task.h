/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads of the machine, for contexts that records of the mainline tracer do not have: name, priority, process.
 *
 * A processor's own records tell in their order which thread runs there, under which name and at which priority: struct
 * rf_task_now, of who reads that processor's ring. Which process a thread is of is told once, on the processor that
 * made it: struct rf_tasks has that for a channel, with what was known before the first record, and what a thread was
 * last, for where a processor's records do not tell.
 */
#ifndef RF_CONSUMERD_TASK_H
#define RF_CONSUMERD_TASK_H

#include "common/record_ops.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RF_TASK_UNKNOWN (-1) /* pid and ppid */

struct rf_task {
	int32_t tid;
	int32_t pid;
	int32_t ppid;
	int32_t priority;        /* 0 when it is not known */
	char name[RF_TASK_NAME]; /* NULs up to its end */
};

/* Of a channel. Any thread. Of threads that nobody asked for in a long time, the oldest are forgotten. */
struct rf_tasks;

struct rf_tasks *rf_tasks_new(void);
void rf_tasks_free(struct rf_tasks *tasks);
/* ROWS of LEN bytes, see struct rf_consumer_add_tasks: what is known of these threads stays, the rest is filled in. */
int rf_tasks_add(struct rf_tasks *tasks, const void *rows, size_t len);

/* The thread that runs on a processor, as of one of its records. */
struct rf_task_now {
	struct rf_tasks *tasks;
	uint32_t cpu;
	bool known;
	struct rf_task task;
};

/* Records are missing: somebody else may run now. */
static inline void rf_task_forget(struct rf_task_now *now)
{
	now->known = false;
}

/* Thread TID, which runs: the record says so. Without looking for its process, or with. Valid until the next call. */
const struct rf_task *rf_task_at(struct rf_task_now *now, int32_t tid);
const struct rf_task *rf_task_with_process(struct rf_task_now *now, int32_t tid);
/* What a record of the processor tells with PAYLOAD, which has all that WATCH names: of its own thread, and for later.
 */
void rf_task_learn_own(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload);
void rf_task_learn(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload);

#endif
