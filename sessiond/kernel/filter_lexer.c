/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/filter_lexer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The longer ones first. */
static const struct {
	const char *text;
	enum rf_filter_operator op;
} symbols[] = {
	{"<<", RF_FILTER_SHIFT_LEFT},
	{">>", RF_FILTER_SHIFT_RIGHT},
	{"<=", RF_FILTER_LESS_EQUAL},
	{">=", RF_FILTER_GREATER_EQUAL},
	{"==", RF_FILTER_EQUAL},
	{"!=", RF_FILTER_NOT_EQUAL},
	{"&&", RF_FILTER_AND},
	{"||", RF_FILTER_OR},
	{"<", RF_FILTER_LESS},
	{">", RF_FILTER_GREATER},
	{"&", RF_FILTER_BIT_AND},
	{"^", RF_FILTER_BIT_XOR},
	{"|", RF_FILTER_BIT_OR},
	{"+", RF_FILTER_PLUS},
	{"-", RF_FILTER_MINUS},
	{"!", RF_FILTER_NOT},
	{"~", RF_FILTER_BIT_NOT},
};

static int refuse(struct rf_filter_lexer *l, const char *why)
{
	snprintf(l->why, RF_FILTER_WHY_SIZE, "%s (at byte %zu)", why, l->at);
	return -EINVAL;
}

/* Not by <ctype.h>: its answers are the locale's. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

static int digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* The byte that is AHEAD bytes on; NUL behind the end. */
static char peek(const struct rf_filter_lexer *l, size_t ahead)
{
	return ahead < l->len - l->at ? l->text[l->at + ahead] : '\0';
}

static bool looking_at(const struct rf_filter_lexer *l, const char *text)
{
	size_t len = strlen(text);

	return len <= l->len - l->at && !memcmp(l->text + l->at, text, len);
}

static bool take(struct rf_filter_lexer *l, const char *text)
{
	if (!looking_at(l, text))
		return false;
	l->at += strlen(text);
	return true;
}

static void pool_put(struct rf_filter_lexer *l, char c)
{
	if (l->pool_at < l->pool_size)
		l->pool[l->pool_at++] = c;
}

/* Ends the text that began at START. */
static int pool_end(struct rf_filter_lexer *l, size_t start, const char **text)
{
	if (l->pool_at >= l->pool_size)
		return refuse(l, "no room for its texts");
	pool_put(l, '\0');
	*text = l->pool + start;
	return 0;
}

static int skip_comment(struct rf_filter_lexer *l)
{
	if (take(l, "//")) {
		while (l->at < l->len && l->text[l->at] != '\n')
			l->at++;
		return 0;
	}
	l->at += strlen("/*");
	while (l->at < l->len)
		if (take(l, "*/"))
			return 0;
		else
			l->at++;
	return refuse(l, "a comment does not end");
}

static int skip_space(struct rf_filter_lexer *l)
{
	int status = 0;

	while (!status && l->at < l->len) {
		char c = l->text[l->at];

		if (c == ' ' || c == '\t' || c == '\n')
			l->at++;
		else if (looking_at(l, "//") || looking_at(l, "/*"))
			status = skip_comment(l);
		else
			break;
	}
	return status;
}

static void skip_digits(struct rf_filter_lexer *l, bool hex)
{
	while (digit_value(peek(l, 0)) < (hex ? 16 : 10))
		l->at++;
}

/* What makes a number of digits a floating point one: from the point or the exponent on. */
static int read_float(struct rf_filter_lexer *l, bool hex, struct rf_filter_node *node)
{
	static const char exponents[][2] = {{'e', 'E'}, {'p', 'P'}};
	const char *exponent = exponents[hex];

	node->kind = RF_FILTER_FLOAT;
	if (take(l, "."))
		skip_digits(l, hex);
	if (peek(l, 0) == exponent[0] || peek(l, 0) == exponent[1]) {
		l->at++;
		if (peek(l, 0) == '+' || peek(l, 0) == '-')
			l->at++;
		if (!is_digit(peek(l, 0)))
			return refuse(l, "a number's exponent has no digits");
		skip_digits(l, false);
	} else if (hex) {
		return refuse(l, "a hexadecimal floating point number has no exponent");
	}
	if (peek(l, 0) && strchr("fFlL", peek(l, 0)))
		l->at++;
	return is_name_start(peek(l, 0)) || is_digit(peek(l, 0)) ? refuse(l, "a number is malformed") : 0;
}

/* C's: u and l or ll, in any order and case. */
static void skip_suffix(struct rf_filter_lexer *l)
{
	bool is_unsigned = false, is_long = false;

	for (;;) {
		char c = peek(l, 0);

		if (!is_unsigned && (c == 'u' || c == 'U')) {
			is_unsigned = true;
			l->at++;
		} else if (!is_long && (c == 'l' || c == 'L')) {
			is_long = true;
			l->at += peek(l, 1) == c ? 2 : 1;
		} else {
			return;
		}
	}
}

static bool is_float(const struct rf_filter_lexer *l, size_t digits, bool hex)
{
	char c = peek(l, digits);

	return c == '.' || (hex ? c == 'p' || c == 'P' : c == 'e' || c == 'E');
}

static int read_number(struct rf_filter_lexer *l, struct rf_filter_node *node)
{
	bool hex = take(l, "0x");
	size_t start = l->at, digits = 0;

	while (digit_value(peek(l, digits)) < (hex ? 16 : 10))
		digits++;
	if (is_float(l, digits, hex)) {
		l->at += digits;
		return read_float(l, hex, node);
	}

	unsigned int base = hex ? 16 : peek(l, 0) == '0' ? 8 : 10;
	uint64_t value = 0;

	for (size_t i = 0; i < digits; i++) {
		unsigned int digit = (unsigned int)digit_value(l->text[start + i]);

		if (digit >= base)
			return refuse(l, "an octal number has a digit above 7");
		if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
			return refuse(l, "a number has more than 64 bits");
	}
	l->at += digits;
	skip_suffix(l);
	if (!digits || is_name_start(peek(l, 0)) || is_digit(peek(l, 0)))
		return refuse(l, "a number is malformed");
	node->kind = RF_FILTER_INTEGER;
	node->integer = (int64_t)value;
	return 0;
}

/* Behind the opening quote. */
static int read_string(struct rf_filter_lexer *l, char quote, struct rf_filter_node *node)
{
	size_t start = l->pool_at;

	node->kind = RF_FILTER_STRING;
	for (;;) {
		char c = peek(l, 0);

		if (!c)
			return refuse(l, "a string does not end");
		if (c == '\\' && peek(l, 1) != '*' && peek(l, 1) != '\\')
			return refuse(l, "a string has an escape that is neither \\* nor \\\\");
		l->at++;
		if (c == quote)
			return pool_end(l, start, &node->text);
		if (c == '\n')
			continue; /* as if it were not there */
		pool_put(l, c);
		if (c == '\\')
			pool_put(l, l->text[l->at++]);
	}
}

static int read_identifier(struct rf_filter_lexer *l)
{
	if (!is_name_start(peek(l, 0)))
		return refuse(l, "a name is missing");
	while (is_name_start(peek(l, 0)) || is_digit(peek(l, 0)))
		pool_put(l, l->text[l->at++]);
	return 0;
}

/* Behind the '['. */
static int read_index(struct rf_filter_lexer *l)
{
	struct rf_filter_node index = {.kind = RF_FILTER_FLOAT};
	char text[16];
	int status = skip_space(l);

	if (!status && !is_digit(peek(l, 0)))
		return refuse(l, "an index is not a number");
	if (!status)
		status = read_number(l, &index);
	if (!status)
		status = skip_space(l);
	if (status)
		return status;
	if (index.kind != RF_FILTER_INTEGER || index.integer < 0 || index.integer > UINT32_MAX)
		return refuse(l, "an index is out of range");
	if (!take(l, "]"))
		return refuse(l, "a ']' is missing");
	snprintf(text, sizeof(text), "[%" PRIu32 "]", (uint32_t)index.integer);
	for (const char *c = text; *c; c++)
		pool_put(l, *c);
	return 0;
}

/* A name with members and elements. */
static int read_path(struct rf_filter_lexer *l, struct rf_filter_node *node)
{
	size_t start = l->pool_at;
	int status = read_identifier(l);

	node->plain = true;
	while (!status) {
		status = skip_space(l);
		if (status)
			break;
		if (take(l, "[")) {
			status = read_index(l);
		} else if (take(l, ".") || take(l, "->")) {
			pool_put(l, '.');
			status = skip_space(l);
			if (!status)
				status = read_identifier(l);
		} else {
			return pool_end(l, start, &node->text);
		}
		node->plain = false;
	}
	return status;
}

static int read_global(struct rf_filter_lexer *l, struct rf_filter_node *node)
{
	size_t start = l->pool_at;
	const char *scope;
	int status = read_identifier(l);

	if (!status)
		status = pool_end(l, start, &scope);
	if (status)
		return status;
	if (!strcmp(scope, "ctx"))
		node->kind = RF_FILTER_CONTEXT;
	else if (!strcmp(scope, "app"))
		node->kind = RF_FILTER_APP_CONTEXT;
	else
		return refuse(l, "a name begins with neither $ctx. nor $app.");
	l->pool_at = start;
	status = skip_space(l);
	if (status)
		return status;
	if (!take(l, ".") && !take(l, "->"))
		return refuse(l, "$ctx or $app has no name behind it");
	status = skip_space(l);
	return status ? status : read_path(l, node);
}

static int read_operand(struct rf_filter_lexer *l, struct rf_filter_node *node)
{
	char c = peek(l, 0);

	if (is_digit(c) || (c == '.' && is_digit(peek(l, 1))))
		return read_number(l, node);
	if (take(l, "\"") || take(l, "L\""))
		return read_string(l, '"', node);
	if (take(l, "'") || take(l, "L'"))
		return peek(l, 0) == '\'' ? refuse(l, "'' is no string") : read_string(l, '\'', node);
	if (take(l, "$"))
		return read_global(l, node);
	if (is_name_start(c)) {
		node->kind = RF_FILTER_FIELD;
		return read_path(l, node);
	}
	if (c && strchr("*/%", c))
		return refuse(l, "there is no arithmetic");
	return refuse(l, "an unknown character");
}

int rf_filter_next_token(struct rf_filter_lexer *l, struct rf_filter_token *token)
{
	int status = skip_space(l);

	memset(token, 0, sizeof(*token));
	if (status)
		return status;
	token->kind = RF_FILTER_TOKEN_END;
	if (l->at == l->len)
		return 0;
	token->kind = RF_FILTER_TOKEN_OPEN;
	if (take(l, "("))
		return 0;
	token->kind = RF_FILTER_TOKEN_CLOSE;
	if (take(l, ")"))
		return 0;
	token->kind = RF_FILTER_TOKEN_OPERATOR;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (take(l, symbols[i].text)) {
			token->op = symbols[i].op;
			return 0;
		}
	token->kind = RF_FILTER_TOKEN_OPERAND;
	return read_operand(l, &token->node);
}
