/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work handed from one thread to another: a queue with an eventfd that the receiving thread has in its epoll. Jobs are
 * embedded in (or allocated by) their poster's object; run() may free the job. Jobs of one queue run in the order of
 * posting. Any thread may post; one thread runs.
 */
#ifndef RF_CONSUMERD_JOBS_H
#define RF_CONSUMERD_JOBS_H

#include <pthread.h>

struct rf_job {
	struct rf_job *next;
	void (*run)(struct rf_job *job);
};

struct rf_job_queue {
	pthread_mutex_t lock;
	struct rf_job *first;
	struct rf_job **last;
	int event_fd; /* readable while jobs wait */
};

/* 0 or a negative errno. */
int rf_job_queue_init(struct rf_job_queue *queue);
/* The queue must be empty. */
void rf_job_queue_fini(struct rf_job_queue *queue);
void rf_job_post(struct rf_job_queue *queue, struct rf_job *job);
/* Runs what waits now, not what these jobs post. */
void rf_job_run_all(struct rf_job_queue *queue);

#endif
