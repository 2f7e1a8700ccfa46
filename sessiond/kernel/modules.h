/* SPDX-License-Identifier: GPL-2.0-only */
/* The tracer of lttng-modules. Kernel thread only; see tracer.h. */
#ifndef RF_SESSIOND_KERNEL_MODULES_H
#define RF_SESSIOND_KERNEL_MODULES_H

#include "sessiond/kernel/tracer.h"

/*
 * CONTROL_FD: /proc/lttng, taken on success. NULL: *CODE says why (LTTNG_ERR_KERN_VERSION: not a version that we
 * speak).
 */
struct rf_kernel_tracer *rf_modules_tracer_new(struct rf_kernel_link *link, int control_fd, int *code);

#endif
