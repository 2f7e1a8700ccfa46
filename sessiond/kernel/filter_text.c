/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/filter_text.h"

#include "sessiond/kernel/field_map.h"
#include "sessiond/kernel/filter_expression.h"
#include "sessiond/kernel/filter_terms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COMM_MAX 15u /* bytes of a thread's name */

enum value_kind {
	VALUE_CONSTANT,
	VALUE_TRUTH, /* 0 or 1, and the text is written */
	VALUE_NUMBER,
	VALUE_TEXT, /* of the record */
	VALUE_LITERAL,
};

struct value {
	enum value_kind kind;
	int64_t constant;
	enum rf_filter_truth truth; /* TERM, ALL or ANY; the others are constants */
	size_t start;               /* where its text begins */
	struct rf_filter_number number;
	struct rf_filter_string text;
	const char *literal;
	/* A number of the record that is the address of a text, under this name. */
	char address_of[RF_FORMAT_NAME_SIZE + sizeof(".ustring")];
};

struct walk {
	const struct rf_format *format;
	struct rf_filter_writer writer;
	char why[RF_FILTER_WHY_SIZE];
};

static int cannot(struct walk *w, const char *why)
{
	snprintf(w->why, sizeof(w->why), "the kernel cannot filter so: %s", why);
	return -EINVAL;
}

static int cannot_name(struct walk *w, const char *why, const char *name)
{
	snprintf(w->why, sizeof(w->why), "the kernel cannot filter so: %s (%.64s)", why, name);
	return -EINVAL;
}

/* The event can never fulfil the expression, whatever else is in it. */
static int never(struct walk *w, const char *why, const char *name)
{
	snprintf(w->why, sizeof(w->why), "it is never true for the event: %s (%.64s)", why, name);
	return -ENOENT;
}

static void set_truth(struct value *v, enum rf_filter_truth truth, size_t start)
{
	v->kind = truth == RF_FILTER_NEVER || truth == RF_FILTER_ALWAYS ? VALUE_CONSTANT : VALUE_TRUTH;
	v->constant = truth == RF_FILTER_ALWAYS;
	v->truth = truth;
	v->start = start;
}

static enum rf_filter_truth truth_of(const struct value *v)
{
	if (v->kind == VALUE_CONSTANT)
		return v->constant ? RF_FILTER_ALWAYS : RF_FILTER_NEVER;
	return v->truth;
}

/* A value as an operand of a logical operator, or as the whole. */
static int to_truth(struct walk *w, struct value *v)
{
	enum rf_filter_truth truth;
	size_t start = w->writer.at;

	if (v->kind == VALUE_CONSTANT || v->kind == VALUE_TRUTH)
		return 0;
	if (v->kind != VALUE_NUMBER)
		return never(w, "a text is no condition", v->kind == VALUE_TEXT ? v->text.name : "string");
	if (rf_filter_compare_number(&w->writer, &v->number, RF_FILTER_NOT_EQUAL, 0, &truth))
		return cannot_name(w, "bits of a number that is recorded differently", v->number.name);
	set_truth(v, truth, start);
	return 0;
}

static void use_number(struct value *v, const struct rf_format_field *field, const struct rf_mapped_field *mapped)
{
	v->kind = VALUE_NUMBER;
	v->number = (struct rf_filter_number){
		.name = field->name,
		.bits = (uint8_t)(field->size * 8),
		.is_signed = field->is_signed,
		.width = (uint8_t)(field->size * 8),
		.width_signed = field->is_signed,
	};
	if (field->width && field->width < field->size) {
		v->number.width = (uint8_t)(field->width * 8);
		v->number.width_signed = field->width_signed;
	}
	if (mapped)
		v->number.add = mapped->add;
}

static bool is_number_size(uint16_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static int field_value(struct walk *w, const struct rf_filter_node *node, struct value *v)
{
	struct rf_mapped_field mapped;

	if (!node->plain)
		return cannot_name(w, "members and elements", node->text);
	if (!rf_map_field(w->format, node->text, &mapped))
		return never(w, "it has no such field", node->text);

	const struct rf_format_field *field = mapped.field;

	if (mapped.rwbs) {
		v->kind = VALUE_NUMBER;
		v->number = (struct rf_filter_number){.name = field->name, .bits = 32, .width = 32, .rwbs = true};
		return 0;
	}
	if (mapped.bytes)
		return cannot_name(w, "bytes", node->text);
	if (field->kind == RF_FORMAT_TEXT || field->kind == RF_FORMAT_STRING) {
		v->kind = VALUE_TEXT;
		v->text.name = field->name;
		v->text.max = field->kind == RF_FORMAT_TEXT ? field->size : SIZE_MAX;
		return 0;
	}
	if ((field->kind != RF_FORMAT_INTEGER && field->kind != RF_FORMAT_POINTER) || !is_number_size(field->size))
		return cannot_name(w, "arrays and structures", node->text);
	use_number(v, field, &mapped);
	/* System calls have addresses of their callers' memory. */
	if (field->kind == RF_FORMAT_POINTER)
		snprintf(v->address_of, sizeof(v->address_of), "%s%s", field->name,
			strcmp(w->format->system, "syscalls") ? "" : ".ustring");
	return 0;
}

/* What the common fields of a record tell of the moment. */
static const struct {
	const char *name;
	const char *field;
	uint64_t mask;
	bool when_clear;
} moments[] = {
	{"interruptible", "common_flags", 0x01, true},
	{"need_reschedule", "common_flags", 0x04, false},
	{"preemptible", "common_preempt_count", 0x0f, true},
	{"migratable", "common_preempt_count", 0xf0, true},
};

static int moment_value(struct walk *w, size_t moment, struct value *v)
{
	const struct rf_format_field *field = rf_format_find(w->format, moments[moment].field);
	enum rf_filter_truth truth;
	size_t start = w->writer.at;

	if (!field || field->kind != RF_FORMAT_INTEGER || !is_number_size(field->size))
		return cannot_name(w, "a context field that it does not have", moments[moment].name);
	use_number(v, field, NULL);
	v->number.masked = true;
	v->number.mask = moments[moment].mask;
	rf_filter_compare_number(
		&w->writer, &v->number, moments[moment].when_clear ? RF_FILTER_EQUAL : RF_FILTER_NOT_EQUAL, 0, &truth);
	set_truth(v, truth, start);
	return 0;
}

static int context_value(struct walk *w, const struct rf_filter_node *node, struct value *v)
{
	const struct rf_format_field *pid = rf_format_find(w->format, "common_pid");

	if (!strcmp(node->text, "procname")) {
		v->kind = VALUE_TEXT;
		v->text = (struct rf_filter_string){.name = "COMM", .max = COMM_MAX};
		return 0;
	}
	if (!strcmp(node->text, "cpu_id")) {
		v->kind = VALUE_NUMBER;
		v->number = (struct rf_filter_number){
			.name = "CPU", .bits = 32, .is_signed = true, .width = 32, .width_signed = true};
		return 0;
	}
	if (!strcmp(node->text, "tid") && pid && pid->kind == RF_FORMAT_INTEGER && is_number_size(pid->size)) {
		use_number(v, pid, NULL);
		return 0;
	}
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		if (!strcmp(node->text, moments[i].name))
			return moment_value(w, i, v);
	return cannot_name(w, "a context field that it does not have", node->text);
}

static int value_of(struct walk *w, const struct rf_filter_node *node, struct value *v);

static int logical_value(struct walk *w, const struct rf_filter_node *node, struct value *v)
{
	bool all = node->op == RF_FILTER_AND;
	struct rf_filter_writer *out = &w->writer;
	struct value right = {.kind = VALUE_CONSTANT};
	size_t start = out->at;
	int status = value_of(w, node->left, v);

	if (!status)
		status = to_truth(w, v);
	if (status)
		return status;

	enum rf_filter_truth left = truth_of(v), decides = all ? RF_FILTER_NEVER : RF_FILTER_ALWAYS;
	bool written = v->kind == VALUE_TRUTH;
	size_t end;

	if (written && all && left == RF_FILTER_ANY)
		rf_filter_put_around(out, start, "(", ")");
	end = out->at;
	if (written)
		rf_filter_put(out, all ? " && " : " || ");
	status = value_of(w, node->right, &right);
	if (!status)
		status = to_truth(w, &right);
	if (status)
		return status;
	if (left == decides || truth_of(&right) == decides) {
		rf_filter_put_back(out, start);
		set_truth(v, decides, start);
	} else if (right.kind == VALUE_CONSTANT) {
		/* What is left is the left one alone; it may have got its parentheses. */
		rf_filter_put_back(out, end);
		set_truth(v, written && all && left == RF_FILTER_ANY ? RF_FILTER_TERM : left, start);
	} else if (!written) {
		set_truth(v, truth_of(&right), start);
	} else {
		if (all && right.truth == RF_FILTER_ANY)
			rf_filter_put_around(out, right.start, "(", ")");
		set_truth(v, all ? RF_FILTER_ALL : RF_FILTER_ANY, start);
	}
	return 0;
}

static int unary_value(struct walk *w, const struct rf_filter_node *node, struct value *v)
{
	int status = value_of(w, node->left, v);

	if (!status && node->op == RF_FILTER_NOT)
		status = to_truth(w, v);
	if (status || node->op == RF_FILTER_PLUS)
		return status;
	if (node->op == RF_FILTER_NOT) {
		set_truth(v, rf_filter_negate(&w->writer, v->start, truth_of(v)), v->start);
		return 0;
	}
	if (v->kind != VALUE_CONSTANT)
		return cannot(w, "signs and ~ of what is not constant");
	v->constant = node->op == RF_FILTER_MINUS ? (int64_t) - (uint64_t)v->constant : ~v->constant;
	return 0;
}

static int shift(struct walk *w, enum rf_filter_operator op, int64_t left, int64_t right, int64_t *result)
{
	if (right < 0 || right > 63)
		return never(w, "a shift by more than 63 bits", op == RF_FILTER_SHIFT_LEFT ? "<<" : ">>");
	*result = (int64_t)(op == RF_FILTER_SHIFT_LEFT ? (uint64_t)left << right : (uint64_t)left >> right);
	return 0;
}

static int bitwise_value(struct walk *w, enum rf_filter_operator op, struct value *left, struct value *right)
{
	struct value *number = left->kind == VALUE_NUMBER ? left : right;
	struct value *constant = left->kind == VALUE_NUMBER ? right : left;

	if (left->kind == VALUE_TEXT || right->kind == VALUE_TEXT)
		return never(w, "a text has no bits", left->kind == VALUE_TEXT ? left->text.name : right->text.name);
	if (left->kind == VALUE_CONSTANT && right->kind == VALUE_CONSTANT) {
		switch (op) {
		case RF_FILTER_BIT_AND:
			left->constant &= right->constant;
			return 0;
		case RF_FILTER_BIT_OR:
			left->constant |= right->constant;
			return 0;
		case RF_FILTER_BIT_XOR:
			left->constant ^= right->constant;
			return 0;
		default:
			return shift(w, op, left->constant, right->constant, &left->constant);
		}
	}
	if (op != RF_FILTER_BIT_AND || number->kind != VALUE_NUMBER || constant->kind != VALUE_CONSTANT)
		return cannot(w, "bits other than those of a field & a constant");

	struct rf_filter_number masked = number->number;

	masked.mask = (uint64_t)constant->constant & (masked.masked ? masked.mask : UINT64_MAX);
	masked.masked = true;
	left->kind = VALUE_NUMBER;
	left->number = masked;
	left->address_of[0] = '\0';
	return 0;
}

static enum rf_filter_operator mirrored(enum rf_filter_operator op)
{
	switch (op) {
	case RF_FILTER_LESS:
		return RF_FILTER_GREATER;
	case RF_FILTER_LESS_EQUAL:
		return RF_FILTER_GREATER_EQUAL;
	case RF_FILTER_GREATER:
		return RF_FILTER_LESS;
	case RF_FILTER_GREATER_EQUAL:
		return RF_FILTER_LESS_EQUAL;
	default:
		return op;
	}
}

static bool compare_constants(int64_t left, enum rf_filter_operator op, int64_t right)
{
	switch (op) {
	case RF_FILTER_LESS:
		return left < right;
	case RF_FILTER_LESS_EQUAL:
		return left <= right;
	case RF_FILTER_GREATER:
		return left > right;
	case RF_FILTER_GREATER_EQUAL:
		return left >= right;
	case RF_FILTER_EQUAL:
		return left == right;
	default:
		return left != right;
	}
}

/* TRUTH, which is 0 or 1, with a constant. */
static void compare_truth(struct walk *w, struct value *truth, enum rf_filter_operator op, int64_t constant)
{
	bool if_false = compare_constants(0, op, constant), if_true = compare_constants(1, op, constant);

	if (if_false == if_true) {
		rf_filter_put_back(&w->writer, truth->start);
		set_truth(truth, if_true ? RF_FILTER_ALWAYS : RF_FILTER_NEVER, truth->start);
	} else if (if_false) {
		set_truth(truth, rf_filter_negate(&w->writer, truth->start, truth->truth), truth->start);
	}
}

static int compare_text(struct walk *w, struct value *v, enum rf_filter_operator op, const char *literal)
{
	struct rf_filter_string address = {.name = v->address_of, .max = SIZE_MAX};
	enum rf_filter_truth truth;
	size_t start = w->writer.at;
	const char *why = NULL;

	if (v->kind == VALUE_NUMBER && !v->address_of[0])
		return never(w, "a number is compared with a string", v->number.name);
	if (v->kind != VALUE_TEXT && v->kind != VALUE_NUMBER)
		return cannot(w, "a string that is compared with what is not a field");

	int status = rf_filter_compare_string(
		&w->writer, v->kind == VALUE_TEXT ? &v->text : &address, op, literal, &truth, &why);

	if (status == -E2BIG)
		snprintf(w->why, sizeof(w->why), "a string is longer than the kernel takes");
	else if (status)
		cannot(w, why);
	else
		set_truth(v, truth, start);
	return status;
}

/* LEFT OP RIGHT, of which at least LEFT is not constant. */
static int compare_values(struct walk *w, struct value *left, enum rf_filter_operator op, const struct value *right)
{
	enum rf_filter_truth truth;
	size_t start = w->writer.at;

	if (right->kind == VALUE_LITERAL)
		return compare_text(w, left, op, right->literal);
	if (left->kind == VALUE_TEXT && (right->kind == VALUE_CONSTANT || right->kind == VALUE_NUMBER))
		return never(w, "a text is compared with a number", left->text.name);
	if (right->kind != VALUE_CONSTANT || (left->kind != VALUE_NUMBER && left->kind != VALUE_TRUTH))
		return cannot(w, "a comparison with what is not constant");
	if (left->kind == VALUE_TRUTH) {
		compare_truth(w, left, op, right->constant);
		return 0;
	}
	if (rf_filter_compare_number(&w->writer, &left->number, op, right->constant, &truth))
		return cannot_name(w, "a comparison of some of its bits", left->number.name);
	set_truth(left, truth, start);
	return 0;
}

static int binary_value(struct walk *w, const struct rf_filter_node *node, struct value *v)
{
	struct value right = {.kind = VALUE_CONSTANT};
	enum rf_filter_operator op = node->op;
	int status;

	if (op == RF_FILTER_AND || op == RF_FILTER_OR)
		return logical_value(w, node, v);
	status = value_of(w, node->left, v);
	if (!status)
		status = value_of(w, node->right, &right);
	if (status)
		return status;
	if (op < RF_FILTER_LESS)
		return bitwise_value(w, op, v, &right);
	if (v->kind == VALUE_CONSTANT && right.kind == VALUE_CONSTANT) {
		v->constant = compare_constants(v->constant, op, right.constant);
		return 0;
	}
	if (v->kind == VALUE_CONSTANT || (v->kind == VALUE_LITERAL && right.kind != VALUE_LITERAL)) {
		struct value left = *v;

		*v = right;
		right = left;
		op = mirrored(op);
	}
	return compare_values(w, v, op, &right);
}

static int value_of(struct walk *w, const struct rf_filter_node *node, struct value *v)
{
	v->start = w->writer.at;
	switch (node->kind) {
	case RF_FILTER_INTEGER:
		v->kind = VALUE_CONSTANT;
		v->constant = node->integer;
		return 0;
	case RF_FILTER_STRING:
		v->kind = VALUE_LITERAL;
		v->literal = node->text;
		return 0;
	case RF_FILTER_FIELD:
		return field_value(w, node, v);
	case RF_FILTER_CONTEXT:
		return context_value(w, node, v);
	case RF_FILTER_UNARY:
		return unary_value(w, node, v);
	case RF_FILTER_BINARY:
		return binary_value(w, node, v);
	case RF_FILTER_APP_CONTEXT:
		return cannot_name(w, "a context field of applications", node->text);
	case RF_FILTER_FLOAT:
		break;
	}
	return cannot(w, "floating point numbers");
}

static bool has_field(const struct rf_format *format, const char *path)
{
	char name[RF_FORMAT_NAME_SIZE];
	struct rf_mapped_field mapped;
	size_t len = strcspn(path, ".[");

	if (len >= sizeof(name))
		return false;
	memcpy(name, path, len);
	name[len] = '\0';
	return rf_map_field(format, name, &mapped);
}

/* A field below NODE that the event lacks: then nothing can make the expression true. */
static const char *missing_field(const struct rf_format *format, const struct rf_filter_node *node)
{
	const char *missing = NULL;

	if (node->left)
		missing = missing_field(format, node->left);
	if (!missing && node->right)
		missing = missing_field(format, node->right);
	if (!missing && node->kind == RF_FILTER_FIELD && !has_field(format, node->text))
		missing = node->text;
	return missing;
}

static int translate(struct walk *w, const struct rf_filter_node *root)
{
	struct value v = {.kind = VALUE_CONSTANT};
	const char *missing = missing_field(w->format, root);
	int status = missing ? never(w, "it has no such field", missing) : value_of(w, root, &v);

	if (!status)
		status = to_truth(w, &v);
	if (!status && truth_of(&v) == RF_FILTER_NEVER)
		return never(w, "its constants exclude each other", w->format->event);
	if (!status && truth_of(&v) == RF_FILTER_ALWAYS)
		rf_filter_put(&w->writer, "0");
	if (!status && w->writer.full) {
		snprintf(w->why, sizeof(w->why), "it is longer than the kernel takes");
		status = -E2BIG;
	}
	return status;
}

int rf_filter_to_tracefs(
	const char *expression, const struct rf_format *format, const char *lttng_event, char *out, size_t size)
{
	struct walk w = {.format = format, .writer = {.out = out, .size = size}};
	struct rf_filter_tree *tree;
	int status = rf_filter_parse(expression, strlen(expression), &tree, w.why);

	if (!status) {
		status = translate(&w, rf_filter_root(tree));
		rf_filter_tree_free(tree);
	}
	if (status)
		snprintf(out, size, "filter for %.64s: %s", lttng_event, w.why);
	return status;
}
