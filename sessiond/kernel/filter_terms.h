/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terms of the mainline tracer's filter text: one field against a constant. What a filter expression means is
 * LTTng's: numbers are 64-bit signed ones, whatever the field is; the kernel compares a field as what it is stored as.
 * So a comparison is the set of recorded values that it is true for, and what is written is the set of stored ones.
 *
 * A part of filter_text.h; any thread.
 */
#ifndef RF_SESSIOND_KERNEL_FILTER_TERMS_H
#define RF_SESSIOND_KERNEL_FILTER_TERMS_H

#include "sessiond/kernel/filter_expression.h"

/* The text as far as it is written. Once it is full, nothing more is done to it. */
struct rf_filter_writer {
	char *out; /* the caller's */
	size_t size;
	size_t at;
	bool full;
};

__attribute__((format(printf, 2, 3))) void rf_filter_put(struct rf_filter_writer *w, const char *format, ...);
/* Forgets what was written from START on. */
void rf_filter_put_back(struct rf_filter_writer *w, size_t start);
/* BEFORE and AFTER around what was written from START on. */
void rf_filter_put_around(struct rf_filter_writer *w, size_t start, const char *before, const char *after);

/* What a condition comes to. */
enum rf_filter_truth {
	RF_FILTER_NEVER,
	RF_FILTER_ALWAYS,
	RF_FILTER_TERM, /* written: a term, or something in parentheses */
	RF_FILTER_ALL,  /* written: terms with && between them */
	RF_FILTER_ANY,  /* written: terms with ||, and maybe &&, between them */
};

/* Turns around what was written from START on and comes to TRUTH. */
enum rf_filter_truth rf_filter_negate(struct rf_filter_writer *w, size_t start, enum rf_filter_truth truth);

/* A number of the record. */
struct rf_filter_number {
	const char *name; /* the kernel's */
	uint8_t bits;     /* as it is stored */
	bool is_signed;
	uint8_t width; /* so many of them mean something, and the others may be zeroes or copies of the highest */
	bool width_signed;
	int32_t add; /* recorded value = stored value + add */
	bool rwbs;   /* stored as text, recorded as bits (enum rf_rwbs_bit) */
	bool masked; /* what is compared is (value & mask) */
	uint64_t mask;
};

/*
 * NUMBER OP VALUE, with a comparison for OP. 0 and *TRUTH, or -EINVAL: the kernel has no such comparison.
 */
int rf_filter_compare_number(struct rf_filter_writer *w, const struct rf_filter_number *number,
	enum rf_filter_operator op, int64_t value, enum rf_filter_truth *truth);

struct rf_filter_string {
	const char *name; /* the kernel's */
	size_t max;       /* the longest text that it may have */
};

/*
 * STRING OP LITERAL (struct rf_filter_node's text), OP is == or !=. 0 and *TRUTH, -EINVAL: it cannot be said (then *WHY
 * says why not), -E2BIG: longer than the kernel takes.
 */
int rf_filter_compare_string(struct rf_filter_writer *w, const struct rf_filter_string *string,
	enum rf_filter_operator op, const char *literal, enum rf_filter_truth *truth, const char **why);

#endif
