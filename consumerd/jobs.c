/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/jobs.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int rf_job_queue_init(struct rf_job_queue *queue)
{
	pthread_mutex_init(&queue->lock, NULL);
	queue->first = NULL;
	queue->last = &queue->first;
	queue->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return queue->event_fd < 0 ? -errno : 0;
}

void rf_job_queue_fini(struct rf_job_queue *queue)
{
	if (queue->event_fd >= 0)
		close(queue->event_fd);
	queue->event_fd = -1;
	pthread_mutex_destroy(&queue->lock);
}

void rf_job_post(struct rf_job_queue *queue, struct rf_job *job)
{
	const uint64_t one = 1;

	job->next = NULL;
	pthread_mutex_lock(&queue->lock);

	bool was_empty = !queue->first;

	*queue->last = job;
	queue->last = &job->next;
	pthread_mutex_unlock(&queue->lock);
	/* One wake-up serves all that is queued until the receiver takes it. */
	if (was_empty)
		(void)!write(queue->event_fd, &one, sizeof(one));
}

void rf_job_run_all(struct rf_job_queue *queue)
{
	uint64_t count;

	(void)!read(queue->event_fd, &count, sizeof(count));
	pthread_mutex_lock(&queue->lock);

	struct rf_job *job = queue->first;

	queue->first = NULL;
	queue->last = &queue->first;
	pthread_mutex_unlock(&queue->lock);
	while (job) {
		struct rf_job *next = job->next;

		job->run(job);
		job = next;
	}
}
