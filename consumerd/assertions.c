/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/assertions.h"

#include "common/log.h"
#include "policy/hooks.h"

#include <assert.h>
#include <lttng/ust-sigbus.h>
#include <setjmp.h>
#include <stdlib.h>

static _Thread_local jmp_buf back;
static _Thread_local bool surviving;
static _Thread_local struct cds_list_head ranges_before;
static _Thread_local int ready_before;

bool rf_survive(void (*run)(void *data), void *data)
{
	/*
	 * The library notes for the thread, in a variable that is the program's, which memory a call may find missing,
	 * in nodes on its stack. What is not there any more must not be in that list at the next call.
	 */
	ranges_before = lttng_ust_sigbus_state.head;
	ready_before = lttng_ust_sigbus_state.jmp_ready;
	if (setjmp(back)) {
		surviving = false;
		lttng_ust_sigbus_state.head = ranges_before;
		lttng_ust_sigbus_state.jmp_ready = ready_before;
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
