/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter check: no byte outside the program is read, and what passes ends with a return. */
#include "sessiond/model/filter_check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t reloc;

	if (size < sizeof(reloc))
		return 0;
	memcpy(&reloc, data, sizeof(reloc));
	data += sizeof(reloc);
	size -= sizeof(reloc);

	/* Its own block, so that the sanitiser sees one byte too many. */
	uint8_t *program = malloc(size ? size : 1);

	if (!program)
		return 0;
	memcpy(program, data, size);
	if (rf_filter_check(program, (uint32_t)size, reloc)) {
		if (!reloc || reloc > size || (program[reloc - 1] != 1 && program[reloc - 1] != 99))
			abort();
	}
	free(program);
	return 0;
}
