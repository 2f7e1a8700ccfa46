/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's side of the kernel worker: which instances were made for which consumer, and requests on their way to
 * the worker and back. The worker is started when the daemon starts, and again when one that ended is needed, or when
 * one that has made nothing cannot reach lttng-modules that were loaded since; what it had made is forgotten with it.
 * Loop thread.
 */
#ifndef RF_POLICY_BROKER_KERNEL_SERVICE_H
#define RF_POLICY_BROKER_KERNEL_SERVICE_H

#include "policy/broker/kernel_worker.h"
#include "policy/broker/passed.h"
#include "policy/broker/state.h"

/* An instance. */
struct rf_kernel_grant {
	struct rf_list node;
	uint32_t id;
	uint32_t consumer; /* the only one that gets its rings */
	bool made;         /* the worker has said so */
};

struct rf_kernel_worker;

struct rf_kernel_service {
	int tracefs; /* the top directory; -1: there is none */
	enum rf_tracer_choice choice;
	struct rf_kernel_worker *current; /* NULL: none was started, or it ended */
	struct rf_list workers;           /* that one, and those that were told to end and have not */
	struct rf_list grants;
	unsigned int grant_count;
};

/* For BROKER, which keeps it to its end. TRACEFS: as in the struct. 0 or -ENOMEM. */
int rf_kernel_service_new(struct rf_broker *broker, int tracefs, enum rf_tracer_choice choice);
/* Starts the worker if there is none. 0 or a negative errno; -EPERM without a service, for this and what follows. */
int rf_kernel_start(struct rf_broker *broker);
/*
 * As rf_tree_pass(): the request FRAME of PEER goes to the worker as BODY (freed here) with FD (-1: none), the reply to
 * PEER as long as it lives.
 */
int rf_kernel_pass(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame, struct rf_writer *body,
	int fd, const char *op, const char *object);

/* For one that is about to be made by the request that is passed next; goes when the worker refuses. */
int rf_kernel_grant(struct rf_broker *broker, uint32_t id, uint32_t consumer);
/* One that was made. NULL: there is none. */
struct rf_kernel_grant *rf_kernel_find(struct rf_broker *broker, uint32_t id);
bool rf_kernel_has(struct rf_broker *broker, uint32_t id);
/* It was not made. */
void rf_kernel_ungrant(struct rf_broker *broker, uint32_t id);
void rf_kernel_revoke(struct rf_broker *broker, struct rf_kernel_grant *grant);

/* The session daemon and its consumers are gone: the worker removes what it made and ends. */
void rf_kernel_end(struct rf_broker *broker);
/* No worker is left. */
bool rf_kernel_ended(const struct rf_broker *broker);
/* PEER is gone: nothing is sent to it any more. */
void rf_kernel_forget_peer(struct rf_broker *broker, const struct rf_peer *peer);
/* True when PID was a worker. */
bool rf_kernel_reap(struct rf_broker *broker, pid_t pid, int status);

#endif
