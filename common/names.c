/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/names.h"

#include <string.h>

bool rf_session_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= RF_NAME_MAX && !memchr(name, '/', len);
}

bool rf_channel_name_ok(const char *name)
{
	return rf_session_name_ok(name) && name[0] != '.';
}

void rf_path_component(char *out, size_t size, const char *text)
{
	size_t at = 0;

	if (!size)
		return;
	for (; *text && at + 1 < size; text++) {
		unsigned char c = (unsigned char)*text;

		out[at++] = c > 0x20 && c < 0x7f && c != '/' ? (char)c : '_';
	}
	out[at] = '\0';
	if (!strcmp(out, ".") || !strcmp(out, ".."))
		memset(out, '_', at);
	if (!at && size > 1)
		memcpy(out, "_", 2);
}

bool rf_output_path_ok(const char *path)
{
	if (path[0] != '/' || strlen(path) >= 4096)
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part++;
		if (!strncmp(part, "..", 2) && (part[2] == '/' || part[2] == '\0'))
			return false;
	}
	return true;
}

void rf_format_date(char *out, size_t size, time_t when)
{
	struct tm parts;

	if (!localtime_r(&when, &parts) || !strftime(out, size, "%Y%m%d-%H%M%S", &parts))
		out[0] = '\0';
}

void rf_format_iso8601(char *out, size_t size, time_t when)
{
	struct tm parts;

	if (!localtime_r(&when, &parts) || !strftime(out, size, "%Y%m%dT%H%M%S%z", &parts))
		out[0] = '\0';
}

void rf_collapse_stars(char *pattern)
{
	char *to = pattern;

	for (const char *from = pattern; *from; from++)
		if (*from != '*' || to == pattern || to[-1] != '*')
			*to++ = *from;
	*to = '\0';
}

bool rf_star_match(const char *pattern, const char *text)
{
	const char *star = NULL; /* where the last one was, and what it stood for so far ends at `again` */
	const char *again = text;

	for (;;) {
		bool escaped = pattern[0] == '\\' && pattern[1];

		if (*pattern == '*') {
			star = ++pattern;
			again = text;
		} else if (*text && pattern[escaped] == *text) {
			pattern += 1 + escaped;
			text++;
		} else if (!*text && !*pattern) {
			return true;
		} else if (star && *again) {
			pattern = star;
			text = ++again;
		} else {
			return false;
		}
	}
}
