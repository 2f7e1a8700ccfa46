/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of lttng-modules, checked. A result that the kernel passes on from a failed copy is positive and no success
 * either: it is -EFAULT here. Kernel thread; some of them sleep for as long as it takes the kernel.
 */
#ifndef RF_SESSIOND_KERNEL_MODULES_IOCTL_H
#define RF_SESSIOND_KERNEL_MODULES_IOCTL_H

#include "common/modules_abi.h"

#include <stddef.h>

/* 0 or a negative errno. ARGUMENT: NULL when the call has none. */
int rf_modules_call(int fd, unsigned long request, void *argument);
/* A new descriptor, close-on-exec, which is the caller's, or a negative errno. */
int rf_modules_call_fd(int fd, unsigned long request, void *argument);
/* Reads the list that REQUEST opens on FD to its end: *LEN bytes, malloc'd. 0 or a negative errno, *TEXT is NULL then.
 */
int rf_modules_read_list(int fd, unsigned long request, char **text, size_t *len);

#endif
