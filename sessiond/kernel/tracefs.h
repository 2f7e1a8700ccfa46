/* SPDX-License-Identifier: GPL-2.0-only */
/* The mainline kernel's own tracer. Kernel thread only; see tracer.h. */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_H
#define RF_SESSIOND_KERNEL_TRACEFS_H

#include "sessiond/kernel/tracer.h"

struct rf_broker_kernel;

/* EVENTS_FD: available_events, taken on success. NULL without memory. */
struct rf_kernel_tracer *rf_tracefs_tracer_new(
	struct rf_kernel_link *link, const struct rf_broker_kernel *facts, int events_fd);

#endif
