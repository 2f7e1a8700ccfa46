/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who answers for which bit of the session daemon's health, as readers of the socket number them:
 *
 *   0 clients, 2 registration, 7 pairing, 8 notifications, 9 rotations, 10 timers, 11 triggers: the main loop
 *   1 applications: the threads that command them
 *   4 consumers: the main loop, and bad from the death of a consumer until its user has a new one
 *   6 applications' notifications: the notify thread
 *   3 kernel, 5: nobody, always good
 *
 * and for the consumers' five (enum rf_consumer_part): all living consumers, each within RF_HEALTH_CONSUMER_WAIT.
 *
 * Set up and taken down by the loop thread.
 */
#ifndef RF_SESSIOND_HEALTH_PARTS_H
#define RF_SESSIOND_HEALTH_PARTS_H

#include "sessiond/health.h"
#include "sessiond/kernel/domain.h"
#include "sessiond/ust/domain_state.h"

#define RF_HEALTH_CONSUMER_WAIT RF_SECOND

struct rf_health_parts;

/* The consumers of applications, or those of the kernel. */
struct rf_health_consumers {
	struct rf_health_probe probe;
	struct rf_health_parts *parts;
	bool kernel;
	/* Of the question to them that is on its way. */
	unsigned int waiting;
	uint64_t bad;
};

struct rf_health_parts {
	struct rf_mailbox mailbox; /* of the main loop */
	struct rf_consumers *consumers;
	struct rf_pool *pool;
	struct rf_notifier *notifier;
	struct rf_kernel_domain *kernel; /* NULL: none */
	struct rf_health_probe main;
	struct rf_health_probe pool_probe;
	struct rf_health_probe notify;
	struct rf_health_probe kernel_probe;
	struct rf_health_consumers applications;
	struct rf_health_consumers kernels;
};

int rf_health_parts_init(struct rf_health_parts *parts, struct rf_loop *loop, struct rf_consumers *consumers,
	struct rf_pool *pool, struct rf_notifier *notifier, struct rf_kernel_domain *kernel);
/* When no probe is sent any more; the consumers may still owe an answer. */
void rf_health_parts_fini(struct rf_health_parts *parts);

/* SOCK is taken. */
int rf_health_serve_sessiond(struct rf_health *health, int sock, struct rf_health_parts *parts);
int rf_health_serve_consumers(struct rf_health *health, int sock, struct rf_health_parts *parts);
int rf_health_serve_kernel_consumer(struct rf_health *health, int sock, struct rf_health_parts *parts);

#endif
