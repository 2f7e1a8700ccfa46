/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/data_thread.h"

#include "common/log.h"
#include "common/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 64
#define PACKETS_A_TURN 8u
/* How long a stalled stream is left alone: so that it takes a small part of the thread's time at worst. */
#define STALL_PAUSE (250 * RF_MS)
/*
 * And so long one that wakes us for next to nothing, without end: some kernels' rings of a few pages do, as soon as
 * there is an event in them.
 */
#define HASTE_PAUSE (2 * RF_MS)
/* And so long those that cannot be waited for. */
#define MUTE_PAUSE RF_SECOND

static int poll_for(struct rf_data_thread *thread, struct rf_stream *stream)
{
	struct epoll_event event = {.events = stream->source->wait_events, .data.ptr = stream};

	if (stream->source->wait_fd >= 0 &&
		epoll_ctl(thread->epoll_fd, EPOLL_CTL_ADD, stream->source->wait_fd, &event) < 0)
		return -errno;
	return 0;
}

int rf_data_thread_watch(struct rf_data_thread *thread, struct rf_stream *stream)
{
	int err = poll_for(thread, stream);

	if (err)
		return err;
	stream->watched = true;
	/* What was written before has no reason to wake us again. */
	rf_list_append(&thread->busy, &stream->turn);
	return 0;
}

void rf_data_thread_unwatch(struct rf_data_thread *thread, struct rf_stream *stream)
{
	/* A mute one is not there; neither is one that nothing can be waited for. */
	if (stream->watched && stream->source->wait_fd >= 0)
		(void)epoll_ctl(thread->epoll_fd, EPOLL_CTL_DEL, stream->source->wait_fd, NULL);
	stream->watched = false;
	rf_list_remove(&stream->turn);
}

void rf_data_thread_look(struct rf_data_thread *thread, struct rf_stream *stream)
{
	if (stream->watched && !rf_list_linked(&stream->turn))
		rf_list_append(&thread->busy, &stream->turn);
}

static void wait_for(struct rf_data_thread *thread, struct rf_stream *stream, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = stream};

	if (stream->source->wait_fd >= 0)
		(void)epoll_ctl(thread->epoll_fd, EPOLL_CTL_MOD, stream->source->wait_fd, &event);
}

/* Leaves it alone until `not_before`. The list is in that order. */
static void leave_alone(struct rf_data_thread *thread, struct rf_stream *stream)
{
	struct rf_list *at = thread->stalled.prev;

	while (at != &thread->stalled && rf_container_of(at, struct rf_stream, turn)->not_before > stream->not_before)
		at = at->prev;
	rf_list_insert_after(at, &stream->turn);
}

/* The same at once, also if it is ready all the time; no pipe. */
static void rest(struct rf_data_thread *thread, struct rf_stream *stream, uint64_t pause)
{
	stream->not_before = rf_now() + pause;
	wait_for(thread, stream, 0);
	leave_alone(thread, stream);
}

static void take_turn(struct rf_data_thread *thread, struct rf_stream *stream)
{
	rf_list_remove(&stream->turn);
	/* No other thread writes it: no need for a locked instruction. */
	atomic_store_explicit(&thread->progress, atomic_load_explicit(&thread->progress, memory_order_relaxed) + 1,
		memory_order_relaxed);
	switch (rf_stream_drain(stream, PACKETS_A_TURN)) {
	case RF_DRAINED_DRY:
		if (stream->source->hasty)
			rest(thread, stream, HASTE_PAUSE);
		return;
	case RF_DRAINED_MORE:
		rf_list_append(&thread->busy, &stream->turn);
		return;
	case RF_DRAINED_STALLED:
		stream->not_before = rf_now() + STALL_PAUSE;
		return;
	case RF_DRAINED_WAITING:
	case RF_DRAINED_FAILED:
		rf_data_thread_unwatch(thread, stream);
		return;
	}
}

static void stream_ready(struct rf_data_thread *thread, struct rf_stream *stream, uint32_t events)
{
	char hints[256];

	/* One read takes the hints of a burst; what is left makes the next epoll_wait() come back. */
	if (stream->source->wait_is_pipe)
		(void)!read(stream->source->wait_fd, hints, sizeof(hints));
	if (events & (EPOLLHUP | EPOLLERR) && !(events & stream->source->wait_events)) {
		/* Has nothing to wait for: the ring of a CPU that never was online. It may come. */
		(void)epoll_ctl(thread->epoll_fd, EPOLL_CTL_DEL, stream->source->wait_fd, NULL);
		rf_list_remove(&stream->turn);
		rf_list_append(&thread->mute, &stream->turn);
		return;
	}
	if (rf_list_linked(&stream->turn))
		return;
	if (stream->not_before && rf_now() < stream->not_before) {
		leave_alone(thread, stream);
		return;
	}
	stream->not_before = 0;
	take_turn(thread, stream);
}

static int wait_time(const struct rf_data_thread *thread)
{
	if (rf_list_linked(&thread->busy))
		return 0;

	uint64_t now = rf_now();
	uint64_t until = UINT64_MAX;

	if (rf_list_linked(&thread->stalled))
		until = rf_container_of(thread->stalled.next, struct rf_stream, turn)->not_before;
	if (rf_list_linked(&thread->mute) && thread->asked_mute + MUTE_PAUSE < until)
		until = thread->asked_mute + MUTE_PAUSE;
	if (until == UINT64_MAX)
		return -1;
	return until <= now ? 0 : (int)((until - now) / RF_MS) + 1;
}

static void end_pauses(struct rf_data_thread *thread)
{
	uint64_t now = rf_now();

	while (rf_list_linked(&thread->stalled)) {
		struct rf_stream *stream = rf_container_of(thread->stalled.next, struct rf_stream, turn);

		if (stream->not_before > now)
			return;
		stream->not_before = 0;
		rf_list_remove(&stream->turn);
		/* The hint of a pipe was taken; others say again that they are ready. */
		if (stream->source->wait_is_pipe)
			rf_list_append(&thread->busy, &stream->turn);
		else
			wait_for(thread, stream, stream->source->wait_events);
	}
}

static bool still_mute(const struct rf_stream *stream)
{
	struct pollfd ready = {.fd = stream->source->wait_fd, .events = POLLIN};

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLERR);
}

static void ask_mute(struct rf_data_thread *thread)
{
	if (!rf_list_linked(&thread->mute) || rf_now() - thread->asked_mute < MUTE_PAUSE)
		return;
	thread->asked_mute = rf_now();
	rf_list_for_each_safe(node, tmp, &thread->mute) {
		struct rf_stream *stream = rf_container_of(node, struct rf_stream, turn);

		if (still_mute(stream) || poll_for(thread, stream) < 0)
			continue;
		rf_list_remove(node);
		rf_list_append(&thread->busy, node);
	}
}

/* One turn for each that has more; those that still have more afterwards come in the next round. */
static void serve_busy(struct rf_data_thread *thread)
{
	struct rf_list round;

	if (!rf_list_linked(&thread->busy))
		return;
	rf_list_insert_after(&thread->busy, &round);
	rf_list_remove(&thread->busy);
	while (rf_list_linked(&round))
		take_turn(thread, rf_container_of(round.next, struct rf_stream, turn));
}

static void *serve(void *data)
{
	struct rf_data_thread *thread = data;
	struct epoll_event batch[BATCH];

	while (!thread->stopping) {
		int got = epoll_wait(thread->epoll_fd, batch, BATCH, wait_time(thread));
		bool jobs = false;

		if (got < 0 && errno != EINTR)
			atomic_store(&thread->failed, true);
		for (int i = 0; i < got; i++) {
			if (!batch[i].data.ptr)
				jobs = true;
			else
				stream_ready(thread, batch[i].data.ptr, batch[i].events);
		}
		end_pauses(thread);
		ask_mute(thread);
		serve_busy(thread);
		/* Last: a job may free a stream that the batch names. */
		if (jobs)
			rf_job_run_all(&thread->jobs);
	}
	return NULL;
}

int rf_data_thread_start(struct rf_data_thread *thread)
{
	struct epoll_event event = {.events = EPOLLIN};

	*thread = (struct rf_data_thread){0};
	rf_list_init(&thread->busy);
	rf_list_init(&thread->stalled);
	rf_list_init(&thread->mute);

	int err = rf_job_queue_init(&thread->jobs);

	if (err)
		return err;
	thread->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (thread->epoll_fd < 0 || epoll_ctl(thread->epoll_fd, EPOLL_CTL_ADD, thread->jobs.event_fd, &event) < 0) {
		err = -errno;
	} else {
		err = -pthread_create(&thread->id, NULL, serve, thread);
		if (!err)
			return 0;
	}
	if (thread->epoll_fd >= 0)
		close(thread->epoll_fd);
	rf_job_queue_fini(&thread->jobs);
	return err;
}

static void stop(struct rf_job *job)
{
	rf_container_of(job, struct rf_data_thread, stop_job)->stopping = true;
}

void rf_data_thread_stop(struct rf_data_thread *thread)
{
	thread->stop_job.run = stop;
	rf_job_post(&thread->jobs, &thread->stop_job);
	pthread_join(thread->id, NULL);
	close(thread->epoll_fd);
	rf_job_queue_fini(&thread->jobs);
}
