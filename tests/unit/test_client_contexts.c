/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <string.h>

SCENE(contexts, scene_session);

static uint32_t add(const char *channel, uint32_t type)
{
	struct message m = context_message("s", channel, type);

	return code_of(&bench, &m);
}

static bool is_ust(uint32_t type)
{
	return type == 2 || type == 5 || type == 7 || type == 10 || type == 12 || type == 14 || type == 15 ||
		(type >= 22 && type <= 28) || (type >= 35 && type <= 41);
}

Test(contexts, of_user_space_are_taken_once)
{
	make_channel("c");
	for (uint32_t type = 0; type < 64; type++) {
		cr_expect_eq(add("c", type), is_ust(type) ? LTTNG_OK : LTTNG_ERR_UST_CONTEXT_INVAL, "%u", type);
		cr_expect_eq(add("c", type), is_ust(type) ? LTTNG_ERR_UST_CONTEXT_EXIST : LTTNG_ERR_UST_CONTEXT_INVAL,
			"%u", type);
	}
	cr_expect_eq(add("nosuch", 5), LTTNG_ERR_UST_CHAN_NOT_FOUND);
}

Test(contexts, go_to_all_channels_without_a_name)
{
	make_channel("c");
	make_channel("d");
	cr_expect_eq(add("c", 5), LTTNG_OK);
	cr_expect_eq(add("", 5), LTTNG_OK, "one took it");
	cr_expect_eq(add("", 5), LTTNG_ERR_UST_CONTEXT_EXIST, "all had it");
	cr_expect_eq(add("", 0), LTTNG_ERR_UST_CONTEXT_INVAL);
}

Test(contexts, make_the_default_channel_if_they_go_into_it)
{
	cr_expect_eq(add("", 0), LTTNG_ERR_UST_CONTEXT_INVAL);
	cr_expect_eq(add("other", 5), LTTNG_ERR_UST_CHAN_NOT_FOUND);
	cr_expect_not(rf_list_linked(&session->ust.channels), "a failure leaves none");
	cr_expect_eq(add("", 5), LTTNG_OK);
	cr_expect(rf_list_linked(&rf_channel_find(&session->ust, "channel0")->contexts));
	cr_expect_not(session->ust.has_named_channel);
}

Test(contexts, come_before_the_first_start)
{
	struct message start = simple(16, "s");

	make_channel("c");
	cr_assert_eq(code_of(&bench, &start), LTTNG_OK);
	cr_expect_eq(add("c", 5), LTTNG_ERR_TRACE_ALREADY_STARTED);
	cr_expect_eq(add("nosuch", 0), LTTNG_ERR_TRACE_ALREADY_STARTED);
}

static uint32_t add_hex(const char *digits)
{
	struct message m = ust_message(0, "s");

	put_hex(&m.payload, digits);
	put_field(&m.args, "c", 256);
	put32(&m.args, (int64_t)m.payload.len);
	return code_of(&bench, &m);
}

Test(contexts, are_read_exactly)
{
	make_channel("c");
	cr_expect_eq(add_hex("0e000000 00000000 0000000000000000 17000000"
			     "706572665f7468726561645f6370752d6379636c657300"),
		LTTNG_OK, "perf:thread:cpu-cycles");
	cr_expect_eq(add_hex("05000000 00"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(add_hex("050000"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(add_hex("0e000000 00000000 0000000000000000 00000000"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(add_hex("0e000000 00000000 0000000000000000 ffffffff 00"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(add_hex("0e000000 00000000 0000000000000000 02000000 6161"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(add_hex("0f000000 01000000 02000000 00 6200"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(add_hex("0f000000 02000000 02000000 6100 6200"), LTTNG_OK);
	cr_expect_eq(add_hex("0f000000 02000000 02000000 6100 6200"), LTTNG_ERR_UST_CONTEXT_EXIST);
	cr_expect_eq(add_hex("0f000000 02000000 02000000 6100 6300"), LTTNG_OK);
}

/* An application hangs up when both names together are longer than this. */
Test(contexts, have_names_that_applications_take)
{
	for (size_t name = 100; name <= 101; name++) {
		struct message m = ust_message(0, "s");
		char text[256];

		put32(&m.payload, 15);
		put32(&m.payload, 149);
		put32(&m.payload, (int64_t)name + 1);
		memset(text, 'a', sizeof(text));
		text[148] = '\0';
		put_cstr(&m.payload, text);
		text[name] = '\0';
		put_cstr(&m.payload, text);
		put_field(&m.args, "", 256);
		put32(&m.args, (int64_t)m.payload.len);
		cr_expect_eq(code_of(&bench, &m), name == 100 ? LTTNG_OK : LTTNG_ERR_UST_CONTEXT_INVAL, "%zu", name);
	}
}
