/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work that may block on an application. Each application is an actor with a FIFO of *programs*; a program is an
 * ordered list of steps, made by the loop thread and not changed afterwards. A pool of threads runs the actors: one
 * thread for an actor at a time, actors of different uids in turn, and never more than a share of the threads for one
 * uid, so that a user whose applications do not answer slows down nobody else.
 *
 * A step that fails in a way that says the application is unusable (see enum rf_step_kind's table in steps.c) kills the
 * actor: its remaining steps are skipped, later programs too, except for those marked `cleanup`, which only release
 * what we hold ourselves. Every program completes exactly once, in the loop thread.
 *
 * A step that outlasts the limit has its application's socket shut down by the watchdog (loop thread).
 */
#ifndef RF_SESSIOND_UST_ACTOR_H
#define RF_SESSIOND_UST_ACTOR_H

#include "common/list.h"
#include "common/loop.h"
#include "sessiond/mailbox.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rf_app;
struct rf_pool;
struct rf_program;
struct rf_uid_queue;

struct rf_actor {
	uid_t uid;
	atomic_bool dead; /* the application does not answer any more */
	/* Guarded by the pool's lock. */
	struct rf_list programs;
	struct rf_list ready_node; /* in its uid's queue while it has programs and no thread */
	bool running;
};

/* 0 or a negative errno; see steps.h for the codes that kill the actor. */
typedef int (*rf_program_run_fn)(struct rf_app *app, struct rf_program *program);
/* Loop thread. STATUS: 0, -EPIPE when the application is unusable, or the first other failure. Frees the program. */
typedef void (*rf_program_done_fn)(struct rf_program *program, int status);

struct rf_program {
	struct rf_list node;
	struct rf_mail mail;
	struct rf_app *app; /* a reference, dropped after `done` */
	bool cleanup;       /* runs for a dead actor too */
	int status;
	rf_program_run_fn run;
	rf_program_done_fn done;
};

void rf_actor_init(struct rf_actor *actor, uid_t uid);

#define RF_POOL_THREADS 24u
/* Threads that one uid may hold. */
#define RF_POOL_SHARE 16u

/* Creates the threads at once (the sandbox allows no later ones). LIMIT: nanoseconds for one program step, 0 = none. */
struct rf_pool *rf_pool_create(struct rf_loop *loop, uint64_t limit);
/* Waits for the running steps; programs not run complete with -EPIPE before it returns. */
void rf_pool_destroy(struct rf_pool *pool);
/* Loop thread. Queues PROGRAM for APP (takes a reference of it). */
void rf_pool_submit(struct rf_pool *pool, struct rf_app *app, struct rf_program *program);
/* Any thread, without waiting: a thread is in one step for much longer than the watchdog allows. */
bool rf_pool_stuck(struct rf_pool *pool);
/* For the run function: a new step begins, the watchdog's clock starts again. */
void rf_pool_step_begins(void);

#endif
