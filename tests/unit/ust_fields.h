/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Field descriptions and notifications as an application would make them, for tests. Everything not named is zero.
 */
#ifndef RF_TESTS_UNIT_UST_FIELDS_H
#define RF_TESTS_UNIT_UST_FIELDS_H

#include "common/wire.h"

#include <lttng/ust-ctl.h>
#include <stdio.h>
#include <string.h>

#define NOTIFICATION_ROOM (1u << 20)

static inline struct lttng_ust_ctl_field plain_field(enum lttng_ust_ctl_abstract_types type, const char *name)
{
	struct lttng_ust_ctl_field f;

	memset(&f, 0, sizeof(f));
	f.type.atype = type;
	snprintf(f.name, sizeof(f.name), "%s", name);
	return f;
}

static inline struct lttng_ust_ctl_integer_type integer_type(uint32_t size, uint32_t is_signed, uint32_t base)
{
	struct lttng_ust_ctl_integer_type t;

	memset(&t, 0, sizeof(t));
	t.size = size;
	t.signedness = is_signed;
	t.base = base;
	t.alignment = 8;
	return t;
}

static inline struct lttng_ust_ctl_field integer_field(
	const char *name, uint32_t size, uint32_t is_signed, uint32_t base)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_integer, name);

	f.type.u.integer = integer_type(size, is_signed, base);
	return f;
}

static inline struct lttng_ust_ctl_field float_field(const char *name, uint32_t exponent, uint32_t mantissa)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_float, name);

	f.type.u._float.exp_dig = exponent;
	f.type.u._float.mant_dig = mantissa;
	f.type.u._float.alignment = 8;
	return f;
}

/* The element follows. */
static inline struct lttng_ust_ctl_field array_field(const char *name, uint32_t length, uint32_t alignment)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_array_nestable, name);

	f.type.u.array_nestable.length = length;
	f.type.u.array_nestable.alignment = alignment;
	return f;
}

static inline struct lttng_ust_ctl_field sequence_field(const char *name, const char *length_name, uint32_t alignment)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_sequence_nestable, name);

	snprintf(f.type.u.sequence_nestable.length_name, LTTNG_UST_ABI_SYM_NAME_LEN, "%s", length_name);
	f.type.u.sequence_nestable.alignment = alignment;
	return f;
}

/* The container follows. */
static inline struct lttng_ust_ctl_field enum_field(const char *name, const char *enum_name, uint64_t id)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_enum_nestable, name);

	snprintf(f.type.u.enum_nestable.name, LTTNG_UST_ABI_SYM_NAME_LEN, "%s", enum_name);
	f.type.u.enum_nestable.id = id;
	return f;
}

/* The choices follow. */
static inline struct lttng_ust_ctl_field variant_field(const char *name, const char *tag, uint32_t choices)
{
	struct lttng_ust_ctl_field f = plain_field(lttng_ust_ctl_atype_variant_nestable, name);

	snprintf(f.type.u.variant_nestable.tag_name, LTTNG_UST_ABI_SYM_NAME_LEN, "%s", tag);
	f.type.u.variant_nestable.nr_choices = choices;
	return f;
}

static inline struct lttng_ust_ctl_enum_entry enum_entry(
	const char *label, int64_t start, int64_t end, uint8_t is_signed)
{
	struct lttng_ust_ctl_enum_entry e;

	memset(&e, 0, sizeof(e));
	snprintf(e.string, sizeof(e.string), "%s", label);
	e.start.value = (uint64_t)start;
	e.end.value = (uint64_t)end;
	e.start.signedness = is_signed;
	e.end.signedness = is_signed;
	return e;
}

static inline void write_event(struct rf_writer *w, uint32_t session, uint32_t channel, const char *name,
	int32_t loglevel, const char *signature, const struct lttng_ust_ctl_field *fields, size_t count,
	const char *uri)
{
	rf_write_u32(w, LTTNG_UST_CTL_NOTIFY_CMD_EVENT);
	rf_write_u32(w, session);
	rf_write_u32(w, channel);
	rf_write_str_field(w, name, LTTNG_UST_ABI_SYM_NAME_LEN);
	rf_write_i32(w, loglevel);
	rf_write_u32(w, (uint32_t)strlen(signature) + 1);
	rf_write_u32(w, (uint32_t)(count * sizeof(*fields)));
	rf_write_u32(w, uri ? (uint32_t)strlen(uri) + 1 : 0);
	rf_write_zeros(w, 32);
	rf_write_cstr(w, signature);
	if (count)
		rf_write_bytes(w, fields, count * sizeof(*fields));
	if (uri)
		rf_write_cstr(w, uri);
}

static inline void write_channel(
	struct rf_writer *w, uint32_t session, uint32_t channel, const struct lttng_ust_ctl_field *fields, size_t count)
{
	rf_write_u32(w, LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL);
	rf_write_u32(w, session);
	rf_write_u32(w, channel);
	rf_write_u32(w, (uint32_t)(count * sizeof(*fields)));
	rf_write_zeros(w, 32);
	if (count)
		rf_write_bytes(w, fields, count * sizeof(*fields));
}

static inline void write_enum(struct rf_writer *w, uint32_t session, const char *name,
	const struct lttng_ust_ctl_enum_entry *entries, size_t count)
{
	rf_write_u32(w, LTTNG_UST_CTL_NOTIFY_CMD_ENUM);
	rf_write_u32(w, session);
	rf_write_str_field(w, name, LTTNG_UST_ABI_SYM_NAME_LEN);
	rf_write_u32(w, (uint32_t)(count * sizeof(*entries)));
	rf_write_zeros(w, 32);
	if (count)
		rf_write_bytes(w, entries, count * sizeof(*entries));
}

#endif
