/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the daemons say, on stderr, one line a message, in the form journald understands:
 *
 *   <3>ringfence-sessiond[123]: error: text
 *   <6>ringfenced[120]: audit: op=make-tree role=sessiond uid=1000 result=granted …
 *
 * The priority prefix is only there when stderr is a journal stream (JOURNAL_STREAM set). Neither secrets nor payload
 * bytes may be logged; text that a peer chose is printed through rf_log_safe(). Any thread may log; a line is one
 * write(2).
 */
#ifndef RF_COMMON_LOG_H
#define RF_COMMON_LOG_H

#include <stddef.h>

enum rf_log_level {
	RF_LOG_ERROR,
	RF_LOG_WARNING,
	RF_LOG_INFO,
	RF_LOG_DEBUG,
};

/* PROGRAM is kept by reference. Messages up to and including LEVEL are printed; audit lines always are. */
void rf_log_init(const char *program, enum rf_log_level level);
enum rf_log_level rf_log_get_level(void);

void rf_log(enum rf_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A grant or refusal of privilege, or the end of a confined process: `key=value` pairs. */
void rf_audit(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define rf_error(...) rf_log(RF_LOG_ERROR, __VA_ARGS__)
#define rf_warning(...) rf_log(RF_LOG_WARNING, __VA_ARGS__)
#define rf_info(...) rf_log(RF_LOG_INFO, __VA_ARGS__)
#define rf_debug(...) rf_log(RF_LOG_DEBUG, __VA_ARGS__)

/* Copies TEXT to OUT with everything but printable ASCII as \xNN and cuts it to SIZE; returns OUT. */
const char *rf_log_safe(char *out, size_t size, const char *text);

#endif
