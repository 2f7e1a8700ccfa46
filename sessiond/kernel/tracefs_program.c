/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_program.h"

#include "sessiond/kernel/tracefs_context.h"

#include <errno.h>

/* The low end of an integer of which only that is recorded. */
static uint16_t low_end(const struct rf_format_field *f)
{
	return (uint16_t)(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? f->offset : f->offset + f->size - f->width);
}

static struct rf_record_op operation(const struct rf_mapped_field *mapped)
{
	const struct rf_format_field *f = mapped->field;
	struct rf_record_op op = {
		.kind = RF_OP_COPY,
		.flags = f->relative ? RF_OP_RELATIVE : 0,
		.at = f->offset,
		.len = f->size,
	};

	switch (f->kind) {
	case RF_FORMAT_INTEGER:
	case RF_FORMAT_POINTER:
		op.at = low_end(f);
		op.len = f->width;
		if (mapped->add) {
			op.kind = RF_OP_ADD32;
			op.value = mapped->add;
		}
		break;
	case RF_FORMAT_TEXT:
		op.kind = mapped->rwbs ? RF_OP_RWBS : RF_OP_COPY;
		break;
	case RF_FORMAT_STRING:
		op.kind = mapped->bytes ? RF_OP_SEQUENCE : RF_OP_STRING;
		op.len = mapped->bytes ? 1 : 0;
		break;
	case RF_FORMAT_SEQUENCE:
		op.kind = RF_OP_SEQUENCE;
		op.len = f->element;
		break;
	case RF_FORMAT_TAIL:
		op.kind = RF_OP_TAIL;
		op.len = 0;
		break;
	case RF_FORMAT_ARRAY:
		break;
	}
	if (op.kind == RF_OP_ADD32)
		op.len = 0;
	return op;
}

/* Copies what is beside what was copied before in one go. */
static bool merge(struct rf_record_op *last, const struct rf_record_op *op)
{
	if (last->kind != RF_OP_COPY || op->kind != RF_OP_COPY || last->at + last->len != op->at ||
		last->len + op->len > UINT16_MAX)
		return false;
	last->len = (uint16_t)(last->len + op->len);
	return true;
}

int rf_tracefs_program(
	const struct rf_format *format, const struct rf_mapped_field *fields, size_t count, struct rf_record_op *ops)
{
	size_t made = RF_TRACEFS_CONTEXTS;

	if (!rf_tracefs_context_ops(format, ops))
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		const struct rf_record_op op = operation(&fields[i]);

		if (made > RF_TRACEFS_CONTEXTS && merge(&ops[made - 1], &op))
			continue;
		if (made == RF_RECORD_OPS_MAX)
			return -E2BIG;
		ops[made++] = op;
	}
	return (int)made;
}
