/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of user-space traces, as the tracer's library has it (a plug-in may replace it). Its description is read
 * once, before the sandbox, since some of it comes from files. Any thread afterwards.
 */
#ifndef RF_SESSIOND_UST_TRACE_CLOCK_H
#define RF_SESSIOND_UST_TRACE_CLOCK_H

#include "sessiond/ctf/blocks.h"

#include <stdbool.h>
#include <stdint.h>

int rf_trace_clock_init(void);
const struct rf_trace_clock *rf_trace_clock_get(void);
/* Realtime minus trace clock, in ticks of the trace clock: the best of several samples. */
int64_t rf_trace_clock_offset(void);

#endif
