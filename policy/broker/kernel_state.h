/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the machine has now, for state dumps: threads, interrupts, block devices and CPUs, as /proc tells everybody.
 * Kernel worker only. What needs rights over other processes is not asked for: the worker has none.
 */
#ifndef RF_POLICY_BROKER_KERNEL_STATE_H
#define RF_POLICY_BROKER_KERNEL_STATE_H

#include "common/kernel_state.h"

#include <stdbool.h>

/* A memory file with the records of common/kernel_state.h, at its beginning; the caller's. Negative errno. */
int rf_kernel_state_read(void);

/* The parts of it. A thread by its `stat`, whose PID is that of its process. False: it is none. */
bool rf_state_parse_thread(const char *stat, int32_t pid, struct rf_state_process *thread);
/* One line of /proc/interrupts on a machine with CPUS columns. False: it is no numbered interrupt that anybody has. */
bool rf_state_parse_interrupt(const char *line, unsigned int cpus, struct rf_state_interrupt *interrupt);
/* One line of /proc/partitions. */
bool rf_state_parse_block_device(const char *line, struct rf_state_block_device *device);
/* One line of /proc/cpuinfo. True at the end of a CPU's lines, when CPU is complete. */
bool rf_state_parse_cpu(const char *line, struct rf_state_cpu *cpu);

#endif
