/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's filter expression, about events with fields of every kind: what comes of it is a text that fits, and its
 * quotes and parentheses match, so that nothing of the expression gets out of them.
 */
#include "sessiond/kernel/filter_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char common[] = "name: x\nID: 7\nformat:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			     "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
			     "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
			     "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

/* The names are short, so that a fuzzer finds them. */
static const struct {
	const char *system;
	const char *fields;
} events[] = {
	{"sched",
		"\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:int prio;\toffset:12;\tsize:4;\tsigned:1;\n"
		"\tfield:char s[16];\toffset:16;\tsize:16;\tsigned:0;\n\tfield:u64 l;\toffset:32;\tsize:8;\tsigned:0;\n"
		"\tfield:u8 b;\toffset:40;\tsize:1;\tsigned:0;\n\tfield:s64 i;\toffset:48;\tsize:8;\tsigned:1;\n"},
	{"syscalls",
		"\tfield:int i;\toffset:8;\tsize:8;\tsigned:0;\n\tfield:const char * "
		"s;\toffset:16;\tsize:8;\tsigned:0;\n"
		"\tfield:umode_t b;\toffset:24;\tsize:8;\tsigned:0;\n\tfield:unsigned "
		"l;\toffset:32;\tsize:8;\tsigned:0;\n"},
	{"block",
		"\tfield:char rwbs[10];\toffset:8;\tsize:10;\tsigned:0;\n\tfield:char "
		"comm[16];\toffset:20;\tsize:16;\tsigned:0;\n"
		"\tfield:__data_loc char[] s;\toffset:36;\tsize:4;\tsigned:0;\n\tfield:u32 "
		"l[4];\toffset:40;\tsize:16;\tsigned:0;\n"},
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

static void read_formats(struct rf_format formats[EVENTS])
{
	for (size_t i = 0; i < EVENTS; i++) {
		char text[2048];
		size_t len = strlen(common);

		memcpy(text, common, len);
		memcpy(text + len, events[i].fields, strlen(events[i].fields) + 1);
		if (rf_format_parse(&formats[i], events[i].system, "event", text, strlen(text)))
			abort();
	}
}

static void check(const char *text, size_t size)
{
	long depth = 0;
	char quote = '\0';

	if (strnlen(text, size) == size)
		abort();
	for (; *text; text++) {
		if (quote) {
			quote = *text == quote ? '\0' : quote;
			continue;
		}
		depth += (*text == '(') - (*text == ')');
		if (*text == '"' || *text == '\'')
			quote = *text;
		else if (depth < 0 || *text == '\n')
			abort();
	}
	if (depth || quote)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rf_format formats[EVENTS];
	char out[RF_FILTER_TEXT_SIZE];

	if (!formats[0].fields)
		read_formats(formats);

	/* Its own block, so that the sanitiser sees one byte too many. */
	char *expression = malloc(size + 1);

	if (!expression)
		return 0;
	memcpy(expression, data, size);
	expression[size] = '\0';
	for (size_t i = 0; i < EVENTS; i++) {
		int status = rf_filter_to_tracefs(expression, &formats[i], "event", out, sizeof(out));

		if (!status)
			check(out, sizeof(out));
		else if (strnlen(out, sizeof(out)) == sizeof(out))
			abort();
	}
	free(expression);
	return 0;
}
