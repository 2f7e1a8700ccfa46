/* SPDX-License-Identifier: GPL-2.0-only */
/* Event rules of the kernel domain, as the stock command line sends them and reads their listing. */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM "3bffff 41 0300000000000000 0e 01 0000 6900" /* i > 3 */
#define PROGRAM_RELOC 14

static void begin(void)
{
	scene_session();
	bench.ust.kernel_ready = true;
}

static void begin_with_channel(void)
{
	struct channel_spec spec = CHANNEL("c");
	struct message m = channel_message("s", &spec);

	begin();
	m.domain = 1;
	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);
}

SCENE(kernel_events, begin_with_channel);
TestSuite(kernel_new_channel, .init = begin, .fini = scene_end);

static struct message kernel_event(uint32_t number, const char *channel, struct event_spec spec)
{
	struct message m = event_message(number, "s", channel, &spec);

	m.domain = 1;
	m.buffers = 2;
	return m;
}

static uint32_t enable_in(const char *channel, struct event_spec spec)
{
	struct message m = kernel_event(6, channel, spec);

	return code_of(&bench, &m);
}

static uint32_t enable(const char *name, int type)
{
	return enable_in("c", (struct event_spec){.name = name, .type = type});
}

static uint32_t disable(const char *name, int type)
{
	struct message m = kernel_event(3, "c", (struct event_spec){.name = name, .type = type, .loglevel = -1});

	return code_of(&bench, &m);
}

/* Bytes that a client sent. */
static struct message raw(uint32_t number, const char *bytes)
{
	struct message m = kernel_message(number, "s");

	put_hex(&m.payload, bytes);
	put_field(&m.args, "c", 256);
	put32(&m.args, (int64_t)m.payload.len);
	return m;
}

static uint32_t send_raw(const char *bytes)
{
	struct message m = raw(6, bytes);

	return code_of(&bench, &m);
}

static const struct answer *list(const char *channel)
{
	struct message m = kernel_message(12, "s");

	put_field(&m.args, channel, 256);
	return answer_of(&bench, &m);
}

static void expect_listed(const char *bytes)
{
	const struct answer *answer = list("c");
	struct bytes expected = {.len = 0};

	put_hex(&expected, bytes);
	cr_assert_eq(answer->code, LTTNG_OK);
	cr_assert_eq(answer->data_len, expected.len, "%u %zu", answer->data_len, expected.len);
	cr_expect_arr_eq(answer_data(answer), expected.data, expected.len);
}

static struct rf_channel *find(const char *name)
{
	return rf_channel_find(&session->kernel, name);
}

static unsigned int rules(bool enabled)
{
	unsigned int count = 0;

	rf_list_for_each(node, &find("c")->rules)
		count += rf_container_of(node, struct rf_channel_rule, node)->enabled == enabled;
	return count;
}

Test(kernel_events, probes_are_listed_as_they_came)
{
	static const char probe[] =
		"01 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 00000000 23000000 00000000"
		"6b7000 0000000000000000 0000000000000000 0f000000 646f5f7379735f6f70656e61743200";
	static const char listed[] =
		"01 00 00000000 01 00000000 00000000 03000000 00000000 00000000 00000000 00000000 23000000 00000000"
		"6b7000 0000000000000000 0000000000000000 0f000000 646f5f7379735f6f70656e61743200";

	cr_assert_eq(send_raw(probe), LTTNG_OK);
	expect_listed(listed);
	cr_expect_eq(list("c")->fd_count, 0);
	cr_expect_eq(send_raw(probe), LTTNG_ERR_KERN_EVENT_EXIST);
}

Test(kernel_events, functions_and_addresses_are_listed_as_they_came)
{
	/* clang-format off */
	cr_assert_eq(send_raw("02 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 00000000"
		"23000000 00000000 6b7200 0000000000000000 0000000000000000 0f000000 646f5f7379735f6f70656e61743200"), LTTNG_OK);
	cr_assert_eq(send_raw("01 00 00000000 00 00000000 00000000 04000000 00000000 00000000 00000000 00000000"
		"15000000 00000000 6b706100 1000000000000000 1000000000000000 01000000 00"), LTTNG_OK);
	cr_assert_eq(send_raw("03 00 00000000 00 00000000 00000000 02000000 00000000 00000000 00000000 00000000"
		"00000000 06000000 6500 02000000 6600"), LTTNG_OK);
	expect_listed(
		"02 00 00000000 01 00000000 00000000 03000000 00000000 00000000 00000000 00000000 23000000 00000000"
		"6b7200 0000000000000000 0000000000000000 0f000000 646f5f7379735f6f70656e61743200"
		"01 00 00000000 01 00000000 00000000 04000000 00000000 00000000 00000000 00000000 15000000 00000000"
		"6b706100 1000000000000000 1000000000000000 01000000 00"
		"03 00 00000000 01 00000000 00000000 02000000 00000000 00000000 00000000 00000000 00000000 06000000"
		"6500 02000000 6600");
	/* clang-format on */
}

Test(kernel_events, user_space_probes_come_and_are_listed_with_their_program)
{
	/* clang-format off */
	static const char function[] =
		"06 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 19000000 00000000 00000000 757000"
		"00 05000000 0a000000 6d61696e00 2f6465762f6e756c6c00 01";
	static const char marker[] =
		"06 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 1c000000 00000000 00000000 757300"
		"01 02000000 02000000 0a000000 6d00 7000 2f6465762f6e756c6c00 02";
	static const char listed[] =
		"06 00 00000000 01 00000000 00000000 03000000 00000000 00000000 00000000 19000000 00000000 00000000 757000"
		"00 05000000 0a000000 6d61696e00 2f6465762f6e756c6c00 01"
		"06 00 00000000 01 00000000 00000000 03000000 00000000 00000000 00000000 1c000000 00000000 00000000 757300"
		"01 02000000 02000000 0a000000 6d00 7000 2f6465762f6e756c6c00 02";
	/* clang-format on */
	struct message m = raw(6, function);
	const struct rf_user_probe *probe;
	struct stat of;

	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID_PROTOCOL, "without a descriptor");
	m.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cr_assert(m.fd >= 0 && !fstat(m.fd, &of));
	m.fd_count = 1;
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	probe = rf_container_of(find("c")->rules.next, struct rf_channel_rule, node)->rule->user_probe;
	cr_assert_not_null(probe);
	cr_expect(probe->kind == RF_USER_PROBE_FUNCTION && probe->place_count == 1 && probe->places[0] == 0x1234);
	cr_expect_str_eq(probe->path, "/dev/null");
	cr_expect_str_eq(probe->name, "main");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_KERN_EVENT_EXIST);

	int fd = m.fd;

	m = raw(6, marker);
	m.fd = fd;
	m.fd_count = 1;
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	close(fd);
	expect_listed(listed);
	cr_expect_eq(list("c")->fd_count, 2);
	cr_expect_eq(list("c")->inode, of.st_ino);
}

Test(kernel_events, user_space_probes_need_a_place)
{
	struct message m = raw(6,
		"06 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 19000000 00000000 00000000"
		"757000 00 05000000 0a000000 6d61696e00 2f6465762f6e756c6c00 01");

	m.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	m.fd_count = 1;
	for (uint8_t lookup = 0; lookup < 4; lookup += 2) {
		struct message wrong = m;

		wrong.payload.data[wrong.payload.len - 1] = lookup;
		cr_expect_eq(code_of(&bench, &wrong), LTTNG_ERR_INVALID_PROTOCOL, "look-up %u", lookup);
	}
	bench.ust.fail[FAKE_FIND_PLACES] = LTTNG_ERR_PROBE_LOCATION_INVAL;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_PROBE_LOCATION_INVAL);
	cr_expect(rules(true) == 0 && !bench.ust.count[FAKE_ADD_RULE] && !session->busy);
	close(m.fd);
}

Test(kernel_events, malformed_ones_are_refused)
{
	struct message m = raw(6,
		"01 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 00000000 23000000 00000000"
		"6b7000 0000000000000000 0000000000000000 0f000000 646f5f7379735f6f70656e61743200");

	for (size_t len = 1; len < m.payload.len; len++) {
		struct message cut = m;

		cut.payload.len = len;
		cr_expect_eq(code_of(&bench, &cut), LTTNG_ERR_INVALID_PROTOCOL, "%zu bytes", len);
	}
	cr_expect_eq(enable("x", 4), LTTNG_ERR_UNK);
	cr_expect_eq(enable("x", 1), LTTNG_ERR_INVALID_PROTOCOL, "a probe without its place");
	cr_expect_eq(enable("x", 7), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(enable_in("c", (struct event_spec){.name = "x", .exclusions = {"y"}}), LTTNG_ERR_EXCLUSION_INVAL);
	cr_expect_eq(rules(true), 0);
}

Test(kernel_events, everything_is_tracepoints_and_system_calls)
{
	cr_expect_eq(enable("*", -1), LTTNG_OK);
	expect_listed("00 00 00000000 01 00000000 00000000 02000000 00000000 00000000 00000000 00000000 00000000"
		      "00000000 2a00"
		      "05 00 00000000 01 00000000 00000000 02000000 00000000 00000000 00000000 00000000 00000000"
		      "00000000 2a00");
	cr_expect_eq(enable("*", -1), LTTNG_ERR_KERN_EVENT_EXIST);
	cr_expect_eq(disable("*", 5), LTTNG_OK);
	cr_expect_eq(enable("***", -1), LTTNG_OK, "one of both was disabled");
	cr_expect_eq(bench.ust.count[FAKE_ADD_RULE], 2);
	cr_expect_eq(bench.ust.count[FAKE_ENABLE_RULE], 2);
}

Test(kernel_events, filters_are_checked_and_tell_rules_apart)
{
	struct event_spec spec = {.name = "x", .filter = "i > 3"};

	cr_expect_eq(enable_in("c", spec), LTTNG_ERR_INVALID, "no program");
	spec.program = PROGRAM;
	spec.reloc = 13;
	cr_expect_eq(enable_in("c", spec), LTTNG_ERR_FILTER_INVAL);
	spec.reloc = PROGRAM_RELOC;
	cr_expect_eq(enable_in("c", spec), LTTNG_OK);
	cr_expect_eq(enable_in("c", spec), LTTNG_ERR_KERN_EVENT_EXIST);
	cr_expect_eq(enable("x", 0), LTTNG_OK);
	cr_expect_eq(enable("x", 5), LTTNG_OK);
	cr_expect_eq(rules(true), 3);
	cr_expect_str_eq((const char *)answer_data(list("c")) + 45, "i > 3");
}

Test(kernel_events, that_the_tracer_refuses_are_not_there)
{
	bench.ust.fail[FAKE_ADD_RULE] = LTTNG_ERR_KERN_ENABLE_FAIL;
	cr_expect_eq(enable("x", 0), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect(rules(true) + rules(false) == 0 && !session->busy);
	cr_expect_eq(bench.ust.count[FAKE_DROP_CHANNEL], 0, "the channel was there before");
	bench.ust.fail[FAKE_ADD_RULE] = 0;
	cr_expect_eq(enable("x", 0), LTTNG_OK);
	cr_expect_eq(disable("x", 0), LTTNG_OK);
	bench.ust.fail[FAKE_ENABLE_RULE] = LTTNG_ERR_KERN_ENABLE_FAIL;
	cr_expect_eq(enable("x", 0), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect(rules(false) == 1);
}

Test(kernel_events, are_disabled_by_name_and_type)
{
	static const char probe[] =
		"01 00 00000000 00 00000000 00000000 02000000 00000000 00000000 00000000 00000000 16000000 00000000"
		"7800 0000000000000000 0000000000000000 02000000 6600";

	cr_expect_eq(enable("x", 0), LTTNG_OK);
	cr_expect_eq(enable("x", 5), LTTNG_OK);
	cr_expect_eq(send_raw(probe), LTTNG_OK);
	cr_expect_eq(enable("y", 5), LTTNG_OK);
	cr_expect_eq(disable("z", -1), LTTNG_ERR_NO_EVENT);
	cr_expect_eq(disable("y", 0), LTTNG_ERR_NO_EVENT);
	cr_expect_eq(disable("x", 5), LTTNG_OK);
	cr_expect_eq(disable("x", 5), LTTNG_OK, "again");
	cr_expect_eq(rules(false), 1);
	cr_expect_eq(disable("x", -1), LTTNG_OK);
	cr_expect_eq(rules(false), 3);
	cr_expect_eq(disable("x", -1), LTTNG_ERR_KERN_DISABLE_FAIL, "a probe, again");
	cr_expect_eq(disable("", 0), LTTNG_OK);
	cr_expect_eq(rules(true), 1);
	cr_expect_eq(disable("", -1), LTTNG_OK);
	cr_expect_eq(rules(true), 0);
	cr_expect_eq(disable("", 5), LTTNG_OK, "all of them may be none");
	cr_expect_eq(send_raw(probe), LTTNG_OK);
	cr_expect_eq(rules(true), 1);
	cr_expect_eq(disable("x", 4), LTTNG_ERR_UNK);
}

Test(kernel_events, that_cannot_be_disabled_stay_enabled)
{
	cr_expect_eq(enable("x", 0), LTTNG_OK);
	cr_expect_eq(enable("y", 0), LTTNG_OK);
	bench.ust.fail[FAKE_ENABLE_RULE] = LTTNG_ERR_KERN_DISABLE_FAIL;
	cr_expect_eq(disable("", -1), LTTNG_ERR_KERN_DISABLE_FAIL);
	cr_expect_eq(bench.ust.count[FAKE_ENABLE_RULE], 2, "each was tried");
	cr_expect_eq(rules(true), 2);
}

Test(kernel_events, need_a_channel_that_is_there)
{
	struct message m = kernel_event(3, "nosuch", (struct event_spec){.name = "x", .type = -1, .loglevel = -1});

	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	cr_expect_eq(list("nosuch")->code, LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	cr_expect_eq(enable_in("", EVENT("x")), LTTNG_ERR_NEED_CHANNEL_NAME);
	cr_expect_eq(enable_in("metadata", EVENT("x")), LTTNG_ERR_INVALID_CHANNEL_NAME);
}

Test(kernel_events, may_come_after_the_start_in_channels_that_are_there)
{
	cr_assert_eq(command(16), LTTNG_OK);
	cr_expect_eq(enable("x", 0), LTTNG_OK);
	cr_expect_eq(enable_in("d", EVENT("x")), LTTNG_ERR_TRACE_ALREADY_STARTED);
	cr_expect_null(find("d"));
}

Test(kernel_new_channel, comes_with_the_first_event)
{
	cr_expect_eq(enable_in("", EVENT("x")), LTTNG_OK);
	cr_assert_not_null(find("channel0"));
	cr_expect(find("channel0")->enabled && find("channel0")->attr.read_interval == 200000);
	cr_expect_not(session->kernel.has_named_channel);
	cr_expect_eq(enable_in("d", EVENT("x")), LTTNG_OK);
	cr_expect(session->kernel.has_named_channel);
	cr_expect_eq(enable_in("", EVENT("y")), LTTNG_ERR_NEED_CHANNEL_NAME);
	cr_expect_eq(bench.ust.count[FAKE_ADD_CHANNEL], 2);
	cr_expect_not(session->ust.has_named_channel);
}

Test(kernel_new_channel, goes_with_an_event_that_fails)
{
	bench.ust.fail[FAKE_ADD_RULE] = LTTNG_ERR_KERN_ENABLE_FAIL;
	cr_expect_eq(enable_in("d", EVENT("x")), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect_null(find("d"));
	cr_expect_eq(bench.ust.count[FAKE_DROP_CHANNEL], 1);
	cr_expect(!session->kernel.has_named_channel && !session->busy);
	bench.ust.fail[FAKE_ADD_RULE] = 0;
	bench.ust.fail[FAKE_ADD_CHANNEL] = LTTNG_ERR_NOMEM;
	cr_expect_eq(enable_in("d", EVENT("x")), LTTNG_ERR_NOMEM);
	cr_expect(!find("d") && bench.ust.count[FAKE_DROP_CHANNEL] == 1);
	bench.ust.fail[FAKE_ADD_CHANNEL] = 0;
	cr_expect_eq(enable_in("d", EVENT("x")), LTTNG_OK);
}

Test(kernel_new_channel, is_not_made_for_an_event_that_is_refused)
{
	cr_expect_eq(enable_in("d", (struct event_spec){.name = "x", .exclusions = {"y"}}), LTTNG_ERR_EXCLUSION_INVAL);
	cr_expect_eq(enable_in(".d", EVENT("x")), LTTNG_ERR_INVALID_CHANNEL_NAME);
	cr_expect_not(rf_list_linked(&session->kernel.channels));
	cr_expect_eq(bench.ust.count[FAKE_ADD_CHANNEL], 0);
}
