/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metadata text of a kernel trace on its way to the consumer: the offset that its clock block has is replaced, so
 * that all traces of a session tell the same time. The text comes in pieces that may end anywhere; of a piece that ends
 * in a line that may have to be changed, that line is kept for the next one.
 *
 * Kernel thread. Zero is the beginning of a text.
 */
#ifndef RF_SESSIOND_KERNEL_MODULES_METADATA_H
#define RF_SESSIOND_KERNEL_MODULES_METADATA_H

#include "common/wire.h"

#include <stddef.h>
#include <stdint.h>

/* Longer than any line that is looked for. */
#define RF_MODULES_LINE_MAX 128u

struct rf_modules_rewriter {
	enum {
		RF_MODULES_BEFORE_CLOCK,
		RF_MODULES_IN_CLOCK,
		RF_MODULES_AFTER_CLOCK,
	} place;
	char line[RF_MODULES_LINE_MAX]; /* the beginning of one whose end did not come yet */
	size_t line_len;
	bool skipping; /* in a line too long to be one of those */
};

/* Appends the text that TEXT becomes to OUT. */
void rf_modules_rewrite(struct rf_modules_rewriter *rewriter, int64_t clock_offset, const char *text, size_t len,
	struct rf_writer *out);

#endif
