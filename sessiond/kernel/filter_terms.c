/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/filter_terms.h"

#include "sessiond/kernel/field_map.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LITERAL_MAX 255u /* bytes of a string that the kernel takes */

void rf_filter_put(struct rf_filter_writer *w, const char *format, ...)
{
	if (w->full)
		return;

	va_list arguments;

	va_start(arguments, format);

	int len = vsnprintf(w->out + w->at, w->size - w->at, format, arguments);

	va_end(arguments);
	if (len < 0 || (size_t)len >= w->size - w->at)
		w->full = true;
	else
		w->at += (size_t)len;
}

void rf_filter_put_back(struct rf_filter_writer *w, size_t start)
{
	if (w->full)
		return;
	w->at = start;
	w->out[start] = '\0';
}

void rf_filter_put_around(struct rf_filter_writer *w, size_t start, const char *before, const char *after)
{
	size_t len = strlen(before), old = w->at;

	rf_filter_put(w, "%s%s", before, after);
	if (w->full)
		return;
	memmove(w->out + start + len, w->out + start, old - start);
	memcpy(w->out + start, before, len);
	memcpy(w->out + old + len, after, strlen(after));
}

enum rf_filter_truth rf_filter_negate(struct rf_filter_writer *w, size_t start, enum rf_filter_truth truth)
{
	if (truth == RF_FILTER_NEVER)
		return RF_FILTER_ALWAYS;
	if (truth == RF_FILTER_ALWAYS)
		return RF_FILTER_NEVER;
	rf_filter_put_around(w, start, "!(", ")");
	return RF_FILTER_TERM;
}

/* Values of BITS bits. */
static uint64_t all_bits(unsigned int bits)
{
	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

static uint64_t top_bit(unsigned int bits)
{
	return UINT64_C(1) << (bits - 1);
}

/*
 * Ranges of stored values, in the order of the kernel's comparison: `rank` is the stored bits, with the sign bit turned
 * around if it compares signed numbers.
 */
struct range {
	uint64_t first;
	uint64_t last;
};
#define RANGES_MAX 8u

struct ranges {
	const struct rf_filter_number *number;
	struct range range[RANGES_MAX];
	size_t count;
};

static uint64_t rank(const struct rf_filter_number *number, uint64_t stored)
{
	return number->is_signed ? stored ^ top_bit(number->bits) : stored;
}

static void insert_range(struct ranges *ranges, uint64_t first, uint64_t last)
{
	size_t at = ranges->count;

	for (; at && ranges->range[at - 1].first > first; at--)
		ranges->range[at] = ranges->range[at - 1];
	ranges->range[at] = (struct range){.first = first, .last = last};
	ranges->count++;
}

/* Stored bits from FIRST to LAST. */
static void add_stored(struct ranges *ranges, uint64_t first, uint64_t last)
{
	const struct rf_filter_number *number = ranges->number;
	uint64_t top = top_bit(number->bits);

	if (number->is_signed && first < top && last >= top) {
		insert_range(ranges, rank(number, first), rank(number, top - 1));
		first = top;
	}
	insert_range(ranges, rank(number, first), rank(number, last));
}

/* Values of the field from FIRST to LAST, none or all of them negative. */
static void add_values(struct ranges *ranges, int64_t first, int64_t last)
{
	const struct rf_filter_number *number = ranges->number;
	uint64_t stored = all_bits(number->bits), meant = all_bits(number->width), top = top_bit(number->width);
	uint64_t low = (uint64_t)first & meant, high = (uint64_t)last & meant;

	if (first > last)
		return;
	add_stored(ranges, low, high);
	/* The rest of a register may have copies of the highest bit, too. */
	if (stored != meant && high >= top)
		add_stored(ranges, (low >= top ? low : top) | (stored & ~meant), high | (stored & ~meant));
}

static void merge_ranges(struct ranges *ranges)
{
	size_t to = 0;

	for (size_t i = 1; i < ranges->count; i++) {
		struct range *last = &ranges->range[to];

		if (last->last == UINT64_MAX || ranges->range[i].first <= last->last + 1) {
			if (ranges->range[i].last > last->last)
				last->last = ranges->range[i].last;
		} else {
			ranges->range[++to] = ranges->range[i];
		}
	}
	if (ranges->count)
		ranges->count = to + 1;
}

static void put_stored(struct rf_filter_writer *w, const struct rf_filter_number *number, uint64_t stored)
{
	if (number->is_signed && stored & top_bit(number->bits))
		rf_filter_put(w, "%" PRId64, (int64_t)(stored | ~all_bits(number->bits)));
	else
		rf_filter_put(w, "%" PRIu64, stored);
}

static void put_relation(
	struct rf_filter_writer *w, const struct rf_filter_number *number, const char *op, uint64_t ranked)
{
	rf_filter_put(w, "%s %s ", number->name, op);
	put_stored(w, number, rank(number, ranked));
}

static enum rf_filter_truth put_ranges(struct rf_filter_writer *w, const struct ranges *ranges)
{
	const struct rf_filter_number *number = ranges->number;
	enum rf_filter_truth truth = RF_FILTER_NEVER;

	for (size_t i = 0; i < ranges->count; i++) {
		const struct range *range = &ranges->range[i];
		bool from_lowest = range->first == 0, to_highest = range->last == all_bits(number->bits);

		if (i)
			rf_filter_put(w, " || ");
		truth = i ? RF_FILTER_ANY : RF_FILTER_TERM;
		if (range->first == range->last) {
			put_relation(w, number, "==", range->first);
		} else if (from_lowest && to_highest) {
			return RF_FILTER_ALWAYS;
		} else if (from_lowest) {
			put_relation(w, number, "<=", range->last);
		} else if (to_highest) {
			put_relation(w, number, ">=", range->first);
		} else {
			put_relation(w, number, ">=", range->first);
			rf_filter_put(w, " && ");
			put_relation(w, number, "<=", range->last);
			truth = i ? RF_FILTER_ANY : RF_FILTER_ALL;
		}
	}
	return truth;
}

/* Each range is one value. */
static enum rf_filter_truth put_none_of(struct rf_filter_writer *w, const struct ranges *ranges)
{
	for (size_t i = 0; i < ranges->count; i++) {
		if (i)
			rf_filter_put(w, " && ");
		put_relation(w, ranges->number, "!=", ranges->range[i].first);
	}
	if (!ranges->count)
		return RF_FILTER_ALWAYS;
	return ranges->count > 1 ? RF_FILTER_ALL : RF_FILTER_TERM;
}

/* The recorded values for which OP VALUE is true, of != those for which it is false. False: there is none. */
static bool values_of(enum rf_filter_operator op, int64_t value, int64_t *first, int64_t *last)
{
	*first = INT64_MIN;
	*last = INT64_MAX;
	switch (op) {
	case RF_FILTER_LESS:
		return !__builtin_sub_overflow(value, 1, last);
	case RF_FILTER_GREATER:
		return !__builtin_add_overflow(value, 1, first);
	case RF_FILTER_LESS_EQUAL:
		*last = value;
		return true;
	case RF_FILTER_GREATER_EQUAL:
		*first = value;
		return true;
	default:
		*first = *last = value;
		return true;
	}
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum rf_filter_truth compare_value(
	struct rf_filter_writer *w, const struct rf_filter_number *number, enum rf_filter_operator op, int64_t value)
{
	int64_t lowest = INT64_MIN, highest = INT64_MAX, first, last;
	struct ranges ranges = {.number = number};
	bool equal = op != RF_FILTER_NOT_EQUAL;
	size_t start = w->at;

	/* A 64-bit field is compared as a signed one, whatever it is. */
	if (number->width < 64) {
		highest = (int64_t)(all_bits(number->width) >> number->width_signed) + number->add;
		lowest = number->width_signed ? -(int64_t)top_bit(number->width) + number->add : number->add;
	}
	if (!values_of(op, value, &first, &last) || first > highest || last < lowest)
		return equal ? RF_FILTER_NEVER : RF_FILTER_ALWAYS;
	if (first <= lowest && last >= highest)
		return equal ? RF_FILTER_ALWAYS : RF_FILTER_NEVER;
	first = larger(first, lowest) - (number->width < 64 ? number->add : 0);
	last = smaller(last, highest) - (number->width < 64 ? number->add : 0);
	add_values(&ranges, first, smaller(last, -1));
	add_values(&ranges, larger(first, 0), last);
	if (!equal)
		return put_none_of(w, &ranges);
	merge_ranges(&ranges);

	enum rf_filter_truth truth = put_ranges(w, &ranges);

	if (truth == RF_FILTER_ALWAYS)
		rf_filter_put_back(w, start);
	return truth;
}

/*
 * How the kernel writes each bit of rwbs: the operation is one letter, maybe with an F before it for a flush that goes
 * first; then letters for what goes with it. A flush alone is F, and Z and another letter are an operation on zones.
 */
static const struct {
	uint32_t bit;
	const char *patterns[3]; /* the kernel's; one of them matches */
} rwbs_bits[] = {
	{RF_RWBS_WRITE, {"W*", "FW*"}},
	{RF_RWBS_DISCARD, {"D*", "FD*"}},
	{RF_RWBS_READ, {"R*", "FR*"}},
	{RF_RWBS_AHEAD, {"[!Z]*A*"}},
	{RF_RWBS_SYNC, {"*S*"}},
	{RF_RWBS_META, {"*M*"}},
	{RF_RWBS_SECURE, {"DE*", "FDE*"}},
	{RF_RWBS_FLUSH, {"F", "FF*", "F[!WDRFNZ]*"}},
	{RF_RWBS_FUA, {"*[WDREN]F*", "FFF*"}},
	{RF_RWBS_PREFLUSH, {"F[WDRFNZ]*"}},
};
#define RWBS_BITS (sizeof(rwbs_bits) / sizeof(rwbs_bits[0]))

/* Any bit of BITS, which is not 0, is set. */
static enum rf_filter_truth put_any_rwbs(struct rf_filter_writer *w, const char *name, uint64_t bits)
{
	enum rf_filter_truth truth = RF_FILTER_NEVER;

	for (size_t i = 0; i < RWBS_BITS; i++)
		for (size_t j = 0; j < 3 && rwbs_bits[i].bit & bits && rwbs_bits[i].patterns[j]; j++) {
			rf_filter_put(w, "%s%s ~ \"%s\"", truth == RF_FILTER_NEVER ? "" : " || ", name,
				rwbs_bits[i].patterns[j]);
			truth = truth == RF_FILTER_NEVER ? RF_FILTER_TERM : RF_FILTER_ANY;
		}
	return truth;
}

static enum rf_filter_truth put_any_bit(
	struct rf_filter_writer *w, const struct rf_filter_number *number, uint64_t bits)
{
	if (number->rwbs)
		return put_any_rwbs(w, number->name, bits);
	rf_filter_put(w, "%s & ", number->name);
	put_stored(w, number, bits);
	return RF_FILTER_TERM;
}

/* What of MASK can be set at all, and what of it has to be for (recorded & mask) == *VALUE. False: it never is. */
static bool stored_bits(const struct rf_filter_number *number, uint64_t *mask, uint64_t *value)
{
	uint64_t has = number->rwbs ? 0 : all_bits(number->width);

	for (size_t i = 0; i < RWBS_BITS && number->rwbs; i++)
		has |= rwbs_bits[i].bit;
	if (*value & ~*mask)
		return false;
	if (!number->rwbs && number->width_signed && number->width < 64) {
		uint64_t sign = ~(has >> 1), tested = *mask & sign;

		/* Copies of the sign are all set or none is. */
		if (*value & sign && (*value & sign) != tested)
			return false;
		*value = (*value & ~sign) | (*value & sign ? top_bit(number->width) : 0);
		*mask = (*mask & ~sign) | (tested ? top_bit(number->width) : 0);
	}
	*mask &= has;
	return !(*value & ~has);
}

/* (recorded & MASK) == VALUE */
static enum rf_filter_truth put_bits(
	struct rf_filter_writer *w, const struct rf_filter_number *number, uint64_t mask, uint64_t value)
{
	enum rf_filter_truth truth = RF_FILTER_ALWAYS;

	if (!stored_bits(number, &mask, &value))
		return RF_FILTER_NEVER;
	if (mask & ~value) {
		size_t start = w->at;

		truth = rf_filter_negate(w, start, put_any_bit(w, number, mask & ~value));
	}
	for (; value; value &= value - 1) {
		size_t start;

		if (truth != RF_FILTER_ALWAYS)
			rf_filter_put(w, " && ");
		start = w->at;
		if (put_any_bit(w, number, value & -value) == RF_FILTER_ANY)
			rf_filter_put_around(w, start, "(", ")");
		truth = truth == RF_FILTER_ALWAYS ? RF_FILTER_TERM : RF_FILTER_ALL;
	}
	return truth;
}

/* Turns what is the same as == or != into it. False: it is something else. */
static bool as_equality(enum rf_filter_operator *op, int64_t *value, uint64_t mask)
{
	if (*op == RF_FILTER_EQUAL || *op == RF_FILTER_NOT_EQUAL)
		return true;
	if (mask > INT64_MAX) /* may be negative */
		return false;

	bool any = (*op == RF_FILTER_GREATER && *value == 0) || (*op == RF_FILTER_GREATER_EQUAL && *value == 1);
	bool none = (*op == RF_FILTER_LESS_EQUAL && *value == 0) || (*op == RF_FILTER_LESS && *value == 1);

	*op = any ? RF_FILTER_NOT_EQUAL : RF_FILTER_EQUAL;
	*value = 0;
	return any || none;
}

static int compare_bits(struct rf_filter_writer *w, const struct rf_filter_number *number, enum rf_filter_operator op,
	int64_t value, enum rf_filter_truth *truth)
{
	uint64_t mask = number->masked ? number->mask : UINT64_MAX;
	uint64_t reachable = mask & (number->width_signed ? UINT64_MAX : all_bits(number->width)), unwanted = 0;
	size_t start = w->at;

	if (number->add || !as_equality(&op, &value, reachable))
		return -EINVAL;
	if (op == RF_FILTER_EQUAL) {
		*truth = put_bits(w, number, mask, (uint64_t)value);
	} else if (value) {
		*truth = rf_filter_negate(w, start, put_bits(w, number, mask, (uint64_t)value));
	} else {
		stored_bits(number, &mask, &unwanted);
		*truth = mask ? put_any_bit(w, number, mask) : RF_FILTER_NEVER;
	}
	return 0;
}

int rf_filter_compare_number(struct rf_filter_writer *w, const struct rf_filter_number *number,
	enum rf_filter_operator op, int64_t value, enum rf_filter_truth *truth)
{
	if (number->rwbs || number->masked)
		return compare_bits(w, number, op, value, truth);
	*truth = compare_value(w, number, op, value);
	return 0;
}

struct literal {
	char text[LITERAL_MAX + 1];
	size_t len;
	bool glob;     /* has a '*' that means any text */
	bool any;      /* is nothing but that */
	bool too_long; /* the rest is not here */
	char quote;    /* that is not in it; NUL: both are */
};

static void literal_put(struct literal *l, char c)
{
	if (l->len < LITERAL_MAX)
		l->text[l->len++] = c;
	else
		l->too_long = true;
}

/* The bytes of LITERAL without escapes; as a pattern for the kernel if it has a '*' that is not escaped. */
static void read_literal(struct literal *l, const char *literal)
{
	bool after_star = false, quoted[2] = {false, false};

	for (const char *c = literal; *c; c++)
		if (*c == '\\' && c[1])
			c++;
		else if (*c == '*')
			l->glob = true;
	l->any = l->glob;
	for (const char *c = literal; *c; c++) {
		bool star = *c == '*';

		if (*c == '\\' && c[1])
			c++;
		if (star && after_star)
			continue;
		l->any = l->any && star;
		/*
		 * A digit or '!' that begins a pattern means something of its own to the kernel; and of a text that
		 * is shorter than its room in the record it does not find the end, but by the way that is for escapes.
		 */
		if (l->glob && !star &&
			(strchr("*?[\\", *c) || (!l->len && strchr("0123456789!", *c)) || (l->len == 1 && after_star)))
			literal_put(l, '\\');
		after_star = star;
		literal_put(l, *c);
		quoted[0] = quoted[0] || *c == '\'';
		quoted[1] = quoted[1] || *c == '"';
	}
	l->text[l->len] = '\0';
	l->quote = !quoted[1] ? '"' : (!quoted[0] ? '\'' : '\0');
}

static int put_string(struct rf_filter_writer *w, const struct rf_filter_string *string, const struct literal *l,
	bool equal, enum rf_filter_truth *truth)
{
	size_t start = w->at;

	*truth = equal ? RF_FILTER_NEVER : RF_FILTER_ALWAYS;
	if (!l->glob && (l->too_long || l->len > string->max))
		return l->too_long && string->max > LITERAL_MAX ? -E2BIG : 0;
	if (l->too_long)
		return -E2BIG;
	rf_filter_put(
		w, "%s %s %c%s%c", string->name, l->glob ? "~" : (equal ? "==" : "!="), l->quote, l->text, l->quote);
	*truth = RF_FILTER_TERM;
	if (l->glob && !equal)
		*truth = rf_filter_negate(w, start, *truth);
	return 0;
}

int rf_filter_compare_string(struct rf_filter_writer *w, const struct rf_filter_string *string,
	enum rf_filter_operator op, const char *literal, enum rf_filter_truth *truth, const char **why)
{
	bool equal = op == RF_FILTER_EQUAL;
	struct literal l = {.len = 0};

	if (!equal && op != RF_FILTER_NOT_EQUAL) {
		*why = "texts have no order";
		return -EINVAL;
	}
	read_literal(&l, literal);
	if (l.any) {
		*truth = equal ? RF_FILTER_ALWAYS : RF_FILTER_NEVER;
		return 0;
	}
	if (!l.quote) {
		*why = "a string has both kinds of quotes";
		return -EINVAL;
	}
	return put_string(w, string, &l, equal, truth);
}
