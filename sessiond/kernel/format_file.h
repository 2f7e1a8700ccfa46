/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's description of one of its tracer's records: the text of events/SYSTEM/EVENT/format, and what it says of
 * the record's fields. Offsets and sizes are bytes of the record's payload; nothing about them is assumed. Any thread.
 *
 * The kernel writes these texts; they are read as if anybody did.
 */
#ifndef RF_SESSIOND_KERNEL_FORMAT_FILE_H
#define RF_SESSIOND_KERNEL_FORMAT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RF_FORMAT_NAME_SIZE 128u
#define RF_FORMAT_FIELDS_MAX 128u
#define RF_FORMAT_TEXT_MAX 65536u /* bytes of a format file */

enum rf_format_kind {
	RF_FORMAT_INTEGER,  /* of 1, 2, 4 or 8 bytes */
	RF_FORMAT_POINTER,  /* the same, an address */
	RF_FORMAT_TEXT,     /* `size` characters, maybe without a NUL */
	RF_FORMAT_ARRAY,    /* `count` integers of `element` bytes */
	RF_FORMAT_STRING,   /* a locator of a text with a NUL */
	RF_FORMAT_SEQUENCE, /* a locator of integers of `element` bytes */
	RF_FORMAT_TAIL,     /* bytes, as many as the record has */
};

struct rf_format_field {
	char name[RF_FORMAT_NAME_SIZE]; /* an identifier, unique in the format */
	enum rf_format_kind kind;
	bool relative; /* locators: it counts from its own end */
	bool is_signed;
	bool opaque; /* arrays: a structure that is shown as bytes */
	uint16_t offset;
	uint16_t size; /* in the record; of locators: 4 */
	uint16_t count;
	uint16_t element;
	/*
	 * Integers: what of it means something, from its low end. The kernel keeps system calls' arguments as whole
	 * registers.
	 */
	uint16_t width;
	bool width_signed;
};

struct rf_format {
	char system[RF_FORMAT_NAME_SIZE];
	char event[RF_FORMAT_NAME_SIZE];
	uint32_t id;   /* the record's type; another one for each kernel */
	uint32_t size; /* what every record has at least */
	size_t common; /* so many of the fields, the first ones, are common to all events */
	size_t count;
	struct rf_format_field *fields;
};

/*
 * Reads LEN bytes of TEXT, the format file of SYSTEM:EVENT. 0 (free it with rf_format_free()), -EINVAL for what is no
 * format file, -E2BIG for one with too many fields, -ENOMEM.
 */
int rf_format_parse(struct rf_format *format, const char *system, const char *event, const char *text, size_t len);
void rf_format_free(struct rf_format *format);
/* A field by the kernel's name of it, common ones included; NULL: there is none. */
const struct rf_format_field *rf_format_find(const struct rf_format *format, const char *name);

#endif
