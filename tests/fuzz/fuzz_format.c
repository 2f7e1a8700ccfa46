/* SPDX-License-Identifier: GPL-2.0-only */
/* Format files: what is parsed stays inside the record, and so does what is made of it; names are unique. */
#include "sessiond/kernel/tracefs_program.h"
#include "sessiond/kernel/tracefs_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_field(const struct rf_format *format, const struct rf_format_field *f)
{
	if (f->offset + f->size > format->size || f->width > f->size || !f->name[0])
		abort();
	if (f->kind == RF_FORMAT_ARRAY && (!f->count || f->count * f->element != f->size))
		abort();
	if (f->kind == RF_FORMAT_SEQUENCE && (f->size != 4 || !f->element))
		abort();
}

static void check_names(const struct rf_mapped_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (strcmp(fields[i].name, fields[k].name) == 0)
				abort();
}

static void check_ops(const struct rf_format *format, const struct rf_record_op *ops, int count)
{
	for (int i = 0; i < count; i++) {
		if (ops[i].kind < RF_OP_COPY || ops[i].kind >= RF_OP_KINDS || ops[i].at > format->size)
			abort();
		if (ops[i].kind == RF_OP_COPY && ops[i].at + ops[i].len > format->size)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const systems[] = {"sched", "syscalls", "block", "any"};
	static struct rf_mapped_field fields[RF_MAPPED_FIELDS_MAX];
	struct rf_record_op ops[RF_RECORD_OPS_MAX];
	struct rf_format format;
	struct rf_text text;

	if (!size)
		return 0;

	/* Its own block, so that the sanitiser sees one byte too many. */
	char *own = malloc(size - 1 ? size - 1 : 1);

	if (!own)
		return 0;
	memcpy(own, data + 1, size - 1);
	if (rf_format_parse(&format, systems[data[0] & 3], "event", own, size - 1) == 0) {
		for (size_t i = 0; i < format.count; i++)
			check_field(&format, &format.fields[i]);

		size_t count = rf_map_fields(&format, fields, RF_MAPPED_FIELDS_MAX);

		check_names(fields, count);
		check_ops(&format, ops, rf_tracefs_program(&format, fields, count, ops));
		rf_text_init(&text, 1u << 20);
		rf_tracefs_event_body(&text, fields, count);
		rf_text_free(&text);
		rf_format_free(&format);
	}
	free(own);
	return 0;
}
