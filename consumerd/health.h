/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the threads work. The control thread, which also does what others have channel, metadata and timer threads
 * for, shows that by answering. A data thread is sent a job; one that has neither run it nor moved on by the deadline
 * is said not to work. Nothing waits: the answer is given when it is known. Control thread only.
 */
#ifndef RF_CONSUMERD_HEALTH_H
#define RF_CONSUMERD_HEALTH_H

#include "common/loop.h"
#include "consumerd/data_thread.h"

struct rf_daemon;

/* To one data thread and back. */
struct rf_probe {
	struct rf_job job;
	struct rf_daemon *daemon;
	struct rf_data_thread *thread;
	bool out; /* on its way */
};

struct rf_health {
	struct rf_probe probes[RF_DATA_THREADS_MAX];
	struct rf_list checks; /* that are not answered yet */
};

void rf_health_init(struct rf_daemon *daemon);
/* Answers SERIAL (of RF_CONSUMER_HEALTH), later. 0, or -ENOMEM with no answer. */
int rf_health_check(struct rf_daemon *daemon, uint32_t serial);
/* No answer is given any more. */
void rf_health_fini(struct rf_daemon *daemon);

#endif
