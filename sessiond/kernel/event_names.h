/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What clients call the events of the mainline tracer, whose own names are SYSTEM:EVENT. Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_EVENT_NAMES_H
#define RF_SESSIOND_KERNEL_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define RF_KERNEL_NAME_SIZE 128u

enum rf_kernel_event_kind {
	RF_KERNEL_TRACEPOINT,
	RF_KERNEL_SYSCALL_ENTRY,
	RF_KERNEL_SYSCALL_EXIT,
};

/*
 * What clients call SYSTEM:EVENT, in OUT. False: it is none of theirs (the kernel's own records), or its name does not
 * fit.
 */
bool rf_kernel_event_name(const char *system, const char *event, char out[static RF_KERNEL_NAME_SIZE]);
enum rf_kernel_event_kind rf_kernel_event_kind(const char *system, const char *event);
/* The system call's name of its entry or exit event, of what rf_kernel_event_name() gave. */
const char *rf_kernel_syscall_name(const char *name);
/*
 * Whether `all tracepoints` means those of SYSTEM, too: it means what LTTng has events for. The kernel has many more,
 * of locks and of the insides of file systems, that nobody would want without having asked for them.
 */
bool rf_kernel_system_in_all(const char *system);

#endif
