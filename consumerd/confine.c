/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/confine.h"

#include "policy/seccomp/sandbox.h"

#include <errno.h>
#include <malloc.h>
#include <sys/prctl.h>

int rf_confine(bool kernel)
{
	/* One arena: to bound their number the allocator counts the processors, and to shrink any but the first it asks
	 * for the overcommit policy, both by opening files. */
	mallopt(M_ARENA_MAX, 1);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return rf_sandbox_enter(kernel ? RF_ROLE_KERNEL_CONSUMER : RF_ROLE_CONSUMER);
}
