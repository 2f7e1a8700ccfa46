/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracer of lttng-modules, driven through what /proc/lttng gives: a session for each trace, whose channels' streams
 * go to the consumer. See tracer.h for who calls it.
 */
#ifndef RF_SESSIOND_KERNEL_MODULES_H
#define RF_SESSIOND_KERNEL_MODULES_H

#include "sessiond/kernel/tracer.h"

/*
 * CONTROL_FD is /proc/lttng, and the tracer's from now on. NULL: the descriptor stays the caller's, and *ERROR is an
 * LTTNG_ERR code.
 */
struct rf_kernel_tracer *rf_modules_tracer_new(struct rf_kernel_link *link, int control_fd, int *error);

#endif
