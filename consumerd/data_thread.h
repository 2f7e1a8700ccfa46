/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The threads that move packets. Each has one epoll; a stream is watched by the one it was given to, and its cost is
 * nothing as long as it is idle. A ready stream gets a turn of a few packets, then the next; one whose writer was
 * interrupted in a packet (which makes asking for it slow) is left alone for a while when it wakes us again, as is one
 * that wakes us for next to nothing.
 *
 * Jobs run on the thread between turns, so that they may free streams.
 */
#ifndef RF_CONSUMERD_DATA_THREAD_H
#define RF_CONSUMERD_DATA_THREAD_H

#include "consumerd/jobs.h"
#include "consumerd/stream.h"

#define RF_DATA_THREADS_MAX 4u

struct rf_data_thread {
	pthread_t id;
	int epoll_fd;
	struct rf_job_queue jobs;
	struct rf_job stop_job;
	struct rf_list busy;    /* streams with more packets */
	struct rf_list stalled; /* streams that were woken but are left alone until `not_before` */
	struct rf_list mute; /* streams whose descriptors said that there is nothing to wait for; asked now and then */
	uint64_t asked_mute;
	bool stopping;
	atomic_uint progress; /* changes as long as it works */
	atomic_bool failed;   /* it cannot wait for anything: only a bug does that */
};

/* Control thread. 0 or a negative errno. */
int rf_data_thread_start(struct rf_data_thread *thread);
/* Ends it after the jobs posted so far; no stream may be left. */
void rf_data_thread_stop(struct rf_data_thread *thread);

/* On the thread itself (a job): begin and end to serve STREAM. */
int rf_data_thread_watch(struct rf_data_thread *thread, struct rf_stream *stream);
void rf_data_thread_unwatch(struct rf_data_thread *thread, struct rf_stream *stream);
/* Something may be in it, though nothing says so. */
void rf_data_thread_look(struct rf_data_thread *thread, struct rf_stream *stream);

#endif
