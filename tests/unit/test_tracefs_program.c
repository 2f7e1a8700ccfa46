/* SPDX-License-Identifier: GPL-2.0-only */
/* What is made of format files: operations for the consumer, and metadata text. */
#include "sessiond/ctf/blocks.h"
#include "sessiond/kernel/tracefs_context.h"
#include "sessiond/kernel/tracefs_program.h"
#include "sessiond/kernel/tracefs_text.h"
#include "tests/unit/kernel_formats.h"

#include <errno.h>
#include <sys/stat.h>

static struct rf_format format;
static struct rf_mapped_field fields[RF_MAPPED_FIELDS_MAX];
static size_t field_count;
static struct rf_record_op ops[RF_RECORD_OPS_MAX];

static const char sample[] = "name: x\nID: 7\nformat:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			     "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
			     "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
			     "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
			     "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
			     "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
			     "\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;\n"
			     "\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n"
			     "\tfield:__data_loc char[] name;\toffset:40;\tsize:4;\tsigned:0;\n"
			     "\tfield:__rel_loc u32[] list;\toffset:44;\tsize:4;\tsigned:0;\n"
			     "\tfield:void * at;\toffset:48;\tsize:8;\tsigned:0;\n"
			     "\tfield:u8 raw[];\toffset:56;\tsize:0;\tsigned:0;\n\nprint fmt: \"\"\n";

static void begin(void)
{
	cr_assert_eq(rf_format_parse(&format, "sched", "sample", sample, sizeof(sample) - 1), 0);
	field_count = rf_map_fields(&format, fields, RF_MAPPED_FIELDS_MAX);
}

static void end(void)
{
	rf_format_free(&format);
}

TestSuite(tracefs_program, .init = begin, .fini = end);

static void expect_op(size_t i, struct rf_record_op expected)
{
	cr_expect_eq(memcmp(&ops[i], &expected, sizeof(expected)), 0, "op %zu: kind %u flags %u at %u len %u value %d",
		i, ops[i].kind, ops[i].flags, ops[i].at, ops[i].len, ops[i].value);
}

Test(tracefs_program, operations)
{
	memset(ops, 0, sizeof(ops));
	cr_assert_eq(rf_tracefs_program(&format, fields, field_count, ops), 16);
	expect_op(0, (struct rf_record_op){.kind = RF_OP_COPY, .at = 4, .len = 4});
	expect_op(1, (struct rf_record_op){.kind = RF_OP_FLAG, .at = 2, .len = 0x01, .value = 0});
	expect_op(2, (struct rf_record_op){.kind = RF_OP_FLAG, .at = 3, .len = 0x0f, .value = 0});
	expect_op(3, (struct rf_record_op){.kind = RF_OP_FLAG, .at = 2, .len = 0x04, .value = 0x04});
	expect_op(4, (struct rf_record_op){.kind = RF_OP_FLAG, .at = 3, .len = 0xf0, .value = 0});
	for (size_t i = 0; i < 4; i++)
		expect_op(5 + i, (struct rf_record_op){.kind = (uint8_t)(RF_OP_PROCNAME + i), .at = 4});
	expect_op(9, (struct rf_record_op){.kind = RF_OP_COPY, .at = 8, .len = 20});
	expect_op(10, (struct rf_record_op){.kind = RF_OP_ADD32, .at = 28, .value = -100});
	expect_op(11, (struct rf_record_op){.kind = RF_OP_COPY, .at = 32, .len = 8});
	expect_op(12, (struct rf_record_op){.kind = RF_OP_STRING, .at = 40});
	expect_op(13, (struct rf_record_op){.kind = RF_OP_SEQUENCE, .flags = RF_OP_RELATIVE, .at = 44, .len = 4});
	expect_op(14, (struct rf_record_op){.kind = RF_OP_COPY, .at = 48, .len = 8});
	expect_op(15, (struct rf_record_op){.kind = RF_OP_TAIL, .at = 56});
}

Test(tracefs_program, contexts_need_their_fields)
{
	struct rf_format bare;
	static const char text[] = "ID: 1\n\tfield:short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n";

	cr_assert_eq(rf_format_parse(&bare, "x", "y", text, sizeof(text) - 1), 0);
	cr_expect_eq(rf_tracefs_program(&bare, NULL, 0, ops), -EINVAL);
	rf_format_free(&bare);
}

Test(tracefs_program, contexts_by_the_numbers_of_clients)
{
	cr_expect_eq(rf_tracefs_context_find(6), RF_TRACEFS_TID);
	cr_expect_eq(rf_tracefs_context_find(19), RF_TRACEFS_MIGRATABLE);
	cr_expect_eq(rf_tracefs_context_find(2), RF_TRACEFS_PROCNAME);
	cr_expect_eq(rf_tracefs_context_find(4), RF_TRACEFS_CONTEXT_NONE, "nice");
	cr_expect_eq(rf_tracefs_context_find(10), RF_TRACEFS_CONTEXT_UNKNOWN, "pthread_id");
	cr_expect_eq(rf_tracefs_context_find(1000), RF_TRACEFS_CONTEXT_UNKNOWN);
}

Test(tracefs_program, text_of_fields)
{
	struct rf_text text;
	static const char expected[] =
		"\tfields := struct {\n"
		"\t\tinteger { size = 8; align = 8; signed = 0; encoding = UTF8; base = 10; } _prev_comm[16];\n"
		"\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; base = 10; } _prev_tid;\n"
		"\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; base = 10; } _prev_prio;\n"
		"\t\tinteger { size = 64; align = 8; signed = 1; encoding = none; base = 10; } _prev_state;\n"
		"\t\tstring _name;\n"
		"\t\tinteger { size = 16; align = 8; signed = 0; encoding = none; base = 10; } __list_length;\n"
		"\t\tinteger { size = 32; align = 8; signed = 0; encoding = none; base = 10; } _list[ __list_length "
		"];\n"
		"\t\tinteger { size = 64; align = 8; signed = 0; encoding = none; base = 16; } _at;\n"
		"\t\tinteger { size = 16; align = 8; signed = 0; encoding = none; base = 10; } __raw_length;\n"
		"\t\tinteger { size = 8; align = 8; signed = 0; encoding = none; base = 16; } _raw[ __raw_length ];\n"
		"\t};\n";

	rf_text_init(&text, 1u << 16);
	rf_tracefs_event_body(&text, fields, field_count);
	rf_text_add(&text, "", 1);
	cr_expect_not(text.failed);
	cr_expect_str_eq(text.data, expected);
	rf_text_free(&text);
}

/* Only records of what the kernel says it has may be touched. */
static void check_ops(const struct rf_kernel_event *event, int count)
{
	cr_assert_geq(count, 0, "%s", event->id);
	for (int i = 0; i < count; i++) {
		unsigned int taken = ops[i].kind == RF_OP_COPY || ops[i].kind == RF_OP_RWBS ? ops[i].len
			: ops[i].kind == RF_OP_TAIL                                         ? 0
			: ops[i].kind == RF_OP_FLAG                                         ? 1
											    : 4;

		cr_assert_leq(ops[i].at + taken, format.size, "%s", event->id);
		cr_assert(ops[i].kind >= RF_OP_COPY && ops[i].kind < RF_OP_KINDS, "%s", event->id);
	}
}

static void write_trace(const char *directory, const struct rf_text *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/metadata", directory);

	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text->data, text->len), (ssize_t)text->len);
	close(fd);
}

static const struct rf_kernel_trace_def def = {
	.uuid = {1, 2, 3},
	.session_name = "s \"1\"",
	.hostname = "h",
};

/* What babeltrace2 makes of TEXT. */
static void expect_readable(const struct rf_text *text)
{
	char directory[] = "/tmp/rf-tracefs-XXXXXX";
	char command[512];

	cr_assert(mkdtemp(directory));
	write_trace(directory, text);
	snprintf(command, sizeof(command), "babeltrace2 %s 2>&1", directory);

	FILE *reader = popen(command, "r");
	char said[4096] = "";
	size_t got = fread(said, 1, sizeof(said) - 1, reader);

	cr_expect_eq(pclose(reader), 0, "%s", said);
	cr_expect_eq(got, 0, "%s", said);
	snprintf(command, sizeof(command), "%s/metadata", directory);
	unlink(command);
	rmdir(directory);
}

Test(tracefs_program, all_events_of_this_kernel)
{
	struct rf_kernel_catalogue catalogue = this_kernel();
	struct rf_text text;
	uint32_t id = 0;

	rf_text_init(&text, 1u << 26);
	rf_tracefs_preamble(&text, &def, 1700000000000000000);
	rf_tracefs_stream(&text, 0, (1u << RF_TRACEFS_CONTEXTS) - 1);
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct rf_kernel_event *event = &catalogue.events[i];
		struct rf_text body;

		rf_format_free(&format);
		if (!read_format(event, &format))
			continue;
		field_count = rf_map_fields(&format, fields, RF_MAPPED_FIELDS_MAX);
		check_ops(event, rf_tracefs_program(&format, fields, field_count, ops));
		rf_text_init(&body, 1u << 20);
		rf_tracefs_event_body(&body, fields, field_count);
		rf_ctf_event(&text, event->name, id++, 0, body.data, body.len);
		rf_text_free(&body);
	}
	cr_log_info("%u events, %zu bytes of text", id, text.len);
	cr_expect_not(text.failed);
	cr_expect_gt(id, 100);
	expect_readable(&text);
	rf_text_free(&text);
	rf_kernel_catalogue_free(&catalogue);
}
