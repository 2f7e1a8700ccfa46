/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the machine has, for a state dump: each time a short-lived process with the consumers' identity reads it from
 * /proc and /sys and writes it to a pipe, whose other end who asked gets at once. Loop thread.
 */
#ifndef RF_POLICY_BROKER_STATE_READS_H
#define RF_POLICY_BROKER_STATE_READS_H

#include "policy/broker/state.h"

/* At one time, and for how long. */
#define RF_STATE_READS_MAX 4u
#define RF_STATE_READ_DEADLINE (30 * RF_SECOND)

/* The descriptor to read from, the caller's; or a negative errno (-EAGAIN: there are too many). */
int rf_state_read_start(struct rf_broker *broker);
/* True when PID was one. */
bool rf_state_reads_reap(struct rf_broker *broker, pid_t pid, int status);

#endif
