/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/assertions.h"

#include "common/log.h"
#include "policy/hooks.h"

#include <assert.h>
#include <setjmp.h>
#include <stdlib.h>

static _Thread_local jmp_buf back;
static _Thread_local bool surviving;

bool rf_survive(void (*run)(void *data), void *data)
{
	if (setjmp(back)) {
		surviving = false;
		return false;
	}
	surviving = RF_SURVIVE_ASSERTIONS;
	run(data);
	surviving = false;
	return true;
}

/* In place of the C library's: the tracer's library finds this one. */
void __assert_fail(const char *assertion, const char *file, unsigned int line, const char *function)
{
	if (surviving)
		longjmp(back, 1);
	rf_error("%s:%u: %s: assertion failed: %s", file, line, function, assertion);
	abort();
}
