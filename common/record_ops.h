/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a record of the mainline kernel's tracer becomes the payload of a CTF event: a list of operations, made by the
 * session daemon from the event's format file and run by the consumer for each record. Each appends to the event;
 * nothing is aligned. Offsets are in the record's payload, whose first bytes are the common ones (type, flags, preempt
 * count, pid). Host byte order.
 */
#ifndef RF_COMMON_RECORD_OPS_H
#define RF_COMMON_RECORD_OPS_H

#include "common/message.h"

#include <stdbool.h>
#include <stdint.h>

enum rf_record_op_kind {
	RF_OP_COPY = 1, /* `len` bytes from `at` */
	RF_OP_ADD32,    /* the 32-bit number at `at`, plus `value` */
	RF_OP_STRING,   /* the text that the locator at `at` names, with a NUL; a bad locator: an empty one */
	RF_OP_SEQUENCE, /* the elements of `len` bytes that the locator at `at` names: u16 count, elements */
	RF_OP_RWBS,     /* the text of `len` bytes at `at` as a u32 of operation bits */
	RF_OP_TAIL,     /* what the payload has from `at` on: u16 count of bytes, bytes */
	RF_OP_FLAG,     /* a byte: 1 when ((byte at `at`) & len) == value, else 0 */
	/* Of the thread whose 32-bit number is at `at`, as far as it is known then: */
	RF_OP_PROCNAME, /* its name, RF_TASK_NAME bytes */
	RF_OP_PRIO,     /* i32, its priority */
	RF_OP_PID,      /* i32, its process; -1: not known */
	RF_OP_PPID,     /* i32, the process that made that one; -1: not known */
	RF_OP_KINDS,
};
#define RF_TASK_NAME 16u
#define RF_OP_RELATIVE 1u /* flags: the locator counts from its own end */

#define RF_RECORD_OPS_MAX 68u
#define RF_RECORD_OP_SIZE 10u /* encoded */

struct rf_record_op {
	uint8_t kind;
	uint8_t flags;
	uint16_t at;
	uint16_t len;
	int32_t value;
};

static inline void rf_record_op_write(struct rf_writer *w, const struct rf_record_op *op)
{
	rf_write_u8(w, op->kind);
	rf_write_u8(w, op->flags);
	rf_write_u16(w, op->at);
	rf_write_u16(w, op->len);
	rf_write_i32(w, op->value);
}

static inline void rf_record_op_read(struct rf_reader *r, struct rf_record_op *op)
{
	op->kind = rf_read_u8(r);
	op->flags = rf_read_u8(r);
	op->at = rf_read_u16(r);
	op->len = rf_read_u16(r);
	op->value = rf_read_i32(r);
}

/* What a record tells of threads, see struct rf_record_watch. */
enum rf_record_watch_kind {
	RF_WATCH_NOTHING,
	/*
	 * The processor goes on with thread `tid` of this name; `value` plus `add`: its priority. Thread `by` leaves
	 * it, with `by_name` and `by_value`.
	 */
	RF_WATCH_SWITCH,
	RF_WATCH_RENAME, /* thread `tid` has this name from now on */
	RF_WATCH_NEW,    /* thread `by` made `tid` of this name; `value`: with these flags */
	RF_WATCH_KINDS,
};

/*
 * Where in a record's payload that is: numbers of 32 bits, names of RF_TASK_NAME bytes. begin, end: if it tells
 * something, only records of this time (trace clock, ns; from begin until before end) become events.
 */
/* clang-format off */
#define RF_RECORD_WATCH_FIELDS(X) \
	X(u8, kind) \
	X(u16, by) \
	X(u16, by_name) \
	X(u16, by_value) \
	X(u16, tid) \
	X(u16, name) \
	X(u16, value) \
	X(i32, add) \
	X(u64, begin) \
	X(u64, end)
/* clang-format on */
RF_MESSAGE_PART(rf_record_watch, RF_RECORD_WATCH_FIELDS)
#define RF_DECLARE_watch(n) struct rf_record_watch n;
#define RF_PUT_watch(n) rf_record_watch_encode(w, &m->n);
#define RF_GET_watch(n) rf_record_watch_read(r, &m->n);

#endif
