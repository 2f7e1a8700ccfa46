/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a record of the mainline kernel's tracer becomes the payload of an event: the operations of common/record_ops.h,
 * checked once, then run for each record without looking at them again. And the table of a channel that says which
 * program is a record's.
 *
 * Programs are made and put into the table by the control thread; data threads find and run them. None is freed before
 * the table, which outlives the channel's streams.
 */
#ifndef RF_CONSUMERD_RECORD_PROGRAM_H
#define RF_CONSUMERD_RECORD_PROGRAM_H

#include "common/record_ops.h"
#include "consumerd/task.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* Bytes that may be read behind a payload, and written behind the room that was given. */
#define RF_RECORD_SLACK 16u

struct rf_record_program {
	struct rf_record_program *older; /* of the table */
	uint32_t event;
	uint32_t size_min; /* of a payload */
	uint32_t fixed;    /* bytes that it writes at least, and with its variable parts empty at most */
	uint32_t count;
	struct rf_record_watch watch;
	struct rf_record_op ops[];
};

/*
 * OPS: encoded, LEN bytes. NULL when it is no program that keeps inside a payload of SIZE_MIN bytes, or without memory:
 * *ERROR is -EINVAL or -ENOMEM.
 */
struct rf_record_program *rf_record_program_new(
	uint32_t event, uint32_t size_min, const void *ops, size_t len, int *error);
/* Its records tell something of threads. 0, or -EINVAL when that is not within a payload. */
int rf_record_program_watch(struct rf_record_program *program, const struct rf_record_watch *watch);
/* A program at work. */
struct rf_record_run {
	const uint8_t *payload;
	size_t len;
	uint8_t *out;
	size_t spare; /* what variable parts may still take of the room */
	struct rf_task_now *now;
};

/* Eight bytes at a time, which may be up to seven too many. */
static inline uint8_t *rf_record_copy(uint8_t *out, const uint8_t *from, size_t len)
{
	if (len > 64) {
		memcpy(out, from, len);
		return out + len;
	}
	for (size_t at = 0; at < len; at += 8)
		memcpy(out + at, from + at, 8);
	return out + len;
}

static inline uint8_t *rf_record_add32(uint8_t *out, const uint8_t *from, int32_t value)
{
	uint32_t v;

	memcpy(&v, from, sizeof(v));
	v += (uint32_t)value;
	memcpy(out, &v, sizeof(v));
	return out + sizeof(v);
}

/* Runs the program from OP on. False: no room. */
bool rf_record_run_rest(struct rf_record_run *run, const struct rf_record_op *op, const struct rf_record_op *end);

#define RF_RECORD_NO_ROOM SIZE_MAX
/*
 * Writes the event's payload to OUT, which has program->fixed bytes, SPARE ones and RF_RECORD_SLACK more; PAYLOAD has
 * LEN bytes, at least size_min, and RF_RECORD_SLACK more that may be read. NOW: of the processor that it is a record
 * of. The bytes written, or RF_RECORD_NO_ROOM.
 */
static inline size_t rf_record_program_run(const struct rf_record_program *program, struct rf_task_now *now,
	const uint8_t *payload, size_t len, uint8_t *out, size_t spare)
{
	const struct rf_record_op *end = program->ops + program->count;
	uint8_t *at = out;

	for (const struct rf_record_op *op = program->ops; op != end; op++) {
		if (op->kind == RF_OP_COPY) {
			at = rf_record_copy(at, payload + op->at, op->len);
		} else if (op->kind == RF_OP_ADD32) {
			at = rf_record_add32(at, payload + op->at, op->value);
		} else {
			struct rf_record_run run = {
				.payload = payload, .len = len, .out = at, .spare = spare, .now = now};

			return rf_record_run_rest(&run, op, end) ? (size_t)(run.out - out) : RF_RECORD_NO_ROOM;
		}
	}
	return (size_t)(at - out);
}

/* The operation bits that the kernel's text of LEN bytes stands for. */
uint32_t rf_rwbs_bits(const uint8_t *text, size_t len);

#define RF_RECORD_KINDS 65536u

struct rf_record_table {
	struct rf_record_program *newest; /* all that were ever put in */
	struct rf_tasks *tasks;
	_Atomic(const struct rf_record_program *) programs[RF_RECORD_KINDS];
};

/* NULL without memory; most of it is not used before it is needed. */
struct rf_record_table *rf_record_table_new(void);
void rf_record_table_free(struct rf_record_table *table);
/* Takes PROGRAM, which is that of RECORD from now on. */
void rf_record_table_put(struct rf_record_table *table, uint16_t record, struct rf_record_program *program);

static inline const struct rf_record_program *rf_record_table_get(struct rf_record_table *table, uint16_t record)
{
	return atomic_load_explicit(&table->programs[record], memory_order_acquire);
}

#endif
