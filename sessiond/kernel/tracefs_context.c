/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_context.h"

#include <string.h>

/* Numbers of the client protocol. */
#define CONTEXT_PID 0u
#define CONTEXT_PROCNAME 2u
#define CONTEXT_PRIO 3u
#define CONTEXT_TID 6u
#define CONTEXT_PPID 8u
#define CONTEXT_INTERRUPTIBLE 16u
#define CONTEXT_PREEMPTIBLE 17u
#define CONTEXT_NEED_RESCHEDULE 18u
#define CONTEXT_MIGRATABLE 19u
#define CONTEXT_LAST 41u

struct context {
	uint32_t type;
	const char *name;
	const char *field;  /* of the format */
	uint8_t field_size; /* bytes */
	uint8_t size;       /* bytes as it is recorded */
	/* The operation: RF_OP_COPY of `arg` bytes; RF_OP_FLAG: 1 when (field & arg) == value; of the thread. */
	uint8_t op;
	uint8_t arg;
	uint8_t value;
};

static const struct context contexts_known[RF_TRACEFS_CONTEXTS] = {
	[RF_TRACEFS_TID] = {CONTEXT_TID, "tid", "common_pid", 4, 4, RF_OP_COPY, 4, 0},
	[RF_TRACEFS_INTERRUPTIBLE] = {CONTEXT_INTERRUPTIBLE, "interruptible", "common_flags", 1, 1, RF_OP_FLAG, 0x01,
		0},
	/* The count of disabled preemption is below that of disabled migration. */
	[RF_TRACEFS_PREEMPTIBLE] = {CONTEXT_PREEMPTIBLE, "preemptible", "common_preempt_count", 1, 1, RF_OP_FLAG, 0x0f,
		0},
	[RF_TRACEFS_NEED_RESCHEDULE] = {CONTEXT_NEED_RESCHEDULE, "need_reschedule", "common_flags", 1, 1, RF_OP_FLAG,
		0x04, 0x04},
	[RF_TRACEFS_MIGRATABLE] = {CONTEXT_MIGRATABLE, "migratable", "common_preempt_count", 1, 1, RF_OP_FLAG, 0xf0, 0},
	[RF_TRACEFS_PROCNAME] = {CONTEXT_PROCNAME, "procname", "common_pid", 4, RF_TASK_NAME, RF_OP_PROCNAME, 0, 0},
	[RF_TRACEFS_PRIO] = {CONTEXT_PRIO, "prio", "common_pid", 4, 4, RF_OP_PRIO, 0, 0},
	[RF_TRACEFS_PID] = {CONTEXT_PID, "pid", "common_pid", 4, 4, RF_OP_PID, 0, 0},
	[RF_TRACEFS_PPID] = {CONTEXT_PPID, "ppid", "common_pid", 4, 4, RF_OP_PPID, 0, 0},
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

static void add_text(struct rf_text *text, const struct context *c)
{
	if (c->op == RF_OP_PROCNAME)
		rf_text_printf(text,
			"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; base = 10; } _%s[%u];\n",
			c->name, c->size);
	else
		rf_text_printf(text,
			"\t\tinteger { size = %u; align = 8; signed = 1; encoding = none; base = 10; } _%s;\n",
			c->size * 8u, c->name);
}

void rf_tracefs_context_text(struct rf_text *text, uint32_t contexts)
{
	for (unsigned int i = 0; i < RF_TRACEFS_CONTEXTS; i++)
		if (contexts & (1u << i))
			add_text(text, &contexts_known[i]);
}

bool rf_tracefs_context_ops(const struct rf_format *format, struct rf_record_op ops[RF_TRACEFS_CONTEXTS])
{
	for (unsigned int i = 0; i < RF_TRACEFS_CONTEXTS; i++) {
		const struct context *c = &contexts_known[i];
		const struct rf_format_field *field = rf_format_find(format, c->field);

		if (!field || field->kind != RF_FORMAT_INTEGER || field->size != c->field_size)
			return false;
		ops[i] = (struct rf_record_op){.kind = c->op, .at = field->offset, .len = c->arg, .value = c->value};
	}
	return true;
}
