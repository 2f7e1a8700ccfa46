/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that lttng-modules writes: its lists, and the clock's offset in its metadata wherever pieces end. */
#include "sessiond/kernel/modules_lists.h"
#include "sessiond/kernel/modules_metadata.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(modules_lists, .timeout = 30);
TestSuite(modules_metadata, .timeout = 30);

static void check_name(const struct rf_kernel_names *names, size_t index, const char *name)
{
	cr_assert_lt(index, names->count);
	cr_assert_str_eq(names->text + names->offsets[index], name);
}

static int tracepoints(const char *text, struct rf_kernel_names *names)
{
	return rf_modules_parse_tracepoints(text, strlen(text), names);
}

static int syscalls(const char *text, struct rf_kernel_names *names)
{
	return rf_modules_parse_syscalls(text, strlen(text), names);
}

Test(modules_lists, tracepoints)
{
	struct rf_kernel_names names;

	cr_assert_eq(tracepoints("event { name = sched_switch; };\nevent { name = irq_handler_entry; };\n", &names), 0);
	cr_assert_eq(names.count, 2);
	check_name(&names, 0, "sched_switch");
	check_name(&names, 1, "irq_handler_entry");
	cr_assert_null(names.flags);
	rf_kernel_names_free(&names);
	cr_assert_eq(names.count, 0);
	cr_assert_eq(tracepoints("", &names), 0);
	cr_assert_eq(names.count, 0);
	rf_kernel_names_free(&names);
}

Test(modules_lists, syscalls_merged_in_order)
{
	struct rf_kernel_names names;

	cr_assert_eq(syscalls("syscall { index = 0; name = write; bitness = 64; };\n"
			      "syscall { index = 1; name = newfstat; bitness = 64; };\n"
			      "syscall { index = 314; name = fork; bitness = 32; };\n"
			      "syscall { index = 315; name = write; bitness = 32; };\n"
			      "syscall { index = 316; name = writev; bitness = 32; };\n",
			     &names),
		0);
	cr_assert_eq(names.count, 4);
	check_name(&names, 0, "write");
	cr_assert_eq(names.flags[0], 3);
	check_name(&names, 1, "newfstat");
	cr_assert_eq(names.flags[1], 2);
	check_name(&names, 2, "fork");
	cr_assert_eq(names.flags[2], 1);
	check_name(&names, 3, "writev");
	cr_assert_eq(names.flags[3], 1);
	rf_kernel_names_free(&names);
}

Test(modules_lists, malformed)
{
	static const char *const bad_events[] = {
		"event { name = a; }",
		"event { name = a; };",
		"event { name = ; };\n",
		"event { name = a\nb; };\n",
		"event { name = a; };\n\n",
		"syscall { index = 0; name = read; bitness = 64; };\n",
	};
	static const char *const bad_syscalls[] = {
		"syscall { index = 0; name = read; bitness = 16; };\n",
		"syscall { index = 0; name = read; bitness = 64; }",
		"syscall { index = 0; name = read; };\n",
		"event { name = a; };\n",
	};
	struct rf_kernel_names names;
	char longest[400] = "event { name = ";

	for (size_t i = 0; i < sizeof(bad_events) / sizeof(bad_events[0]); i++) {
		cr_assert_eq(tracepoints(bad_events[i], &names), -EPROTO, "%s", bad_events[i]);
		cr_assert_null(names.text);
	}
	for (size_t i = 0; i < sizeof(bad_syscalls) / sizeof(bad_syscalls[0]); i++)
		cr_assert_eq(syscalls(bad_syscalls[i], &names), -EPROTO, "%s", bad_syscalls[i]);
	memset(longest + strlen(longest), 'x', 256);
	strcat(longest, "; };\n");
	cr_assert_eq(tracepoints(longest, &names), -EPROTO);
}

static const char metadata[] = "trace {\n\tmajor = 1;\n};\n\n"
			       "env {\n\ttrace_name = \"clock {\\noffset = 1;\";\n\toffset = 3;\n};\n\n"
			       "clock {\n\tname = \"monotonic\";\n"
			       "\tdescription = \"%s\";\n"
			       "\tfreq = 1000000000; /* Frequency, in Hz */\n"
			       "\t/* clock value offset from Epoch is: offset * (1/freq) */\n"
			       "\toffset = %s;\n};\n\n"
			       "stream {\n\tid = 0;\n\toffset = 7;\n};\n"
			       "clock {\n\toffset = 9;\n};\n";

static char *rewrite(const char *text, size_t piece, int64_t offset)
{
	struct rf_modules_rewriter rewriter = {0};
	struct rf_writer out;
	size_t len = strlen(text);

	rf_writer_init_growing(&out, 1 << 20, RF_HOST_ORDER);
	for (size_t at = 0; at < len; at += piece)
		rf_modules_rewrite(&rewriter, offset, text + at, len - at < piece ? len - at : piece, &out);
	rf_write_u8(&out, '\0');
	return (char *)rf_writer_take(&out, &len);
}

/* The clock's own offset, and no other, in pieces of every size. */
Test(modules_metadata, offset)
{
	char text[2048];
	char expected[2048];
	char description[400];

	memset(description, 'd', sizeof(description) - 1);
	description[sizeof(description) - 1] = '\0';
	snprintf(text, sizeof(text), metadata, description, "1795670310830447725");
	snprintf(expected, sizeof(expected), metadata, description, "-42");
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		char *got = rewrite(text, piece, -42);

		cr_assert_str_eq(got, expected, "pieces of %zu", piece);
		free(got);
	}
}

/* Where the line is not what it was known to be, the text stays. */
Test(modules_metadata, unknown)
{
	static const char *const offsets[] = {"1 + 2", "", "-", "0x10", "1; offset_s = 4"};
	char text[2048];

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		snprintf(text, sizeof(text), metadata, "d", offsets[i]);

		char *got = rewrite(text, 5, 42);

		cr_assert_str_eq(got, text);
		free(got);
	}
}

/* Nothing is kept back once the clock is known; before that, not more than one line. */
Test(modules_metadata, kept_back)
{
	struct rf_modules_rewriter rewriter = {0};
	struct rf_writer out;

	rf_writer_init_growing(&out, 4096, RF_HOST_ORDER);
	rf_modules_rewrite(&rewriter, 1, "trace {\n\tma", 11, &out);
	cr_assert_eq(out.at, 8);
	rf_modules_rewrite(&rewriter, 1, "jor = 1;\n};\nclock {\n};\nst", 25, &out);
	cr_assert_eq(out.at, 36);
	rf_writer_free(&out);
}
