/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of a record of the mainline tracer as fields of the LTTng event of the same thing: other names, priorities
 * that count from another number, and so on. One table, for what is recorded and for the filters on it. Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_FIELD_MAP_H
#define RF_SESSIOND_KERNEL_FIELD_MAP_H

#include "sessiond/kernel/format_file.h"

#define RF_MAPPED_FIELDS_MAX (RF_FORMAT_FIELDS_MAX + 1u)

struct rf_mapped_field {
	char name[RF_FORMAT_NAME_SIZE];      /* for clients and traces */
	const struct rf_format_field *field; /* in the format; may be a common one */
	int32_t add;                         /* recorded value = the kernel's + add */
	bool rwbs;                           /* the kernel's text of block operations is recorded as a number of bits */
	bool bytes;                          /* a locator of a text that is recorded as bytes */
};

/*
 * The fields of the event that FORMAT describes, in the order in which they are recorded; without those that only the
 * kernel's own tools need. At most ROOM; how many there are.
 */
size_t rf_map_fields(const struct rf_format *format, struct rf_mapped_field *fields, size_t room);
/* The field that clients call NAME. False: the event has none. */
bool rf_map_field(const struct rf_format *format, const char *name, struct rf_mapped_field *field);

/* Of rwbs as it is recorded. */
enum rf_rwbs_bit {
	RF_RWBS_WRITE = 1u << 0,
	RF_RWBS_DISCARD = 1u << 1,
	RF_RWBS_READ = 1u << 2,
	RF_RWBS_AHEAD = 1u << 3,
	RF_RWBS_BARRIER = 1u << 4,
	RF_RWBS_SYNC = 1u << 5,
	RF_RWBS_META = 1u << 6,
	RF_RWBS_SECURE = 1u << 7,
	RF_RWBS_FLUSH = 1u << 8,
	RF_RWBS_FUA = 1u << 9,
	RF_RWBS_PREFLUSH = 1u << 10,
};

#endif
