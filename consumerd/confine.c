/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/confine.h"

#include <errno.h>
#include <sys/prctl.h>

#if __has_include("policy/seccomp/sandbox.h")
#include "policy/seccomp/sandbox.h"
#define RF_HAVE_SANDBOX 1
#endif

int rf_confine(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
#ifdef RF_HAVE_SANDBOX
	return rf_sandbox_enter(RF_ROLE_CONSUMER);
#else
	return 0;
#endif
}
