/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The run-as worker: a process with the identity of one session's owner that makes and opens what belongs to one trace
 * tree, and nothing else. Forked by the broker for a tree, ends with it. It answers requests in the order they come
 * (frames on one socket; the messages of common/proto_broker.h as the broker got them, and those below).
 */
#ifndef RF_POLICY_BROKER_WORKER_H
#define RF_POLICY_BROKER_WORKER_H

#include "common/proto_broker.h"
#include "policy/broker/capabilities.h"

/* Body: id of a directory. Takes torn ends off its files. No reply. */
#define RF_WORKER_TRIM 100u

/* No body: nothing follows, the worker exits. */
#define RF_WORKER_END 101u

/* In the forked child of BROKER; SOCK is its only descriptor besides stdio. Does not return. */
_Noreturn void rf_worker_run(int sock, const struct rf_identity *owner, pid_t broker);

#endif
