/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_context.h"

#include <string.h>

/* Numbers of the client protocol. */
#define CONTEXT_TID 6u
#define CONTEXT_INTERRUPTIBLE 16u
#define CONTEXT_PREEMPTIBLE 17u
#define CONTEXT_NEED_RESCHEDULE 18u
#define CONTEXT_MIGRATABLE 19u
#define CONTEXT_LAST 41u

struct context {
	uint32_t type;
	const char *name;
	const char *field; /* of the format */
	uint8_t size;      /* bytes; both of the field and as it is recorded */
	/* Flags: 1 when (field & mask) == value. */
	bool flag;
	uint8_t mask;
	uint8_t value;
};

static const struct context contexts_known[RF_TRACEFS_CONTEXTS] = {
	[RF_TRACEFS_TID] = {CONTEXT_TID, "tid", "common_pid", 4, false, 0, 0},
	[RF_TRACEFS_INTERRUPTIBLE] = {CONTEXT_INTERRUPTIBLE, "interruptible", "common_flags", 1, true, 0x01, 0},
	/* The count of disabled preemption is below that of disabled migration. */
	[RF_TRACEFS_PREEMPTIBLE] = {CONTEXT_PREEMPTIBLE, "preemptible", "common_preempt_count", 1, true, 0x0f, 0},
	[RF_TRACEFS_NEED_RESCHEDULE] = {CONTEXT_NEED_RESCHEDULE, "need_reschedule", "common_flags", 1, true, 0x04,
		0x04},
	[RF_TRACEFS_MIGRATABLE] = {CONTEXT_MIGRATABLE, "migratable", "common_preempt_count", 1, true, 0xf0, 0},
};

/* Of the client protocol, but not of the kernel: thread of a library, instruction pointer, thread counter, application.
 */
static bool unknown(uint32_t type)
{
	return type == 10 || type == 12 || type == 14 || type == 15 || type > CONTEXT_LAST;
}

int rf_tracefs_context_find(uint32_t type)
{
	for (int i = 0; i < RF_TRACEFS_CONTEXTS; i++)
		if (contexts_known[i].type == type)
			return i;
	return unknown(type) ? RF_TRACEFS_CONTEXT_UNKNOWN : RF_TRACEFS_CONTEXT_NONE;
}

size_t rf_tracefs_context_size(uint32_t contexts)
{
	size_t size = 0;

	for (unsigned int i = 0; i < RF_TRACEFS_CONTEXTS; i++)
		if (contexts & (1u << i))
			size += contexts_known[i].size;
	return size;
}

void rf_tracefs_context_text(struct rf_text *text, uint32_t contexts)
{
	for (unsigned int i = 0; i < RF_TRACEFS_CONTEXTS; i++)
		if (contexts & (1u << i))
			rf_text_printf(text,
				"\t\tinteger { size = %u; align = 8; signed = 1; encoding = none; base = 10; } _%s;\n",
				contexts_known[i].size * 8u, contexts_known[i].name);
}

bool rf_tracefs_context_ops(const struct rf_format *format, struct rf_record_op ops[RF_TRACEFS_CONTEXTS])
{
	for (unsigned int i = 0; i < RF_TRACEFS_CONTEXTS; i++) {
		const struct context *c = &contexts_known[i];
		const struct rf_format_field *field = rf_format_find(format, c->field);

		if (!field || field->kind != RF_FORMAT_INTEGER || field->size != c->size)
			return false;
		ops[i] = (struct rf_record_op){
			.kind = c->flag ? RF_OP_FLAG : RF_OP_COPY,
			.at = field->offset,
			.len = c->flag ? c->mask : c->size,
			.value = c->flag ? c->value : 0,
		};
	}
	return true;
}
