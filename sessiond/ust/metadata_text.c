/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/metadata_text.h"

#include "common/names.h"

#include <inttypes.h>
#include <stdio.h>

static void env_block(struct rf_text *text, const struct rf_trace_facts *facts)
{
	char date[32];

	rf_format_iso8601(date, sizeof(date), facts->session_created);
	rf_text_printf(text,
		"env {\n\tdomain = \"ust\";\n\ttracer_name = \"lttng-ust\";\n\ttracer_major = %u;\n\ttracer_minor = "
		"%u;\n"
		"\ttracer_buffering_scheme = \"%s\";\n\ttracer_buffering_id = %u;\n\tarchitecture_bit_width = %u;\n",
		facts->tracer.major, facts->tracer.minor, facts->per_pid ? "pid" : "uid",
		facts->per_pid ? (unsigned int)facts->app.pid : facts->app.uid, facts->app.layout.abi_bits);
	rf_ctf_key(text, "trace_name", facts->session_name_generated ? "auto" : facts->session_name);
	rf_ctf_key(text, "trace_creation_datetime", date);
	rf_ctf_key(text, "hostname", facts->hostname);
	if (facts->per_pid) {
		rf_text_printf(text, "\ttracer_patchlevel = %u;\n\tvpid = %d;\n", facts->tracer.patchlevel,
			(int)facts->app.pid);
		rf_ctf_key(text, "procname", facts->app.name);
		rf_format_iso8601(date, sizeof(date), facts->app_since);
		rf_ctf_key(text, "vpid_datetime", date);
	}
	rf_text_printf(text, "};\n\n");
}

void rf_metadata_preamble(struct rf_text *text, const struct rf_trace_facts *facts)
{
	rf_ctf_trace(text, facts->uuid, &facts->app.layout);
	env_block(text, facts);
	rf_ctf_clock(text, &facts->clock, facts->clock_offset);
	rf_ctf_headers(text, &facts->clock, &facts->app.layout);
}

int rf_metadata_event_body(
	struct rf_text *text, const struct rf_field_context *context, const struct rf_event_description *event)
{
	rf_text_printf(text, "\tloglevel = %d;\n", event->loglevel);
	if (event->model_emf_uri)
		rf_ctf_key(text, "model.emf.uri", event->model_emf_uri);
	rf_text_printf(text, "\tfields := struct {\n");

	int err = rf_field_text(text, context, event->fields, event->field_count, 2);

	rf_text_printf(text, "\t};\n");
	return err;
}
