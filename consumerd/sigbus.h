/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A memory fault in a ring buffer must not end the process.
 *
 * Buffers in memory are sealed, so that no application can cause one; what remains is the machine (a page that cannot
 * be had). The handler maps a page of zeroes over the fault, which the checks of packets then refuse.
 *
 * Buffers that are files can be cut by whoever may write them, and the tracer's library does not survive zeroes in
 * place of what it manages them by. They are guarded: the handler puts the ring as it was when it was new (pristine.h)
 * in place of the file, and marks it. The library call goes on with that and returns.
 */
#ifndef RF_CONSUMERD_SIGBUS_H
#define RF_CONSUMERD_SIGBUS_H

#include "common/list.h"
#include "consumerd/pristine.h"

#include <stdatomic.h>

struct rf_guard {
	struct rf_list node;
	const struct rf_pristine *pristine;
	atomic_bool cut; /* the file is not behind the ring any more: what is in it means nothing */
};

/* Once, before any buffer is there. 0 or a negative errno. */
int rf_sigbus_install(void);
/* Any thread. GUARD and PRISTINE, which was taken, stay until the guard is ended. */
void rf_guard_begin(struct rf_guard *guard, const struct rf_pristine *pristine);
/* Does nothing when it was not begun (all zero). */
void rf_guard_end(struct rf_guard *guard);

#endif
