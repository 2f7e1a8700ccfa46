/* SPDX-License-Identifier: GPL-2.0-only */
/* Format files of the kernel's tracer, and what clients call the fields in them. */
#include "sessiond/kernel/field_map.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COMMON                                                                                                         \
	"name: x\nID: 366\nformat:\n"                                                                                  \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                                         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                                         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                                 \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
#define FIELD(DECL, OFFSET, SIZE, SIGNED)                                                                              \
	"\tfield:" DECL ";\toffset:" #OFFSET ";\tsize:" #SIZE ";\tsigned:" #SIGNED ";\n"
#define END "\nprint fmt: \"field:int no;\"\n"

static struct rf_format format;

static void end(void)
{
	rf_format_free(&format);
}

TestSuite(format_file, .fini = end);

static int parse(const char *system, const char *text)
{
	rf_format_free(&format);
	return rf_format_parse(&format, system, "event", text, strlen(text));
}

static const struct rf_format_field *field(const char *name)
{
	const struct rf_format_field *f = rf_format_find(&format, name);

	cr_assert(f, "%s", name);
	return f;
}

Test(format_file, common_fields_and_numbers)
{
	cr_assert_eq(parse("sched", COMMON FIELD("pid_t pid", 8, 4, 1) FIELD("u64 delta", 16, 8, 0) END), 0);
	cr_expect_eq(format.id, 366);
	cr_expect_eq(format.common, 4);
	cr_expect_eq(format.count, 6);
	cr_expect_eq(format.size, 24);
	cr_expect_str_eq(format.system, "sched");
	cr_expect(field("pid")->kind == RF_FORMAT_INTEGER && field("pid")->width_signed);
	cr_expect_eq(field("pid")->width, 4);
	cr_expect_eq(field("delta")->offset, 16);
	cr_expect_not(field("delta")->width_signed);
}

Test(format_file, every_kind)
{
	cr_assert_eq(parse("any",
			     COMMON FIELD("char comm[16]", 8, 16, 1) FIELD("struct rq * rq", 24, 8, 0) FIELD(
				     "unsigned long args[6]", 32, 48, 0) FIELD("struct in6 addr", 80, 28,
				     0) FIELD("__data_loc char[] name", 108, 4, 1) FIELD("__rel_loc u64[] addrs", 112,
				     4, 0) FIELD("__data_loc cpumask_t mask", 116, 4, 0) FIELD("u32 buf[]", 120, 0, 0)
				     FIELD("struct none nothing", 120, 0, 0) FIELD("u8 odd[3]", 120, 7, 0) END),
		0);
	cr_expect(field("comm")->kind == RF_FORMAT_TEXT && field("comm")->size == 16);
	cr_expect(field("rq")->kind == RF_FORMAT_POINTER && field("rq")->width == 8);
	cr_expect(field("args")->kind == RF_FORMAT_ARRAY && field("args")->count == 6 && field("args")->element == 8);
	cr_expect(field("addr")->kind == RF_FORMAT_ARRAY && field("addr")->opaque && field("addr")->count == 28);
	cr_expect(field("name")->kind == RF_FORMAT_STRING && !field("name")->relative);
	cr_expect(field("addrs")->kind == RF_FORMAT_SEQUENCE && field("addrs")->relative);
	cr_expect_eq(field("addrs")->element, 8);
	cr_expect(field("mask")->kind == RF_FORMAT_SEQUENCE && field("mask")->element == 8);
	cr_expect_eq(field("buf")->kind, RF_FORMAT_TAIL);
	cr_expect_null(rf_format_find(&format, "nothing"));
	cr_expect(field("odd")->opaque && field("odd")->count == 7);
}

Test(format_file, refuses_what_is_no_format)
{
	static const char *const texts[] = {
		"",
		"ID: 3\n\n",
		"ID: x\n",
		"ID: 70000\n",
		COMMON FIELD("pid", 8, 4, 1) END,
		COMMON FIELD("int 4pid", 8, 4, 1) END,
		COMMON FIELD("int pid", 65533, 4, 1) END,
		COMMON FIELD("int pid", -8, 4, 1) END,
		COMMON FIELD("int pid", 8, 4, 2) END,
		COMMON FIELD("int pid", 8, 4, 1) FIELD("int pid", 12, 4, 1) END,
		COMMON FIELD("__data_loc char[] x", 8, 8, 0) END,
		COMMON FIELD("__data_loc char x[4]", 8, 4, 0) END,
		COMMON "\tfield:int pid;\toffset:8;\n" END,
		COMMON "\tfield:int pid\n" END,
		COMMON "\tfield:;\toffset:8;\tsize:4;\tsigned:0;\n" END,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_expect_eq(parse("any", texts[i]), -EINVAL, "text %zu", i);
}

Test(format_file, too_many_fields)
{
	static char text[65536];
	int at = snprintf(text, sizeof(text), "%s", COMMON);

	for (unsigned int i = 0; i < RF_FORMAT_FIELDS_MAX; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, FIELD("int f%u", 8, 4, 1), i);
	cr_expect_eq(parse("any", text), -E2BIG);
}

static struct rf_mapped_field mapped(const char *name)
{
	struct rf_mapped_field f;

	cr_assert(rf_map_field(&format, name, &f), "%s", name);
	return f;
}

static void expect_names(const char *expected)
{
	struct rf_mapped_field fields[RF_MAPPED_FIELDS_MAX];
	size_t count = rf_map_fields(&format, fields, RF_MAPPED_FIELDS_MAX);
	char names[1024] = "";

	for (size_t i = 0; i < count; i++) {
		strcat(names, i ? " " : "");
		strcat(names, fields[i].name);
	}
	cr_expect_str_eq(names, expected);
}

Test(format_file, scheduler_has_threads_and_other_priorities)
{
	cr_assert_eq(parse("sched",
			     COMMON FIELD("char prev_comm[16]", 8, 16, 0) FIELD("pid_t prev_pid", 24, 4, 1)
				     FIELD("int prev_prio", 28, 4, 1) FIELD("long prev_state", 32, 8, 1) END),
		0);
	expect_names("prev_comm prev_tid prev_prio prev_state");
	cr_expect_eq(mapped("prev_prio").add, -100);
	cr_expect_eq(mapped("prev_tid").add, 0);
	cr_expect_str_eq(mapped("prev_tid").field->name, "prev_pid");

	cr_assert_eq(parse("signal", COMMON FIELD("pid_t pid", 8, 4, 1) FIELD("int prio", 12, 4, 1) END), 0);
	expect_names("pid prio");
	cr_expect_eq(mapped("prio").add, 0);
}

Test(format_file, block_devices_have_a_thread_and_operation_bits)
{
	cr_assert_eq(parse("block",
			     COMMON FIELD("dev_t dev", 8, 4, 0) FIELD("char rwbs[10]", 12, 10, 0)
				     FIELD("char comm[16]", 22, 16, 0) END),
		0);
	expect_names("dev rwbs tid comm");
	cr_expect(mapped("rwbs").rwbs);
	cr_expect_eq(mapped("tid").field->offset, 4);
}

Test(format_file, system_calls_have_the_width_of_their_arguments)
{
	cr_assert_eq(parse("syscalls",
			     COMMON FIELD("int __syscall_nr", 8, 4, 1) FIELD("int dfd", 16, 8, 0)
				     FIELD("const char * filename", 24, 8, 0) FIELD("umode_t mode", 32, 8, 0)
					     FIELD("loff_t at", 40, 8, 0) FIELD("size_t len", 48, 8, 0)
						     FIELD("const clockid_t which", 56, 8, 0) END),
		0);
	expect_names("dfd filename mode at len which");
	cr_expect(mapped("dfd").field->width == 4 && mapped("dfd").field->width_signed);
	cr_expect_eq(mapped("filename").field->kind, RF_FORMAT_POINTER);
	cr_expect(mapped("mode").field->width == 2 && !mapped("mode").field->width_signed);
	cr_expect(mapped("at").field->width == 8 && mapped("at").field->width_signed);
	cr_expect(mapped("len").field->width == 8 && !mapped("len").field->width_signed);
	cr_expect(mapped("which").field->width == 4 && mapped("which").field->width_signed);
}

Test(format_file, values_of_pointers_stand_for_them)
{
	cr_assert_eq(parse("syscalls",
			     COMMON FIELD("const char * filename", 16, 8, 0) FIELD("const char * buf", 24, 8, 0)
				     FIELD("__data_loc char[] __filename_val", 32, 4, 0)
					     FIELD("__data_loc char[] __buf_val", 36, 4, 0) END),
		0);
	expect_names("filename buf");
	cr_expect(mapped("filename").field->kind == RF_FORMAT_STRING && !mapped("filename").bytes);
	cr_expect(mapped("buf").field->kind == RF_FORMAT_STRING && mapped("buf").bytes);
}

Test(format_file, names_that_would_clash)
{
	cr_assert_eq(parse("sched", COMMON FIELD("int tid", 8, 4, 1) FIELD("int pid", 12, 4, 1) END), 0);
	expect_names("tid pid");
	cr_assert_eq(parse("any", COMMON FIELD("__data_loc u8[] x", 8, 4, 0) FIELD("int _x_length", 12, 4, 1) END), 0);
	expect_names("x");
	cr_assert_eq(parse("any", COMMON FIELD("int _x_length", 12, 4, 1) FIELD("__data_loc u8[] x", 8, 4, 0) END), 0);
	expect_names("_x_length");
}

Test(format_file, probes)
{
	cr_assert_eq(parse("rf_1", COMMON FIELD("unsigned long __probe_ip", 8, 8, 0) END), 0);
	expect_names("ip");
	cr_assert_eq(parse("rf_1",
			     COMMON FIELD("unsigned long __probe_func", 8, 8, 0)
				     FIELD("unsigned long __probe_ret_ip", 16, 8, 0) END),
		0);
	expect_names("ip parent_ip");
}
