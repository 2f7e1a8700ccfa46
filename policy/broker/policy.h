/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the administrator's policy file says, as the broker knows it. Loop thread.
 */
#ifndef RF_POLICY_BROKER_POLICY_H
#define RF_POLICY_BROKER_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rf_policy {
	uint32_t *kernel_uids; /* who may trace the kernel besides root; ascending */
	size_t kernel_count;
};

bool rf_policy_may_trace_kernel(const struct rf_policy *policy, uid_t uid);

#endif
