/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <string.h>

SCENE(channels, scene_session);

static uint32_t enable(struct channel_spec spec)
{
	struct message m = channel_message("s", &spec);

	return code_of(&bench, &m);
}

static uint32_t enable_with(const char *name, uint32_t domain, uint32_t buffers)
{
	struct channel_spec spec = CHANNEL(name);
	struct message m = channel_message("s", &spec);

	m.domain = domain;
	m.buffers = buffers;
	return code_of(&bench, &m);
}

static uint32_t disable(const char *name)
{
	struct message m = ust_message(2, "s");

	put_field(&m.args, name, 256);
	return code_of(&bench, &m);
}

Test(channels, are_what_the_command_line_sends)
{
	struct message m = ust_message(5, "s");

	put_hex(&m.payload,
		"03000000 01 ff 0000010000000000 0800000000000000 00000000 00000000 01 0000000000000000"
		"0000000000000000 ffffffff 0000000000000000 0000000000000000 40420f0000000000"
		"6400000000000000 633000");
	put32(&m.args, (int64_t)m.payload.len);
	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);

	const struct rf_channel *c0 = rf_channel_find(&session->ust, "c0");

	cr_assert_not_null(c0);
	cr_expect(c0->enabled && !c0->attr.overwrite && c0->attr.subbuf_size == 65536 && c0->attr.subbuf_count == 8);
	cr_expect(c0->attr.blocking_timeout == 100 && c0->attr.monitor_interval == 1000000 && c0->attr.output == 1);

	/* Listed with the same bytes, but for the default that was resolved and the live timer. */
	struct message list = ust_message(10, "s");
	const struct answer *answer = answer_of(&bench, &list);

	m.payload.data[5] = 0;
	memset(m.payload.data + 47, 0, 4);
	cr_assert_eq(answer->data_len, m.payload.len);
	cr_expect_arr_eq(answer_data(answer), m.payload.data, m.payload.len);
	cr_expect(answer->header_len == 4 && answer_header(answer)[0] == 1);
}

Test(channels, that_are_malformed_are_refused)
{
	struct channel_spec good = CHANNEL("c");
	struct message m = channel_message("s", &good);

	for (size_t len = 1; len < m.payload.len; len++) {
		struct message cut = m;

		cut.payload.len = len;
		cr_expect_eq(code_of(&bench, &cut), LTTNG_ERR_INVALID, "%zu bytes", len);
	}
	put8(&m.payload, 0);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID, "a byte too many");
	m.payload.data[0] = 1;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID, "name ends before its end");
	cr_expect_not(rf_list_linked(&session->ust.channels));
}

Test(channels, have_attributes_that_buffers_can_have)
{
	static const struct {
		struct channel_spec spec;
		uint32_t code;
	} cases[] = {
		{{".c", 0, 65536, 4, 1, 0, 0}, 113},
		{{"a/b", 0, 65536, 4, 1, 0, 0}, 113},
		{{"c", 1, 65536, 1, 1, 0, 0}, 97},
		{{"c", 0, 0, 4, 1, 0, 0}, 97},
		{{"c", 0, 5000, 4, 1, 0, 0}, 97},
		{{"c", 0, 2048, 4, 1, 0, 0}, 97},
		{{"c", 0, 65536, 0, 1, 0, 0}, 97},
		{{"c", 0, 65536, 3, 1, 0, 0}, 97},
		{{"c", 2, 65536, 4, 1, 0, 0}, 97},
		{{"c", -2, 65536, 4, 1, 0, 0}, 97},
		{{"c", 0, 65536, 4, 0, 0, 0}, 15},
		{{"c", 0, 65536, 4, 1, 4096, 0}, 97},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(enable(cases[i].spec), cases[i].code, "case %zu", i);
	cr_expect_not(rf_list_linked(&session->ust.channels));
	cr_expect_not(session->ust.has_named_channel, "a refusal names no channel");
	cr_expect_eq(enable((struct channel_spec){"c", 1, 65536, 2, 1, 0, 0}), LTTNG_OK);
	cr_expect(rf_channel_find(&session->ust, "c")->attr.overwrite);
}

Test(channels, have_trace_files_of_limited_size_and_number)
{
	struct message list = ust_message(10, "s");
	uint64_t limits[2];

	cr_expect_eq(enable((struct channel_spec){"c", 0, 65536, 4, 1, 65536, 3}), LTTNG_OK);
	cr_expect(rf_channel_find(&session->ust, "c")->attr.tracefile_size == 65536);
	cr_expect(rf_channel_find(&session->ust, "c")->attr.tracefile_count == 3);
	memcpy(limits, answer_data(answer_of(&bench, &list)) + 31, sizeof(limits));
	cr_expect(limits[0] == 65536 && limits[1] == 3);
	cr_expect_eq(enable((struct channel_spec){"d", 0, 65536, 4, 1, 0, 2}), LTTNG_OK);
}

Test(channels, share_a_buffer_scheme)
{
	cr_expect_eq(enable_with("a", 0, 1), LTTNG_ERR_UNKNOWN_DOMAIN);
	cr_expect_eq(enable_with("a", 6, 1), LTTNG_ERR_UNKNOWN_DOMAIN);
	cr_expect_eq(enable_with("a", 3, 1), LTTNG_ERR_AGENT_TRACING_DISABLED);
	cr_expect_eq(enable_with("a", 2, 2), LTTNG_ERR_BUFFER_NOT_SUPPORTED);
	cr_expect_eq(enable_with("a", 2, 0), LTTNG_OK);
	cr_expect_eq(enable_with("b", 2, 1), LTTNG_ERR_BUFFER_TYPE_MISMATCH);
	cr_expect_eq(enable_with("b", 2, 0), LTTNG_OK);
	cr_expect_eq(session->scheme, RF_BUFFERS_PER_PID);
}

Test(channels, are_enabled_again_but_not_twice)
{
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_ERR_UST_CHAN_EXIST);
	cr_expect_eq(disable("nosuch"), LTTNG_ERR_UST_CHAN_NOT_FOUND);
	cr_expect_eq(disable("c"), LTTNG_OK);
	cr_expect_eq(disable("c"), LTTNG_OK);
	cr_expect_not(rf_channel_find(&session->ust, "c")->enabled);
	/* The attributes are not looked at. */
	cr_expect_eq(enable((struct channel_spec){.name = "c", .size = 3}), LTTNG_OK);
	cr_expect(rf_channel_find(&session->ust, "c")->enabled);
}

Test(channels, come_before_the_first_start)
{
	struct message start = simple(16, "s"), stop = simple(17, "s");

	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_assert_eq(code_of(&bench, &start), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("d")), LTTNG_ERR_TRACE_ALREADY_STARTED);
	cr_expect_eq(enable((struct channel_spec){.name = "d", .size = 3}), LTTNG_ERR_TRACE_ALREADY_STARTED);
	cr_expect_eq(disable("c"), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_UPDATE], 2, "applications learn of both");
	cr_assert_eq(code_of(&bench, &stop), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("d")), LTTNG_ERR_TRACE_ALREADY_STARTED);
}

Test(channels, without_a_name_are_the_default_one)
{
	cr_expect_eq(enable(CHANNEL("")), LTTNG_OK);
	cr_expect_not_null(rf_channel_find(&session->ust, "channel0"));
	cr_expect_not(session->ust.has_named_channel);
	cr_expect_eq(enable(CHANNEL("x")), LTTNG_OK);
	cr_expect(session->ust.has_named_channel);
}

Test(channels, do_not_list_metadata_but_configure_it)
{
	struct message list = ust_message(10, "s");

	cr_expect(session->ust.metadata.subbuf_size == 4096 && session->ust.metadata.subbuf_count == 2);
	cr_expect_eq(enable(CHANNEL("metadata")), LTTNG_OK);
	cr_expect_eq(answer_of(&bench, &list)->data_len, 0);
	cr_expect(session->ust.metadata.subbuf_size == 65536 && session->ust.metadata.subbuf_count == 4);
	cr_expect_eq(enable((struct channel_spec){"metadata", 0, 5000, 4, 1, 0, 0}), LTTNG_ERR_INVALID);
	cr_expect_eq(session->ust.metadata.subbuf_size, 65536);
	cr_expect_eq(enable((struct channel_spec){"metadata", 0, 8192, 4, 1, 0, 0}), LTTNG_OK, "any number of times");
	cr_expect_eq(session->ust.metadata.subbuf_size, 8192);
}

static uint64_t statistic(const struct answer *answer, size_t offset)
{
	uint64_t value;

	memcpy(&value, answer_data(answer) + offset, sizeof(value));
	return value;
}

Test(channels, report_one_statistic_each_after_the_first_start)
{
	struct message list = ust_message(10, "s"), start = simple(16, "s");
	const struct answer *answer;

	cr_expect_eq(enable((struct channel_spec){"o", 1, 65536, 4, 1, 0, 0}), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("d")), LTTNG_OK);
	answer_of(&bench, &list);
	cr_expect_eq(bench.ust.count[FAKE_STATISTICS], 0, "nothing to ask before");
	cr_assert_eq(code_of(&bench, &start), LTTNG_OK);
	rf_channel_find(&session->ust, "o")->lost_packets = 5;
	rf_channel_find(&session->ust, "d")->lost_packets = 5;
	answer = answer_of(&bench, &list);
	cr_expect_eq(bench.ust.count[FAKE_STATISTICS], 1);
	cr_assert_eq(answer->data_len, 2 * 85);
	cr_expect(statistic(answer, 51) == 0 && statistic(answer, 59) == 5, "overwrite: lost packets");
	cr_expect(statistic(answer, 85 + 51) == 7 && statistic(answer, 85 + 59) == 0, "discard: discarded events");
}
