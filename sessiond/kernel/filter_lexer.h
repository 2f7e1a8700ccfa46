/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of a filter expression: operators, parentheses, and operands as nodes. A part of the parser
 * (filter_expression.h); any thread.
 */
#ifndef RF_SESSIOND_KERNEL_FILTER_LEXER_H
#define RF_SESSIOND_KERNEL_FILTER_LEXER_H

#include "sessiond/kernel/filter_expression.h"

struct rf_filter_lexer {
	const char *text;
	size_t len;
	size_t at;
	/* Strings and names, each with its NUL. The caller's. */
	char *pool;
	size_t pool_size; /* 2 * len + 1 is enough for every text */
	size_t pool_at;
	char *why;
};

enum rf_filter_token_kind {
	RF_FILTER_TOKEN_END,
	RF_FILTER_TOKEN_OPEN,
	RF_FILTER_TOKEN_CLOSE,
	RF_FILTER_TOKEN_OPERATOR, /* unary and binary plus and minus are the same here */
	RF_FILTER_TOKEN_OPERAND,
};

struct rf_filter_token {
	enum rf_filter_token_kind kind;
	enum rf_filter_operator op;
	struct rf_filter_node node; /* operands; its text is in the pool */
};

/* The next word. 0, or -EINVAL with a line in `why`. */
int rf_filter_next_token(struct rf_filter_lexer *lexer, struct rf_filter_token *token);

#endif
