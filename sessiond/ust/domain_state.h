/* SPDX-License-Identifier: GPL-2.0-only */
/* The user-space domain's own state, shared by the files of sessiond/ust that make it up. Loop thread only. */
#ifndef RF_SESSIOND_UST_DOMAIN_STATE_H
#define RF_SESSIOND_UST_DOMAIN_STATE_H

#include "sessiond/recording/recorder_state.h"
#include "sessiond/ust/actor.h"
#include "sessiond/ust/domain.h"
#include "sessiond/ust/notify.h"
#include "sessiond/ust/registration.h"

struct rf_ust_domain {
	struct rf_recorder *recorder;
	struct rf_loop *loop;
	struct rf_pool *pool;
	struct rf_notifier *notifier;
	struct rf_registration registration;
	struct rf_list apps; /* rf_app.node: registered and not gone */
	unsigned int app_count;
	unsigned int app_limit; /* for the limit of open files */
	uid_t owner;            /* whose own daemon this is, (uid_t)-1 for root's */
	struct rf_complaints too_many;
	uint32_t timeout_ms;
	uint64_t next_app_id;
	struct rf_list sessions; /* rf_ust_session.node */
	struct rf_list ending;   /* per-pid traces whose last packets the consumer is writing */
	char hostname[RF_NAME_SIZE];
};

/*
 * APPS_SOCK: the listening socket, taken. ROOTLESS: the daemon serves the user that it runs as. TIMEOUT_MS: for an
 * application's answer, 0 = none.
 */
struct rf_ust_domain *rf_ust_domain_create(
	struct rf_recorder *recorder, int apps_sock, bool rootless, uint32_t timeout_ms);
/* Sessions must be destroyed before. */
void rf_ust_domain_destroy(struct rf_ust_domain *domain);

#endif
