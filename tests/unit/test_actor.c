/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/actor.h"
#include "sessiond/ust/app.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <urcu.h>

#define LIMIT (200 * RF_MS)

struct scene {
	struct rf_loop *loop;
	struct rf_pool *pool;
	struct rf_timer deadline;
	unsigned int completed;
	unsigned int wanted; /* completions that stop the loop */
};

static struct scene scene;
static uint64_t next_app_id = 1;

struct probe {
	struct rf_program program;
	int order;
	int completed;
	int status;
	bool ran;
	int block_on; /* reads one byte from here, -1 not at all */
};

static int run_probe(struct rf_app *app, struct rf_program *program)
{
	struct probe *probe = rf_container_of(program, struct probe, program);
	char byte;

	(void)app;
	probe->ran = true;
	if (probe->block_on >= 0 && recv(probe->block_on, &byte, 1, 0) <= 0)
		return -EPIPE;
	return 0;
}

static void probe_done(struct rf_program *program, int status)
{
	struct probe *probe = rf_container_of(program, struct probe, program);

	probe->completed++;
	probe->status = status;
	probe->order = (int)scene.completed++;
	if (scene.completed == scene.wanted)
		rf_loop_stop(scene.loop);
}

static void too_late(struct rf_timer *timer)
{
	(void)timer;
	rf_loop_stop(scene.loop);
}

static void set_scene(void)
{
	scene = (struct scene){.loop = rf_loop_create()};
	scene.pool = rf_pool_create(scene.loop, LIMIT);
	cr_assert_not_null(scene.pool);
}

static void run_until(unsigned int completed)
{
	scene.wanted = completed;
	if (scene.completed >= completed)
		return;
	rf_timer_arm(scene.loop, &scene.deadline, 10 * RF_SECOND, too_late);
	rf_loop_run(scene.loop);
	rf_timer_cancel(&scene.deadline);
}

/* An application at the other end of *PEER. */
static struct rf_app *make_app(uid_t uid, int *peer)
{
	const struct rf_app_facts facts = {.pid = 1, .uid = uid};
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	*peer = ends[1];
	return rf_app_new(next_app_id++, &facts, ends[0]);
}

static void submit(struct rf_app *app, struct probe *probe, bool block)
{
	probe->program.run = run_probe;
	probe->program.done = probe_done;
	rf_list_init(&probe->program.node);
	probe->block_on = block ? app->command_sock : -1;
	rf_pool_submit(scene.pool, app, &probe->program);
}

Test(actor, programs_of_one_application_run_in_order, .timeout = 20)
{
	struct probe probes[50] = {0};
	int peer;

	set_scene();

	struct rf_app *app = make_app(1000, &peer);

	for (int i = 0; i < 50; i++)
		submit(app, &probes[i], false);
	run_until(50);
	for (int i = 0; i < 50; i++)
		cr_assert(probes[i].order == i && probes[i].completed == 1 && probes[i].status == 0);
	rf_app_unref(app);
	close(peer);
	rf_pool_destroy(scene.pool);
	rf_loop_destroy(scene.loop);
}

Test(actor, a_user_whose_applications_are_silent_holds_up_nobody_else, .timeout = 20)
{
	enum { SILENT = 40 };
	struct probe stuck[SILENT] = {0};
	struct probe quick[20] = {0};
	struct rf_app *apps[SILENT];
	int peers[SILENT];
	int peer;

	set_scene();
	for (int i = 0; i < SILENT; i++) {
		apps[i] = make_app(1000, &peers[i]);
		submit(apps[i], &stuck[i], true);
	}

	struct rf_app *other = make_app(1001, &peer);

	for (int i = 0; i < 20; i++)
		submit(other, &quick[i], false);
	run_until(20);
	for (int i = 0; i < 20; i++)
		cr_assert(quick[i].completed == 1 && quick[i].status == 0, "another user's program %d waited", i);
	/* The watchdog ends what hangs, a share of the pool at a time. */
	run_until(20 + SILENT);
	for (int i = 0; i < SILENT; i++) {
		cr_assert_eq(stuck[i].completed, 1);
		cr_assert_eq(stuck[i].status, -EPIPE);
		cr_assert(atomic_load(&apps[i]->actor.dead));
		rf_app_unref(apps[i]);
		close(peers[i]);
	}
	rf_app_unref(other);
	close(peer);
	rf_pool_destroy(scene.pool);
	rf_loop_destroy(scene.loop);
}

Test(actor, a_dead_one_runs_only_what_cleans_up, .timeout = 20)
{
	struct probe plain = {0};
	struct probe cleanup = {.program.cleanup = true};
	int peer;

	set_scene();

	struct rf_app *app = make_app(1000, &peer);

	atomic_store(&app->actor.dead, true);
	submit(app, &plain, false);
	submit(app, &cleanup, false);
	run_until(2);
	cr_assert(plain.completed == 1 && plain.status == -EPIPE && !plain.ran);
	cr_assert(cleanup.completed == 1 && cleanup.status == 0 && cleanup.ran);
	rf_app_unref(app);
	close(peer);
	rf_pool_destroy(scene.pool);
	rf_loop_destroy(scene.loop);
}

Test(actor, what_the_pool_never_ran_completes_at_its_end, .timeout = 20)
{
	enum { MANY = 64 };
	struct probe probes[MANY] = {0};
	struct rf_app *apps[MANY];
	int peers[MANY];

	set_scene();
	for (int i = 0; i < MANY; i++) {
		apps[i] = make_app(1000 + (uid_t)(i % 2), &peers[i]);
		submit(apps[i], &probes[i], true);
	}
	/* Ends the blocked ones, so that the threads can be joined. */
	for (int i = 0; i < MANY; i++)
		shutdown(peers[i], SHUT_RDWR);
	rf_pool_destroy(scene.pool);
	cr_assert_eq(scene.completed, MANY);
	for (int i = 0; i < MANY; i++) {
		cr_assert_eq(probes[i].completed, 1);
		rf_app_unref(apps[i]);
		close(peers[i]);
	}
	rf_loop_destroy(scene.loop);
}
