/* SPDX-License-Identifier: GPL-2.0-only */
/* Every number has its answer, and checks come in the order of the protocol. */
#include "sessiond/client/command.h"
#include "tests/unit/client_request.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>

static struct bench bench;

static void set_up(void)
{
	struct message create = create_message("s", "/tmp/out");

	bench_init(&bench);
	cr_assert_eq(code_of(&bench, &create), LTTNG_OK);
}

static void tear_down(void)
{
	bench_fini(&bench);
}

TestSuite(table, .init = set_up, .fini = tear_down);

Test(table, answers_every_number_with_a_code_of_the_protocol)
{
	for (uint32_t number = 0; number < 200; number++) {
		if (number == 9)
			continue; /* of its own below: the session is gone after it */
		for (uint32_t domain = 0; domain < 7; domain++) {
			struct message m = {.number = number, .session = "s", .domain = domain};
			const struct answer *answer = answer_of(&bench, &m);

			cr_expect(answer->code >= LTTNG_OK && answer->code < LTTNG_ERR_NR, "%u/%u: %u", number, domain,
				answer->code);
			cr_expect_eq(answer->number, number);
			cr_expect_eq(answer->fd_count, 0);
			cr_expect(answer->code == LTTNG_OK || answer->header_len + answer->data_len == 0, "%u", number);
		}
	}
}

Test(table, has_the_names_and_numbers_of_the_protocol)
{
	static const uint32_t unassigned[] = {1, 7, 8, 19, 20, 22, 23, 29, 30, 37, 38, 39};
	unsigned int missing = 0;

	for (uint32_t number = 0; number < RF_CMD_COUNT; number++) {
		const struct rf_command *command = rf_command_find(number);

		cr_assert_not_null(command);
		missing += !command->name;
		cr_expect_eq(!command->name, !command->run, "%u", number);
	}
	cr_expect_eq(missing, sizeof(unassigned) / sizeof(unassigned[0]));
	for (size_t i = 0; i < missing; i++)
		cr_expect_null(rf_command_find(unassigned[i])->name, "%u", unassigned[i]);
	cr_expect_null(rf_command_find(RF_CMD_COUNT));
	cr_expect_null(rf_command_find(UINT32_MAX));
}

Test(table, knows_domain_commands)
{
	/* Every number except these asks for the kernel tracer first. */
	bench.ust.fail[FAKE_LOOK] = LTTNG_ERR_KERN_NA;
	for (uint32_t number = 0; number < RF_CMD_COUNT; number++) {
		bool domain = !(number == 9 || number == 11 || number == 16 || number == 17 ||
			(number >= 24 && number <= 28) || number == 31 || (number >= 40 && number <= 42) ||
			number >= 45);
		struct message m = {.number = number, .session = "nosuch", .domain = RF_DOMAIN_KERNEL};
		uint32_t code = code_of(&bench, &m);

		cr_expect_eq(code == LTTNG_ERR_KERN_NA, domain, "%u: %u", number, code);
	}
}

Test(table, looks_for_a_tracer_until_there_is_one)
{
	struct message m = {.number = 10, .session = "s", .domain = RF_DOMAIN_KERNEL};

	bench.ust.fail[FAKE_LOOK] = LTTNG_ERR_KERN_VERSION;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_KERN_VERSION);
	bench.ust.fail[FAKE_LOOK] = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_LOOK], 2);
}

Test(table, keeps_the_kernel_from_who_may_not_trace_it)
{
	struct message create = create_message("mine", "/tmp/x");
	struct message m = {.number = 10, .session = "mine", .domain = RF_DOMAIN_KERNEL};
	struct answer answer;

	bench.ust.kernel_ready = true;
	bench.ust.kernel_uid = 1000;
	for (uid_t uid = 1000; uid < 1002; uid++) {
		send_as(&bench, uid, &create, &answer);
		send_as(&bench, uid, &m, &answer);
		cr_expect(answer.given && answer.code == (uid == 1000 ? LTTNG_OK : LTTNG_ERR_EPERM), "%u", uid);
	}
	/* Nor does it say which sessions there are. */
	m.session = "nosuch";
	send_as(&bench, 1001, &m, &answer);
	cr_expect_eq(answer.code, LTTNG_ERR_EPERM);
	/* Who is no longer allowed to does not start what was set up. */
	m.session = "mine";
	m.number = 16;
	m.domain = 0;
	struct rf_session *mine = rf_session_find(&bench.sessions, "mine");
	const struct rf_channel_attr attr = {.subbuf_size = 4096, .subbuf_count = 2};
	struct rf_channel *channel = rf_channel_new(mine, "c", &attr);

	cr_assert_not_null(channel);
	rf_list_append(&mine->kernel.channels, &channel->node);
	bench.ust.kernel_uid = 1;
	send_as(&bench, 1000, &m, &answer);
	cr_expect(answer.given && answer.code == LTTNG_ERR_EPERM);
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
}

Test(table, says_what_a_rootless_daemon_lacks)
{
	struct message m = {.number = 6, .session = "s", .domain = RF_DOMAIN_KERNEL};

	bench.context.rootless = true;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_NEED_ROOT_SESSIOND);
}

Test(table, finds_the_session_before_anything_else)
{
	struct message m = ust_message(6, "nosuch");

	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SESS_NOT_FOUND);
	m = ust_message(1, "nosuch");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SESS_NOT_FOUND);
	m = ust_message(1, "s");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
	m = ust_message(53, "nosuch");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UND);
}

Test(table, checks_permission_before_it_reveals_or_makes_anything)
{
	struct message create = create_message("theirs", "/tmp/x");
	struct answer answer;

	bench.ust.kernel_ready = true;
	bench.ust.kernel_uid = 1001;
	send_as(&bench, 1000, &create, &answer);
	cr_assert_eq(answer.code, LTTNG_OK);
	for (uint32_t number = 0; number < RF_CMD_COUNT; number++) {
		const struct rf_command *command = rf_command_find(number);

		if (command->flags & RF_NO_SESSION)
			continue;
		for (uint32_t domain = 0; domain < 7; domain++) {
			struct message m = {.number = number, .session = "theirs", .domain = domain};

			send_as(&bench, 1001, &m, &answer);
			cr_expect(answer.given && answer.code == LTTNG_ERR_EPERM, "%u/%u: %u", number, domain,
				answer.code);
		}
	}
	/* Not even the domain that the prelude makes for the owner. */
	cr_expect_not(rf_session_find(&bench.sessions, "theirs")->ust.used);
	cr_expect_not(rf_session_find(&bench.sessions, "theirs")->kernel.used);
	/* The name is taken all the same. */
	send_as(&bench, 1001, &create, &answer);
	cr_expect_eq(answer.code, LTTNG_ERR_EXIST_SESS);
}

Test(table, makes_the_domain_only_where_it_is_used)
{
	for (uint32_t number = 0; number < RF_CMD_COUNT; number++) {
		bool makes = number == 34 || number == 36;
		struct message m = ust_message(number, "s");
		struct rf_session *session = rf_session_find(&bench.sessions, "s");

		if (number == 9 || number == 35 || number == 32 || number == 33)
			continue;
		put32(&m.args, 1); /* an attribute for the trackers; a length, and no payload, for others */
		session->ust.used = session->kernel.used = false;
		code_of(&bench, &m);
		cr_expect(session->ust.used == makes && !session->kernel.used, "%u", number);
		session->ust.used = false;
		m.domain = RF_DOMAIN_KERNEL;
		code_of(&bench, &m);
		cr_expect(session->kernel.used == makes && !session->ust.used, "%u", number);
	}
}

Test(table, wants_the_domain_for_disabling)
{
	struct rf_session *session = rf_session_find(&bench.sessions, "s");
	struct message m = ust_message(2, "s");

	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_NO_CHANNEL);
	m.domain = 3;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_NO_CHANNEL);
	m.domain = 1;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_NO_CHANNEL);
	session->kernel.used = true;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	session->ust.used = true;
	m.domain = 3;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_AGENT_TRACING_DISABLED);
	m.domain = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UNKNOWN_DOMAIN);
	m.domain = 6;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UNKNOWN_DOMAIN);
}

Test(table, refuses_empty_payloads)
{
	static const struct {
		uint32_t number, code;
	} needs[] = {{0, 152}, {3, 152}, {5, 97}, {6, 152}, {21, 97}, {43, 152}, {44, 152}, {49, 152}, {52, 152}};

	rf_session_find(&bench.sessions, "s")->ust.used = true;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		struct message m = ust_message(needs[i].number, "s");

		cr_expect_eq(code_of(&bench, &m), needs[i].code, "%u", needs[i].number);
	}
}

Test(table, reads_lengths_without_overflow)
{
	struct message m = {.number = 49};
	struct rf_request request = {.uid = 0};
	uint8_t bytes[RF_ENVELOPE_SIZE];

	put16(&m.args, 65535);
	put64(&m.args, UINT64_MAX);
	envelope(&m, bytes);
	request.envelope = bytes;
	rf_request_read_envelope(&request);
	cr_expect_gt(rf_command_payload_len(rf_command_find(49), &request), RF_PAYLOAD_MAX);

	m = simple(21, "s");
	put32(&m.args, -1);
	envelope(&m, bytes);
	cr_expect_gt(rf_command_payload_len(rf_command_find(21), &request), RF_PAYLOAD_MAX);
	m = simple(21, "s");
	put32(&m.args, 2);
	envelope(&m, bytes);
	cr_expect_eq(rf_command_payload_len(rf_command_find(21), &request), 2 * 8210);
}

Test(table, answers_trackers_rotation_and_the_rest_honestly)
{
	struct message m = ust_message(34, "s");
	const struct answer *answer;

	put32(&m.args, 1);
	answer = answer_of(&bench, &m);
	cr_expect(answer->code == LTTNG_OK && answer->data_len == 4 && answer_data(answer)[0] == 0, "include all");
	m.number = 36;
	cr_expect_eq(code_of(&bench, &m), 163);
	m.args.data[0] = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID);
	m.domain = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UNSUPPORTED_DOMAIN);
	m = simple(48, "s");
	answer = answer_of(&bench, &m);
	cr_expect(answer->code == LTTNG_OK && answer->data_len == 18);
	m = simple(45, "s");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_START_SESSION_ONCE);
	m = simple(25, "s");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_NOT_SNAPSHOT_SESSION);
	m = simple(41, "s");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SESSION_NOT_STARTED);
}
