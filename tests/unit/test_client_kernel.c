/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels, contexts, trackers and lists of the kernel domain. */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <string.h>

static void begin(void)
{
	scene_session();
	bench.ust.kernel_ready = true;
}

SCENE(kernel, begin);

static struct message enabling(struct channel_spec spec)
{
	struct message m = channel_message("s", &spec);

	m.domain = 1;
	m.buffers = 2;
	return m;
}

static uint32_t enable(struct channel_spec spec)
{
	struct message m = enabling(spec);

	return code_of(&bench, &m);
}

static uint32_t disable(const char *name)
{
	struct message m = kernel_message(2, "s");

	put_field(&m.args, name, 256);
	return code_of(&bench, &m);
}

static struct rf_channel *find(const char *name)
{
	return rf_channel_find(&session->kernel, name);
}

static uint32_t ask(uint32_t number)
{
	struct message m = kernel_message(number, "s");

	return code_of(&bench, &m);
}

Test(kernel, channels_are_what_the_command_line_sends)
{
	struct message m = kernel_message(5, "s");

	put_hex(&m.payload,
		"02000000 01 ff 0000010000000000 0200000000000000 00000000 400d0300 00 0000000000000000"
		"0000000000000000 ffffffff 0000000000000000 0000000000000000 40420f0000000000"
		"0000000000000000 6300");
	put32(&m.args, (int64_t)m.payload.len);
	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);

	const struct rf_channel *c = find("c");

	cr_assert_not_null(c);
	cr_expect(c->enabled && !c->attr.overwrite && c->attr.subbuf_size == 65536 && c->attr.subbuf_count == 2);
	cr_expect(c->attr.read_interval == 200000 && c->attr.output == RF_OUTPUT_SPLICE);
	cr_expect(bench.ust.count[FAKE_ADD_CHANNEL] == 1 && bench.ust.kernel.channel == c->id);
	cr_expect_not(rf_list_linked(&session->ust.channels));
	cr_expect_not(session->scheme_chosen, "the kernel's buffers are no scheme");

	/* Listed with the same bytes, but for the default that was resolved and the live timer. */
	struct message list = kernel_message(10, "s");
	const struct answer *answer = answer_of(&bench, &list);

	m.payload.data[5] = 0;
	memset(m.payload.data + 47, 0, 4);
	cr_assert_eq(answer->data_len, m.payload.len);
	cr_expect_arr_eq(answer_data(answer), m.payload.data, m.payload.len);
	cr_expect(answer->header_len == 4 && answer_header(answer)[0] == 1);
}

Test(kernel, channels_have_attributes_that_buffers_can_have)
{
	static const struct {
		struct channel_spec spec;
		uint32_t code;
	} cases[] = {
		{{".c", 0, 65536, 4, 1, 0, 0}, 113},
		{{"c", 1, 65536, 1, 1, 0, 0}, 97},
		{{"c", 0, 0, 4, 1, 0, 0}, 38},
		{{"c", 0, 6000, 4, 1, 0, 0}, 38},
		{{"c", 0, 2048, 4, 1, 0, 0}, 38},
		{{"c", 0, 65536, 0, 1, 0, 0}, 38},
		{{"c", 0, 65536, 3, 1, 0, 0}, 38},
		{{"c", 0, 65536, 4, 2, 0, 0}, 97},
		{{"c", 0, 65536, 4, 1, 4096, 0}, 97},
	};
	struct message blocking = enabling(CHANNEL("c"));

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(enable(cases[i].spec), cases[i].code, "case %zu", i);
	blocking.payload.data[75] = 1;
	cr_expect_eq(code_of(&bench, &blocking), 97);
	cr_expect_not(rf_list_linked(&session->kernel.channels));
	cr_expect_not(session->kernel.has_named_channel);
	cr_expect(session->kernel.used, "the domain is there all the same");
	cr_expect_eq(bench.ust.count[FAKE_ADD_CHANNEL], 0);
	cr_expect_eq(enable((struct channel_spec){"c", 1, 65536, 2, 0, 65536, 3}), LTTNG_OK);
	cr_expect(find("c")->attr.overwrite && find("c")->attr.tracefile_count == 3);
	cr_expect(session->kernel.has_named_channel);
}

Test(kernel, channels_that_the_tracer_refuses_are_gone)
{
	bench.ust.fail[FAKE_ADD_CHANNEL] = LTTNG_ERR_NOMEM;
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_ERR_NOMEM);
	cr_expect_null(find("c"));
	cr_expect_eq(bench.ust.count[FAKE_DROP_CHANNEL], 0, "it was never there");
	cr_expect_not(session->kernel.has_named_channel);
	cr_expect_not(session->busy);
}

Test(kernel, channels_are_switched_on_and_off)
{
	cr_expect_eq(disable("c"), LTTNG_ERR_NO_CHANNEL);
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_ERR_KERN_CHAN_EXIST);
	cr_expect_eq(disable("d"), LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	cr_expect_eq(disable("c"), LTTNG_OK);
	cr_expect(!find("c")->enabled && !bench.ust.kernel.on);
	cr_expect_eq(disable("c"), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_ENABLE_CHANNEL], 1, "it was disabled already");
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_expect(find("c")->enabled && bench.ust.kernel.on);
	bench.ust.fail[FAKE_ENABLE_CHANNEL] = LTTNG_ERR_KERN_CHAN_DISABLE_FAIL;
	cr_expect_eq(disable("c"), LTTNG_ERR_KERN_CHAN_DISABLE_FAIL);
	cr_expect(find("c")->enabled);
}

Test(kernel, channels_come_before_the_first_start)
{
	cr_expect_eq(command(16), LTTNG_ERR_NO_CHANNEL);
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_expect_eq(command(16), LTTNG_OK);
	cr_expect(session->active, "with nothing but channels of the kernel");
	cr_expect_eq(enable(CHANNEL("d")), LTTNG_ERR_TRACE_ALREADY_STARTED);
	cr_expect_eq(disable("c"), LTTNG_OK);
	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	cr_expect_eq(ask(10), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_STATISTICS], 1);
}

Test(kernel, channel_metadata_configures_the_metadata)
{
	cr_expect_eq(enable((struct channel_spec){"metadata", 0, 8192, 4, 1, 0, 0}), LTTNG_OK);
	cr_expect_eq(session->kernel.metadata.subbuf_size, 8192);
	cr_expect_neq(session->ust.metadata.subbuf_size, 8192);
	cr_expect_null(find("metadata"));
	cr_expect(session->kernel.has_named_channel);
	cr_expect_eq(bench.ust.count[FAKE_ADD_CHANNEL], 0);
}

Test(kernel, commands_come_one_after_the_other)
{
	struct message first = enabling(CHANNEL("c")), second = enabling(CHANNEL("c"));
	struct message list = kernel_message(10, "s");
	struct answer answers[3];

	send_as(&bench, 0, &first, &answers[0]);
	send_as(&bench, 0, &second, &answers[1]);
	cr_expect(!answers[0].given && !answers[1].given && session->busy);
	cr_expect_eq(fake_ust_pending(&bench.ust), 1);
	send_as(&bench, 0, &list, &answers[2]);
	cr_expect(answers[2].given, "listings do not wait");
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect_eq(answers[0].code, LTTNG_OK);
	cr_expect(answers[1].given && answers[1].code == LTTNG_ERR_KERN_CHAN_EXIST);
}

Test(kernel, sessions_list_it_before_user_space)
{
	struct message list = simple(11, "s");
	const struct answer *answer;

	cr_expect_eq(enable(CHANNEL("c")), LTTNG_OK);
	answer = answer_of(&bench, &list);
	cr_expect(answer->data_len == 308 && answer_data(answer)[0] == 1 && answer_data(answer)[4] == 2);
	make_channel("u");
	answer = answer_of(&bench, &list);
	cr_assert_eq(answer->data_len, 2 * 308);
	cr_expect(answer_data(answer)[0] == 1 && answer_data(answer)[308] == 2 && answer_data(answer)[312] == 1);
}

static uint32_t add_context(const char *channel, uint32_t type)
{
	struct message m = context_message("s", channel, type);

	m.domain = 1;
	return code_of(&bench, &m);
}

static unsigned int contexts_of(const char *channel)
{
	unsigned int count = 0;

	rf_list_for_each(node, &find(channel)->contexts)
		count++;
	return count;
}

Test(kernel, contexts_go_to_one_channel_or_all)
{
	enable(CHANNEL("a"));
	enable(CHANNEL("b"));
	cr_expect_eq(add_context("x", 0), LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	cr_expect_eq(add_context("b", 0), LTTNG_OK);
	cr_expect(contexts_of("a") == 0 && contexts_of("b") == 1);
	cr_expect_eq(add_context("b", 0), LTTNG_OK, "present");
	cr_expect_eq(bench.ust.count[FAKE_ADD_CONTEXT], 1);
	cr_expect_eq(add_context("", 0), LTTNG_OK);
	cr_expect(contexts_of("a") == 1 && contexts_of("b") == 1 && bench.ust.count[FAKE_ADD_CONTEXT] == 2);
	cr_expect_eq(add_context("", 3), LTTNG_OK);
	cr_expect(contexts_of("a") == 2 && contexts_of("b") == 2 && bench.ust.kernel.context == 3);
	command(16);
	cr_expect_eq(add_context("a", 4), LTTNG_ERR_TRACE_ALREADY_STARTED);
}

Test(kernel, contexts_are_those_that_kernels_have)
{
	enable(CHANNEL("c"));
	for (uint32_t type = 0; type < 50; type++) {
		bool has = type <= 41 && type != 10 && type != 12 && type != 14 && type != 15;

		cr_expect_eq(add_context("c", type), has ? LTTNG_OK : LTTNG_ERR_KERN_CONTEXT_FAIL, "%u", type);
	}
	cr_expect_eq(contexts_of("c"), 38);
}

Test(kernel, contexts_that_the_tracer_lacks_are_not_there)
{
	enable(CHANNEL("c"));
	bench.ust.fail[FAKE_ADD_CONTEXT] = LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE;
	cr_expect_eq(add_context("", 17), LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE);
	cr_expect_eq(contexts_of("c"), 0);
	cr_expect_not_null(find("c"));
	cr_expect_eq(bench.ust.count[FAKE_DROP_CHANNEL], 0);
}

Test(kernel, contexts_make_the_default_channel)
{
	cr_expect_eq(add_context("x", 0), LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	cr_expect_eq(add_context("", 10), LTTNG_ERR_KERN_CONTEXT_FAIL);
	bench.ust.fail[FAKE_ADD_CONTEXT] = LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE;
	cr_expect_eq(add_context("", 17), LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE);
	cr_expect_null(find("channel0"));
	cr_expect_eq(bench.ust.count[FAKE_DROP_CHANNEL], 1);
	bench.ust.fail[FAKE_ADD_CONTEXT] = 0;
	cr_expect_eq(add_context("", 0), LTTNG_OK);
	cr_expect_eq(contexts_of("channel0"), 1);
	cr_expect_eq(find("channel0")->attr.output, RF_OUTPUT_SPLICE);
	cr_expect_eq(find("channel0")->attr.subbuf_size, 1048576);
	cr_expect_not(session->kernel.has_named_channel);
}

static uint32_t set_policy(int attribute, int policy)
{
	struct message m = kernel_message(35, "s");

	put32(&m.args, attribute);
	put32(&m.args, policy);
	return code_of(&bench, &m);
}

static uint32_t change(uint32_t number, int attribute, int type, uint64_t value, const char *name)
{
	struct message m = kernel_message(number, "s");

	put32(&m.args, attribute);
	put32(&m.args, type);
	put64(&m.args, value);
	put32(&m.args, name ? (int64_t)strlen(name) + 1 : 0);
	if (name)
		put_cstr(&m.payload, name);
	return code_of(&bench, &m);
}

Test(kernel, trackers_are_of_all_attributes)
{
	for (int attribute = 0; attribute < 6; attribute++) {
		cr_expect_eq(set_policy(attribute, 2), LTTNG_OK);
		cr_expect_eq((int)bench.ust.kernel.tracker, attribute);
		cr_expect_eq(session->kernel.trackers[attribute].policy, RF_TRACK_SET);
	}
	cr_expect_eq(set_policy(6, 2), LTTNG_ERR_INVALID);
	cr_expect_eq(set_policy(-1, 2), LTTNG_ERR_INVALID);
	cr_expect_eq(change(32, 0, 0, 5, NULL), LTTNG_OK);
	cr_expect_eq(change(32, 0, 0, 5, NULL), LTTNG_ERR_PROCESS_ATTR_EXISTS);
	cr_expect_eq(change(32, 2, 1, 7, NULL), LTTNG_OK);
	cr_expect_eq(change(32, 2, 0, 7, NULL), LTTNG_ERR_INVALID);
	cr_expect_eq(change(32, 4, 3, 7, NULL), LTTNG_OK);
	cr_expect_eq(change(32, 6, 3, 7, NULL), LTTNG_ERR_UNSUPPORTED_DOMAIN);
	cr_expect_eq(change(33, 0, 0, 6, NULL), LTTNG_ERR_PROCESS_ATTR_MISSING);
	cr_expect_eq(change(33, 0, 0, 5, NULL), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_TRACK], 10);
	cr_expect_not(session->ust.used);
}

static unsigned int values(int attribute)
{
	unsigned int count = 0;

	rf_list_for_each(node, &session->kernel.trackers[attribute].set)
		count++;
	return count;
}

Test(kernel, trackers_stay_as_they_were_when_the_tracer_refuses)
{
	struct rf_session *of = session;
	size_t held;

	of->uid = 1; /* who has a quota */
	cr_expect_eq(set_policy(2, 2), LTTNG_OK);
	cr_expect_eq(change(32, 2, 1, 7, NULL), LTTNG_OK);
	cr_expect_eq(change(32, 2, 1, 8, NULL), LTTNG_OK);
	held = of->held_bytes;
	bench.ust.fail[FAKE_TRACK] = LTTNG_ERR_NOT_SUPPORTED;
	cr_expect_eq(set_policy(2, 1), LTTNG_ERR_NOT_SUPPORTED);
	cr_expect(of->kernel.trackers[2].policy == RF_TRACK_SET && values(2) == 2);
	cr_expect_eq(change(32, 2, 1, 9, NULL), LTTNG_ERR_NOT_SUPPORTED);
	cr_expect_eq(values(2), 2);
	cr_expect_eq(change(33, 2, 1, 7, NULL), LTTNG_ERR_NOT_SUPPORTED);
	cr_expect_eq(values(2), 2);
	cr_expect_eq(of->held_bytes, held);
	bench.ust.fail[FAKE_TRACK] = 0;
	cr_expect_eq(change(33, 2, 1, 7, NULL), LTTNG_OK);
	cr_expect_eq(of->held_bytes, held - sizeof(struct rf_tracked));
	cr_expect_eq(set_policy(2, 0), LTTNG_OK);
	cr_expect_eq(of->held_bytes, held - 2 * sizeof(struct rf_tracked));
	of->uid = 0;
}

Test(kernel, lists_say_what_there_is)
{
	struct message m = {.number = 14, .domain = 1};
	const struct answer *answer = answer_of(&bench, &m);
	static const uint8_t first[] = {0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 13};
	static const uint8_t syscall[] = {5, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 3, 0, 0, 0, 13};

	cr_expect(answer->code == LTTNG_OK && answer_header(answer)[0] == 2);
	cr_expect_arr_eq(answer_data(answer), first, sizeof(first));
	cr_expect_str_eq((const char *)answer_data(answer) + 43, "sched_switch");
	m.number = 4;
	answer = answer_of(&bench, &m);
	cr_expect(answer->code == LTTNG_OK && answer_header(answer)[0] == 2);
	cr_expect_arr_eq(answer_data(answer), syscall, sizeof(syscall));
	m.number = 18;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
	m.number = 14;
	bench.ust.fail[FAKE_KERNEL_LIST] = LTTNG_ERR_KERN_LIST_FAIL;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_KERN_LIST_FAIL);
}

Test(kernel, spliced_channels_and_snapshot_outputs_exclude_each_other)
{
	struct message m = simple(25, "n"), create = create_message("n", NULL);
	struct channel_spec spec = CHANNEL("c");
	struct message channel = channel_message("n", &spec);

	put_zeros(&m.args, 12 + 255);
	put_field(&m.args, "/tmp/x", 4096);
	put_zeros(&m.args, 4096);
	spec.output = 0;
	cr_assert_eq(code_of(&bench, &create), LTTNG_OK);
	channel.domain = 1;
	channel.payload.data[30] = 0;
	cr_expect_eq(code_of(&bench, &channel), LTTNG_OK);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SNAPSHOT_UNSUPPORTED);
}

Test(kernel, start_and_stop_may_name_it)
{
	cr_expect_eq(ask(16), LTTNG_ERR_NO_KERNCONSUMERD);
	enable(CHANNEL("c"));
	cr_expect_eq(ask(16), LTTNG_OK);
	cr_expect_eq(ask(17), LTTNG_OK);
}
