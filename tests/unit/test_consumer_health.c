/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that hangs is noticed, and nobody waits for it. */
#include "common/proto_consumer.h"
#include "consumerd/daemon.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct scene {
	struct rf_daemon daemon;
	int session_daemon;
	sem_t go;
	struct rf_job hang;
	struct rf_timer ticks;
	unsigned int ticked;
	unsigned int answers_wanted;
	uint64_t answers[2];
	unsigned int answered;
	struct rf_watch answer_watch;
};

static void nothing(struct rf_link *link, struct rf_frame *frame)
{
	(void)link;
	(void)frame;
}

static void gone(struct rf_link *link, int status)
{
	(void)link;
	(void)status;
}

static void jobs_ready(struct rf_watch *watch, uint32_t events)
{
	(void)events;
	rf_job_run_all(&rf_container_of(watch, struct rf_daemon, jobs_watch)->jobs);
}

static void on_answer(struct rf_watch *watch, uint32_t events)
{
	static struct rf_frame_buffer buffer;
	struct scene *scene = rf_container_of(watch, struct scene, answer_watch);
	struct rf_consumer_id parts;
	struct rf_frame frame;

	(void)events;
	cr_assert_eq(rf_frame_recv(scene->session_daemon, &buffer, &frame, MSG_DONTWAIT), 1);
	cr_assert_eq(frame.type, RF_CONSUMER_HEALTH | RF_FRAME_REPLY);
	cr_assert_eq(frame.serial, scene->answered + 1);
	cr_assert(rf_consumer_id_decode(&frame.body, &parts));
	scene->answers[scene->answered++] = parts.id;
	if (scene->answered == scene->answers_wanted)
		rf_loop_stop(scene->daemon.loop);
}

static void on_tick(struct rf_timer *timer)
{
	struct scene *scene = rf_container_of(timer, struct scene, ticks);

	scene->ticked++;
	rf_timer_arm(scene->daemon.loop, timer, 100 * RF_MS, on_tick);
}

static void hang(struct rf_job *job)
{
	sem_wait(&rf_container_of(job, struct scene, hang)->go);
}

static void scene_begin(struct scene *scene)
{
	struct rf_daemon *daemon = &scene->daemon;
	int ends[2];

	*scene = (struct scene){.hang.run = hang};
	sem_init(&scene->go, 0, 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	scene->session_daemon = ends[1];
	daemon->loop = rf_loop_create();
	cr_assert_eq(rf_link_init(&daemon->control, ends[0], nothing, gone, daemon), 0);
	cr_assert_eq(rf_job_queue_init(&daemon->jobs), 0);
	rf_health_init(daemon);
	for (daemon->thread_count = 0; daemon->thread_count < 2; daemon->thread_count++)
		cr_assert_eq(rf_data_thread_start(&daemon->threads[daemon->thread_count]), 0);
	cr_assert_eq(rf_watch_add(daemon->loop, &daemon->jobs_watch, daemon->jobs.event_fd, EPOLLIN, jobs_ready), 0);
	cr_assert_eq(rf_watch_add(daemon->loop, &scene->answer_watch, ends[1], EPOLLIN, on_answer), 0);
}

static void scene_end(struct scene *scene)
{
	while (scene->daemon.thread_count)
		rf_data_thread_stop(&scene->daemon.threads[--scene->daemon.thread_count]);
	rf_health_fini(&scene->daemon);
	rf_timer_cancel(&scene->ticks);
	rf_watch_remove(&scene->daemon.jobs_watch);
	rf_watch_remove(&scene->answer_watch);
	rf_link_fini(&scene->daemon.control);
	rf_job_queue_fini(&scene->daemon.jobs);
	rf_loop_destroy(scene->daemon.loop);
	close(scene->session_daemon);
}

Test(consumer_health, threads_that_work_answer_at_once)
{
	static struct scene scene;
	uint64_t before = rf_now();

	scene_begin(&scene);
	scene.answers_wanted = 2;
	cr_assert_eq(rf_health_check(&scene.daemon, 1), 0);
	cr_assert_eq(rf_health_check(&scene.daemon, 2), 0);
	cr_assert_eq(rf_loop_run(scene.daemon.loop), 0);
	cr_assert_eq(scene.answers[0], 0);
	cr_assert_eq(scene.answers[1], 0);
	cr_assert_lt(rf_now() - before, 2 * RF_SECOND);
	scene_end(&scene);
}

Test(consumer_health, a_thread_that_hangs_is_named)
{
	static struct scene scene;

	scene_begin(&scene);
	scene.answers_wanted = 1;
	rf_job_post(&scene.daemon.threads[1].jobs, &scene.hang);
	cr_assert_eq(rf_health_check(&scene.daemon, 1), 0);
	rf_timer_arm(scene.daemon.loop, &scene.ticks, 100 * RF_MS, on_tick);
	cr_assert_eq(rf_loop_run(scene.daemon.loop), 0);
	cr_assert_eq(scene.answers[0], 1u << RF_CONSUMER_PART_DATA);
	cr_assert_geq(scene.ticked, 10, "the loop goes on meanwhile");
	/* It works again. */
	sem_post(&scene.go);
	scene.answers_wanted = 2;
	cr_assert_eq(rf_health_check(&scene.daemon, 2), 0);
	cr_assert_eq(rf_loop_run(scene.daemon.loop), 0);
	cr_assert_eq(scene.answers[1], 0);
	scene_end(&scene);
}
