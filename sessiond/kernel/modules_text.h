/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metadata of one trace: the stream that the kernel writes it to, read packet by packet, and pushed to the consumer
 * as text. Kernel thread. Errors: negative errno.
 */
#ifndef RF_SESSIOND_KERNEL_MODULES_TEXT_H
#define RF_SESSIOND_KERNEL_MODULES_TEXT_H

#include "sessiond/kernel/modules_metadata.h"
#include "sessiond/kernel/tracer.h"

#include <stdbool.h>

struct rf_modules_text {
	int channel_fd;
	int stream_fd; /* readable when there is more */
	const uint8_t *map;
	size_t map_len;
	bool identified; /* the consumer knows the UUID */
	uint32_t version;
	uint64_t pushed; /* bytes of it */
	int64_t clock_offset;
	struct rf_modules_rewriter rewriter;
};

/* Makes it for the session of SESSION_FD. */
int rf_modules_text_init(struct rf_modules_text *text, int session_fd, int64_t clock_offset);
void rf_modules_text_fini(struct rf_modules_text *text);
/* Reads what there is, and pushes it for the trace of DEF. -EPIPE: the consumer is gone. */
int rf_modules_text_drain(struct rf_modules_text *text, const struct rf_kernel_trace_def *def);

#endif
