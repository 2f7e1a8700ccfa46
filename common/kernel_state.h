/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the machine has at one time: threads, interrupts, network interfaces, block devices and processors, as the
 * broker reads it for a state dump. A stream of records, host byte order:
 *
 *   u32 size of the body, u32 kind (enum rf_state_kind), u64 time of reading (CLOCK_MONOTONIC, ns), body
 *
 * An RF_STATE_END is the last record; a stream that ends without one is not complete.
 */
#ifndef RF_COMMON_KERNEL_STATE_H
#define RF_COMMON_KERNEL_STATE_H

#include "common/message.h"

#define RF_STATE_HEADER 16u
#define RF_STATE_BODY_MAX 8192u

enum rf_state_kind {
	RF_STATE_END = 1, /* no body */
	RF_STATE_PROCESS = 2,
	RF_STATE_INTERRUPT = 3,
	RF_STATE_INTERFACE = 4,
	RF_STATE_BLOCK_DEVICE = 5,
	RF_STATE_CPU = 6,
};

/* As readers of traces number them. */
enum rf_process_status {
	RF_PROCESS_UNNAMED = 0,
	RF_PROCESS_WAIT_CPU = 2, /* R */
	RF_PROCESS_EXIT = 3,
	RF_PROCESS_ZOMBIE = 4, /* Z */
	RF_PROCESS_WAIT = 5,   /* S, D */
	RF_PROCESS_RUN = 6,
	RF_PROCESS_DEAD = 7, /* X */
};

/*
 * A thread. pid: of its process. cpu: where it ran last. priority: 20 for an ordinary one, negative for real-time ones.
 * local: the numbers are those of a name space of processes, which the kernel's tracer does not know them by.
 */
/* clang-format off */
#define RF_STATE_PROCESS_FIELDS(X) \
	X(i32, tid) \
	X(i32, pid) \
	X(i32, ppid) \
	X(i32, priority) \
	X(u8, local) \
	X(u8, kernel_thread) \
	X(u8, status) \
	X(u32, cpu) \
	X(name, name)
/* clang-format on */
RF_MESSAGE(rf_state_process, RF_STATE_PROCESS_FIELDS)

/* name: of the controller. action: who has it. */
#define RF_STATE_INTERRUPT_FIELDS(X) X(u32, irq) X(name, name) X(name, action)
RF_MESSAGE(rf_state_interrupt, RF_STATE_INTERRUPT_FIELDS)

/* address: IPv4, network order; 0: none. */
#define RF_STATE_INTERFACE_FIELDS(X) X(u32, address) X(name, name)
RF_MESSAGE(rf_state_interface, RF_STATE_INTERFACE_FIELDS)

/* dev: major << 20 | minor. */
#define RF_STATE_BLOCK_DEVICE_FIELDS(X) X(u32, dev) X(name, name)
RF_MESSAGE(rf_state_block_device, RF_STATE_BLOCK_DEVICE_FIELDS)

/* clang-format off */
#define RF_STATE_CPU_FIELDS(X) \
	X(u16, cpu) \
	X(u8, family) \
	X(u8, model) \
	X(u16, physical) \
	X(u16, core) \
	X(u16, cores) \
	X(name, architecture) \
	X(name, vendor) \
	X(name, model_name)
/* clang-format on */
RF_MESSAGE(rf_state_cpu, RF_STATE_CPU_FIELDS)

#endif
