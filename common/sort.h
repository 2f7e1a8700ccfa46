/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sorting in place. The C library's qsort() takes memory for longer arrays, and asks the system how much there is,
 * which no filter of ours lets it. Not stable. Any thread.
 */
#ifndef RF_COMMON_SORT_H
#define RF_COMMON_SORT_H

#include <stddef.h>

/* COUNT elements of SIZE bytes, ascending by COMPARE, as of qsort(3). */
void rf_sort(void *base, size_t count, size_t size, int (*compare)(const void *left, const void *right));

#endif
