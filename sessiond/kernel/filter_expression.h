/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A filter expression (lttng-enable-event(1), "Event payload and context filter condition") as a tree. The tracers that
 * take filters as programs get the client's; this is for a tracer that takes text of its own (filter_text.h).
 *
 * Bitwise operators bind tighter than comparisons, unlike in C. The parser works with stacks of its own, so that no
 * text makes it recurse; the depth of a tree is bounded for those who walk it. Pure functions, any thread.
 */
#ifndef RF_SESSIOND_KERNEL_FILTER_EXPRESSION_H
#define RF_SESSIOND_KERNEL_FILTER_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RF_FILTER_TEXT_MAX 65536u /* bytes of an expression */
#define RF_FILTER_NODES_MAX 8192u
#define RF_FILTER_DEPTH_MAX 512u   /* of the tree; "a || b || c" is as deep as it has operators */
#define RF_FILTER_NESTING_MAX 512u /* open parentheses and operators that wait for their operand */
#define RF_FILTER_WHY_SIZE 160u    /* bytes of a text that says what is wrong */

enum rf_filter_kind {
	RF_FILTER_INTEGER,
	RF_FILTER_FLOAT, /* its value is not kept: no tracer of the kernel computes with it */
	RF_FILTER_STRING,
	RF_FILTER_FIELD,       /* of the event */
	RF_FILTER_CONTEXT,     /* $ctx.NAME */
	RF_FILTER_APP_CONTEXT, /* $app.PROVIDER:NAME */
	RF_FILTER_UNARY,
	RF_FILTER_BINARY,
};

enum rf_filter_operator {
	RF_FILTER_PLUS,
	RF_FILTER_MINUS,
	RF_FILTER_NOT,
	RF_FILTER_BIT_NOT,
	RF_FILTER_SHIFT_LEFT,
	RF_FILTER_SHIFT_RIGHT,
	RF_FILTER_BIT_AND,
	RF_FILTER_BIT_XOR,
	RF_FILTER_BIT_OR,
	RF_FILTER_LESS,
	RF_FILTER_LESS_EQUAL,
	RF_FILTER_GREATER,
	RF_FILTER_GREATER_EQUAL,
	RF_FILTER_EQUAL,
	RF_FILTER_NOT_EQUAL,
	RF_FILTER_AND,
	RF_FILTER_OR,
};

struct rf_filter_node {
	enum rf_filter_kind kind;
	enum rf_filter_operator op;        /* unary, binary */
	const struct rf_filter_node *left; /* the operand of a unary operator */
	const struct rf_filter_node *right;
	int64_t integer; /* constants above 2^63-1 wrap */
	/*
	 * String: its bytes, in which "\*" and "\\" stand for themselves and another '*' for any run of bytes.
	 * Field or context: its name without "$ctx."; members and elements as in "a.b[2].c", where "->" has become '.'.
	 */
	const char *text;
	bool plain;     /* field, context: a single name */
	uint32_t depth; /* of the tree below, itself included */
};

struct rf_filter_tree;

/*
 * LEN bytes at TEXT. 0 and *TREE, which the caller frees; -EINVAL: not an expression, -E2BIG: more than the limits
 * above, -ENOMEM. WHY gets a line for a log when it is not 0; it has no bytes of TEXT but names.
 */
int rf_filter_parse(const char *text, size_t len, struct rf_filter_tree **tree, char why[RF_FILTER_WHY_SIZE]);
const struct rf_filter_node *rf_filter_root(const struct rf_filter_tree *tree);
void rf_filter_tree_free(struct rf_filter_tree *tree);

#endif
