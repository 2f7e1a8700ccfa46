/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The health socket: a client sends a u32 (its value does not matter) and gets a u64 mask of components in bad health,
 * host order. Every answer comes from the loop thread, so an answer proves that it turns; a hung loop answers nothing.
 * Silent clients are dropped after RF_HEALTH_TIMEOUT. Loop thread only.
 */
#ifndef RF_SESSIOND_HEALTH_H
#define RF_SESSIOND_HEALTH_H

#include "common/loop.h"

#define RF_HEALTH_TIMEOUT (2 * RF_SECOND)
#define RF_HEALTH_CLIENTS 64u

struct rf_health {
	struct rf_loop *loop;
	struct rf_watch watch;
	int sock;
	struct rf_list clients;
	unsigned int count;
};

/* Takes SOCK, a listening socket. */
int rf_health_init(struct rf_health *health, struct rf_loop *loop, int sock);
void rf_health_fini(struct rf_health *health);

#endif
