/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/metadata_text.h"

#include "common/names.h"

#include <inttypes.h>
#include <stdio.h>

static void format_uuid(char out[37], const uint8_t uuid[RF_UUID_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < RF_UUID_SIZE; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = hex[uuid[i] >> 4];
		out[at++] = hex[uuid[i] & 15];
	}
	out[at] = '\0';
}

static void integer_alias(struct rf_text *text, unsigned int size, unsigned int align, const char *name)
{
	rf_text_printf(
		text, "typealias integer { size = %u; align = %u; signed = false; } := %s;\n", size, align, name);
}

static void trace_block(struct rf_text *text, const struct rf_trace_facts *facts)
{
	const struct rf_app_facts *app = &facts->app;
	char uuid[37];

	format_uuid(uuid, facts->uuid);
	rf_text_printf(text, "/* CTF %d.%d */\n\n", 1, 8);
	integer_alias(text, 8, app->align8, "uint8_t");
	integer_alias(text, 16, app->align16, "uint16_t");
	integer_alias(text, 32, app->align32, "uint32_t");
	integer_alias(text, 64, app->align64, "uint64_t");
	integer_alias(text, app->abi_bits, app->align_long, "unsigned long");
	integer_alias(text, 5, 1, "uint5_t");
	integer_alias(text, 27, 1, "uint27_t");
	rf_text_printf(text,
		"\ntrace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"%s\";\n\tbyte_order = %s;\n"
		"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t  uuid[16];\n\t\tuint32_t stream_id;\n"
		"\t\tuint64_t stream_instance_id;\n\t};\n};\n\n",
		uuid, app->big_endian ? "be" : "le");
}

static void quoted_key(struct rf_text *text, const char *key, const char *value)
{
	rf_text_printf(text, "\t%s = \"", key);
	rf_text_quoted(text, value);
	rf_text_printf(text, "\";\n");
}

static void env_block(struct rf_text *text, const struct rf_trace_facts *facts)
{
	char date[32];

	rf_format_iso8601(date, sizeof(date), facts->session_created);
	rf_text_printf(text,
		"env {\n\tdomain = \"ust\";\n\ttracer_name = \"lttng-ust\";\n\ttracer_major = %u;\n\ttracer_minor = "
		"%u;\n"
		"\ttracer_buffering_scheme = \"%s\";\n\ttracer_buffering_id = %u;\n\tarchitecture_bit_width = %u;\n",
		facts->tracer.major, facts->tracer.minor, facts->per_pid ? "pid" : "uid",
		facts->per_pid ? (unsigned int)facts->app.pid : facts->app.uid, facts->app.abi_bits);
	quoted_key(text, "trace_name", facts->session_name_generated ? "auto" : facts->session_name);
	quoted_key(text, "trace_creation_datetime", date);
	quoted_key(text, "hostname", facts->hostname);
	if (facts->per_pid) {
		rf_text_printf(text, "\ttracer_patchlevel = %u;\n\tvpid = %d;\n", facts->tracer.patchlevel,
			(int)facts->app.pid);
		quoted_key(text, "procname", facts->app.name);
		rf_format_iso8601(date, sizeof(date), facts->app_since);
		quoted_key(text, "vpid_datetime", date);
	}
	rf_text_printf(text, "};\n\n");
}

static void clock_block(struct rf_text *text, const struct rf_trace_facts *facts)
{
	const struct rf_trace_clock *clock = &facts->clock;

	rf_text_printf(text, "clock {\n");
	quoted_key(text, "name", clock->name);
	if (clock->uuid[0])
		quoted_key(text, "uuid", clock->uuid);
	quoted_key(text, "description", clock->description);
	rf_text_printf(text,
		"\tfreq = %" PRIu64 "; /* Frequency, in Hz */\n"
		"\t/* clock value offset from Epoch is: offset * (1/freq) */\n\toffset = %" PRId64 ";\n};\n\n",
		clock->frequency, facts->clock_offset);
}

static void clock_alias(struct rf_text *text, const struct rf_trace_facts *facts, unsigned int size, unsigned int align)
{
	rf_text_printf(text,
		"typealias integer {\n\tsize = %u; align = %u; signed = false;\n\tmap = clock.%s.value;\n"
		"} := uint%u_clock_monotonic_t;\n\n",
		size, align, facts->clock.name, size);
}

static void header_structs(struct rf_text *text, const struct rf_app_facts *app)
{
	rf_text_printf(text, "%s",
		"struct packet_context {\n\tuint64_clock_monotonic_t timestamp_begin;\n"
		"\tuint64_clock_monotonic_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
		"\tuint64_t packet_seq_num;\n\tunsigned long events_discarded;\n\tuint32_t cpu_id;\n};\n\n");
	rf_text_printf(text,
		"struct event_header_compact {\n\tenum : uint5_t { compact = 0 ... 30, extended = 31 } id;\n"
		"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint27_clock_monotonic_t timestamp;\n\t\t} compact;\n"
		"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n"
		"} align(%u);\n\n",
		app->align32);
	rf_text_printf(text,
		"struct event_header_large {\n\tenum : uint16_t { compact = 0 ... 65534, extended = 65535 } id;\n"
		"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint32_clock_monotonic_t timestamp;\n\t\t} compact;\n"
		"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n"
		"} align(%u);\n\n",
		app->align16);
}

void rf_metadata_preamble(struct rf_text *text, const struct rf_trace_facts *facts)
{
	trace_block(text, facts);
	env_block(text, facts);
	clock_block(text, facts);
	clock_alias(text, facts, 27, 1);
	clock_alias(text, facts, 32, facts->app.align32);
	clock_alias(text, facts, 64, facts->app.align64);
	header_structs(text, &facts->app);
}

void rf_metadata_stream(struct rf_text *text, uint32_t id, bool large_header, const char *contexts, size_t contexts_len)
{
	rf_text_printf(text,
		"stream {\n\tid = %u;\n\tevent.header := struct event_header_%s;\n"
		"\tpacket.context := struct packet_context;\n",
		id, large_header ? "large" : "compact");
	if (contexts_len) {
		rf_text_printf(text, "\tevent.context := struct {\n");
		rf_text_add(text, contexts, contexts_len);
		rf_text_printf(text, "\t};\n");
	}
	rf_text_printf(text, "};\n\n");
}

int rf_metadata_event_body(
	struct rf_text *text, const struct rf_field_context *context, const struct rf_event_description *event)
{
	rf_text_printf(text, "\tloglevel = %d;\n", event->loglevel);
	if (event->model_emf_uri)
		quoted_key(text, "model.emf.uri", event->model_emf_uri);
	rf_text_printf(text, "\tfields := struct {\n");

	int err = rf_field_text(text, context, event->fields, event->field_count, 2);

	rf_text_printf(text, "\t};\n");
	return err;
}

void rf_metadata_event(
	struct rf_text *text, const char *name, uint32_t id, uint32_t stream, const char *body, size_t body_len)
{
	rf_text_printf(text, "event {\n");
	quoted_key(text, "name", name);
	rf_text_printf(text, "\tid = %u;\n\tstream_id = %u;\n", id, stream);
	rf_text_add(text, body, body_len);
	rf_text_printf(text, "};\n\n");
}
