/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/record_program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RWBS_TEXT_MAX 64u
/* A program that writes more than this is none: events are smaller. */
#define FIXED_MAX 65536u

/* Bytes of the payload that an operation looks at, from `at` on; SIZE_MAX: it cannot be one. */
static size_t reads(const struct rf_record_op *op)
{
	switch (op->kind) {
	case RF_OP_COPY:
		return op->len ? op->len : SIZE_MAX;
	case RF_OP_ADD32:
	case RF_OP_STRING:
	case RF_OP_PROCNAME:
	case RF_OP_PRIO:
	case RF_OP_PID:
	case RF_OP_PPID:
		return 4;
	case RF_OP_SEQUENCE:
		return op->len == 1 || op->len == 2 || op->len == 4 || op->len == 8 ? 4 : SIZE_MAX;
	case RF_OP_RWBS:
		return op->len && op->len <= RWBS_TEXT_MAX ? op->len : SIZE_MAX;
	case RF_OP_TAIL:
		return 0;
	case RF_OP_FLAG:
		return op->len <= UINT8_MAX && op->value >= 0 && op->value <= UINT8_MAX ? 1 : SIZE_MAX;
	default:
		return SIZE_MAX;
	}
}

/* What it writes, variable parts empty. */
static size_t writes(const struct rf_record_op *op)
{
	switch (op->kind) {
	case RF_OP_COPY:
		return op->len;
	case RF_OP_ADD32:
	case RF_OP_RWBS:
	case RF_OP_PRIO:
	case RF_OP_PID:
	case RF_OP_PPID:
		return 4;
	case RF_OP_PROCNAME:
		return RF_TASK_NAME;
	case RF_OP_SEQUENCE:
	case RF_OP_TAIL:
		return 2;
	default:
		return 1;
	}
}

static bool op_ok(const struct rf_record_op *op, uint32_t size_min)
{
	bool locator = op->kind == RF_OP_STRING || op->kind == RF_OP_SEQUENCE;
	size_t need = reads(op);

	return need != SIZE_MAX && op->at <= size_min && need <= size_min - op->at &&
		(op->flags & ~(locator ? RF_OP_RELATIVE : 0u)) == 0;
}

/* Continues the copy before it. */
static bool merge(struct rf_record_program *program, const struct rf_record_op *op)
{
	struct rf_record_op *last = program->count ? &program->ops[program->count - 1] : NULL;

	if (!last || op->kind != RF_OP_COPY || last->kind != RF_OP_COPY || last->at + last->len != op->at ||
		last->len + op->len > UINT16_MAX)
		return false;
	last->len = (uint16_t)(last->len + op->len);
	return true;
}

static bool decode(struct rf_record_program *program, const void *ops, size_t len)
{
	struct rf_reader r;

	rf_reader_init(&r, ops, len, RF_HOST_ORDER);
	while (rf_reader_left(&r)) {
		struct rf_record_op op;

		rf_record_op_read(&r, &op);
		if (!rf_reader_ok(&r) || !op_ok(&op, program->size_min))
			return false;
		program->fixed += (uint32_t)writes(&op);
		if (program->fixed > FIXED_MAX)
			return false;
		if (!merge(program, &op))
			program->ops[program->count++] = op;
	}
	return true;
}

struct rf_record_program *rf_record_program_new(
	uint32_t event, uint32_t size_min, const void *ops, size_t len, int *error)
{
	size_t count = len / RF_RECORD_OP_SIZE;

	*error = -EINVAL;
	if (len % RF_RECORD_OP_SIZE || count > RF_RECORD_OPS_MAX)
		return NULL;

	struct rf_record_program *program = calloc(1, sizeof(*program) + count * sizeof(program->ops[0]));

	if (!program) {
		*error = -ENOMEM;
		return NULL;
	}
	program->event = event;
	program->size_min = size_min;
	if (decode(program, ops, len))
		return program;
	free(program);
	return NULL;
}

static bool number_ok(const struct rf_record_program *program, uint16_t at)
{
	return at + 4u <= program->size_min;
}

static bool name_ok(const struct rf_record_program *program, uint16_t at)
{
	return at + RF_TASK_NAME <= program->size_min;
}

int rf_record_program_watch(struct rf_record_program *program, const struct rf_record_watch *watch)
{
	if (watch->kind >= RF_WATCH_KINDS)
		return -EINVAL;
	program->watch = *watch;
	if (watch->kind == RF_WATCH_NOTHING)
		return 0;
	return number_ok(program, watch->by) && number_ok(program, watch->by_value) && number_ok(program, watch->tid) &&
			number_ok(program, watch->value) && name_ok(program, watch->by_name) &&
			name_ok(program, watch->name)
		? 0
		: -EINVAL;
}

static inline uint8_t *put16(uint8_t *out, uint16_t v)
{
	memcpy(out, &v, sizeof(v));
	return out + sizeof(v);
}

static inline uint8_t *put32(uint8_t *out, uint32_t v)
{
	memcpy(out, &v, sizeof(v));
	return out + sizeof(v);
}

static inline uint32_t get32(const uint8_t *from)
{
	uint32_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

/* What a locator names: its bytes and their number; none when it leads outside. */
static inline const uint8_t *located(
	const struct rf_record_op *op, const uint8_t *payload, size_t payload_len, size_t *len)
{
	uint32_t locator = get32(payload + op->at);
	size_t at = (locator & 0xffff) + (op->flags & RF_OP_RELATIVE ? op->at + 4u : 0u);

	*len = locator >> 16;
	if (at > payload_len || *len > payload_len - at)
		*len = 0;
	return payload + (*len ? at : 0);
}

/* Without its NUL, for which there is room already. */
static bool put_string(struct rf_record_run *run, const struct rf_record_op *op)
{
	size_t len;
	const uint8_t *text = located(op, run->payload, run->len, &len);

	len = strnlen((const char *)text, len);
	if (len > run->spare)
		return false;
	run->spare -= len;
	run->out = rf_record_copy(run->out, text, len);
	*run->out++ = 0;
	return true;
}

static bool put_elements(struct rf_record_run *run, const uint8_t *elements, size_t count, size_t size)
{
	if (count * size > run->spare)
		return false;
	run->spare -= count * size;
	run->out = rf_record_copy(put16(run->out, (uint16_t)count), elements, count * size);
	return true;
}

static bool put_sequence(struct rf_record_run *run, const struct rf_record_op *op)
{
	size_t len;
	const uint8_t *elements = located(op, run->payload, run->len, &len);

	return put_elements(run, elements, len / op->len, op->len);
}

static bool put_tail(struct rf_record_run *run, const struct rf_record_op *op)
{
	size_t len = run->len - op->at;

	return put_elements(run, run->payload + op->at, len < UINT16_MAX ? len : UINT16_MAX, 1);
}

static void put_task(struct rf_record_run *run, const struct rf_record_op *op)
{
	int32_t tid = (int32_t)get32(run->payload + op->at);

	switch (op->kind) {
	case RF_OP_PROCNAME:
		memcpy(run->out, rf_task_at(run->now, tid)->name, RF_TASK_NAME);
		run->out += RF_TASK_NAME;
		break;
	case RF_OP_PRIO:
		run->out = put32(run->out, (uint32_t)rf_task_at(run->now, tid)->priority);
		break;
	case RF_OP_PID:
		run->out = put32(run->out, (uint32_t)rf_task_with_process(run->now, tid)->pid);
		break;
	default:
		run->out = put32(run->out, (uint32_t)rf_task_with_process(run->now, tid)->ppid);
		break;
	}
}

static bool run_op(struct rf_record_run *run, const struct rf_record_op *op)
{
	const uint8_t *from = run->payload + op->at;

	switch (op->kind) {
	case RF_OP_COPY:
		run->out = rf_record_copy(run->out, from, op->len);
		return true;
	case RF_OP_ADD32:
		run->out = rf_record_add32(run->out, from, op->value);
		return true;
	case RF_OP_STRING:
		return put_string(run, op);
	case RF_OP_SEQUENCE:
		return put_sequence(run, op);
	case RF_OP_RWBS:
		run->out = put32(run->out, rf_rwbs_bits(from, op->len));
		return true;
	case RF_OP_TAIL:
		return put_tail(run, op);
	case RF_OP_FLAG:
		*run->out++ = (*from & op->len) == op->value;
		return true;
	default:
		put_task(run, op);
		return true;
	}
}

bool rf_record_run_rest(struct rf_record_run *run, const struct rf_record_op *op, const struct rf_record_op *end)
{
	for (; op != end; op++)
		if (!run_op(run, op))
			return false;
	return true;
}

#define RWBS_WRITE 1u
#define RWBS_DISCARD 2u
#define RWBS_READ 4u
#define RWBS_AHEAD 8u
#define RWBS_SYNC 32u
#define RWBS_META 64u
#define RWBS_SECURE 128u
#define RWBS_FLUSH 256u
#define RWBS_FUA 512u
#define RWBS_PREFLUSH 1024u

/* The letter of an operation, and what may follow it. Moves on over it. */
static uint32_t rwbs_operation(const uint8_t *text, size_t len, size_t *at)
{
	uint8_t letter = text[(*at)++];
	uint8_t next = *at < len ? text[*at] : 0;

	switch (letter) {
	case 'W':
		return RWBS_WRITE;
	case 'R':
		return RWBS_READ;
	case 'F':
		return RWBS_FLUSH;
	case 'D':
		*at += next == 'E';
		return RWBS_DISCARD | (next == 'E' ? RWBS_SECURE : 0);
	case 'Z':
		*at += next != 0;
		return 0;
	default:
		return 0;
	}
}

uint32_t rf_rwbs_bits(const uint8_t *text, size_t len)
{
	static const uint32_t flags[256] = {['F'] = RWBS_FUA, ['A'] = RWBS_AHEAD, ['S'] = RWBS_SYNC, ['M'] = RWBS_META};
	uint32_t bits = 0;
	size_t at = 0;

	len = strnlen((const char *)text, len);
	/* The same letter is a flush before the operation, or the operation. */
	if (len > 1 && text[0] == 'F' && strchr("WDRFNZ", text[1])) {
		bits |= RWBS_PREFLUSH;
		at++;
	}
	if (at < len)
		bits |= rwbs_operation(text, len, &at);
	for (; at < len; at++)
		bits |= flags[text[at]];
	return bits;
}

struct rf_record_table *rf_record_table_new(void)
{
	struct rf_record_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->tasks = rf_tasks_new();
	if (table->tasks)
		return table;
	free(table);
	return NULL;
}

void rf_record_table_free(struct rf_record_table *table)
{
	while (table && table->newest) {
		struct rf_record_program *program = table->newest;

		table->newest = program->older;
		free(program);
	}
	if (table)
		rf_tasks_free(table->tasks);
	free(table);
}

void rf_record_table_put(struct rf_record_table *table, uint16_t record, struct rf_record_program *program)
{
	program->older = table->newest;
	table->newest = program;
	atomic_store_explicit(&table->programs[record], program, memory_order_release);
}
