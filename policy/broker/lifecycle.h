/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of the suite: start, readiness, restart of a session daemon that died, orderly end. Loop thread.
 */
#ifndef RF_POLICY_BROKER_LIFECYCLE_H
#define RF_POLICY_BROKER_LIFECYCLE_H

#include "policy/broker/state.h"

/* Runs everything until the end; the exit status. */
int rf_lifecycle_run(struct rf_broker *broker);
/* The session daemon serves: what is to be loaded at start is loaded now. */
void rf_lifecycle_serving(struct rf_broker *broker);
/* It has been loaded, or could not be. */
void rf_lifecycle_loaded(struct rf_broker *broker, bool ok);
/* A child has exited; its link may still hold what it said last. */
void rf_lifecycle_peer_exited(struct rf_peer *peer, int wait_status);
/* It has exited and its link is closed: the object is freed soon. */
void rf_lifecycle_peer_over(struct rf_peer *peer);
/* Kills a peer that broke the rules, from inside its frame's handler. */
void rf_lifecycle_condemn(struct rf_peer *peer, const char *why);
/* A worker is gone, and its tree with it if it had one. */
void rf_lifecycle_worker_over(struct rf_broker *broker);

#endif
