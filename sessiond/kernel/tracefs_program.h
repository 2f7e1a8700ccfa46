/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the consumer makes an event of a record: the operations for the contexts of an event and then for its fields. Any
 * thread.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_PROGRAM_H
#define RF_SESSIOND_KERNEL_TRACEFS_PROGRAM_H

#include "common/record_ops.h"
#include "sessiond/kernel/field_map.h"

/*
 * How many of the RF_RECORD_OPS_MAX in OPS there are; the first RF_TRACEFS_CONTEXTS are those of each context, of which
 * a channel need not have all. -E2BIG when it takes more, -EINVAL when the record lacks what a context is made of.
 */
int rf_tracefs_program(
	const struct rf_format *format, const struct rf_mapped_field *fields, size_t count, struct rf_record_op *ops);

#endif
