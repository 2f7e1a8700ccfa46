/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/filter_expression.h"

#include "sessiond/kernel/filter_lexer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rf_filter_tree {
	struct rf_filter_node *nodes;
	size_t count;
	const struct rf_filter_node *root;
	char *text; /* strings and names, each with its NUL */
};

/* The tightest first. */
enum binding {
	BIND_UNARY = 9,
	BIND_SHIFT = 8,
	BIND_BIT_AND = 7,
	BIND_BIT_XOR = 6,
	BIND_BIT_OR = 5,
	BIND_ORDER = 4,
	BIND_EQUAL = 3,
	BIND_AND = 2,
	BIND_OR = 1,
	BIND_NOTHING = 0, /* an open parenthesis */
};

static const struct {
	const char *text;
	uint8_t binding;
} operators[] = {
	[RF_FILTER_PLUS] = {"+", BIND_UNARY},
	[RF_FILTER_MINUS] = {"-", BIND_UNARY},
	[RF_FILTER_NOT] = {"!", BIND_UNARY},
	[RF_FILTER_BIT_NOT] = {"~", BIND_UNARY},
	[RF_FILTER_SHIFT_LEFT] = {"<<", BIND_SHIFT},
	[RF_FILTER_SHIFT_RIGHT] = {">>", BIND_SHIFT},
	[RF_FILTER_BIT_AND] = {"&", BIND_BIT_AND},
	[RF_FILTER_BIT_XOR] = {"^", BIND_BIT_XOR},
	[RF_FILTER_BIT_OR] = {"|", BIND_BIT_OR},
	[RF_FILTER_LESS] = {"<", BIND_ORDER},
	[RF_FILTER_LESS_EQUAL] = {"<=", BIND_ORDER},
	[RF_FILTER_GREATER] = {">", BIND_ORDER},
	[RF_FILTER_GREATER_EQUAL] = {">=", BIND_ORDER},
	[RF_FILTER_EQUAL] = {"==", BIND_EQUAL},
	[RF_FILTER_NOT_EQUAL] = {"!=", BIND_EQUAL},
	[RF_FILTER_AND] = {"&&", BIND_AND},
	[RF_FILTER_OR] = {"||", BIND_OR},
};

/* What waits for its (right) operand. */
struct waiting {
	enum binding binding;
	enum rf_filter_operator op;
};

struct parser {
	struct rf_filter_lexer lexer;
	struct rf_filter_tree *tree;
	const struct rf_filter_node **operands;
	size_t operand_count;
	struct waiting *waiting;
	size_t waiting_count;
	char *why;
};

static int refuse(struct parser *p, int error, const char *why)
{
	snprintf(p->why, RF_FILTER_WHY_SIZE, "%s", why);
	return error;
}

static int refuse_operator(struct parser *p, enum rf_filter_operator op, const char *why)
{
	snprintf(p->why, RF_FILTER_WHY_SIZE, "operator %s %s", operators[op].text, why);
	return -EINVAL;
}

/* Takes NODE, whose operands are the last ones of the stack. */
static int put_node(struct parser *p, struct rf_filter_node node)
{
	size_t operands = node.left ? (node.right ? 2 : 1) : 0;

	node.depth = 1;
	if (node.left)
		node.depth = node.left->depth + 1;
	if (node.right && node.right->depth >= node.depth)
		node.depth = node.right->depth + 1;
	if (node.depth > RF_FILTER_DEPTH_MAX)
		return refuse(p, -E2BIG, "it is too deep");
	if (p->tree->count == RF_FILTER_NODES_MAX)
		return refuse(p, -E2BIG, "it has too many operands and operators");
	p->operand_count -= operands;
	p->tree->nodes[p->tree->count] = node;
	p->operands[p->operand_count++] = &p->tree->nodes[p->tree->count++];
	return 0;
}

static bool is_bitwise(enum rf_filter_operator op)
{
	return op >= RF_FILTER_SHIFT_LEFT && op <= RF_FILTER_BIT_OR;
}

static bool is_logical(enum rf_filter_operator op)
{
	return op == RF_FILTER_AND || op == RF_FILTER_OR;
}

static bool is_number(const struct rf_filter_node *node)
{
	return node->kind == RF_FILTER_INTEGER || node->kind == RF_FILTER_FLOAT;
}

static int check_unary(struct parser *p, enum rf_filter_operator op, const struct rf_filter_node *operand)
{
	return operand->kind == RF_FILTER_STRING ? refuse_operator(p, op, "has a string as its operand") : 0;
}

static int check_binary(struct parser *p, const struct rf_filter_node *node)
{
	const struct rf_filter_node *left = node->left, *right = node->right;
	bool text = left->kind == RF_FILTER_STRING || right->kind == RF_FILTER_STRING;

	if (text && (is_bitwise(node->op) || is_logical(node->op)))
		return refuse_operator(p, node->op, "has a string as an operand");
	if (is_bitwise(node->op) && (left->kind == RF_FILTER_FLOAT || right->kind == RF_FILTER_FLOAT))
		return refuse_operator(p, node->op, "has a floating point number as an operand");
	if (text && (is_number(left) || is_number(right)))
		return refuse_operator(p, node->op, "compares a string with a number");
	return 0;
}

/* The operator that waits last gets its operand. */
static int reduce(struct parser *p)
{
	enum rf_filter_operator op = p->waiting[--p->waiting_count].op;
	const struct rf_filter_node *last = p->operands[p->operand_count - 1];
	struct rf_filter_node node = {.kind = RF_FILTER_UNARY, .op = op, .left = last};
	int status;

	if (operators[op].binding == BIND_UNARY) {
		status = check_unary(p, op, last);
	} else {
		node.kind = RF_FILTER_BINARY;
		node.left = p->operands[p->operand_count - 2];
		node.right = last;
		status = check_binary(p, &node);
	}
	return status ? status : put_node(p, node);
}

static int reduce_down_to(struct parser *p, enum binding binding)
{
	int status = 0;

	while (!status && p->waiting_count && p->waiting[p->waiting_count - 1].binding >= binding)
		status = reduce(p);
	return status;
}

static int wait_for_operand(struct parser *p, enum binding binding, enum rf_filter_operator op)
{
	if (p->waiting_count == RF_FILTER_NESTING_MAX)
		return refuse(p, -E2BIG, "it is nested too deep");
	p->waiting[p->waiting_count++] = (struct waiting){.binding = binding, .op = op};
	return 0;
}

static int close_parenthesis(struct parser *p)
{
	int status = reduce_down_to(p, BIND_OR);

	if (status)
		return status;
	if (!p->waiting_count)
		return refuse(p, -EINVAL, "a ')' has no '('");
	p->waiting_count--;
	return 0;
}

static int take_operand(struct parser *p, const struct rf_filter_token *token)
{
	if (token->kind == RF_FILTER_TOKEN_OPERAND)
		return put_node(p, token->node);
	if (token->kind == RF_FILTER_TOKEN_OPEN)
		return wait_for_operand(p, BIND_NOTHING, RF_FILTER_OR);
	if (token->kind == RF_FILTER_TOKEN_OPERATOR && operators[token->op].binding == BIND_UNARY)
		return wait_for_operand(p, BIND_UNARY, token->op);
	return refuse(p, -EINVAL, "an operand is missing");
}

static int take_operator(struct parser *p, const struct rf_filter_token *token)
{
	if (token->kind == RF_FILTER_TOKEN_CLOSE)
		return close_parenthesis(p);
	if (token->kind != RF_FILTER_TOKEN_OPERATOR)
		return refuse(p, -EINVAL, "an operator is missing");

	enum binding binding = operators[token->op].binding;

	if (token->op == RF_FILTER_PLUS || token->op == RF_FILTER_MINUS)
		return refuse(p, -EINVAL, "there is no arithmetic");
	if (binding == BIND_UNARY)
		return refuse_operator(p, token->op, "stands between two operands");

	int status = reduce_down_to(p, binding);

	return status ? status : wait_for_operand(p, binding, token->op);
}

static int parse(struct parser *p)
{
	bool operand_next = true;

	for (;;) {
		struct rf_filter_token token;
		int status = rf_filter_next_token(&p->lexer, &token);

		if (status)
			return status;
		if (token.kind == RF_FILTER_TOKEN_END)
			break;
		status = operand_next ? take_operand(p, &token) : take_operator(p, &token);
		if (status)
			return status;
		if (operand_next)
			operand_next = token.kind != RF_FILTER_TOKEN_OPERAND;
		else
			operand_next = token.kind != RF_FILTER_TOKEN_CLOSE;
	}
	if (operand_next)
		return refuse(p, -EINVAL, p->tree->count ? "an operand is missing at the end" : "it is empty");

	int status = reduce_down_to(p, BIND_OR);

	if (status)
		return status;
	return p->waiting_count ? refuse(p, -EINVAL, "a '(' has no ')'") : 0;
}

/* What the whole is cannot be a string or a floating point number, whatever signs stand before it. */
static int check_root(struct parser *p)
{
	const struct rf_filter_node *node = p->operands[0];

	p->tree->root = node;
	while (node->kind == RF_FILTER_UNARY)
		node = node->left;
	if (node->kind == RF_FILTER_STRING || node->kind == RF_FILTER_FLOAT)
		return refuse(p, -EINVAL, "a string or a floating point number is no condition");
	return 0;
}

int rf_filter_parse(const char *text, size_t len, struct rf_filter_tree **tree, char why[RF_FILTER_WHY_SIZE])
{
	struct parser p = {.why = why};

	*tree = NULL;
	if (len > RF_FILTER_TEXT_MAX)
		return refuse(&p, -E2BIG, "it is too long");

	size_t pool = 2 * len + 1, nodes = len < RF_FILTER_NODES_MAX ? len + 1 : RF_FILTER_NODES_MAX;
	int status = -ENOMEM;

	p.tree = calloc(1, sizeof(*p.tree));
	if (p.tree) {
		p.tree->nodes = calloc(nodes, sizeof(*p.tree->nodes));
		p.tree->text = malloc(pool);
	}
	p.operands = calloc(nodes, sizeof(const struct rf_filter_node *));
	p.waiting = calloc(RF_FILTER_NESTING_MAX, sizeof(*p.waiting));
	if (p.tree && p.tree->nodes && p.tree->text && p.operands && p.waiting) {
		p.lexer = (struct rf_filter_lexer){
			.text = text, .len = len, .pool = p.tree->text, .pool_size = pool, .why = why};
		status = parse(&p);
		if (!status)
			status = check_root(&p);
	} else {
		refuse(&p, status, "no memory");
	}
	free(p.operands);
	free(p.waiting);
	if (status)
		rf_filter_tree_free(p.tree);
	else
		*tree = p.tree;
	return status;
}

const struct rf_filter_node *rf_filter_root(const struct rf_filter_tree *tree)
{
	return tree->root;
}

void rf_filter_tree_free(struct rf_filter_tree *tree)
{
	if (!tree)
		return;
	free(tree->nodes);
	free(tree->text);
	free(tree);
}
