/* SPDX-License-Identifier: GPL-2.0-only */
/* Metadata text, byte for byte. */
#include "sessiond/ust/metadata_text.h"
#include "tests/unit/ust_fields.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static const char preamble_start[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := unsigned long;\n"
	"typealias integer { size = 5; align = 1; signed = false; } := uint5_t;\n"
	"typealias integer { size = 27; align = 1; signed = false; } := uint27_t;\n\n"
	"trace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"0ec0e02b-a685-4b0d-91be-9e1bc14df599\";\n"
	"\tbyte_order = le;\n\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t  uuid[16];\n"
	"\t\tuint32_t stream_id;\n\t\tuint64_t stream_instance_id;\n\t};\n};\n\n";
static const char env_uid[] =
	"env {\n\tdomain = \"ust\";\n\ttracer_name = \"lttng-ust\";\n\ttracer_major = 2;\n\ttracer_minor = 13;\n"
	"\ttracer_buffering_scheme = \"uid\";\n\ttracer_buffering_id = 1000;\n\tarchitecture_bit_width = 64;\n"
	"\ttrace_name = \"s1\";\n\ttrace_creation_datetime = \"20261121T060433+0000\";\n\thostname = \"vm\";\n};\n\n";
static const char env_pid[] =
	"env {\n\tdomain = \"ust\";\n\ttracer_name = \"lttng-ust\";\n\ttracer_major = 2;\n\ttracer_minor = 13;\n"
	"\ttracer_buffering_scheme = \"pid\";\n\ttracer_buffering_id = 49;\n\tarchitecture_bit_width = 64;\n"
	"\ttrace_name = \"auto\";\n\ttrace_creation_datetime = \"20261121T060433+0000\";\n\thostname = \"vm\";\n"
	"\ttracer_patchlevel = 5;\n\tvpid = 49;\n\tprocname = \"a\\\"b\\\\\";\n"
	"\tvpid_datetime = \"20261121T062057+0000\";\n};\n\n";
static const char preamble_end[] =
	"clock {\n\tname = \"monotonic\";\n\tuuid = \"9b774ab3-67fb-492f-b9b8-b512d27330ab\";\n"
	"\tdescription = \"Monotonic Clock\";\n\tfreq = 1000000000; /* Frequency, in Hz */\n"
	"\t/* clock value offset from Epoch is: offset * (1/freq) */\n\toffset = 1795239282654111533;\n};\n\n"
	"typealias integer {\n\tsize = 27; align = 1; signed = false;\n\tmap = clock.monotonic.value;\n"
	"} := uint27_clock_monotonic_t;\n\n"
	"typealias integer {\n\tsize = 32; align = 8; signed = false;\n\tmap = clock.monotonic.value;\n"
	"} := uint32_clock_monotonic_t;\n\n"
	"typealias integer {\n\tsize = 64; align = 8; signed = false;\n\tmap = clock.monotonic.value;\n"
	"} := uint64_clock_monotonic_t;\n\n"
	"struct packet_context {\n\tuint64_clock_monotonic_t timestamp_begin;\n"
	"\tuint64_clock_monotonic_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
	"\tuint64_t packet_seq_num;\n\tunsigned long events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"struct event_header_compact {\n\tenum : uint5_t { compact = 0 ... 30, extended = 31 } id;\n"
	"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint27_clock_monotonic_t timestamp;\n\t\t} compact;\n"
	"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n"
	"} align(8);\n\n"
	"struct event_header_large {\n\tenum : uint16_t { compact = 0 ... 65534, extended = 65535 } id;\n"
	"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint32_clock_monotonic_t timestamp;\n\t\t} compact;\n"
	"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n"
	"} align(8);\n\n";

static struct rf_text text;
static struct rf_enum_mapping mappings[2];

static const struct rf_enum_mapping *mapping_of(void *data, uint64_t id)
{
	(void)data;
	return id < 2 && mappings[id].text ? &mappings[id] : NULL;
}

static const struct rf_field_context context = {.enum_mapping = mapping_of};

static void setup(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	rf_text_init(&text, 1u << 20);
}

static void teardown(void)
{
	rf_text_free(&text);
}

TestSuite(metadata_text, .init = setup, .fini = teardown, .timeout = 30);

static void expect_text(const char *a, const char *b, const char *c)
{
	char *want;
	char *got = strndup(text.data, text.len);
	int len = asprintf(&want, "%s%s%s", a, b, c);

	cr_assert(!text.failed);
	cr_assert_str_eq(got, want);
	cr_assert_eq(text.len, (size_t)len);
	free(got);
	free(want);
}

static struct rf_trace_facts facts_of_demo(void)
{
	static const uint8_t uuid[] = {
		0x0e, 0xc0, 0xe0, 0x2b, 0xa6, 0x85, 0x4b, 0x0d, 0x91, 0xbe, 0x9e, 0x1b, 0xc1, 0x4d, 0xf5, 0x99};
	struct rf_trace_facts facts = {
		.app = {.pid = 49,
			.uid = 1000,
			.layout = {.abi_bits = 64,
				.align8 = 8,
				.align16 = 8,
				.align32 = 8,
				.align64 = 8,
				.align_long = 8},
			.name = "a\"b\\"},
		.app_since = 1795242057,
		.tracer = {.major = 2, .minor = 13, .patchlevel = 5},
		.session_name = "s1",
		.session_created = 1795241073,
		.hostname = "vm",
		.clock = {.name = "monotonic",
			.description = "Monotonic Clock",
			.uuid = "9b774ab3-67fb-492f-b9b8-b512d27330ab",
			.frequency = 1000000000},
		.clock_offset = 1795239282654111533,
	};

	memcpy(facts.uuid, uuid, sizeof(uuid));
	return facts;
}

Test(metadata_text, preamble_of_a_uid)
{
	struct rf_trace_facts facts = facts_of_demo();

	rf_metadata_preamble(&text, &facts);
	expect_text(preamble_start, env_uid, preamble_end);
}

Test(metadata_text, preamble_of_a_pid)
{
	struct rf_trace_facts facts = facts_of_demo();

	facts.per_pid = true;
	facts.session_name_generated = true;
	rf_metadata_preamble(&text, &facts);
	expect_text(preamble_start, env_pid, preamble_end);
}

Test(metadata_text, stream)
{
	const struct lttng_ust_ctl_field vpid = integer_field("vpid", 32, 1, 10);
	struct rf_text contexts;

	rf_text_init(&contexts, 4096);
	cr_assert_eq(rf_field_text(&contexts, &context, &vpid, 1, 2), 0);
	rf_ctf_stream(&text, 1, true, contexts.data, contexts.len);
	rf_text_free(&contexts);
	rf_ctf_stream(&text, 2, false, NULL, 0);
	expect_text(
		"stream {\n\tid = 1;\n\tevent.header := struct event_header_large;\n"
		"\tpacket.context := struct packet_context;\n\tevent.context := struct {\n"
		"\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; base = 10; } _vpid;\n\t};\n};\n\n",
		"stream {\n\tid = 2;\n\tevent.header := struct event_header_compact;\n"
		"\tpacket.context := struct packet_context;\n};\n\n",
		"");
}

Test(metadata_text, event)
{
	const struct lttng_ust_ctl_field v = integer_field("v", 32, 1, 10);
	const struct rf_event_description event = {.name = "demo:b",
		.loglevel = 12,
		.model_emf_uri = "http://example.com/m?q=demo:b",
		.fields = &v,
		.field_count = 1};
	struct rf_text body;

	rf_text_init(&body, 4096);
	cr_assert_eq(rf_metadata_event_body(&body, &context, &event), 0);
	rf_ctf_event(&text, event.name, 5, 1, body.data, body.len);
	rf_text_free(&body);
	expect_text("event {\n\tname = \"demo:b\";\n\tid = 5;\n\tstream_id = 1;\n\tloglevel = 12;\n",
		"\tmodel.emf.uri = \"http://example.com/m?q=demo:b\";\n\tfields := struct {\n"
		"\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; base = 10; } _v;\n",
		"\t};\n};\n\n");
}

Test(metadata_text, plain_fields_and_arrays)
{
	struct lttng_ust_ctl_field fields[] = {integer_field("hex32", 32, 0, 16), integer_field("net16", 16, 0, 10),
		float_field("d", 11, 53), plain_field(lttng_ust_ctl_atype_string, "str"),
		plain_field(lttng_ust_ctl_atype_string, "asc"), array_field("arr", 3, 0), integer_field("", 32, 1, 10),
		array_field("al", 4, 8), integer_field("", 8, 1, 10), integer_field("_seq_length", 64, 0, 10),
		sequence_field("seq", "_seq_length", 0), integer_field("", 32, 1, 10)};

	fields[1].type.u.integer.reverse_byte_order = 1;
	fields[4].type.u.string.encoding = lttng_ust_ctl_encode_ASCII;
	fields[8].type.u.integer.encoding = lttng_ust_ctl_encode_UTF8;
	cr_assert_eq(rf_field_text(&text, &context, fields, sizeof(fields) / sizeof(fields[0]), 2), 0);
	expect_text("\t\tinteger { size = 32; align = 8; signed = 0; encoding = none; base = 16; } _hex32;\n"
		    "\t\tinteger { size = 16; align = 8; signed = 0; encoding = none; base = 10; byte_order = be; } "
		    "_net16;\n"
		    "\t\tfloating_point { exp_dig = 11; mant_dig = 53; align = 8; } _d;\n"
		    "\t\tstring _str;\n\t\tstring { encoding = ASCII; } _asc;\n",
		"\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; base = 10; } _arr[3];\n"
		"\t\tstruct { } align(64) _al_padding;\n"
		"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; base = 10; } _al[4];\n",
		"\t\tinteger { size = 64; align = 8; signed = 0; encoding = none; base = 10; } __seq_length;\n"
		"\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; base = 10; } _seq[ __seq_length "
		"];\n");
}

Test(metadata_text, legacy_sequence)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_sequence, "s");

	f.type.u.legacy.sequence.length_type.u.basic.integer = integer_type(32, 0, 10);
	f.type.u.legacy.sequence.elem_type.u.basic.integer = integer_type(8, 1, 10);
	cr_assert_eq(rf_field_text(&text, &context, &f, 1, 2), 0);
	expect_text("\t\tinteger { size = 32; align = 8; signed = 0; encoding = none; base = 10; } __s_length;\n",
		"\t\tinteger { size = 8; align = 8; signed = 1; encoding = none; base = 10; } _s[ __s_length ];\n", "");
}

static const char en8[] = "\t\t\t\"RED \\\"quoted\\\"\" = 1,\n\t\t\t\"RANGE\" = 10 ... 20,\n\t\t\t\"AUTO1\",\n"
			  "\t\t\t\"NEG\" = -5,\n\t\t\t\"BIGU\" = 18446744073709551615,\n"
			  "\t\t\t\"NEGRANGE\" = -20 ... -10,\n\t\t\t\"back\\\\slash\" = 300,\n";

Test(metadata_text, enumeration)
{
	struct lttng_ust_ctl_enum_entry entries[] = {enum_entry("RED \"quoted\"", 1, 1, 1),
		enum_entry("RANGE", 10, 20, 1), enum_entry("AUTO1", 21, 21, 1), enum_entry("NEG", -5, -5, 1),
		enum_entry("BIGU", -1, -1, 0), enum_entry("NEGRANGE", -20, -10, 1),
		enum_entry("back\\slash", 300, 300, 0)};
	const struct lttng_ust_ctl_field fields[] = {enum_field("$app.p:en8", "p_en", 0), integer_field("", 8, 0, 10)};
	struct rf_text body;

	entries[2].u.extra.options = LTTNG_UST_CTL_UST_ENUM_ENTRY_OPTION_IS_AUTO;
	rf_text_init(&body, 4096);
	cr_assert_eq(rf_enum_entries_text(&body, &mappings[0], entries, 7, 2), 0);
	cr_assert_eq(body.len, sizeof(en8) - 1);
	mappings[0].text = body.data;
	mappings[0].len = body.len;
	cr_assert_eq(rf_field_text(&text, &context, fields, 2, 2), 0);
	expect_text("\t\tenum : integer { size = 8; align = 8; signed = 0; encoding = none; base = 10; } {\n", en8,
		"\t\t} __app_p_en8;\n");
	rf_text_free(&body);
}

Test(metadata_text, variant_of_a_dynamic_context)
{
	const struct lttng_ust_ctl_enum_entry entries[] = {enum_entry("_none", 0, 0, 1), enum_entry("_int8", 1, 1, 1)};
	struct lttng_ust_ctl_field fields[] = {enum_field("$app.p:c_tag", "dynamic_type_enum", 1),
		integer_field("", 8, 1, 10), variant_field("$app.p:c", "$app.p:c_tag", 2),
		plain_field(lttng_ust_ctl_atype_struct_nestable, "none"), integer_field("int8", 8, 1, 10)};
	struct rf_text body;

	rf_text_init(&body, 4096);
	cr_assert_eq(rf_enum_entries_text(&body, &mappings[1], entries, 2, 2), 0);
	mappings[1].text = body.data;
	mappings[1].len = body.len;
	/* The tracer uses the old number for it. */
	fields[2].type.atype = lttng_ust_ctl_atype_variant;
	cr_assert_eq(rf_field_text(&text, &context, fields, 5, 2), 0);
	expect_text("\t\tenum : integer { size = 8; align = 8; signed = 1; encoding = none; base = 10; } {\n"
		    "\t\t\t\"_none\" = 0,\n\t\t\t\"_int8\" = 1,\n\t\t} __app_p_c_tag;\n",
		"\t\tvariant <__app_p_c_tag> {\n\t\t\tstruct {} _none;\n"
		"\t\t\tinteger { size = 8; align = 8; signed = 1; encoding = none; base = 10; } _int8;\n",
		"\t\t} __app_p_c;\n");
	/* An option without label would make readers abort. */
	snprintf(fields[4].name, sizeof(fields[4].name), "int9");
	cr_assert_eq(rf_field_text(&text, &context, fields, 5, 2), -EINVAL);
	rf_text_free(&body);
}

/* Tracers before ABI 9 put the parts of a field inside of it. */
Test(metadata_text, both_layouts_give_the_same_text)
{
	const struct lttng_ust_ctl_enum_entry entry = enum_entry("A", 0, 0, 1);
	const struct lttng_ust_ctl_field newer[] = {array_field("a", 3, 0), integer_field("", 16, 0, 16),
		integer_field("_s_length", 32, 0, 10), sequence_field("s", "_s_length", 0), integer_field("", 8, 1, 10),
		enum_field("e", "p_e", 0), integer_field("", 32, 1, 10),
		plain_field(lttng_ust_ctl_atype_struct_nestable, "n")};
	struct lttng_ust_ctl_field older[] = {plain_field(lttng_ust_ctl_atype_array, "a"),
		plain_field(lttng_ust_ctl_atype_sequence, "s"), plain_field(lttng_ust_ctl_atype_enum, "e"),
		plain_field(lttng_ust_ctl_atype_struct, "n")};
	struct rf_text entries;
	struct rf_text want;

	older[0].type.u.legacy.array.elem_type.u.basic.integer = integer_type(16, 0, 16);
	older[0].type.u.legacy.array.length = 3;
	older[1].type.u.legacy.sequence.length_type.u.basic.integer = integer_type(32, 0, 10);
	older[1].type.u.legacy.sequence.elem_type.u.basic.integer = integer_type(8, 1, 10);
	older[2].type.u.legacy.basic.enumeration.container_type = integer_type(32, 1, 10);
	rf_text_init(&entries, 4096);
	cr_assert_eq(rf_enum_entries_text(&entries, &mappings[0], &entry, 1, 2), 0);
	mappings[0].text = entries.data;
	mappings[0].len = entries.len;
	rf_text_init(&want, 4096);
	cr_assert_eq(rf_field_text(&want, &context, newer, sizeof(newer) / sizeof(newer[0]), 2), 0);
	cr_assert_eq(rf_field_text(&text, &context, older, sizeof(older) / sizeof(older[0]), 2), 0);
	cr_assert_eq(text.len, want.len);
	cr_assert_eq(memcmp(text.data, want.data, want.len), 0);
	/* A part that is no integer. */
	older[0].type.u.legacy.array.elem_type.atype = lttng_ust_ctl_atype_string;
	cr_assert_eq(rf_field_text(&text, &context, older, 1, 2), -EINVAL);
	rf_text_free(&want);
	rf_text_free(&entries);
}

static void refused(const struct lttng_ust_ctl_field *fields, size_t count)
{
	cr_assert_eq(rf_field_text(&text, &context, fields, count, 2), -EINVAL);
}

Test(metadata_text, what_no_reader_takes)
{
	struct lttng_ust_ctl_field f[] = {
		integer_field("a", 32, 1, 10), integer_field("a", 32, 0, 10), integer_field("", 8, 0, 10)};

	refused(f, 2); /* twice the same name */
	f[1] = integer_field("b c", 32, 0, 10);
	refused(f, 2);
	f[1] = sequence_field("s", "nothing", 0);
	refused(f, 3);
	f[1] = sequence_field("s", "a", 0); /* a length with a sign */
	refused(f, 3);
	f[1] = array_field("s", RF_FIELD_ELEMENTS_MAX + 1, 0);
	refused(f, 3);
	refused(f, 2); /* no element */
	f[1] = variant_field("v", "a", 1);
	refused(f, 3);
	f[1] = enum_field("e", "unknown", 77);
	refused(f, 3);
	f[1] = float_field("f", 15, 64);
	refused(f, 2);
	f[1] = plain_field((enum lttng_ust_ctl_abstract_types)0x7fffffff, "x");
	refused(f, 2);
	f[1] = integer_field("x", 65, 0, 10);
	refused(f, 2);
	f[1] = integer_field("x", 8, 0, 10);
	f[1].type.u.integer.alignment = 3;
	refused(f, 2);
	memset(f[1].name, 'x', sizeof(f[1].name));
	f[1].type.u.integer.alignment = 8;
	refused(f, 2);
}

Test(metadata_text, enumerations_that_no_reader_takes)
{
	const struct lttng_ust_ctl_enum_entry backwards = enum_entry("A", 9, 3, 1);
	const struct lttng_ust_ctl_enum_entry negative = enum_entry("A", -5, 3, 1);
	struct rf_enum_mapping mapping;

	cr_assert_eq(rf_enum_entries_text(&text, &mapping, NULL, 0, 2), -EINVAL);
	cr_assert_eq(rf_enum_entries_text(&text, &mapping, &backwards, 1, 2), -EINVAL);
	cr_assert_eq(rf_enum_entries_text(&text, &mapping, &negative, 1, 2), 0);
	cr_assert(mapping.ordered_signed);
	cr_assert_not(mapping.ordered_unsigned);
}
