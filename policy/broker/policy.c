/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/policy.h"

bool rf_policy_may_trace_kernel(const struct rf_policy *policy, uid_t uid)
{
	for (size_t i = 0; i < policy->kernel_count; i++)
		if (policy->kernel_uids[i] == uid)
			return true;
	return uid == 0;
}
