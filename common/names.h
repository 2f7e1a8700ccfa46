/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules for names and paths that clients and applications choose, and the names that we build from them.
 * Pure functions, any thread.
 */
#ifndef RF_COMMON_NAMES_H
#define RF_COMMON_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Names are at most 254 bytes where a file or a session carries them (the protocol's field holds 255 with its NUL). */
#define RF_NAME_MAX 254u

/* Non-empty, at most RF_NAME_MAX bytes, no '/'. */
bool rf_session_name_ok(const char *name);
/* As a file name part: a session name's rules, and no '.' in front. */
bool rf_channel_name_ok(const char *name);
/*
 * One path component built from text that an application chose (its process name): anything that is not a printable
 * ASCII character, and '/', becomes '_'; "", "." and ".." become "_", "_" and "__".
 */
void rf_path_component(char *out, size_t size, const char *text);
/* Absolute, shorter than 4096 bytes, no ".." component. */
bool rf_output_path_ok(const char *path);

/* `YYYYmmdd-HHMMSS` local time. OUT has at least 16 bytes. */
void rf_format_date(char *out, size_t size, time_t when);
/* `YYYYmmddTHHMMSS±zzzz` local time. OUT has at least 21 bytes. */
void rf_format_iso8601(char *out, size_t size, time_t when);
/* Collapses runs of '*' to one, in place. */
void rf_collapse_stars(char *pattern);
/* Whether the whole of TEXT is what PATTERN says: '*' stands for anything, '\\' takes the meaning of what follows. */
bool rf_star_match(const char *pattern, const char *text);

#endif
