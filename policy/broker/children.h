/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's confined children: the session daemon and the consumers. Each is executed with its account's identity,
 * no capability, no_new_privs, an own short environment and no descriptor but its links and stderr. Loop thread.
 */
#ifndef RF_POLICY_BROKER_CHILDREN_H
#define RF_POLICY_BROKER_CHILDREN_H

#include "common/proto_broker.h"
#include "policy/broker/state.h"

/* Starts the session daemon and sends it its listening sockets. */
int rf_children_start_sessiond(struct rf_broker *broker);
/*
 * REQUEST was checked. For ABI 32 the options name the program (-ENOENT without one); the kernel's has the highest
 * scheduling priority of its class. CONTROL_FD: its end of the link to the session daemon; stays the caller's.
 */
int rf_children_start_consumer(
	struct rf_broker *broker, const struct rf_broker_spawn_consumer *request, int control_fd);
struct rf_peer *rf_children_find_consumer(struct rf_broker *broker, uint32_t id);
/* SIGTERM now, SIGKILL when GRACE nanoseconds have passed. */
void rf_child_end(struct rf_peer *peer, uint64_t grace);
/* Takes it out of service after it broke the protocol. */
void rf_child_kill(struct rf_peer *peer, const char *why);
/* SIGCHLD: collects whoever has exited. */
void rf_children_reap(struct rf_broker *broker);

#endif
