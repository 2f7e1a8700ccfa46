/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

struct rf_loop {
	int epoll_fd;
	bool stopped;
	struct rf_list timers; /* by deadline, earliest first */
	struct epoll_event batch[BATCH];
	int batch_count;
	int batch_at;
	struct rf_watch signal_watch;
	rf_signal_fn signal_callback;
	void *signal_data;
};

uint64_t rf_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * RF_SECOND + (uint64_t)t.tv_nsec;
}

struct rf_loop *rf_loop_create(void)
{
	struct rf_loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return NULL;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		free(loop);
		return NULL;
	}
	loop->signal_watch.fd = -1;
	rf_list_init(&loop->timers);
	return loop;
}

void rf_loop_destroy(struct rf_loop *loop)
{
	if (!loop)
		return;
	if (loop->signal_watch.fd >= 0)
		close(loop->signal_watch.fd);
	close(loop->epoll_fd);
	free(loop);
}

void rf_loop_stop(struct rf_loop *loop)
{
	loop->stopped = true;
}

static void run_due_timers(struct rf_loop *loop)
{
	uint64_t now = rf_now();

	while (rf_list_linked(&loop->timers)) {
		struct rf_timer *timer = rf_container_of(loop->timers.next, struct rf_timer, node);

		if (timer->deadline > now)
			return;
		rf_timer_cancel(timer);
		timer->callback(timer);
	}
}

/* Milliseconds until the first timer, rounded up so that it is due when epoll returns; -1 without timers. */
static int wait_time(const struct rf_loop *loop)
{
	if (!rf_list_linked(&loop->timers))
		return -1;

	const struct rf_timer *first = rf_container_of(loop->timers.next, struct rf_timer, node);
	uint64_t now = rf_now();

	if (first->deadline <= now)
		return 0;

	uint64_t ms = (first->deadline - now + RF_MS - 1) / RF_MS;

	return ms > 3600000 ? 3600000 : (int)ms;
}

int rf_loop_run(struct rf_loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped) {
		int got = epoll_wait(loop->epoll_fd, loop->batch, BATCH, wait_time(loop));

		if (got < 0 && errno != EINTR)
			return -errno;
		loop->batch_count = got > 0 ? got : 0;
		for (loop->batch_at = 0; loop->batch_at < loop->batch_count; loop->batch_at++) {
			struct rf_watch *watch = loop->batch[loop->batch_at].data.ptr;

			if (watch)
				watch->callback(watch, loop->batch[loop->batch_at].events);
		}
		loop->batch_count = 0;
		run_due_timers(loop);
	}
	return 0;
}

int rf_watch_add(struct rf_loop *loop, struct rf_watch *watch, int fd, uint32_t events, rf_watch_fn callback)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return -errno;
	*watch = (struct rf_watch){.loop = loop, .fd = fd, .events = events, .callback = callback};
	return 0;
}

int rf_watch_change(struct rf_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	if (!watch->loop)
		return -EINVAL;
	if (watch->events == events)
		return 0;
	if (epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) < 0)
		return -errno;
	watch->events = events;
	return 0;
}

void rf_watch_remove(struct rf_watch *watch)
{
	struct rf_loop *loop = watch->loop;

	if (!loop)
		return;
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	/* Events of this watch that were already fetched must not reach an object that may be freed by then. */
	for (int i = loop->batch_at; i < loop->batch_count; i++)
		if (loop->batch[i].data.ptr == watch)
			loop->batch[i].data.ptr = NULL;
	watch->loop = NULL;
}

void rf_timer_arm(struct rf_loop *loop, struct rf_timer *timer, uint64_t after, rf_timer_fn callback)
{
	rf_timer_cancel(timer);
	timer->loop = loop;
	timer->deadline = rf_now() + after;
	timer->callback = callback;

	/* Time-outs are mostly of one length, so the place is nearly always at the end. */
	struct rf_list *place = loop->timers.prev;

	while (place != &loop->timers && rf_container_of(place, struct rf_timer, node)->deadline > timer->deadline)
		place = place->prev;
	rf_list_insert_after(place, &timer->node);
}

void rf_timer_cancel(struct rf_timer *timer)
{
	if (!timer->loop)
		return;
	rf_list_remove(&timer->node);
	timer->loop = NULL;
}

bool rf_timer_armed(const struct rf_timer *timer)
{
	return timer->loop != NULL;
}

static void signal_ready(struct rf_watch *watch, uint32_t events)
{
	struct rf_loop *loop = rf_container_of(watch, struct rf_loop, signal_watch);
	struct signalfd_siginfo info;

	(void)events;
	while (read(watch->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->signal_callback(loop->signal_data, (int)info.ssi_signo);
}

int rf_loop_signals(struct rf_loop *loop, const sigset_t *signals, rf_signal_fn callback, void *data)
{
	int err = pthread_sigmask(SIG_BLOCK, signals, NULL);

	if (err)
		return -err;

	int fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	loop->signal_callback = callback;
	loop->signal_data = data;
	err = rf_watch_add(loop, &loop->signal_watch, fd, EPOLLIN, signal_ready);
	if (err < 0) {
		close(fd);
		loop->signal_watch.fd = -1;
	}
	return err;
}
