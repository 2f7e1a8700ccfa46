/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader of the machine's state: threads, interrupts, network interfaces, block devices and processors, from files
 * that everybody may read, as records of common/kernel_state.h. What needs more is not there: open files and name
 * spaces of other users' processes, and where /proc is mounted with hidepid these processes themselves.
 */
#ifndef RF_POLICY_BROKER_STATE_READER_H
#define RF_POLICY_BROKER_STATE_READER_H

#include "common/kernel_state.h"
#include "policy/broker/capabilities.h"

#include <stdio.h>

/* In the forked child of BROKER: becomes IDENTITY, writes to the pipe OUT, exits. */
_Noreturn void rf_state_reader_run(int out, const struct rf_identity *identity, pid_t broker);

/* The parsers, apart from files. False: that is none. */
/* LINE: /proc/PID/task/TID/stat. `pid` is the caller's to fill in. */
bool rf_state_parse_stat(const char *line, struct rf_state_process *process);
/* LINE of /proc/interrupts, with COLUMNS processors: numbered ones only. */
bool rf_state_parse_interrupt(const char *line, unsigned int columns, struct rf_state_interrupt *interrupt);
/* LINE of /proc/cpuinfo, into CPU. True at the line that begins another, which CPU is for then. */
bool rf_state_parse_cpu(const char *line, struct rf_state_cpu *cpu);

#endif
