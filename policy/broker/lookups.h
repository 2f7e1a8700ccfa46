/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of accounts by name, for the session daemon, which can open nothing. Account data bases may be slow, and
 * their modules read what comes from elsewhere: each look-up is a short-lived process with the session daemon's
 * identity and no capability. Loop thread.
 */
#ifndef RF_POLICY_BROKER_LOOKUPS_H
#define RF_POLICY_BROKER_LOOKUPS_H

#include "common/proto_broker.h"
#include "policy/broker/state.h"

/* At one time, and for how long. */
#define RF_LOOKUPS_MAX 8u
#define RF_LOOKUP_DEADLINE (5 * RF_SECOND)

/* A name that an account can have: short, printable, without what separates fields and paths. */
bool rf_account_name_ok(const char *name);
/* Begins one; PEER is answered when it ends, if it still lives. 0 or a negative errno (-EAGAIN: there are too many). */
int rf_lookup_start(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame,
	const struct rf_broker_lookup_account *request);
/* PEER is gone: nothing is sent to it any more. */
void rf_lookups_forget_peer(struct rf_broker *broker, const struct rf_peer *peer);
/* True when PID was one. */
bool rf_lookups_reap(struct rf_broker *broker, pid_t pid, int status);

#endif
