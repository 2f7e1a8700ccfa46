/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lists that lttng-modules writes of what it can record, one line each:
 *
 *   event { name = sched_switch; };
 *   syscall { index = 0; name = read; bitness = 64; };
 *
 * Pure functions. 0 with *NAMES (see rf_kernel_names_free()), or with *NAMES empty: -EPROTO when a line is no such
 * line, -ENOMEM.
 */
#ifndef RF_SESSIOND_KERNEL_MODULES_LISTS_H
#define RF_SESSIOND_KERNEL_MODULES_LISTS_H

#include "sessiond/kernel/tracer.h"

#include <stddef.h>

int rf_modules_parse_tracepoints(const char *text, size_t len, struct rf_kernel_names *names);
/* The same call of 32-bit and 64-bit programs is one name with both flags. In the order of the list. */
int rf_modules_parse_syscalls(const char *text, size_t len, struct rf_kernel_names *names);

#endif
