/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/filter_check.h"

#include "common/wire.h"

#include <stdlib.h>
#include <string.h>

enum operand {
	OP_REFUSED, /* 0, so that everything that is not in the table is refused */
	OP_BARE,
	OP_U16,
	OP_8_BYTES,
	OP_STRING,
	OP_JUMP,   /* u16: a later instruction */
	OP_SYMBOL, /* u16 that the tracer fills in; named by the next relocation */
	OP_MEMBER, /* u16: where in the relocation table the name is; also has a relocation */
	OP_RETURN,
};

struct instruction {
	enum operand operand;
	uint8_t pops;
	uint8_t pushes;
};

/* Codes with a name, and the one whose members are fields of the event. */
#define PAYLOAD_FIELD 59
#define PAYLOAD_ROOT 81
#define MEMBER 82
#define CONTEXT_PREFIX "$ctx."

#define BINARY                                                                                                         \
	{                                                                                                              \
		OP_BARE, 2, 1                                                                                          \
	}
#define UNARY                                                                                                          \
	{                                                                                                              \
		OP_BARE, 1, 1                                                                                          \
	}
#define PUSH                                                                                                           \
	{                                                                                                              \
		OP_BARE, 0, 1                                                                                          \
	}

/* Numbers that are missing are reserved, or what a tracer itself makes of the others while it links a program. */
static const struct instruction instructions[] = {
	[1] = {OP_RETURN, 1, 0},
	[7 ... 11] = BINARY,  /* shifts, bitwise */
	[12 ... 47] = BINARY, /* comparisons, untyped and typed */
	[48 ... 56] = UNARY,  /* plus, minus, not */
	/* and, or: keep the operand when they jump, drop it when they do not */
	[57 ... 58] = {OP_JUMP, 1, 0},
	[PAYLOAD_FIELD] = {OP_SYMBOL, 0, 1},
	[64] = {OP_STRING, 0, 1},
	[65 ... 66] = {OP_8_BYTES, 0, 1}, /* integer, double */
	[67 ... 69] = UNARY,              /* conversions */
	[70] = {OP_SYMBOL, 0, 1},         /* context */
	[76] = {OP_STRING, 0, 1},         /* pattern */
	[77 ... 78] = BINARY,             /* pattern comparisons */
	[79 ... PAYLOAD_ROOT] = PUSH,     /* roots of contexts, application contexts, payload */
	[MEMBER] = {OP_MEMBER, 1, 1},
	[84] = {OP_U16, 1, 1},     /* index */
	[85] = {OP_8_BYTES, 1, 1}, /* index */
	[86] = UNARY,              /* load */
	[98] = UNARY,              /* bitwise not */
	[99] = {OP_RETURN, 1, 0},
};

struct walk {
	struct rf_reader code;
	struct rf_reader table;
	uint8_t *expected;  /* for each code offset: the depth that a jump to it arrives with, 0 for none */
	unsigned int jumps; /* to places not reached yet */
	unsigned int depth;
	bool returned;
	uint8_t previous;   /* code of the instruction before */
	const char *wanted; /* name of a context that is looked for, NULL for none */
	bool found;
};

static bool jump(struct walk *w, size_t from)
{
	size_t target = rf_read_u16(&w->code);

	if (target <= from || target >= w->code.size)
		return false;
	if (!w->expected[target]) {
		w->expected[target] = (uint8_t)w->depth;
		w->jumps++;
	}
	return w->expected[target] == w->depth;
}

/* A name is one of the payload when the payload was put on the stack just before it, and nothing jumps in between. */
static void look_at_name(struct walk *w, size_t opcode_at, const char *name)
{
	const size_t prefix = sizeof(CONTEXT_PREFIX) - 1;
	uint8_t opcode = w->code.base[opcode_at];
	bool payload = opcode == PAYLOAD_FIELD ||
		(opcode == MEMBER && w->previous == PAYLOAD_ROOT && !w->expected[opcode_at]);

	if (!w->wanted || payload)
		return;
	if (strncmp(name, CONTEXT_PREFIX, prefix) == 0)
		name += prefix;
	w->found |= strcmp(name, w->wanted) == 0;
}

/* Relocations come in the order of the instructions that they name. */
static bool relocation(struct walk *w, size_t opcode_at)
{
	if (rf_read_u16(&w->table) != opcode_at)
		return false;

	size_t left = rf_reader_left(&w->table);
	const char *name = (const char *)w->table.base + w->table.at;
	size_t len = strnlen(name, left);

	if (!len || !rf_read_cstr(&w->table, len + 1))
		return false;
	look_at_name(w, opcode_at, name);
	return true;
}

static bool string(struct walk *w)
{
	size_t len = strnlen((const char *)w->code.base + w->code.at, rf_reader_left(&w->code));

	return rf_read_cstr(&w->code, len + 1) != NULL;
}

static bool operand(struct walk *w, enum operand kind, size_t opcode_at)
{
	switch (kind) {
	case OP_BARE:
		return true;
	case OP_U16:
		rf_read_skip(&w->code, 2);
		return true;
	case OP_8_BYTES:
		rf_read_skip(&w->code, 8);
		return true;
	case OP_STRING:
		return string(w);
	case OP_JUMP:
		return jump(w, opcode_at);
	case OP_SYMBOL:
		rf_read_skip(&w->code, 2);
		return relocation(w, opcode_at);
	case OP_MEMBER: {
		size_t symbol = w->table.at + sizeof(uint16_t);

		return rf_read_u16(&w->code) == symbol && relocation(w, opcode_at);
	}
	case OP_RETURN:
		w->returned = true;
		return w->depth == 1 && rf_reader_left(&w->code) == 0;
	case OP_REFUSED:
		break;
	}
	return false;
}

static bool step(struct walk *w)
{
	size_t at = w->code.at;

	if (w->expected[at]) {
		if (w->expected[at] != w->depth)
			return false;
		w->jumps--;
	}

	uint8_t opcode = rf_read_u8(&w->code);

	if (opcode >= sizeof(instructions) / sizeof(instructions[0]))
		return false;

	const struct instruction *instruction = &instructions[opcode];

	if (w->depth < instruction->pops || !operand(w, instruction->operand, at))
		return false;
	w->depth = w->depth - instruction->pops + instruction->pushes;
	w->previous = opcode;
	return w->depth <= RF_FILTER_STACK && rf_reader_ok(&w->code);
}

static bool check(struct walk *walk, const uint8_t *program, uint32_t len, uint32_t reloc)
{
	if (!program || !reloc || reloc > len || len > RF_FILTER_MAX)
		return false;
	/* Operands are little-endian by the format on every machine that has tracers; the compiler writes host order.
	 */
	rf_reader_init(&walk->code, program, reloc, RF_HOST_ORDER);
	rf_reader_init(&walk->table, program + reloc, len - reloc, RF_HOST_ORDER);
	walk->expected = calloc(reloc, 1);
	if (!walk->expected)
		return false;

	bool fine = true;

	while (fine && rf_reader_left(&walk->code))
		fine = step(walk);
	free(walk->expected);
	return fine && walk->returned && !walk->jumps && rf_reader_done(&walk->table);
}

bool rf_filter_check(const uint8_t *program, uint32_t len, uint32_t reloc)
{
	struct walk walk = {.depth = 0};

	return check(&walk, program, len, reloc);
}

bool rf_filter_reads_context(const uint8_t *program, uint32_t len, uint32_t reloc, const char *name)
{
	struct walk walk = {.wanted = name};

	return !check(&walk, program, len, reloc) || walk.found;
}
