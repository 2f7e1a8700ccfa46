/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ctf/blocks.h"

#include <inttypes.h>

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

void rf_ctf_trace(struct rf_text *text, const uint8_t uuid[RF_UUID_SIZE], const struct rf_ctf_layout *layout)
{
	char written[37];

	format_uuid(written, uuid);
	rf_text_printf(text, "/* CTF %d.%d */\n\n", 1, 8);
	integer_alias(text, 8, layout->align8, "uint8_t");
	integer_alias(text, 16, layout->align16, "uint16_t");
	integer_alias(text, 32, layout->align32, "uint32_t");
	integer_alias(text, 64, layout->align64, "uint64_t");
	integer_alias(text, layout->abi_bits, layout->align_long, "unsigned long");
	integer_alias(text, 5, 1, "uint5_t");
	integer_alias(text, 27, 1, "uint27_t");
	rf_text_printf(text,
		"\ntrace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"%s\";\n\tbyte_order = %s;\n"
		"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t  uuid[16];\n\t\tuint32_t stream_id;\n"
		"\t\tuint64_t stream_instance_id;\n\t};\n};\n\n",
		written, layout->big_endian ? "be" : "le");
}

void rf_ctf_key(struct rf_text *text, const char *key, const char *value)
{
	rf_text_printf(text, "\t%s = \"", key);
	rf_text_quoted(text, value);
	rf_text_printf(text, "\";\n");
}

void rf_ctf_clock(struct rf_text *text, const struct rf_trace_clock *clock, int64_t offset)
{
	rf_text_printf(text, "clock {\n");
	rf_ctf_key(text, "name", clock->name);
	if (clock->uuid[0])
		rf_ctf_key(text, "uuid", clock->uuid);
	rf_ctf_key(text, "description", clock->description);
	rf_text_printf(text,
		"\tfreq = %" PRIu64 "; /* Frequency, in Hz */\n"
		"\t/* clock value offset from Epoch is: offset * (1/freq) */\n\toffset = %" PRId64 ";\n};\n\n",
		clock->frequency, offset);
}

static void clock_alias(struct rf_text *text, const struct rf_trace_clock *clock, unsigned int size, unsigned int align)
{
	rf_text_printf(text,
		"typealias integer {\n\tsize = %u; align = %u; signed = false;\n\tmap = clock.%s.value;\n"
		"} := uint%u_clock_monotonic_t;\n\n",
		size, align, clock->name, size);
}

void rf_ctf_headers(struct rf_text *text, const struct rf_trace_clock *clock, const struct rf_ctf_layout *layout)
{
	clock_alias(text, clock, 27, 1);
	clock_alias(text, clock, 32, layout->align32);
	clock_alias(text, clock, 64, layout->align64);
	rf_text_printf(text, "%s",
		"struct packet_context {\n\tuint64_clock_monotonic_t timestamp_begin;\n"
		"\tuint64_clock_monotonic_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
		"\tuint64_t packet_seq_num;\n\tunsigned long events_discarded;\n\tuint32_t cpu_id;\n};\n\n");
	rf_text_printf(text,
		"struct event_header_compact {\n\tenum : uint5_t { compact = 0 ... 30, extended = 31 } id;\n"
		"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint27_clock_monotonic_t timestamp;\n\t\t} compact;\n"
		"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n"
		"} align(%u);\n\n",
		layout->align32);
	rf_text_printf(text,
		"struct event_header_large {\n\tenum : uint16_t { compact = 0 ... 65534, extended = 65535 } id;\n"
		"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint32_clock_monotonic_t timestamp;\n\t\t} compact;\n"
		"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n"
		"} align(%u);\n\n",
		layout->align16);
}

void rf_ctf_stream(struct rf_text *text, uint32_t id, bool large_header, const char *contexts, size_t contexts_len)
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

void rf_ctf_event(
	struct rf_text *text, const char *name, uint32_t id, uint32_t stream, const char *body, size_t body_len)
{
	rf_text_printf(text, "event {\n");
	rf_ctf_key(text, "name", name);
	rf_text_printf(text, "\tid = %u;\n\tstream_id = %u;\n", id, stream);
	rf_text_add(text, body, body_len);
	rf_text_printf(text, "};\n\n");
}
