/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/filter_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMON                                                                                                         \
	"name: x\nID: 7\nformat:\n"                                                                                    \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                                         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                                         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                                 \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
#define FIELD(declaration, size, is_signed)                                                                            \
	"\tfield:" declaration ";\toffset:8;\tsize:" #size ";\tsigned:" #is_signed ";\n"

static const char switch_text[] = COMMON FIELD("char prev_comm[16]", 16, 0) FIELD("pid_t prev_pid", 4, 1)
	FIELD("int prev_prio", 4, 1) FIELD("long prev_state", 8, 1) "\nprint fmt: \"\"\n";
static const char open_text[] = COMMON FIELD("int __syscall_nr", 4, 1) FIELD("int dfd", 8, 0)
	FIELD("const char * filename", 8, 0) FIELD("unsigned int flags", 8, 0) FIELD("umode_t mode", 8, 0)
		FIELD("unsigned long len", 8, 0) "\n";
static const char block_text[] = COMMON FIELD("dev_t dev", 4, 0) FIELD("sector_t sector", 8, 0)
	FIELD("char rwbs[10]", 10, 0) FIELD("char comm[16]", 16, 0) FIELD("__data_loc char[] cmd", 4, 0)
		FIELD("u8 small", 1, 0) FIELD("s16 tiny", 2, 1) FIELD("u64 list[4]", 32, 0)
			FIELD("__data_loc u32[] many", 4, 0) FIELD("const char * s", 8, 0) "\n";

static struct {
	const char *system;
	const char *event;
	const char *text;
} files[] = {
	{"sched", "sched_switch", switch_text},
	{"syscalls", "sys_enter_openat", open_text},
	{"block", "block_rq_issue", block_text},
};

enum { SWITCH, OPEN, BLOCK };
#define FORMATS 3

static struct rf_format formats[FORMATS];

static void read_formats(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		cr_assert_eq(rf_format_parse(&formats[i], files[i].system, files[i].event, files[i].text,
				     strlen(files[i].text)),
			0, "%s", files[i].event);
}

static void free_formats(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		rf_format_free(&formats[i]);
}

TestSuite(filter_text, .init = read_formats, .fini = free_formats);

struct pair {
	int format;
	const char *expression;
	const char *text;
};

static void check(const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char out[RF_FILTER_TEXT_SIZE];
		int status = rf_filter_to_tracefs(
			pairs[i].expression, &formats[pairs[i].format], "event", out, sizeof(out));

		cr_expect_eq(status, 0, "%s: %s", pairs[i].expression, out);
		cr_expect_str_eq(out, pairs[i].text, "%s: %s", pairs[i].expression, out);
	}
}
#define CHECK(pairs) check(pairs, sizeof(pairs) / sizeof((pairs)[0]))

static const struct pair numbers[] = {
	{SWITCH, "prev_tid == 1", "prev_pid == 1"},
	{SWITCH, "prev_tid != 1", "prev_pid != 1"},
	{SWITCH, "prev_tid > 1", "prev_pid >= 2"},
	{SWITCH, "prev_tid < 1", "prev_pid <= 0"},
	{SWITCH, "prev_tid >= 1", "prev_pid >= 1"},
	{SWITCH, "prev_tid <= -1", "prev_pid <= -1"},
	{SWITCH, "prev_tid > -5", "prev_pid >= -4"},
	{SWITCH, "1 < prev_tid", "prev_pid >= 2"},
	{SWITCH, "1 >= prev_tid", "prev_pid <= 1"},
	{SWITCH, "prev_tid", "prev_pid != 0"},
	{SWITCH, "!prev_tid", "!(prev_pid != 0)"},
	{SWITCH, "+prev_tid == +1", "prev_pid == 1"},
	{SWITCH, "prev_tid == 1 << 4 | 3", "prev_pid == 19"},
	{SWITCH, "prev_tid == ~0", "prev_pid == -1"},
	{SWITCH, "prev_tid == 0x1ff >> 8 ^ 2", "prev_pid == 3"},
	{SWITCH, "prev_state >= -9223372036854775807", "prev_state >= -9223372036854775807"},
	/* Priorities count from elsewhere. */
	{SWITCH, "prev_prio == 20", "prev_prio == 120"},
	{SWITCH, "prev_prio < -10", "prev_prio <= 89"},
	{SWITCH, "prev_prio", "prev_prio != 100"},
	/* What a field cannot be. */
	{BLOCK, "small < 256", "0"},
	{BLOCK, "small != -1", "0"},
	{BLOCK, "small < 255", "small <= 254"},
	{BLOCK, "tiny > -32769", "0"},
	{BLOCK, "tiny > -32768", "tiny >= -32767"},
	{BLOCK, "dev > -1", "0"},
	{BLOCK, "dev > 0", "dev >= 1"},
	/* LTTng compares 64-bit fields as signed ones. */
	{BLOCK, "sector > 100", "sector >= 101 && sector <= 9223372036854775807"},
	{BLOCK, "sector < 0", "sector >= 9223372036854775808"},
	{BLOCK, "sector > 18446744073709551614", "sector <= 9223372036854775807 || sector == 18446744073709551615"},
	{BLOCK, "sector == -1", "sector == 18446744073709551615"},
	{BLOCK, "sector < -1", "sector >= 9223372036854775808 && sector <= 18446744073709551614"},
	{BLOCK, "sector <= 9223372036854775807", "0"},
	/* Arguments in registers. */
	{OPEN, "dfd == 3", "dfd == 3"},
	{OPEN, "dfd == -100", "dfd == 4294967196 || dfd == 18446744073709551516"},
	{OPEN, "dfd != -100", "dfd != 4294967196 && dfd != 18446744073709551516"},
	{OPEN, "dfd < 2 && flags",
		"(dfd <= 1 || dfd >= 2147483648 && dfd <= 4294967295 || dfd >= 18446744071562067968) "
		"&& flags != 0"},
	{OPEN, "flags == 0xffffffff", "flags == 4294967295 || flags == 18446744073709551615"},
	{OPEN, "flags > 5", "flags >= 6 && flags <= 4294967295 || flags >= 18446744071562067968"},
	{OPEN, "mode == 0644", "mode == 420"},
	{OPEN, "len == 5", "len == 5"},
	{OPEN, "filename == 0", "filename == 0"},
};

Test(filter_text, compares_numbers_as_they_are_stored)
{
	CHECK(numbers);
}

static const struct pair masks[] = {
	{SWITCH, "prev_state & 3", "prev_state & 3"},
	{SWITCH, "3 & prev_state", "prev_state & 3"},
	{SWITCH, "prev_state & 7 & 3", "prev_state & 3"},
	{SWITCH, "!(prev_state & 3)", "!(prev_state & 3)"},
	{SWITCH, "(prev_state & 3) != 0", "prev_state & 3"},
	{SWITCH, "(prev_state & 3) == 0", "!(prev_state & 3)"},
	{SWITCH, "prev_state & 3 > 0", "prev_state & 3"},
	{SWITCH, "prev_state & 3 >= 1", "prev_state & 3"},
	{SWITCH, "prev_state & 3 < 1", "!(prev_state & 3)"},
	{SWITCH, "0 >= prev_state & 3", "!(prev_state & 3)"},
	{SWITCH, "prev_state & 3 == 1", "!(prev_state & 2) && prev_state & 1"},
	{SWITCH, "prev_state & 3 == 3", "prev_state & 1 && prev_state & 2"},
	{SWITCH, "prev_state & 3 != 3", "!(prev_state & 1 && prev_state & 2)"},
	{SWITCH, "prev_state & 3 != 4", "0"},
	{SWITCH, "prev_state & 0 == 0", "0"},
	{SWITCH, "prev_state & -1", "prev_state & -1"},
	{SWITCH, "prev_state & 1 << 63", "prev_state & -9223372036854775808"},
	{SWITCH, "prev_tid & 0xf000000000000000", "prev_pid & -2147483648"},
	{SWITCH, "prev_tid & 0xf00000001 == 0xf00000000", "!(prev_pid & 1) && prev_pid & -2147483648"},
	{BLOCK, "small & 0xfff", "small & 255"},
	{BLOCK, "small & 0xf01 > 0", "small & 1"},
	{BLOCK, "sector & 0x8000000000000000", "sector & 9223372036854775808"},
	{BLOCK, "dev & ~1 > 0", "dev & 4294967294"},
	{OPEN, "flags & 0x40 && mode & 07", "flags & 64 && mode & 7"},
	{OPEN, "dfd & ~0", "dfd & 4294967295"},
};

Test(filter_text, tests_bits)
{
	CHECK(masks);
}

static const struct pair texts[] = {
	{SWITCH, "prev_comm == \"sh\"", "prev_comm == \"sh\""},
	{SWITCH, "prev_comm != \"sh\"", "prev_comm != \"sh\""},
	{SWITCH, "\"sh\" == prev_comm", "prev_comm == \"sh\""},
	{SWITCH, "prev_comm == \"\"", "prev_comm == \"\""},
	{SWITCH, "prev_comm == \"s**h\"", "prev_comm ~ \"s*h\""},
	{SWITCH, "prev_comm != \"s*\"", "!(prev_comm ~ \"s*\")"},
	{SWITCH, "prev_comm == \"*\"", "0"},
	{SWITCH, "prev_comm == 'a\"b'", "prev_comm == 'a\"b'"},
	{SWITCH, "prev_comm == \"a'b\"", "prev_comm == \"a'b\""},
	{SWITCH, "prev_comm == \"a?[\\\\\"", "prev_comm == \"a?[\\\""},
	{SWITCH, "prev_comm == \"a?[\\\\]*\"", "prev_comm ~ \"a\\?\\[\\\\]*\""},
	{SWITCH, "prev_comm == \"\\*\"", "prev_comm == \"*\""},
	{SWITCH, "prev_comm == \"\\**\"", "prev_comm ~ \"\\**\""},
	{SWITCH, "prev_comm == \"1*\"", "prev_comm ~ \"\\1*\""},
	{SWITCH, "prev_comm == \"!*\"", "prev_comm ~ \"\\!*\""},
	{SWITCH, "prev_comm == \"*1!\"", "prev_comm ~ \"*\\1!\""},
	{SWITCH, "prev_comm == \"**x*y\"", "prev_comm ~ \"*\\x*y\""},
	{SWITCH, "prev_comm != \"longer than it can be\"", "0"},
	{BLOCK, "cmd == \"longer than a name of a thread\"", "cmd == \"longer than a name of a thread\""},
	{OPEN, "filename == \"/etc/*\"", "filename.ustring ~ \"/etc/*\""},
	{OPEN, "filename != \"/etc\"", "filename.ustring != \"/etc\""},
	{BLOCK, "s == \"x\"", "s == \"x\""},
};

Test(filter_text, compares_texts)
{
	CHECK(texts);
}

static const struct pair contexts[] = {
	{SWITCH, "$ctx.procname == \"lttng*\"", "COMM ~ \"lttng*\""},
	{SWITCH, "$ctx.procname != \"sh\"", "COMM != \"sh\""},
	{SWITCH, "$ctx.procname != \"longer than it is\"", "0"},
	{SWITCH, "$ctx.tid == 12", "common_pid == 12"},
	{SWITCH, "$ctx.cpu_id < 2", "CPU <= 1"},
	{SWITCH, "$ctx.interruptible", "!(common_flags & 1)"},
	{SWITCH, "$ctx.need_reschedule == 1", "common_flags & 4"},
	{SWITCH, "$ctx.preemptible == 0", "!(!(common_preempt_count & 15))"},
	{BLOCK, "tid == 12", "common_pid == 12"},
};

Test(filter_text, names_contexts)
{
	CHECK(contexts);
}

static const struct pair operations[] = {
	{BLOCK, "rwbs & 32", "rwbs ~ \"*S*\""},
	{BLOCK, "rwbs & 5", "rwbs ~ \"W*\" || rwbs ~ \"FW*\" || rwbs ~ \"R*\" || rwbs ~ \"FR*\""},
	{BLOCK, "!(rwbs & 1)", "!(rwbs ~ \"W*\" || rwbs ~ \"FW*\")"},
	{BLOCK, "(rwbs & 0x60) == 32 && small", "!(rwbs ~ \"*M*\") && rwbs ~ \"*S*\" && small != 0"},
	{BLOCK, "(rwbs & 512) == 512", "(rwbs ~ \"*[WDREN]F*\" || rwbs ~ \"FFF*\")"},
	{BLOCK, "rwbs & 16 == 0", "0"},
};

Test(filter_text, reads_block_operations)
{
	CHECK(operations);
}

static const struct pair logic[] = {
	{SWITCH, "prev_tid == 1 && prev_prio == 2", "prev_pid == 1 && prev_prio == 102"},
	{SWITCH, "prev_tid && prev_tid == 1 || prev_prio", "prev_pid != 0 && prev_pid == 1 || prev_prio != 100"},
	{SWITCH, "(prev_tid || prev_prio) && prev_state", "(prev_pid != 0 || prev_prio != 100) && prev_state != 0"},
	{SWITCH, "prev_state && (prev_tid || prev_prio)", "prev_state != 0 && (prev_pid != 0 || prev_prio != 100)"},
	{SWITCH, "!(prev_tid || prev_prio) && !prev_state",
		"!(prev_pid != 0 || prev_prio != 100) && !(prev_state != 0)"},
	{SWITCH, "(prev_tid || prev_prio) && 1 && prev_state",
		"(prev_pid != 0 || prev_prio != 100) && prev_state != 0"},
	{SWITCH, "1 && (prev_tid || prev_prio)", "prev_pid != 0 || prev_prio != 100"},
	{SWITCH, "0 || (prev_tid || prev_prio) && prev_state",
		"(prev_pid != 0 || prev_prio != 100) && prev_state != 0"},
	{SWITCH, "prev_tid || 1", "0"},
	{SWITCH, "0 || prev_tid == 1 || 1 == 2", "prev_pid == 1"},
	{SWITCH, "prev_prio == 5 || prev_tid == 1 && 0", "prev_prio == 105"},
	{SWITCH, "prev_prio == 5 || (1 || prev_tid == 1) && prev_state == 1", "prev_prio == 105 || prev_state == 1"},
	{SWITCH, "!0", "0"},
	{SWITCH, "7", "0"},
	{SWITCH, "(prev_tid == 1) == 0", "!(prev_pid == 1)"},
	{SWITCH, "0 < (prev_tid == 1)", "prev_pid == 1"},
	{SWITCH, "prev_prio == 1 && (prev_tid == 1) < 2", "prev_prio == 101"},
	{BLOCK, "(sector > 5) && small == 1", "sector >= 6 && sector <= 9223372036854775807 && small == 1"},
};

Test(filter_text, joins_terms)
{
	CHECK(logic);
}

static const struct {
	int format;
	const char *expression;
	int status;
} refused[] = {
	{SWITCH, "nosuch == 1", -ENOENT},
	{SWITCH, "prev_tid == 1 || nosuch.x[1] == 1", -ENOENT},
	{SWITCH, "prev_tid == prev_prio || nosuch == 1", -ENOENT},
	{SWITCH, "prev_pid == 1", -ENOENT}, /* the kernel's name */
	{SWITCH, "common_pid == 1", -ENOENT},
	{OPEN, "__syscall_nr == 1", -ENOENT},
	{SWITCH, "prev_tid == \"a\"", -ENOENT},
	{SWITCH, "prev_comm == 1", -ENOENT},
	{SWITCH, "prev_comm", -ENOENT},
	{SWITCH, "prev_comm & 1", -ENOENT},
	{SWITCH, "prev_comm == prev_tid", -ENOENT},
	{SWITCH, "prev_comm == \"longer than it can be\"", -ENOENT},
	{SWITCH, "0", -ENOENT},
	{SWITCH, "prev_tid && 0", -ENOENT},
	{SWITCH, "prev_tid == 1 << 64", -ENOENT},
	{SWITCH, "prev_tid == 1 >> -1", -ENOENT},
	{SWITCH, "prev_state & 3 == 4", -ENOENT},
	{SWITCH, "prev_tid & 0xf00000000 == 0x100000000", -ENOENT},
	{BLOCK, "small == 256", -ENOENT},
	{BLOCK, "rwbs & 16", -ENOENT},
	{SWITCH, "prev_tid == prev_prio", -EINVAL},
	{SWITCH, "prev_tid == 1.5", -EINVAL},
	{SWITCH, "prev_tid | 1", -EINVAL},
	{SWITCH, "prev_tid << 1 == 2", -EINVAL},
	{SWITCH, "~prev_tid == 2", -EINVAL},
	{SWITCH, "-prev_tid == 2", -EINVAL},
	{SWITCH, "prev_prio & 1", -EINVAL},
	{SWITCH, "prev_tid & 3 > 1", -EINVAL},
	{SWITCH, "prev_tid & -1 > 0", -EINVAL},
	{SWITCH, "prev_tid & prev_state", -EINVAL},
	{SWITCH, "prev_comm < \"a\"", -EINVAL},
	{SWITCH, "\"a\" == \"b\"", -EINVAL},
	{SWITCH, "prev_comm == prev_comm", -EINVAL},
	{SWITCH, "prev_comm[1] == 1", -EINVAL},
	{SWITCH, "$ctx.vpid == 1", -EINVAL},
	{SWITCH, "$app.a:b == 1", -EINVAL},
	{SWITCH, "(prev_tid == 1) == (prev_prio == 1)", -EINVAL},
	{SWITCH, "(prev_tid == 1) & 1", -EINVAL},
	{SWITCH, "prev_comm == \"a'\" || prev_comm == 'a\"'", 0},
	{BLOCK, "list == 1", -EINVAL},
	{BLOCK, "many[0] == 1", -EINVAL},
	{BLOCK, "rwbs > 1", -EINVAL},
	{SWITCH, "prev_tid ==", -EINVAL},
	{SWITCH, "", -EINVAL},
};

Test(filter_text, says_what_the_kernel_cannot)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char out[RF_FILTER_TEXT_SIZE] = "";

		cr_expect_eq(rf_filter_to_tracefs(
				     refused[i].expression, &formats[refused[i].format], "event", out, sizeof(out)),
			refused[i].status, "%s: %s", refused[i].expression, out);
		cr_expect(out[0], "%s", refused[i].expression);
	}
}

/* prev_comm OP a literal of LEN bytes that are C. */
static int literal(const char *op, char c, size_t len, int format, const char *field)
{
	char expression[1024], out[RF_FILTER_TEXT_SIZE];
	size_t at = (size_t)snprintf(expression, sizeof(expression), "%s %s \"*", field, op);

	memset(expression + at, c, len);
	expression[at + len] = '"';
	expression[at + len + 1] = '\0';
	return rf_filter_to_tracefs(expression, &formats[format], "event", out, sizeof(out));
}

Test(filter_text, is_no_longer_than_the_kernel_takes)
{
	cr_expect_eq(literal("==", 'a', 253, BLOCK, "cmd"), 0);
	cr_expect_eq(literal("==", 'a', 254, BLOCK, "cmd"), -E2BIG);
	cr_expect_eq(literal("!=", '?', 127, SWITCH, "prev_comm"), 0);
	cr_expect_eq(literal("!=", '?', 128, SWITCH, "prev_comm"), -E2BIG);

	char expression[16384] = "prev_tid == 1", out[RF_FILTER_TEXT_SIZE];

	for (size_t terms = 1;; terms++) {
		size_t before = strlen(expression);
		int status = rf_filter_to_tracefs(expression, &formats[SWITCH], "event", out, sizeof(out));

		if (status) {
			cr_expect_eq(status, -E2BIG);
			cr_expect_eq(terms, (4095 + strlen(" || ")) / strlen("prev_pid == 1 || ") + 1);
			break;
		}
		cr_assert_lt(terms, 500);
		strcpy(expression + before, " || prev_tid == 1");
	}
}

Test(filter_text, is_bounded_for_every_size)
{
	for (size_t size = 1; size < 200; size++) {
		char *out = malloc(size);

		for (size_t i = 0; i < sizeof(logic) / sizeof(logic[0]); i++) {
			int status = rf_filter_to_tracefs(
				logic[i].expression, &formats[logic[i].format], "event", out, size);

			cr_expect(status == 0 || status == -E2BIG);
			cr_expect(strnlen(out, size) < size);
		}
		free(out);
	}
}
