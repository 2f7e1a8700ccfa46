/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the types are that the kernel names in its format files, where those do not say it themselves: for elements of
 * arrays, and for arguments of system calls. Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_C_TYPE_H
#define RF_SESSIOND_KERNEL_C_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rf_c_type {
	const char *name;
	uint8_t size; /* bytes */
	bool is_signed;
};

/* LEN bytes of NAME, as C has it; `const` is ignored. NULL: unknown. A pointer is unknown, too. */
const struct rf_c_type *rf_c_type_find(const char *name, size_t len);

#endif
