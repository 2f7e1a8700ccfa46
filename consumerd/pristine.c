/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/pristine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE RF_PRISTINE_PAGE
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

static int keep_page(struct rf_pristine *pristine, const uint8_t *file, size_t at)
{
	struct rf_pristine_page *more = realloc(pristine->pages, (pristine->page_count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	pristine->pages = more;
	more += pristine->page_count++;
	more->at = at;
	memcpy(more->bytes, file + at, pristine->size - at < PAGE ? pristine->size - at : PAGE);
	return 0;
}

/* Holes are skipped: reading one would fill it. */
static int keep_pages(struct rf_pristine *pristine, const uint8_t *file, int memory)
{
	size_t ring = (pristine->ring_at + PAGE - 1) & ~(size_t)(PAGE - 1);
	size_t ring_end = (pristine->ring_at + pristine->ring_len) & ~(size_t)(PAGE - 1);
	off_t at = 0;
	int err = 0;

	while (!err && (at = lseek(memory, at, SEEK_DATA)) >= 0) {
		if ((size_t)at < ring || (size_t)at >= ring_end)
			err = keep_page(pristine, file, (size_t)at);
		at += PAGE;
	}
	return err;
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

	if (!err)
		err = keep_pages(pristine, file, memory);
	munmap(file, size);
	if (err)
		rf_pristine_fini(pristine);
	return err;
}

int rf_pristine_restore(const struct rf_pristine *pristine)
{
	if (!pristine->size)
		return -EINVAL;

	uint8_t *fresh = mmap(NULL, pristine->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fresh == MAP_FAILED)
		return -errno;
	for (size_t i = 0; i < pristine->page_count; i++) {
		size_t at = pristine->pages[i].at;

		memcpy(fresh + at, pristine->pages[i].bytes, pristine->size - at < PAGE ? pristine->size - at : PAGE);
	}
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
	free(pristine->pages);
	*pristine = (struct rf_pristine){0};
}
