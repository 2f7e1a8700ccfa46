/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting until a link's socket has what was sent, while another thread sends it on. */
#include "common/link.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(link, .timeout = 30);

struct scene {
	struct rf_loop *loop;
	struct rf_link link;
	int peer;
	pthread_t thread;
	struct rf_watch stop;
	int ends[2];
};

static void no_frame(struct rf_link *link, struct rf_frame *frame)
{
	(void)link;
	(void)frame;
}

static void gone(struct rf_link *link, int status)
{
	(void)status;
	rf_link_close(link);
}

static void stopped(struct rf_watch *watch, uint32_t events)
{
	(void)events;
	rf_loop_stop(watch->loop);
}

static void *run(void *loop)
{
	rf_loop_run(loop);
	return NULL;
}

/* A link whose queue has something: its peer has not read. */
static void begin(struct scene *scene)
{
	static uint8_t body[4096];
	int ends[2];

	scene->loop = rf_loop_create();
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, scene->ends), 0);
	scene->peer = ends[1];
	cr_assert_eq(rf_link_init(&scene->link, ends[0], no_frame, gone, NULL), 0);
	cr_assert_eq(rf_link_attach(&scene->link, scene->loop), 0);
	cr_expect_eq(rf_link_wait_sent(&scene->link, 0), 0, "nothing waits");
	while (!rf_list_linked(&scene->link.queue))
		cr_assert_eq(rf_link_send(&scene->link, 1, 0, 0, body, sizeof(body), NULL, 0), 0);
	cr_assert_eq(rf_watch_add(scene->loop, &scene->stop, scene->ends[0], EPOLLIN, stopped), 0);
	cr_assert_eq(pthread_create(&scene->thread, NULL, run, scene->loop), 0);
}

static void end(struct scene *scene)
{
	cr_assert_eq(write(scene->ends[1], "", 1), 1);
	pthread_join(scene->thread, NULL);
	rf_watch_remove(&scene->stop);
	rf_link_fini(&scene->link);
	rf_loop_destroy(scene->loop);
	close(scene->ends[0]);
	close(scene->ends[1]);
}

static void *read_all(void *peer)
{
	struct rf_frame_buffer *buffer = malloc(sizeof(*buffer));
	struct rf_frame frame;

	while (rf_frame_recv(*(int *)peer, buffer, &frame, 0) > 0)
		;
	free(buffer);
	return NULL;
}

Test(link, waits_for_a_peer_that_reads)
{
	struct scene scene;
	pthread_t reader;

	begin(&scene);
	cr_expect_eq(rf_link_wait_sent(&scene.link, 20), -ETIMEDOUT, "nobody reads");
	cr_assert_eq(pthread_create(&reader, NULL, read_all, &scene.peer), 0);
	cr_expect_eq(rf_link_wait_sent(&scene.link, 20000), 0);
	end(&scene);
	pthread_join(reader, NULL);
	close(scene.peer);
}

Test(link, does_not_wait_for_one_that_is_gone)
{
	struct scene scene;

	begin(&scene);
	close(scene.peer);
	cr_expect_eq(rf_link_wait_sent(&scene.link, 20000), -EPIPE);
	end(&scene);
}
