/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/health.h"

#include "common/proto_consumer.h"
#include "consumerd/daemon.h"

#include <errno.h>
#include <stdlib.h>

/* A disk may hold up a thread for a while in the middle of a packet. */
#define DEADLINE (3 * RF_SECOND)

struct health_check {
	struct rf_list node;
	struct rf_timer deadline;
	struct rf_daemon *daemon;
	uint32_t serial;
	unsigned int marks[RF_DATA_THREADS_MAX]; /* the threads' progress at the beginning */
};

void rf_health_init(struct rf_daemon *daemon)
{
	rf_list_init(&daemon->health.checks);
	for (unsigned int i = 0; i < RF_DATA_THREADS_MAX; i++)
		daemon->health.probes[i] = (struct rf_probe){.daemon = daemon, .thread = &daemon->threads[i]};
}

static uint64_t failed_parts(const struct health_check *check)
{
	const struct rf_daemon *daemon = check->daemon;

	for (unsigned int i = 0; i < daemon->thread_count; i++) {
		const struct rf_data_thread *thread = &daemon->threads[i];

		if (atomic_load(&thread->failed) ||
			(daemon->health.probes[i].out && atomic_load(&thread->progress) == check->marks[i]))
			return 1u << RF_CONSUMER_PART_DATA;
	}
	return 0;
}

static void answer(struct health_check *check)
{
	const struct rf_consumer_id parts = {.id = failed_parts(check)};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_id_encode(&w, &parts);
	rf_link_send_writer(
		&check->daemon->control, RF_CONSUMER_HEALTH | RF_FRAME_REPLY, check->serial, 0, &w, NULL, 0);
	rf_timer_cancel(&check->deadline);
	rf_list_remove(&check->node);
	free(check);
}

static void on_deadline(struct rf_timer *timer)
{
	answer(rf_container_of(timer, struct health_check, deadline));
}

static void probe_back(struct rf_job *job)
{
	struct rf_probe *probe = rf_container_of(job, struct rf_probe, job);
	struct rf_health *health = &probe->daemon->health;

	probe->out = false;
	for (unsigned int i = 0; i < RF_DATA_THREADS_MAX; i++)
		if (health->probes[i].out)
			return;
	rf_list_for_each_safe(node, tmp, &health->checks)
		answer(rf_container_of(node, struct health_check, node));
}

/* Data thread. */
static void probe_there(struct rf_job *job)
{
	struct rf_probe *probe = rf_container_of(job, struct rf_probe, job);

	job->run = probe_back;
	rf_job_post(&probe->daemon->jobs, job);
}

int rf_health_check(struct rf_daemon *daemon, uint32_t serial)
{
	struct health_check *check = calloc(1, sizeof(*check));

	if (!check)
		return -ENOMEM;
	check->daemon = daemon;
	check->serial = serial;
	rf_list_append(&daemon->health.checks, &check->node);
	rf_timer_arm(daemon->loop, &check->deadline, DEADLINE, on_deadline);
	for (unsigned int i = 0; i < daemon->thread_count; i++) {
		struct rf_probe *probe = &daemon->health.probes[i];

		check->marks[i] = atomic_load(&probe->thread->progress);
		if (probe->out)
			continue;
		probe->out = true;
		probe->job.run = probe_there;
		rf_job_post(&probe->thread->jobs, &probe->job);
	}
	return 0;
}

void rf_health_fini(struct rf_daemon *daemon)
{
	rf_list_for_each_safe(node, tmp, &daemon->health.checks) {
		struct health_check *check = rf_container_of(node, struct health_check, node);

		rf_timer_cancel(&check->deadline);
		free(check);
	}
	rf_list_init(&daemon->health.checks);
}
