/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Health sockets: a client sends a u32 (its value does not matter) and gets a u64 mask of components in bad health,
 * host order. A thread of its own serves them, so that there is an answer also about a thread that hangs.
 *
 * It asks by *probes*. A probe is sent to whom it is about and comes back with the bits that are bad; one that is not
 * back after RF_HEALTH_PATIENCE counts as bad itself. A probe that is still out is not sent again: clients that come
 * meanwhile wait for the same one, so a hanging thread costs no more than that.
 *
 * Silent clients are dropped after RF_HEALTH_TIMEOUT. Set up before the thread is started; errors are negative errno.
 */
#ifndef RF_SESSIOND_HEALTH_H
#define RF_SESSIOND_HEALTH_H

#include "common/loop.h"
#include "sessiond/mailbox.h"

#define RF_HEALTH_TIMEOUT (2 * RF_SECOND)
#define RF_HEALTH_PATIENCE (5 * RF_SECOND)
#define RF_HEALTH_CLIENTS 64u
#define RF_HEALTH_SOCKETS 3
#define RF_HEALTH_PROBES 4u /* of a socket */

struct rf_health;

struct rf_health_probe {
	struct rf_mail mail; /* in the mailbox of whom it is about, then in the health thread's */
	uint64_t bits;       /* bad when it does not come back */
	/* Health thread: has the probe brought where it belongs. It may come back at once. Never waits. */
	void (*send)(struct rf_health_probe *probe);
	struct rf_health *health;
	/* What it comes back with. */
	uint64_t bad;
	bool nobody; /* there is nobody whose health could be told: clients are hung up on */
	/* The health thread's. */
	bool out;
	uint64_t rounds; /* how many times it came back */
};

struct rf_health *rf_health_create(void);
/* Takes SOCK, a listening socket, in any case. The probes are the caller's and outlive HEALTH; `bits` and `send` are
 * set. */
int rf_health_serve(
	struct rf_health *health, int sock, struct rf_health_probe *const *probes, unsigned int probe_count);
/* Returns when the thread is up. */
int rf_health_start(struct rf_health *health);
/* Ends the thread. Probes that are out may still come back. */
void rf_health_stop(struct rf_health *health);
/* Nobody brings a probe back any more. NULL is allowed. */
void rf_health_destroy(struct rf_health *health);

/* Any thread: the probe comes back. */
void rf_health_back(struct rf_health_probe *probe, uint64_t bad);
void rf_health_back_from_nobody(struct rf_health_probe *probe);

#endif
