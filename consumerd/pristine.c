/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/pristine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

#define PAGE 4096u
#define MARK 16u

/* The library tells where the ring is mapped, not where the mapping begins: a mark in the ring is looked for. */
static int find_ring(struct rf_pristine *pristine, const uint8_t *file, uint8_t *ring)
{
	uint8_t mark[MARK];
	uint8_t saved[MARK];
	size_t at = (uintptr_t)ring % PAGE;

	if (pristine->ring_len < MARK || getrandom(mark, sizeof(mark), 0) != (ssize_t)sizeof(mark))
		return -EIO;
	memcpy(saved, ring, sizeof(saved));
	memcpy(ring, mark, sizeof(mark));
	while (at + pristine->ring_len <= pristine->size && memcmp(file + at, mark, sizeof(mark)) != 0)
		at += PAGE;
	memcpy(ring, saved, sizeof(saved));
	if (at + pristine->ring_len > pristine->size)
		return -EIO;
	pristine->ring_at = at;
	pristine->start = ring - at;
	return 0;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (copy)
		memcpy(copy, bytes, len);
	return copy;
}

int rf_pristine_take(struct rf_pristine *pristine, int memory, uint8_t *ring, size_t ring_len)
{
	struct stat st;

	*pristine = (struct rf_pristine){.ring_len = ring_len};
	if (fstat(memory, &st) < 0)
		return -errno;

	size_t size = (size_t)st.st_size;
	uint8_t *file = mmap(NULL, size, PROT_READ, MAP_SHARED, memory, 0);

	if (file == MAP_FAILED)
		return -errno;
	pristine->size = size;

	int err = find_ring(pristine, file, ring);

	if (!err) {
		size_t end = pristine->ring_at + ring_len;

		pristine->head = copy_of(file, pristine->ring_at);
		pristine->tail = copy_of(file + end, size - end);
		if (!pristine->head || !pristine->tail)
			err = -ENOMEM;
	}
	munmap(file, size);
	if (err)
		rf_pristine_fini(pristine);
	return err;
}

int rf_pristine_restore(const struct rf_pristine *pristine)
{
	if (!pristine->size)
		return -EINVAL;

	size_t end = pristine->ring_at + pristine->ring_len;
	uint8_t *fresh = mmap(NULL, pristine->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fresh == MAP_FAILED)
		return -errno;
	memcpy(fresh, pristine->head, pristine->ring_at);
	memcpy(fresh + end, pristine->tail, pristine->size - end);
	/* In one step: the library's timers may look at any moment. */
	if (mremap(fresh, pristine->size, pristine->size, MREMAP_MAYMOVE | MREMAP_FIXED, pristine->start) ==
		MAP_FAILED) {
		int err = -errno;

		munmap(fresh, pristine->size);
		return err;
	}
	return 0;
}

void rf_pristine_fini(struct rf_pristine *pristine)
{
	free(pristine->head);
	free(pristine->tail);
	*pristine = (struct rf_pristine){0};
}
