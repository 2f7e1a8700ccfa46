/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts that lttng-modules writes: its lists, and metadata on its way through the rewriter, whose pieces must not
 * change what comes out. The first byte chooses.
 */
#include "sessiond/kernel/modules_lists.h"
#include "sessiond/kernel/modules_metadata.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const struct rf_kernel_names *names, size_t size)
{
	for (size_t i = 0; i < names->count; i++) {
		size_t len = strlen(names->text + names->offsets[i]);

		if (!len || len >= RF_NAME_SIZE || names->offsets[i] + len >= size)
			abort();
		if (names->flags && (!names->flags[i] || names->flags[i] > 3))
			abort();
	}
}

static uint8_t *rewrite(const char *text, size_t size, size_t piece, size_t *len)
{
	struct rf_modules_rewriter rewriter = {0};
	struct rf_writer out;

	rf_writer_init_growing(&out, 1 << 24, RF_HOST_ORDER);
	for (size_t at = 0; at < size; at += piece)
		rf_modules_rewrite(&rewriter, -1, text + at, size - at < piece ? size - at : piece, &out);
	/* What it keeps back goes on at the next newline. */
	rf_modules_rewrite(&rewriter, -1, "\n", 1, &out);
	return rf_writer_take(&out, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rf_kernel_names names;

	if (!size)
		return 0;

	const char *text = (const char *)data + 1;

	size--;
	if (data[0] % 3 == 0 && rf_modules_parse_tracepoints(text, size, &names) == 0) {
		check_names(&names, size);
		rf_kernel_names_free(&names);
	} else if (data[0] % 3 == 1 && rf_modules_parse_syscalls(text, size, &names) == 0) {
		check_names(&names, size);
		rf_kernel_names_free(&names);
	} else if (data[0] % 3 == 2) {
		size_t whole_len;
		size_t pieces_len;
		uint8_t *whole = rewrite(text, size, size + 1, &whole_len);
		uint8_t *pieces = rewrite(text, size, 1 + data[0] / 3, &pieces_len);

		if (!whole || !pieces || whole_len != pieces_len || memcmp(whole, pieces, whole_len) != 0)
			abort();
		free(whole);
		free(pieces);
	}
	return 0;
}
