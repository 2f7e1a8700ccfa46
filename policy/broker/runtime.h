/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the daemon puts into the file system for others to find: the runtime directory with its sockets, the lock, the
 * pid file, and the word in shared memory that applications sleep on. Made before capabilities are reduced.
 *
 *            root                              other users
 *   dir      /var/run/lttng 0755 root:GROUP    $LTTNG_HOME (or $HOME)/.lttng 0700
 *   client-lttng-sessiond, sessiond-notification   0660 (root: group GROUP)
 *   sessiond-health, ustconsumerd64/health         0660 root:GROUP; others: by umask
 *   kconsumerd/health                              0660 root:GROUP
 *   lttng-ust-sock-8                               0666
 *   lttng-sessiond.lck, lttng-sessiond.pid
 *   kconsumerd/ (root), ustconsumerd64/, ustconsumerd32/   0750 root:GROUP, each with a socket `error` 0660
 *   /dev/shm/lttng-ust-wait-8[-UID]                0664 (others 0660), never removed
 *
 * The names are those that clients and applications have compiled in.
 */
#ifndef RF_POLICY_BROKER_RUNTIME_H
#define RF_POLICY_BROKER_RUNTIME_H

#include "common/proto_broker.h"
#include "policy/broker/options.h"

#include <limits.h>
#include <stdint.h>

#define RF_CONSUMER_DIRS 3
/* The first descriptors that the session daemon starts with are listening sockets. */
/* The last one, for the health of the kernel's consumer, is root's only. */
#define RF_RUNTIME_SOCKETS RF_START_FD_KERNEL

struct rf_runtime {
	bool rootless;
	char dir[PATH_MAX];
	char paths[RF_RUNTIME_SOCKETS][PATH_MAX]; /* of the listening sockets */
	int socks[RF_RUNTIME_SOCKETS];
	int lock_fd;
	bool owned; /* the lock is ours, and so is what is in the directory */
	int error_socks[RF_CONSUMER_DIRS];
	char pidfile[PATH_MAX];
	int32_t *wait_word; /* where applications sleep; NULL when it cannot be had */
	int wait_fd;        /* its file */
};

/* Where the user's things are: LTTNG_HOME, HOME, or the account's; NULL when there is nothing. */
const char *rf_runtime_home(void);
/* Directory, lock, sockets, wait word. -EBUSY: another daemon runs. What failed is said. */
int rf_runtime_create(struct rf_runtime *runtime, const struct rf_options *options);
/* Clients and applications are served now: pid file, wait word. */
void rf_runtime_ready(struct rf_runtime *runtime);
/* Orderly end: everything but the directory and the wait word's file is removed. */
void rf_runtime_remove(struct rf_runtime *runtime);

/* How many of the listening sockets there are. */
unsigned int rf_runtime_sockets(const struct rf_runtime *runtime);

#endif
