/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/actor.h"

#include "common/log.h"
#include "sessiond/ust/app.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <urcu.h>

#define WATCHDOG_PERIOD RF_SECOND
/* The application socket's own time-out comes first; the watchdog is for answers that drip in. */
#define WATCHDOG_GRACE RF_SECOND
/* So much later than the watchdog, a thread that still has not come back is stuck for another reason. */
#define STUCK_AFTER (20 * RF_SECOND)
#define STACK_SIZE (256u * 1024)

/* Actors of one uid that wait for a thread. Kept while it has waiting or running ones. */
struct rf_uid_queue {
	struct rf_list node;       /* in rf_pool.uids */
	struct rf_list ready_node; /* in rf_pool.ready while it may be given a thread */
	uid_t uid;
	unsigned int running;
	struct rf_list actors; /* rf_actor.ready_node */
};

struct worker {
	struct rf_pool *pool;
	pthread_t thread;
	/* For the watchdog; guarded by the pool's lock but for step_began. */
	struct rf_app *app;
	_Atomic uint64_t step_began; /* 0 between programs */
};

struct rf_pool {
	struct rf_loop *loop;
	uint64_t limit;
	struct rf_mailbox mailbox;
	struct rf_timer watchdog;
	unsigned int outstanding; /* programs not completed; loop thread */
	pthread_mutex_t lock;     /* guards the queues below and every actor's */
	pthread_cond_t work;
	struct rf_list uids;
	struct rf_list ready;
	bool stopping;
	unsigned int started;
	struct worker workers[RF_POOL_THREADS];
};

static __thread struct worker *this_worker;

void rf_actor_init(struct rf_actor *actor, uid_t uid)
{
	actor->uid = uid;
	atomic_init(&actor->dead, false);
	actor->running = false;
	rf_list_init(&actor->programs);
	rf_list_init(&actor->ready_node);
}

void rf_pool_step_begins(void)
{
	if (this_worker)
		atomic_store_explicit(&this_worker->step_began, rf_now(), memory_order_relaxed);
}

static struct rf_uid_queue *queue_of(struct rf_pool *pool, uid_t uid)
{
	rf_list_for_each(node, &pool->uids) {
		struct rf_uid_queue *queue = rf_container_of(node, struct rf_uid_queue, node);

		if (queue->uid == uid)
			return queue;
	}

	struct rf_uid_queue *queue = calloc(1, sizeof(*queue));

	if (!queue)
		return NULL;
	queue->uid = uid;
	rf_list_init(&queue->ready_node);
	rf_list_init(&queue->actors);
	rf_list_append(&pool->uids, &queue->node);
	return queue;
}

/* Puts QUEUE in or out of the line for threads, and drops it when nothing of its uid is left. */
static void queue_changed(struct rf_pool *pool, struct rf_uid_queue *queue)
{
	bool eligible = rf_list_linked(&queue->actors) && queue->running < RF_POOL_SHARE;

	if (eligible && !rf_list_linked(&queue->ready_node)) {
		rf_list_append(&pool->ready, &queue->ready_node);
		pthread_cond_signal(&pool->work);
	} else if (!eligible) {
		rf_list_remove(&queue->ready_node);
	}
	if (!rf_list_linked(&queue->actors) && !queue->running) {
		rf_list_remove(&queue->node);
		free(queue);
	}
}

/* With the lock held: the next actor in turn, or NULL. */
static struct rf_app *take_actor(struct rf_pool *pool, struct rf_uid_queue **queue_out)
{
	if (!rf_list_linked(&pool->ready))
		return NULL;

	struct rf_uid_queue *queue = rf_container_of(pool->ready.next, struct rf_uid_queue, ready_node);
	struct rf_actor *actor = rf_container_of(queue->actors.next, struct rf_actor, ready_node);

	rf_list_remove(&actor->ready_node);
	actor->running = true;
	queue->running++;
	/* To the end of the line: uids take turns. */
	rf_list_remove(&queue->ready_node);
	queue_changed(pool, queue);
	*queue_out = queue;
	return rf_container_of(actor, struct rf_app, actor);
}

static void run_program(struct rf_app *app, struct rf_program *program)
{
	if (atomic_load(&app->actor.dead) && !program->cleanup) {
		program->status = -EPIPE;
		return;
	}
	rf_pool_step_begins();
	program->status = program->run(app, program);
	if (this_worker)
		atomic_store_explicit(&this_worker->step_began, 0, memory_order_relaxed);
}

/* Runs one program of one actor; called and returns with the lock held. */
static void serve(struct rf_pool *pool, struct worker *worker, struct rf_app *app, struct rf_uid_queue *queue)
{
	struct rf_actor *actor = &app->actor;
	struct rf_program *program = rf_container_of(actor->programs.next, struct rf_program, node);

	rf_list_remove(&program->node);
	worker->app = app;
	pthread_mutex_unlock(&pool->lock);
	run_program(app, program);
	pthread_mutex_lock(&pool->lock);
	worker->app = NULL;
	actor->running = false;
	queue->running--;
	if (rf_list_linked(&actor->programs))
		rf_list_append(&queue->actors, &actor->ready_node);
	queue_changed(pool, queue);
	/* Last: the completion may drop the application. */
	rf_mailbox_post(&pool->mailbox, &program->mail);
}

static void *worker_main(void *data)
{
	struct worker *worker = data;
	struct rf_pool *pool = worker->pool;

	this_worker = worker;
	prctl(PR_SET_NAME, "rf-app-command");
	rcu_register_thread();
	rcu_thread_offline();
	pthread_mutex_lock(&pool->lock);
	while (!pool->stopping) {
		struct rf_uid_queue *queue;
		struct rf_app *app = take_actor(pool, &queue);

		if (app)
			serve(pool, worker, app, queue);
		else
			pthread_cond_wait(&pool->work, &pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	rcu_unregister_thread();
	return NULL;
}

static void program_done(struct rf_mail *mail, void *data)
{
	struct rf_pool *pool = data;
	struct rf_program *program = rf_container_of(mail, struct rf_program, mail);
	struct rf_app *app = program->app;

	pool->outstanding--;
	program->done(program, program->status);
	rf_app_unref(app);
}

static void watch_steps(struct rf_timer *timer)
{
	struct rf_pool *pool = rf_container_of(timer, struct rf_pool, watchdog);
	uint64_t now = rf_now();

	pthread_mutex_lock(&pool->lock);
	for (unsigned int i = 0; i < pool->started; i++) {
		struct worker *worker = &pool->workers[i];
		uint64_t began = atomic_load_explicit(&worker->step_began, memory_order_relaxed);

		if (!worker->app || !began || now < began || now - began < pool->limit + WATCHDOG_GRACE ||
			atomic_load(&worker->app->actor.dead))
			continue;
		rf_warning("application %d of uid %u does not finish a command: dropped", worker->app->facts.pid,
			worker->app->facts.uid);
		atomic_store(&worker->app->actor.dead, true);
		shutdown(worker->app->command_sock, SHUT_RDWR);
	}
	pthread_mutex_unlock(&pool->lock);
	if (pool->outstanding)
		rf_timer_arm(pool->loop, &pool->watchdog, WATCHDOG_PERIOD, watch_steps);
}

bool rf_pool_stuck(struct rf_pool *pool)
{
	uint64_t now = rf_now();

	for (unsigned int i = 0; pool->limit && i < pool->started; i++) {
		uint64_t began = atomic_load_explicit(&pool->workers[i].step_began, memory_order_relaxed);

		if (began && now > began && now - began > pool->limit + STUCK_AFTER)
			return true;
	}
	return false;
}

static int start_workers(struct rf_pool *pool)
{
	pthread_attr_t attr;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	while (!err && pool->started < RF_POOL_THREADS) {
		struct worker *worker = &pool->workers[pool->started];

		worker->pool = pool;
		err = pthread_create(&worker->thread, &attr, worker_main, worker);
		if (!err)
			pool->started++;
	}
	pthread_attr_destroy(&attr);
	return -err;
}

struct rf_pool *rf_pool_create(struct rf_loop *loop, uint64_t limit)
{
	struct rf_pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->loop = loop;
	pool->limit = limit;
	rf_list_init(&pool->uids);
	rf_list_init(&pool->ready);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	if (rf_mailbox_init(&pool->mailbox, loop, program_done, pool) < 0) {
		free(pool);
		return NULL;
	}
	if (start_workers(pool) < 0) {
		rf_pool_destroy(pool);
		return NULL;
	}
	return pool;
}

static void abandon_programs(struct rf_pool *pool)
{
	rf_list_for_each(node, &pool->uids) {
		struct rf_uid_queue *queue = rf_container_of(node, struct rf_uid_queue, node);

		rf_list_for_each(actor_node, &queue->actors) {
			struct rf_actor *actor = rf_container_of(actor_node, struct rf_actor, ready_node);

			rf_list_for_each_safe(program_node, tmp, &actor->programs) {
				struct rf_program *program = rf_container_of(program_node, struct rf_program, node);

				rf_list_remove(&program->node);
				program->status = -EPIPE;
				rf_mailbox_post(&pool->mailbox, &program->mail);
			}
		}
	}
}

void rf_pool_destroy(struct rf_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned int i = 0; i < pool->started; i++)
		pthread_join(pool->workers[i].thread, NULL);
	abandon_programs(pool);
	rf_timer_cancel(&pool->watchdog);
	rf_mailbox_fini(&pool->mailbox);
	rf_list_for_each_safe(node, tmp, &pool->uids)
		free(rf_container_of(node, struct rf_uid_queue, node));
	free(pool);
}

void rf_pool_submit(struct rf_pool *pool, struct rf_app *app, struct rf_program *program)
{
	struct rf_actor *actor = &app->actor;

	program->app = rf_app_ref(app);
	program->status = 0;
	pool->outstanding++;
	if (pool->limit && !rf_timer_armed(&pool->watchdog))
		rf_timer_arm(pool->loop, &pool->watchdog, WATCHDOG_PERIOD, watch_steps);
	pthread_mutex_lock(&pool->lock);
	rf_list_append(&actor->programs, &program->node);
	if (!actor->running && !rf_list_linked(&actor->ready_node)) {
		struct rf_uid_queue *queue = queue_of(pool, actor->uid);

		if (queue) {
			rf_list_append(&queue->actors, &actor->ready_node);
			queue_changed(pool, queue);
		} else {
			/* No memory for a queue: nobody would ever run it. */
			rf_list_remove(&program->node);
			program->status = -ENOMEM;
			rf_mailbox_post(&pool->mailbox, &program->mail);
		}
	}
	pthread_mutex_unlock(&pool->lock);
}
