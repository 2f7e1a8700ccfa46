/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a record of the mainline kernel's tracer becomes the payload of a CTF event: a list of operations, made by the
 * session daemon from the event's format file and run by the consumer for each record. Each appends to the event;
 * nothing is aligned. Offsets are in the record's payload, whose first bytes are the common ones (type, flags, preempt
 * count, pid). Host byte order.
 */
#ifndef RF_COMMON_RECORD_OPS_H
#define RF_COMMON_RECORD_OPS_H

#include "common/wire.h"

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
	RF_OP_KINDS,
};
#define RF_OP_RELATIVE 1u /* flags: the locator counts from its own end */

#define RF_RECORD_OPS_MAX 64u
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

#endif
