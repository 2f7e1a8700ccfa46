/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_text.h"

#include "common/names.h"
#include "sessiond/ctf/blocks.h"
#include "sessiond/kernel/system_name.h"
#include "sessiond/kernel/tracefs_context.h"
#include "sessiond/ust/trace_clock.h"

#include <string.h>

/* The release of lttng-modules whose events these look like. */
#define TRACER_MAJOR 2
#define TRACER_MINOR 13
#define TRACER_PATCH 9

static const struct rf_ctf_layout layout = {
	.big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
	.abi_bits = 64,
	.align8 = 8,
	.align16 = 8,
	.align32 = 8,
	.align64 = 8,
	.align_long = 8,
};

/* The kernel's clock under the name of the user-space tracer's default one, so that readers know them for the same. */
static struct rf_trace_clock kernel_clock(void)
{
	struct rf_trace_clock clock = {
		.name = "monotonic",
		.description = "Monotonic Clock",
		.frequency = 1000000000,
	};
	const struct rf_trace_clock *user = rf_trace_clock_get();

	return strcmp(user->name, clock.name) == 0 && user->frequency == clock.frequency ? *user : clock;
}

static void env_block(struct rf_text *text, const struct rf_kernel_trace_def *def)
{
	const struct utsname *system = rf_system_name();
	char date[32];

	rf_format_iso8601(date, sizeof(date), def->session_created);
	rf_text_printf(text, "env {\n");
	rf_ctf_key(text, "hostname", def->hostname);
	rf_ctf_key(text, "domain", "kernel");
	rf_ctf_key(text, "sysname", system->sysname);
	rf_ctf_key(text, "kernel_release", system->release);
	rf_ctf_key(text, "kernel_version", system->version);
	rf_ctf_key(text, "tracer_name", "lttng-modules");
	rf_text_printf(text, "\ttracer_major = %d;\n\ttracer_minor = %d;\n\ttracer_patchlevel = %d;\n", TRACER_MAJOR,
		TRACER_MINOR, TRACER_PATCH);
	rf_ctf_key(text, "trace_buffering_scheme", "global");
	rf_ctf_key(text, "trace_name", def->session_name_generated ? "auto" : def->session_name);
	rf_ctf_key(text, "trace_creation_datetime", date);
	rf_ctf_key(text, "kernel_backend", "tracefs");
	rf_text_printf(text, "};\n\n");
}

void rf_tracefs_preamble(struct rf_text *text, const struct rf_kernel_trace_def *def, int64_t clock_offset)
{
	const struct rf_trace_clock clock = kernel_clock();

	rf_ctf_trace(text, def->uuid, &layout);
	env_block(text, def);
	rf_ctf_clock(text, &clock, clock_offset);
	rf_ctf_headers(text, &clock, &layout);
}

void rf_tracefs_stream(struct rf_text *text, uint32_t id, uint32_t contexts)
{
	struct rf_text fields;

	rf_text_init(&fields, 4096);
	rf_tracefs_context_text(&fields, contexts);
	text->failed |= fields.failed;
	rf_ctf_stream(text, id, true, fields.data, fields.len);
	rf_text_free(&fields);
}

static void integer(struct rf_text *text, unsigned int bytes, bool is_signed, unsigned int base)
{
	rf_text_printf(text, "\t\tinteger { size = %u; align = 8; signed = %u; encoding = none; base = %u; }",
		bytes * 8, is_signed ? 1u : 0u, base);
}

static void sequence(struct rf_text *text, const char *name, unsigned int element, bool is_signed, unsigned int base)
{
	integer(text, 2, false, 10);
	rf_text_printf(text, " __%s_length;\n", name);
	integer(text, element, is_signed, base);
	rf_text_printf(text, " _%s[ __%s_length ];\n", name, name);
}

static void scalar(struct rf_text *text, const struct rf_mapped_field *mapped)
{
	const struct rf_format_field *f = mapped->field;
	bool address = f->kind == RF_FORMAT_POINTER || strncmp(f->name, "__probe_", 8) == 0 ||
		strcmp(mapped->name, "parent_ip") == 0;

	integer(text, f->width, f->width_signed, address ? 16 : 10);
	rf_text_printf(text, " _%s;\n", mapped->name);
}

static void characters(struct rf_text *text, const struct rf_mapped_field *mapped)
{
	if (mapped->rwbs) {
		integer(text, 4, false, 10);
		rf_text_printf(text, " _%s;\n", mapped->name);
		return;
	}
	rf_text_printf(text, "\t\tinteger { size = 8; align = 8; signed = 0; encoding = UTF8; base = 10; } _%s[%u];\n",
		mapped->name, mapped->field->size);
}

static void field_text(struct rf_text *text, const struct rf_mapped_field *mapped)
{
	const struct rf_format_field *f = mapped->field;

	switch (f->kind) {
	case RF_FORMAT_INTEGER:
	case RF_FORMAT_POINTER:
		scalar(text, mapped);
		break;
	case RF_FORMAT_TEXT:
		characters(text, mapped);
		break;
	case RF_FORMAT_ARRAY:
		integer(text, f->element, f->is_signed, f->opaque ? 16 : 10);
		rf_text_printf(text, " _%s[%u];\n", mapped->name, f->count);
		break;
	case RF_FORMAT_STRING:
		if (mapped->bytes)
			sequence(text, mapped->name, 1, false, 16);
		else
			rf_text_printf(text, "\t\tstring _%s;\n", mapped->name);
		break;
	case RF_FORMAT_SEQUENCE:
		sequence(text, mapped->name, f->element, f->is_signed, 10);
		break;
	case RF_FORMAT_TAIL:
		sequence(text, mapped->name, 1, false, 16);
		break;
	}
}

void rf_tracefs_event_body(struct rf_text *text, const struct rf_mapped_field *fields, size_t count)
{
	rf_text_printf(text, "\tfields := struct {\n");
	for (size_t i = 0; i < count; i++)
		field_text(text, &fields[i]);
	rf_text_printf(text, "\t};\n");
}
