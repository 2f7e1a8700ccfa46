/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole metadata text of one trace, as it was pushed: every directory that the trace is written to gets all of it.
 * There may be one for each traced process, so it is kept in one allocation with little slack. Control thread only.
 * Errors: negative errno.
 */
#ifndef RF_CONSUMERD_METADATA_TEXT_H
#define RF_CONSUMERD_METADATA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rf_metadata_text {
	bool started; /* a version is set */
	uint32_t version;
	uint32_t rewrites; /* how often the text began again: files that hold another count hold an older text */
	char *text;
	size_t len;
	size_t room;
};

/*
 * Adds text. What was pushed before is skipped; -EINVAL when some before it is missing; -ENOMEM. Another VERSION than
 * before drops the text so far.
 */
int rf_metadata_text_push(
	struct rf_metadata_text *text, uint32_t version, uint64_t offset, const uint8_t *bytes, size_t len);
void rf_metadata_text_fini(struct rf_metadata_text *text);

#endif
