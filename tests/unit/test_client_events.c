/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

SCENE(events, scene_session);

#define I_GT_3 "3bffff 410300000000000000 0e01 00006900"

static uint32_t enable(const char *channel, struct event_spec spec)
{
	struct message m = event_message(6, "s", channel, &spec);

	return code_of(&bench, &m);
}

static uint32_t disable(const char *channel, struct event_spec spec)
{
	struct message m = event_message(3, "s", channel, &spec);

	return code_of(&bench, &m);
}

static unsigned int rules(const char *channel)
{
	unsigned int count = 0;
	struct rf_channel *found = rf_channel_find(&session->ust, channel);

	cr_assert_not_null(found);
	rf_list_for_each(node, &found->rules)
		count++;
	return count;
}

/* enable-event -u 'demo:*' --filter 'i > 3' --exclude 'demo:foo*' */
#define CAPTURED                                                                                                       \
	"00 00 ffffffff 00 00000000 00000000 07000000 01000000 06000000 42000000 00000000 00000000 00000000"           \
	"64656d6f3a2a00 0a000000 64656d6f3a666f6f2a00 69203e203300 12000000 0e000000 0000000000000000"                 \
	"0000000000000000000000000000000000000000000000000000000000000000"                                             \
	"3bffff 410300000000000000 0e01 00006900"

static struct message captured(void)
{
	struct message m = ust_message(6, "s");

	put_hex(&m.payload, CAPTURED);
	put_zeros(&m.args, 256);
	put32(&m.args, (int64_t)m.payload.len);
	return m;
}

Test(events, are_what_the_command_line_sends)
{
	struct message m = captured();
	struct message list = ust_message(12, "s");
	struct bytes expected = {.len = 0};
	const struct answer *answer;

	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UST_EVENT_ENABLED);
	put_field(&list.args, "channel0", 256);
	answer = answer_of(&bench, &list);
	cr_assert_eq(answer->code, LTTNG_OK);
	/* The same, enabled, without the program. */
	put_hex(&expected,
		"00 00 ffffffff 01 00000000 00000000 07000000 01000000 06000000 00000000 00000000 00000000"
		"00000000 64656d6f3a2a00 0a000000 64656d6f3a666f6f2a00 69203e203300");
	cr_assert_eq(answer->data_len, expected.len);
	cr_expect_arr_eq(answer_data(answer), expected.data, expected.len);
}

Test(events, that_are_cut_or_longer_are_refused)
{
	struct message m = captured();

	for (size_t len = 1; len < m.payload.len; len++) {
		struct message cut = m;

		cut.payload.len = len;
		cr_expect_eq(code_of(&bench, &cut), LTTNG_ERR_INVALID_PROTOCOL, "%zu bytes", len);
	}
	put8(&m.payload, 0);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_not(rf_list_linked(&session->ust.channels), "nothing was made");
}

/* CAPTURED with the byte at OFFSET changed. */
static uint32_t changed(size_t offset, int value)
{
	struct message m = captured();

	m.payload.data[offset] = (uint8_t)value;
	return code_of(&bench, &m);
}

Test(events, with_a_wrong_length_or_type_are_refused)
{
	static const size_t lengths[] = {15, 19, 23, 27, 31, 35, 39};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (int value = 0; value < 256; value += 51) {
			struct message m = captured();

			if (m.payload.data[lengths[i]] == value)
				continue;
			cr_expect_eq(changed(lengths[i], value), LTTNG_ERR_INVALID_PROTOCOL, "length at %zu: %d",
				lengths[i], value);
			cr_expect_eq(changed(lengths[i] + 3, 0xff), LTTNG_ERR_INVALID_PROTOCOL);
		}
	}
	for (int type = -5; type < 10; type++) {
		/* Types without a part of their own are well-formed, but not for user space. */
		bool bare = type == -1 || type == 4 || type == 5;

		if (type != 0)
			cr_expect_eq(
				changed(0, type), bare ? LTTNG_ERR_INVALID : LTTNG_ERR_INVALID_PROTOCOL, "%d", type);
	}
	cr_expect_eq(changed(1, 3), LTTNG_ERR_INVALID, "log level type");
	cr_expect_eq(changed(1, -1), LTTNG_ERR_INVALID);
	cr_expect_eq(changed(44, 0), LTTNG_ERR_INVALID_PROTOCOL, "name ends early");
	cr_expect_eq(changed(49, 'x'), LTTNG_ERR_INVALID_PROTOCOL, "name does not end");
	cr_expect_not(rf_list_linked(&session->ust.channels));
}

Test(events, need_program_and_text_of_a_filter)
{
	struct event_spec spec = EVENT("e");

	spec.filter = "i > 3";
	cr_expect_eq(enable("", spec), LTTNG_ERR_INVALID);
	spec.filter = NULL;
	spec.program = I_GT_3;
	spec.reloc = 14;
	cr_expect_eq(enable("", spec), LTTNG_ERR_INVALID_PROTOCOL);
	spec.filter = "i > 3";
	cr_expect_eq(enable("", spec), LTTNG_OK);
	spec.reloc = 99;
	cr_expect_eq(enable("", spec), LTTNG_ERR_INVALID_PROTOCOL);
	spec.reloc = 13;
	cr_expect_eq(enable("", spec), LTTNG_ERR_FILTER_INVAL);
}

#define ZERO "410000000000000000"
#define SEVEN_ZEROS ZERO ZERO ZERO ZERO ZERO ZERO ZERO

Test(events, never_carry_a_filter_that_aborts_applications)
{
	/* Nine operands, then the operators between them. */
	struct event_spec spec = EVENT("e");

	spec.filter = "0|(0|(0|(0|(0|(0|(0|(0|i)))))))";
	spec.program = SEVEN_ZEROS ZERO "3bffff 0a0a0a0a0a0a0a0a 01 48006900";
	spec.reloc = 8 * 9 + 3 + 8 + 1;
	cr_expect_eq(enable("", spec), LTTNG_ERR_FILTER_INVAL);
	cr_expect_not(rf_list_linked(&session->ust.channels), "nothing was made for it");

	/* One operand less is fine. */
	spec.program = SEVEN_ZEROS "3bffff 0a0a0a0a0a0a0a 01 3f006900";
	spec.reloc = 7 * 9 + 3 + 7 + 1;
	cr_expect_eq(enable("", spec), LTTNG_OK);
}

Test(events, have_an_identity)
{
	struct event_spec spec = EVENT("a*");

	cr_expect_eq(enable("", EVENT("a***")), LTTNG_OK, "stars collapse");
	cr_expect_eq(enable("", spec), LTTNG_ERR_UST_EVENT_ENABLED);
	spec.loglevel = 4;
	cr_expect_eq(enable("", spec), LTTNG_ERR_UST_EVENT_ENABLED, "the level means nothing without a type");
	spec.loglevel_type = 1;
	cr_expect_eq(enable("", spec), LTTNG_OK);
	spec.exclusions[0] = "x";
	spec.exclusions[1] = "y";
	cr_expect_eq(enable("", spec), LTTNG_OK);
	spec.exclusions[0] = "y";
	spec.exclusions[1] = "x";
	cr_expect_eq(enable("", spec), LTTNG_ERR_UST_EVENT_ENABLED);
	spec.exclusions[1] = "y";
	cr_expect_eq(enable("", spec), LTTNG_ERR_INVALID, "twice the same");
	spec.exclusions[0] = "z*";
	spec.exclusions[1] = "z**";
	cr_expect_eq(enable("", spec), LTTNG_ERR_INVALID);
	cr_expect_eq(rules("channel0"), 3);
}

Test(events, need_a_channel_name_once_there_is_one)
{
	cr_expect_eq(enable("", EVENT("a")), LTTNG_OK);
	cr_expect_eq(enable("made", EVENT("a")), LTTNG_OK, "a channel is made under the name");
	cr_expect_eq(rf_channel_find(&session->ust, "made")->attr.subbuf_size, 524288);
	cr_expect_eq(enable("", EVENT("b")), LTTNG_ERR_NEED_CHANNEL_NAME);
	cr_expect_eq(
		disable("", (struct event_spec){.name = "a", .type = -1, .loglevel = -1}), LTTNG_ERR_NEED_CHANNEL_NAME);
}

Test(events, keep_out_of_what_belongs_to_agents)
{
	cr_expect_eq(enable("lttng_jul_channel", EVENT("a")), LTTNG_ERR_INVALID_CHANNEL_DOMAIN);
	cr_expect_eq(enable("c", EVENT("lttng_jul:a")), LTTNG_ERR_INVALID_EVENT_NAME);
	cr_expect_eq(enable("c", EVENT("lttng_log4jx")), LTTNG_ERR_INVALID_EVENT_NAME);
	cr_expect_eq(enable("c", EVENT("lttng_python")), LTTNG_ERR_INVALID_EVENT_NAME);
	cr_expect_eq(enable(".c", EVENT("a")), LTTNG_ERR_INVALID_CHANNEL_NAME);
	cr_expect_not(rf_list_linked(&session->ust.channels));
	cr_expect_not(session->ust.has_named_channel);
}

Test(events, are_disabled_by_name)
{
	struct event_spec all = {.name = "", .type = -1, .loglevel = -1},
			  one = {.name = "a", .type = -1, .loglevel = -1};
	struct event_spec levelled = {.name = "a", .loglevel_type = 2, .loglevel = 4};

	make_channel("c");
	cr_expect_eq(enable("c", EVENT("a")), LTTNG_OK);
	cr_expect_eq(enable("c", levelled), LTTNG_OK);
	cr_expect_eq(enable("c", EVENT("b")), LTTNG_OK);
	cr_expect_eq(disable("zz", one), LTTNG_ERR_UST_CHAN_NOT_FOUND);
	cr_expect_eq(disable("c", one), LTTNG_OK);
	cr_expect_eq(disable("c", one), LTTNG_OK);
	cr_expect_eq(enable("c", EVENT("a")), LTTNG_OK, "enabled again");
	cr_expect_eq(enable("c", EVENT("b")), LTTNG_ERR_UST_EVENT_ENABLED, "was not disabled");
	cr_expect_eq(enable("c", levelled), LTTNG_OK, "every rule of the name had been");
	cr_expect_eq(disable("c", all), LTTNG_OK);
	cr_expect_eq(enable("c", EVENT("b")), LTTNG_OK);
	cr_expect_eq(rules("c"), 3);
	one.name = "nosuch";
	cr_expect_eq(disable("c", one), LTTNG_ERR_UST_EVENT_NOT_FOUND);
}

Test(events, are_disabled_with_nothing_but_a_name)
{
	struct event_spec good = {.name = "a", .type = -1, .loglevel = -1}, bad;

	make_channel("c");
	cr_expect_eq(enable("c", EVENT("a")), LTTNG_OK);
	bad = good, bad.loglevel_type = 1;
	cr_expect_eq(disable("c", bad), LTTNG_ERR_UNK);
	bad = good, bad.loglevel = 0;
	cr_expect_eq(disable("c", bad), LTTNG_ERR_UNK);
	bad = good, bad.enabled = 1;
	cr_expect_eq(disable("c", bad), LTTNG_ERR_UNK);
	bad = good, bad.pid = 1;
	cr_expect_eq(disable("c", bad), LTTNG_ERR_UNK);
	bad = good, bad.type = 0;
	cr_expect_eq(disable("c", bad), LTTNG_ERR_UNK);
	bad = good, bad.name = "lttng_jul";
	cr_expect_eq(disable("c", bad), LTTNG_ERR_INVALID_EVENT_NAME);
	cr_expect_eq(disable("c", good), LTTNG_OK);
}

Test(events, of_an_active_session_reach_applications_at_once)
{
	struct message start = simple(16, "s");
	struct answer answer;
	struct event_spec late = EVENT("late");
	struct message m = event_message(6, "s", "c", &late);

	make_channel("c");
	cr_assert_eq(code_of(&bench, &start), LTTNG_OK);
	send_as(&bench, 0, &m, &answer);
	cr_expect_not(answer.given);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_UST_ENABLE_FAIL));
	cr_expect(answer.given && answer.code == LTTNG_ERR_UST_ENABLE_FAIL);
	cr_expect_eq(enable("d", EVENT("x")), LTTNG_ERR_TRACE_ALREADY_STARTED, "no new channel");
}

Test(events, listing_knows_its_errors)
{
	struct message m = ust_message(12, "s");

	put_field(&m.args, "nosuch", 256);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UST_CHAN_NOT_FOUND);
	m.domain = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
	m.domain = 6;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
	for (uint32_t number = 14; number <= 18; number += 4) {
		m = simple(number, NULL);
		cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
		m.domain = 6;
		cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
	}
}

Test(events, of_applications_are_listed)
{
	struct message m = ust_message(14, NULL);
	struct answer answer;
	struct bytes first = {.len = 0};

	put_hex(&first,
		"00 00 06000000 ff 92100000 00000000 0a000000 00000000 00000000 00000000 00000000 00000000"
		"00000000 64656d6f3a7469636b00");
	send_as(&bench, 1000, &m, &answer);
	cr_expect_not(answer.given);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect_eq(bench.ust.list_uid, 1000, "of those that the client may trace");
	cr_expect(answer.code == LTTNG_OK && answer.header_len == 4 && answer_header(&answer)[0] == 3);
	cr_expect_arr_eq(answer_data(&answer), first.data, first.len);
	cr_expect_eq(answer.data_len, 3 * 53);

	m.number = 18;
	send_as(&bench, 1000, &m, &answer);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));

	struct bytes field = {.len = 0};

	put_hex(&field, "01 00 02000000 35000000 6900");
	put(&field, first.data, first.len);
	cr_expect_arr_eq(answer_data(&answer), field.data, field.len);
	send_as(&bench, 1000, &m, &answer);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_UST_LIST_FAIL));
	cr_expect(answer.given && answer.code == LTTNG_ERR_UST_LIST_FAIL && answer.total == 24);
}
