/* SPDX-License-Identifier: GPL-2.0-only */
/* Contexts of the client protocol as lttng-modules has them. Pure, any thread. */
#ifndef RF_SESSIOND_KERNEL_MODULES_CONTEXTS_H
#define RF_SESSIOND_KERNEL_MODULES_CONTEXTS_H

#include "common/modules_abi.h"
#include "sessiond/model/channel.h"

#include <stdbool.h>

/*
 * The tracer takes this context, in channels and in filters (2.13.9 on Linux 6.1 does), and the kernel crashes at the
 * first event that has it.
 */
#define RF_MODULES_HARMFUL_CONTEXT "prio"

/*
 * False for what the tracer does not have, and for what it must not be asked for: the harmful one, and performance
 * counters, of which one that cannot be made crashes the kernel. Those of software are there on every machine; whether
 * others are, cannot be asked from here. The counter's name becomes a name in the metadata and has to be one.
 */
bool rf_modules_make_context(const struct rf_context *context, struct rf_modules_context *wanted);

#endif
