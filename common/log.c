/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_SIZE 1024

static const char *log_program = "ringfence";
static enum rf_log_level log_level = RF_LOG_WARNING;
static bool log_journal;

static const struct {
	const char *word;
	int priority; /* syslog's */
} level_names[] = {
	[RF_LOG_ERROR] = {"error", 3},
	[RF_LOG_WARNING] = {"warning", 4},
	[RF_LOG_INFO] = {"info", 6},
	[RF_LOG_DEBUG] = {"debug", 7},
};

void rf_log_init(const char *program, enum rf_log_level level)
{
	log_program = program;
	log_level = level;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
}

enum rf_log_level rf_log_get_level(void)
{
	return log_level;
}

__attribute__((format(printf, 3, 0))) static void emit(const char *word, int priority, const char *format, va_list args)
{
	char line[LINE_SIZE];
	int saved = errno;
	int at = log_journal ? snprintf(line, sizeof(line), "<%d>", priority) : 0;

	at += snprintf(line + at, sizeof(line) - (size_t)at, "%s[%d]: %s: ", log_program, (int)getpid(), word);

	int more = vsnprintf(line + at, sizeof(line) - (size_t)at - 1, format, args);

	if (more > 0)
		at += more;
	if (at > LINE_SIZE - 2)
		at = LINE_SIZE - 2;
	line[at++] = '\n';
	/* Nobody can be told that the log cannot be written. */
	(void)!write(STDERR_FILENO, line, (size_t)at);
	errno = saved;
}

void rf_log(enum rf_log_level level, const char *format, ...)
{
	va_list args;

	if (level > log_level)
		return;
	va_start(args, format);
	emit(level_names[level].word, level_names[level].priority, format, args);
	va_end(args);
}

void rf_audit(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	emit("audit", 6, format, args);
	va_end(args);
}

const char *rf_log_safe(char *out, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	for (; *text && at + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '\\') {
			out[at++] = (char)c;
			continue;
		}
		out[at++] = '\\';
		out[at++] = 'x';
		out[at++] = hex[c >> 4];
		out[at++] = hex[c & 15];
	}
	if (size)
		out[at] = '\0';
	return out;
}
