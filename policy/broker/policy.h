/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the administrator's policy file says, as the broker knows it and tells the session daemon. The file is read by a
 * short-lived process (policy_file.h) at the start and on SIGHUP; until it has been read, and when it cannot be, what
 * was known before holds, which is nothing at first: root only. Loop thread.
 */
#ifndef RF_POLICY_BROKER_POLICY_H
#define RF_POLICY_BROKER_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rf_broker;
struct rf_policy_reading;

struct rf_policy {
	uint32_t *kernel_uids; /* who may trace the kernel besides root; ascending */
	size_t kernel_count;
	struct rf_policy_reading *reading; /* NULL: nobody reads the file now */
	bool again;                        /* it is to be read once more then */
};

bool rf_policy_may_trace_kernel(const struct rf_policy *policy, uid_t uid);
/* Begins to read the file; what it says holds, and is told, when it has been read. */
void rf_policy_read(struct rf_broker *broker);
/* To a session daemon that was just started; one that hears nothing knows that there is nothing. */
void rf_policy_tell_new(struct rf_broker *broker);
/* True when PID read the file. */
bool rf_policy_reap(struct rf_broker *broker, pid_t pid, int status);

#endif
