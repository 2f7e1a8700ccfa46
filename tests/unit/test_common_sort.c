/* SPDX-License-Identifier: GPL-2.0-only */
/* Sorted arrays are what qsort() makes of them. */
#include "common/sort.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TestSuite(sort, .timeout = 60);

struct element {
	uint32_t key;
	char tail[3]; /* so that its size is no machine word's */
} __attribute__((packed));

static int by_key(const void *left, const void *right)
{
	uint32_t a;
	uint32_t b;

	memcpy(&a, left, sizeof(a));
	memcpy(&b, right, sizeof(b));
	return (a > b) - (a < b);
}

Test(sort, as_qsort)
{
	struct element ours[300];
	struct element theirs[300];
	unsigned int seed = 1;

	for (size_t count = 0; count <= 300; count += count < 20 ? 1 : 20) {
		for (uint32_t range = 1; range <= 1000; range *= 10) {
			for (size_t i = 0; i < count; i++) {
				uint32_t key = (uint32_t)rand_r(&seed) % range;

				/* Equal keys are equal elements: neither sort keeps an order among them. */
				ours[i] = (struct element){.key = key, .tail = {(char)key, (char)(key >> 8), 0}};
			}
			memcpy(theirs, ours, sizeof(ours[0]) * count);
			rf_sort(ours, count, sizeof(ours[0]), by_key);
			qsort(theirs, count, sizeof(theirs[0]), by_key);
			cr_assert_eq(memcmp(ours, theirs, sizeof(ours[0]) * count), 0, "%zu of %u", count, range);
		}
	}
}
