/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/sort.h"

#include <stdint.h>

struct heap {
	uint8_t *base;
	size_t count;
	size_t size;
	int (*compare)(const void *left, const void *right);
};

static uint8_t *at(const struct heap *heap, size_t index)
{
	return heap->base + index * heap->size;
}

static void swap(const struct heap *heap, size_t a, size_t b)
{
	uint8_t *left = at(heap, a);
	uint8_t *right = at(heap, b);

	for (size_t i = 0; i < heap->size; i++) {
		uint8_t byte = left[i];

		left[i] = right[i];
		right[i] = byte;
	}
}

/* Brings the element at PARENT down to where no child is above it. */
static void sift(const struct heap *heap, size_t parent)
{
	for (;;) {
		size_t child = 2 * parent + 1;

		if (child >= heap->count)
			return;
		if (child + 1 < heap->count && heap->compare(at(heap, child), at(heap, child + 1)) < 0)
			child++;
		if (heap->compare(at(heap, parent), at(heap, child)) >= 0)
			return;
		swap(heap, parent, child);
		parent = child;
	}
}

void rf_sort(void *base, size_t count, size_t size, int (*compare)(const void *left, const void *right))
{
	struct heap heap = {.base = base, .count = count, .size = size, .compare = compare};

	for (size_t parent = count / 2; parent-- > 0;)
		sift(&heap, parent);
	while (heap.count > 1) {
		swap(&heap, 0, --heap.count);
		sift(&heap, 0);
	}
}
