/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/filter_expression.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	"+", "-", "!", "~", "<<", ">>", "&", "^", "|", "<", "<=", ">", ">=", "==", "!=", "&&", "||"};

/* NODE with parentheses around everything. */
static size_t show(const struct rf_filter_node *node, char *out, size_t at)
{
	switch (node->kind) {
	case RF_FILTER_INTEGER:
		return at + (size_t)sprintf(out + at, "%" PRId64, node->integer);
	case RF_FILTER_FLOAT:
		return at + (size_t)sprintf(out + at, "FLOAT");
	case RF_FILTER_STRING:
		return at + (size_t)sprintf(out + at, "\"%s\"", node->text);
	case RF_FILTER_FIELD:
		return at + (size_t)sprintf(out + at, "%s%s", node->text, node->plain ? "" : "?");
	case RF_FILTER_CONTEXT:
		return at + (size_t)sprintf(out + at, "$ctx.%s", node->text);
	case RF_FILTER_APP_CONTEXT:
		return at + (size_t)sprintf(out + at, "$app.%s", node->text);
	case RF_FILTER_UNARY:
		at += (size_t)sprintf(out + at, "(%s", names[node->op]);
		at = show(node->left, out, at);
		break;
	case RF_FILTER_BINARY:
		out[at++] = '(';
		at = show(node->left, out, at);
		at += (size_t)sprintf(out + at, " %s ", names[node->op]);
		at = show(node->right, out, at);
		break;
	}
	return at + (size_t)sprintf(out + at, ")");
}

/* The text goes into memory of exactly its size, so that a sanitised build sees a read beyond it. */
static int parse(const char *text, size_t len, struct rf_filter_tree **tree, char why[RF_FILTER_WHY_SIZE])
{
	char *own = malloc(len ? len : 1);

	memcpy(own, text, len);

	int status = rf_filter_parse(own, len, tree, why);

	free(own);
	return status;
}

static const char *const good[][2] = {
	{"i", "i"},
	{"i > 3", "(i > 3)"},
	{"-i == 5", "((-i) == 5)"},
	{"a & 3 == 1", "((a & 3) == 1)"},
	{"a << 2 >= b | 1 ^ c", "((a << 2) >= (b | (1 ^ c)))"},
	{"a < b == c", "((a < b) == c)"},
	{"a == b < c", "(a == (b < c))"},
	{"a || b && c || d", "((a || (b && c)) || d)"},
	{"a && b || c && d", "((a && b) || (c && d))"},
	{"(a || b) && c", "((a || b) && c)"},
	{"((a))", "a"},
	{"a & b & c", "((a & b) & c)"},
	{"a << 1 << 2", "((a << 1) << 2)"},
	{"!a && !!b", "((!a) && (!(!b)))"},
	{"!(a && b)", "(!(a && b))"},
	{"- - +~a", "(-(-(+(~a))))"},
	{"~a & b", "((~a) & b)"},
	{"eax_reg & 0xff7 == 0x240 && x[4] >> 12 <= 0x1234", "(((eax_reg & 4087) == 576) && ((x[4]? >> 12) <= 4660))"},
	{"$ctx.procname == \"lttng*\" && (!flag || poel < 34)",
		"(($ctx.procname == \"lttng*\") && ((!flag) || (poel < 34)))"},
	{"$app.my_provider:my_context == 17.34e9 || some_enum >= 14",
		"(($app.my_provider:my_context == FLOAT) || (some_enum >= 14))"},
	{"a->b . c [ 0x2 ] == 1", "(a.b.c[2]? == 1)"},
	{"msg.user[1].data[2][17] == 0", "(msg.user[1].data[2][17]? == 0)"},
	{"$ctx . vpid == 1", "($ctx.vpid == 1)"},
	{"$ctx.perf:cpu:cycles > 1", "($ctx.perf:cpu:cycles > 1)"},
	{"s == 'a\"b'", "(s == \"a\"b\")"},
	{"s == L\"x\" || s == L'y'", "((s == \"x\") || (s == \"y\"))"},
	{"s == \"\"", "(s == \"\")"},
	{"s == \"\\*\\\\*\"", "(s == \"\\*\\\\*\")"},
	{"i /* c * \" */ == // rest\n 1\t", "(i == 1)"},
	{"i == 010", "(i == 8)"},
	{"i == 0", "(i == 0)"},
	{"i == 0xfFu || i == 1ull || i == 2LU || i == 3l", "((((i == 255) || (i == 1)) || (i == 2)) || (i == 3))"},
	{"i == 18446744073709551615", "(i == -1)"},
	{"i == 9223372036854775808", "(i == -9223372036854775808)"},
	{"i == 1. || i == .5 || i == 1e3 || i == 0x1p3 || i == 1.5e-3f",
		"(((((i == FLOAT) || (i == FLOAT)) || (i == "
		"FLOAT)) || (i == FLOAT)) || (i == FLOAT))"},
	{"1 && 0", "(1 && 0)"},
	{"L == 1", "(L == 1)"},
	{"a:b == 1", "(a:b == 1)"},
};

Test(filter_expression, reads_what_the_language_has)
{
	char shown[1024], why[RF_FILTER_WHY_SIZE];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct rf_filter_tree *tree;
		int status = parse(good[i][0], strlen(good[i][0]), &tree, why);

		cr_expect_eq(status, 0, "%s: %s", good[i][0], why);
		if (status)
			continue;
		show(rf_filter_root(tree), shown, 0);
		cr_expect_str_eq(shown, good[i][1]);
		rf_filter_tree_free(tree);
	}
}

static const char *const bad[] = {"", " ", "/* */", "/* i", "(", ")", "()", "i ==", "== i", "i i", "(i", "i)", "i + 1",
	"i - 1", "i * 2", "i / 2", "i % 2", "i ! 1", "i ~ 1", "i = 1", "\"abc\"", "1.5", "-1.5", "!\"a\" == 1",
	"-\"a\"", "\"a\" == 1", "1.5 != 'a'", "\"a\" && i", "i || \"a\"", "i & \"a\"", "i << 1.5", "$x.y == 1", "$ctx",
	"$ctx == 1", "$ctx. == 1", "$ == 1", "a[i] == 1", "a[-1] == 1", "a[1.5] == 1", "a[1 == 1", "a[] == 1",
	"a[4294967296] == 1", "a. == 1", "a-> == 1", "a.1 == 1", "s == \"\\n\"", "s == \"\\\"\"", "s == \"a", "s == 'a",
	"s == ''", "s == \"a\\", "0X1 == i", "09 == i", "0x == i", "1x == i", "1ulu == i", "1e == i", "0x1.8 == i",
	"1.5x == i", "1.2.3 == i", "18446744073709551616 == i", "i == 0x10000000000000000", "i ? 1 : 2", "i, i", "i;",
	"@", "i == \x80", "#"};

Test(filter_expression, refuses_what_the_language_has_not)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char why[RF_FILTER_WHY_SIZE] = "";
		struct rf_filter_tree *tree;

		cr_expect_eq(parse(bad[i], strlen(bad[i]), &tree, why), -EINVAL, "%s", bad[i]);
		cr_expect_null(tree);
		cr_expect(why[0], "%s", bad[i]);
	}
}

Test(filter_expression, refuses_bytes_after_a_nul)
{
	char why[RF_FILTER_WHY_SIZE];
	struct rf_filter_tree *tree;

	cr_expect_eq(parse("i\0", 2, &tree, why), -EINVAL);
	cr_expect_eq(parse("s == \"a\0\"", 9, &tree, why), -EINVAL);
}

Test(filter_expression, reads_or_refuses_every_text_that_is_cut_short)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		for (size_t len = 0; len < strlen(good[i][0]); len++) {
			char why[RF_FILTER_WHY_SIZE];
			struct rf_filter_tree *tree;

			if (!parse(good[i][0], len, &tree, why))
				rf_filter_tree_free(tree);
			else
				cr_expect_null(tree);
		}
}

/* COUNT times BEFORE, "i", COUNT times AFTER. */
static int repeated(const char *before, const char *after, size_t count)
{
	size_t room = count * (strlen(before) + strlen(after)) + 2, at = 0;
	char *text = malloc(room), why[RF_FILTER_WHY_SIZE];
	struct rf_filter_tree *tree;

	for (size_t i = 0; i < count; i++)
		at += (size_t)sprintf(text + at, "%s", before);
	at += (size_t)sprintf(text + at, "i");
	for (size_t i = 0; i < count; i++)
		at += (size_t)sprintf(text + at, "%s", after);

	int status = rf_filter_parse(text, at, &tree, why);

	if (!status)
		rf_filter_tree_free(tree);
	free(text);
	return status;
}

Test(filter_expression, bounds_what_it_builds)
{
	cr_expect_eq(repeated("(", ")", 200), 0);
	cr_expect_eq(repeated("(", ")", RF_FILTER_NESTING_MAX), 0);
	cr_expect_eq(repeated("(", ")", RF_FILTER_NESTING_MAX + 1), -E2BIG);
	cr_expect_eq(repeated("!", "", RF_FILTER_DEPTH_MAX - 1), 0);
	cr_expect_eq(repeated("!", "", RF_FILTER_NESTING_MAX + 1), -E2BIG);
	cr_expect_eq(repeated("", "||i", RF_FILTER_DEPTH_MAX - 1), 0);
	cr_expect_eq(repeated("", "||i", RF_FILTER_DEPTH_MAX), -E2BIG);
	cr_expect_eq(repeated("", " ", RF_FILTER_TEXT_MAX - 1), 0);
	cr_expect_eq(repeated("", " ", RF_FILTER_TEXT_MAX), -E2BIG);
	cr_expect_eq(repeated("(i&i&i&i&i&i&i&i&i&i&i&i&i&i&i&i&i)||", "", 400), -E2BIG, "nodes");
}
