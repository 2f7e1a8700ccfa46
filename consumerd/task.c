/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/task.h"

#include "common/proto_consumer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Flags of a new thread: it is of the process of who made it; its process has the same parent as that one. */
#define FLAG_PARENT 0x8000u
#define FLAG_THREAD 0x10000u
#define IDLE_PRIORITY 20

/*
 * Two generations, open addressing: what is asked for moves to the young one, and when that is full it is the old one
 * and the old one is forgotten.
 */
#define SLOTS 16384u /* a power of two */
#define YOUNG_MAX (SLOTS / 2)

struct generation {
	unsigned int count;
	struct rf_task slots[SLOTS]; /* tid 0: free */
};

struct rf_tasks {
	pthread_mutex_t lock;
	struct generation *young;
	struct generation *old;
};

struct rf_tasks *rf_tasks_new(void)
{
	struct rf_tasks *tasks = calloc(1, sizeof(*tasks));

	if (!tasks)
		return NULL;
	pthread_mutex_init(&tasks->lock, NULL);
	tasks->young = calloc(1, sizeof(*tasks->young));
	tasks->old = calloc(1, sizeof(*tasks->old));
	if (tasks->young && tasks->old)
		return tasks;
	rf_tasks_free(tasks);
	return NULL;
}

void rf_tasks_free(struct rf_tasks *tasks)
{
	if (!tasks)
		return;
	pthread_mutex_destroy(&tasks->lock);
	free(tasks->young);
	free(tasks->old);
	free(tasks);
}

static struct rf_task unknown(int32_t tid)
{
	return (struct rf_task){.tid = tid, .pid = RF_TASK_UNKNOWN, .ppid = RF_TASK_UNKNOWN};
}

/* That of TID, or the free one where it would be. */
static struct rf_task *slot_of(struct generation *generation, int32_t tid)
{
	uint32_t at = (uint32_t)tid * 2654435761u >> 18;

	while (generation->slots[at].tid && generation->slots[at].tid != tid)
		at = (at + 1) % SLOTS;
	return &generation->slots[at];
}

/* The entry of TID, new ones with nothing known. */
static struct rf_task *entry(struct rf_tasks *tasks, int32_t tid)
{
	struct rf_task *slot = slot_of(tasks->young, tid);

	if (slot->tid)
		return slot;
	if (tasks->young->count == YOUNG_MAX) {
		struct generation *oldest = tasks->old;

		tasks->old = tasks->young;
		tasks->young = oldest;
		memset(oldest, 0, sizeof(*oldest));
		slot = slot_of(tasks->young, tid);
	}

	const struct rf_task *known = slot_of(tasks->old, tid);

	tasks->young->count++;
	*slot = known->tid ? *known : unknown(tid);
	return slot;
}

/* False: nothing is known of it. */
static bool find(struct rf_tasks *tasks, int32_t tid, struct rf_task *task)
{
	pthread_mutex_lock(&tasks->lock);

	bool known = slot_of(tasks->young, tid)->tid || slot_of(tasks->old, tid)->tid;

	if (known)
		*task = *entry(tasks, tid);
	pthread_mutex_unlock(&tasks->lock);
	return known;
}

static void put(struct rf_tasks *tasks, const struct rf_task *task)
{
	pthread_mutex_lock(&tasks->lock);
	*entry(tasks, task->tid) = *task;
	pthread_mutex_unlock(&tasks->lock);
}

static void add_row(struct rf_tasks *tasks, const struct rf_task *row)
{
	struct rf_task *slot = entry(tasks, row->tid);

	if (slot->pid == RF_TASK_UNKNOWN) {
		slot->pid = row->pid;
		slot->ppid = row->ppid;
	}
	if (!slot->name[0]) {
		memcpy(slot->name, row->name, sizeof(slot->name));
		slot->priority = row->priority;
	}
}

int rf_tasks_add(struct rf_tasks *tasks, const void *rows, size_t len)
{
	struct rf_reader r;

	if (len % RF_TASK_SIZE || len / RF_TASK_SIZE > RF_TASKS_PUSH_MAX)
		return -EINVAL;
	rf_reader_init(&r, rows, len, RF_HOST_ORDER);
	pthread_mutex_lock(&tasks->lock);
	while (rf_reader_left(&r)) {
		struct rf_task row = {.tid = rf_read_i32(&r), .pid = rf_read_i32(&r)};

		row.ppid = rf_read_i32(&r);
		row.priority = rf_read_i32(&r);
		rf_read_bytes(&r, row.name, sizeof(row.name));
		if (row.tid > 0)
			add_row(tasks, &row);
	}
	pthread_mutex_unlock(&tasks->lock);
	return 0;
}

/* Of a payload, which need not end with a NUL. */
static void set_name(struct rf_task *task, const uint8_t *name)
{
	memset(task->name, 0, sizeof(task->name));
	memcpy(task->name, name, strnlen((const char *)name, sizeof(task->name)));
}

static int32_t get32(const uint8_t *from)
{
	int32_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

/* A processor's idle thread, whose number is that of all of them. */
static void be_idle(struct rf_task_now *now)
{
	now->task = (struct rf_task){.priority = IDLE_PRIORITY};
	snprintf(now->task.name, sizeof(now->task.name), "swapper/%u", now->cpu);
}

const struct rf_task *rf_task_at(struct rf_task_now *now, int32_t tid)
{
	if (now->known && now->task.tid == tid)
		return &now->task;
	now->known = true;
	if (tid == 0)
		be_idle(now);
	else if (!find(now->tasks, tid, &now->task))
		now->task = unknown(tid);
	return &now->task;
}

const struct rf_task *rf_task_with_process(struct rf_task_now *now, int32_t tid)
{
	struct rf_task known;

	/* It may have been made on another processor, whose records are read later than this one's. */
	if (rf_task_at(now, tid)->pid == RF_TASK_UNKNOWN && find(now->tasks, tid, &known)) {
		now->task.pid = known.pid;
		now->task.ppid = known.ppid;
	}
	return &now->task;
}

void rf_task_learn_own(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload)
{
	int32_t tid = get32(payload + watch->by);
	struct rf_task *slot;

	if (watch->kind != RF_WATCH_SWITCH)
		return;
	(void)rf_task_at(now, tid);
	set_name(&now->task, payload + watch->by_name);
	now->task.priority = get32(payload + watch->by_value) + watch->add;
	if (tid <= 0)
		return;
	pthread_mutex_lock(&now->tasks->lock);
	slot = entry(now->tasks, tid);
	memcpy(slot->name, now->task.name, sizeof(slot->name));
	slot->priority = now->task.priority;
	pthread_mutex_unlock(&now->tasks->lock);
}

static void learn_switch(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload)
{
	int32_t tid = get32(payload + watch->tid);

	now->known = true;
	if (tid == 0)
		be_idle(now);
	else
		now->task = unknown(tid);
	set_name(&now->task, payload + watch->name);
	now->task.priority = get32(payload + watch->value) + watch->add;
}

static void learn_name(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload)
{
	int32_t tid = get32(payload + watch->tid);
	struct rf_task task;

	if (now->known && now->task.tid == tid)
		set_name(&now->task, payload + watch->name);
	if (tid <= 0 || !find(now->tasks, tid, &task))
		return;
	set_name(&task, payload + watch->name);
	put(now->tasks, &task);
}

static void learn_new(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload)
{
	const struct rf_task *by = rf_task_with_process(now, get32(payload + watch->by));
	uint32_t flags = (uint32_t)get32(payload + watch->value);
	bool thread = flags & FLAG_THREAD;
	struct rf_task task = {
		.tid = get32(payload + watch->tid),
		.priority = by->priority,
		.ppid = flags & (FLAG_THREAD | FLAG_PARENT) ? by->ppid : by->pid,
	};

	if (task.tid <= 0)
		return;
	task.pid = thread ? by->pid : task.tid;
	set_name(&task, payload + watch->name);
	put(now->tasks, &task);
}

void rf_task_learn(struct rf_task_now *now, const struct rf_record_watch *watch, const uint8_t *payload)
{
	if (watch->kind == RF_WATCH_SWITCH)
		learn_switch(now, watch, payload);
	else if (watch->kind == RF_WATCH_RENAME)
		learn_name(now, watch, payload);
	else
		learn_new(now, watch, payload);
}
