/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The second link of the session daemon, that of its kernel thread: a peer with a role of its own, and no process. It
 * begins with the session daemon and goes with it; what is wrong on it is the session daemon's fault. Loop thread.
 */
#ifndef RF_POLICY_BROKER_KERNEL_PEER_H
#define RF_POLICY_BROKER_KERNEL_PEER_H

#include "policy/broker/state.h"

/* For a session daemon that was just started. END: its end, the caller's to close. 0 or a negative errno. */
int rf_kernel_peer_new(struct rf_broker *broker, int *end);
/* Does nothing when there is none. */
void rf_kernel_peer_free(struct rf_broker *broker);

#endif
