/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/filter_check.h"
#include "tests/unit/client_request.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The program goes into memory of exactly its size, so that a sanitised build sees a read beyond it. */
static bool check(const char *code, const char *relocations)
{
	struct bytes b = {.len = 0};

	put_hex(&b, code);

	size_t reloc = b.len;

	put_hex(&b, relocations);

	uint8_t *program = malloc(b.len ? b.len : 1);

	memcpy(program, b.data, b.len);

	bool fine = rf_filter_check(program, (uint32_t)b.len, (uint32_t)reloc);

	free(program);
	return fine;
}

/* What the stock command line makes of: each comment's expression. */
static const char *const stock[][2] = {
	{"3bffff 01", "000069 00"},                        /* i */
	{"3bffff 410300000000000000 0e01", "00006900"},    /* i > 3 */
	{"3bffff 31 410500000000000000 0c01", "00006900"}, /* -i == 5 */
	/* i == 5 && s == "he*" */
	{"3bffff 410500000000000000 0c 391900 3bffff 4068652a00 0c01", "00006900 10007300"},
	/* i == 0x1F || $ctx.vpid != 010 && s != "*lo" */
	{"3bffff 411f00000000000000 0c 3a2900 46ffff 410800000000000000 0d 392900 3bffff 4c2a6c6f00 0d01",
		"00006900 1000246374782e7670696400 20007300"},
	{"51 520200 550200000000000000 56 410700000000000000 0c01", "010061727200"}, /* arr[2] == 7 */
	{"46ffff 420000000000000c40 0c01", "00002461 70702e70726f763a7479706500"},   /* $app.prov:type == 3.5 */
	{"3bffff 410300000000000000 09 410100000000000000 0c01", "00006100"},
	/* a << 2 >= b | 1 ^ c */
	{"3bffff 410200000000000000 08 3bffff 410100000000000000 3bffff 0b0a1001", "00006100 0d006200 19006300"},
	{"3bffff 4c612a6200 0c01", "00007300"},                  /* s == "a**b" */
	{"410100000000000000 391500 410000000000000000 01", ""}, /* 1 && 0 */
	/* s.len[3].x == 1 */
	{"51 520200 520600 550300000000000000 520c00 56 410100000000000000 0c01", "01007300 04006c656e00 10007800"},
	/* i || s == "x" || j */
	{"3bffff 43 3a0e00 3bffff 407800 0c 3a1500 3bffff 43 01", "00006900 07007300 11006a00"},
	{"42000000000000f83f 44 391100 3bffff 43 01", "0d006900"}, /* 1.5 && i */
	{"3bffff 405c2a00 0c01", "00007300"},                      /* s == "\*" */
};

Test(filter, takes_what_the_stock_compiler_makes)
{
	for (size_t i = 0; i < sizeof(stock) / sizeof(stock[0]); i++)
		cr_expect(check(stock[i][0], stock[i][1]), "program %zu", i);
}

Test(filter, refuses_every_program_that_is_cut_short)
{
	for (size_t i = 0; i < sizeof(stock) / sizeof(stock[0]); i++) {
		struct bytes whole = {.len = 0}, code = {.len = 0};

		put_hex(&whole, stock[i][0]);
		code.len = whole.len;
		put_hex(&whole, stock[i][1]);
		for (size_t len = 0; len < whole.len; len++) {
			size_t reloc = len < code.len ? len : code.len;

			cr_expect_not(rf_filter_check(whole.data, (uint32_t)len, (uint32_t)reloc), "program %zu at %zu",
				i, len);
		}
	}
}

/* PUSHES operands and the operators between them: 0|(0|(0|…)). */
static bool nested(unsigned int pushes)
{
	struct bytes b = {.len = 0};

	for (unsigned int i = 0; i < pushes; i++)
		put_hex(&b, "410000000000000000");
	for (unsigned int i = 1; i < pushes; i++)
		put8(&b, 10);
	put8(&b, 1);
	return rf_filter_check(b.data, (uint32_t)b.len, (uint32_t)b.len);
}

Test(filter, refuses_what_overflows_the_interpreters_stack)
{
	for (unsigned int pushes = 1; pushes <= 8; pushes++)
		cr_expect(nested(pushes), "%u", pushes);
	for (unsigned int pushes = 9; pushes <= 40; pushes++)
		cr_expect_not(nested(pushes), "%u", pushes);
}

Test(filter, refuses_depth_reached_through_a_jump)
{
	/* Seven operands, then (1 && 1): eight at the most. One more operand, and it is nine. */
	struct bytes b = {.len = 0};

	for (int extra = 0; extra < 2; extra++) {
		b.len = 0;
		for (int i = 0; i < 7 + extra; i++)
			put_hex(&b, "410000000000000000");
		put_hex(&b, "410100000000000000 39");
		put16(&b, (unsigned int)b.len + 2 + 9);
		put_hex(&b, "410100000000000000");
		for (int i = 0; i < 7 + extra; i++)
			put8(&b, 10);
		put8(&b, 1);
		cr_expect_eq(rf_filter_check(b.data, (uint32_t)b.len, (uint32_t)b.len), extra == 0, "extra %d", extra);
	}
}

Test(filter, refuses_unknown_and_reserved_instructions)
{
	/* Each after two operands and before the return, so that only the instruction can be what is wrong. */
	static const uint8_t refused[] = {
		0, 2, 3, 4, 5, 6, 60, 61, 62, 63, 71, 72, 73, 74, 75, 83, 87, 88, 97, 100, 101, 200, 255};

	for (size_t i = 0; i < sizeof(refused); i++) {
		struct bytes b = {.len = 0};

		put_hex(&b, "410000000000000000 410000000000000000");
		put8(&b, refused[i]);
		put_hex(&b, "0a01");
		cr_expect_not(rf_filter_check(b.data, (uint32_t)b.len, (uint32_t)b.len), "%u", refused[i]);
	}
}

Test(filter, refuses_bad_structure)
{
	cr_expect_not(check("", ""), "empty");
	cr_expect_not(check("", "00006900"), "no code");
	cr_expect_not(check("410000000000000000", ""), "no return");
	cr_expect_not(check("01", ""), "returns nothing");
	cr_expect_not(check("410000000000000000 410000000000000000 01", ""), "operand left over");
	cr_expect_not(check("410000000000000000 01 01", ""), "code after the return");
	cr_expect_not(check("410000000000000000 0c 01", ""), "operator without operand");
	cr_expect_not(check("407800", ""), "text without return");
	cr_expect_not(check("4078", ""), "text without end");
	cr_expect_not(check("410100000000000000 390000 410000000000000000 01", ""), "jump back");
	cr_expect_not(check("410100000000000000 390900 410000000000000000 01", ""), "jump to itself");
	cr_expect_not(check("410100000000000000 390d00 410000000000000000 01", ""), "jump into an operand");
	cr_expect_not(check("410100000000000000 391600 410000000000000000 01", ""), "jump beyond the end");
	cr_expect_not(check("410100000000000000 390c00 410000000000000000 01", ""), "depths differ at the target");
}

Test(filter, refuses_relocations_that_do_not_name_their_instruction)
{
	cr_expect_not(check("3bffff 01", ""), "missing");
	cr_expect_not(check("3bffff 01", "01006900"), "elsewhere");
	cr_expect_not(check("3bffff 01", "00006900 00006a00"), "twice");
	cr_expect_not(check("3bffff 01", "000069"), "not ended");
	cr_expect_not(check("3bffff 01", "000000"), "empty name");
	cr_expect_not(check("410000000000000000 01", "00006900"), "for an integer");
	cr_expect_not(check("51 520300 56 01", "01006900"), "member's name inside the name");
	cr_expect_not(check("51 522000 56 01", "01006900"), "member's name outside");
	cr_expect_not(rf_filter_check(NULL, 0, 0));
	cr_expect_not(rf_filter_check((const uint8_t *)"\x41", 1, 2), "table beyond the end");
}

static bool reads(const char *code, const char *relocations, const char *context)
{
	struct bytes b = {.len = 0};

	put_hex(&b, code);

	size_t reloc = b.len;

	put_hex(&b, relocations);
	cr_assert(rf_filter_check(b.data, (uint32_t)b.len, (uint32_t)reloc), "%s", code);
	return rf_filter_reads_context(b.data, (uint32_t)b.len, (uint32_t)reloc, context);
}

/* p is a name of a context here, and may be that of a field, too. */
Test(filter, knows_which_contexts_are_read)
{
	/* $ctx.p, in both ways to say it; without a prefix, too */
	cr_expect(reads("46ffff 01", "0000246374782e7000", "p"));
	cr_expect(reads("46ffff 01", "00007000", "p"));
	cr_expect(reads("4f 520200 56 01", "01007000", "p"));
	cr_expect_not(reads("46ffff 01", "0000246374782e7000", "q"));
	cr_expect_not(reads("46ffff 01", "0000246374782e707000", "p"));
	/* fields */
	cr_expect_not(reads("3bffff 01", "00007000", "p"));
	cr_expect_not(reads("51 520200 56 01", "01007000", "p"));
	/* the context's root, with something in between; a jump to where otherwise the payload's would be */
	cr_expect(reads("4f 410100000000000000 391a00 520200 56 410100000000000000 0c01", "0d007000", "p"));
	cr_expect(reads("4f 390500 51 520200 56 01", "05007000", "p"));
	/* what is no program at all */
	cr_expect(rf_filter_reads_context((const uint8_t *)"\377", 1, 1, "p"));
}
