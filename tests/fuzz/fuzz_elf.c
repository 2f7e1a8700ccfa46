/* SPDX-License-Identifier: GPL-2.0-only */
/* Somebody's program: whatever is in it, what is found is inside it. */
#include "sessiond/kernel/elf_places.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	uint64_t offsets[4];
	size_t count;

	if (fd < 0)
		fd = memfd_create("elf", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (!rf_elf_function(fd, "first", offsets) && offsets[0] >= size)
		abort();
	if (!rf_elf_marker(fd, "prov", "two", offsets, 4, &count)) {
		if (!count || count > 4)
			abort();
		for (size_t i = 0; i < count; i++)
			if (offsets[i] >= size)
				abort();
	}
	return 0;
}
