/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel worker: the process that touches the kernel's tracers for the broker, which must not wait for them: a ring
 * takes a tenth of a second to make or remove. uid 0 without a capability, which is all that opening these files takes;
 * forked by the broker, with a filter of its own, and by Landlock held to the tracers' files: of lttng-modules the one
 * that is there when it starts. It answers requests in the order they come (the messages of
 * common/proto_broker.h as the broker got and checked them, and RF_WORKER_END).
 *
 * When the broker tells it to end, or is gone, it removes all that it made, and waits a few seconds for others to close
 * what keeps that from going.
 */
#ifndef RF_POLICY_BROKER_KERNEL_WORKER_H
#define RF_POLICY_BROKER_KERNEL_WORKER_H

#include "policy/broker/capabilities.h"

#define RF_MODULES_FILE "/proc/lttng"

enum rf_tracer_choice {
	RF_TRACER_CHOOSE_ANY, /* lttng-modules if they are there */
	RF_TRACER_CHOOSE_MODULES,
	RF_TRACER_CHOOSE_TRACEFS,
};

/* In the forked child of BROKER. TRACEFS: the top directory of the mainline tracer, -1 for none. Does not return. */
_Noreturn void rf_kernel_worker_run(int sock, int tracefs, enum rf_tracer_choice choice, pid_t broker);

#endif
