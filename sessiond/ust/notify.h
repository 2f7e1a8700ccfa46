/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The notify thread. Applications ask for ids on their notify sockets and wait for the answer, some of them inside the
 * very command that an actor thread is waiting for; so a thread of its own answers, from registries, and never waits
 * for anybody: sockets are non-blocking, half a message stays in its application's buffer, and one that is not finished
 * in RF_NOTIFY_TIMEOUT costs that application its notify socket.
 *
 * Which registry a handle of an application stands for is bound by actor threads and looked up by the notify thread, in
 * a lock-free table under RCU. Threads that bind and unbind must be registered with RCU.
 */
#ifndef RF_SESSIOND_UST_NOTIFY_H
#define RF_SESSIOND_UST_NOTIFY_H

#include "common/loop.h"
#include "sessiond/ust/registry.h"

#include <stdint.h>
#include <sys/types.h>

#define RF_NOTIFY_TIMEOUT (3 * RF_SECOND)

struct rf_notifier;

/* Starts the thread. */
struct rf_notifier *rf_notifier_create(void);
void rf_notifier_destroy(struct rf_notifier *notifier);

/* Any thread, one question at a time: the notify thread calls ANSWER when its turn comes, which shows that it turns. */
void rf_notifier_ask(struct rf_notifier *notifier, void (*answer)(void *data), void *data);

/* Any thread. Takes FD, also on failure. APP: the application's id. */
int rf_notifier_add_app(struct rf_notifier *notifier, uint64_t app, int fd, uid_t uid);
void rf_notifier_remove_app(struct rf_notifier *notifier, uint64_t app);

/* Actor threads. Bindings hold a reference of the registry until they are removed. 0 or negative errno. */
int rf_notifier_bind_session(struct rf_notifier *notifier, uint64_t app, int session, struct rf_registry *registry);
int rf_notifier_bind_channel(
	struct rf_notifier *notifier, uint64_t app, int channel, struct rf_registry *registry, uint32_t number);
void rf_notifier_unbind_session(struct rf_notifier *notifier, uint64_t app, int session);
void rf_notifier_unbind_channel(struct rf_notifier *notifier, uint64_t app, int channel);

#endif
