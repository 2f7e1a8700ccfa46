/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/client_request.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct bench bench;

static void set_up(void)
{
	bench_init(&bench);
}

static void tear_down(void)
{
	bench_fini(&bench);
}

TestSuite(sessions, .init = set_up, .fini = tear_down);

/* A creation with this home and descriptor. */
static struct message creation(const char *home, const char *descriptor)
{
	struct message m = {.number = 49};

	if (home)
		put_cstr(&m.payload, home);
	put16(&m.args, (unsigned int)m.payload.len);
	put_hex(&m.payload, descriptor);
	put64(&m.args, m.payload.len - (home ? strlen(home) + 1 : 0));
	return m;
}

static uint32_t create(const char *home, const char *descriptor)
{
	struct message m = creation(home, descriptor);

	return code_of(&bench, &m);
}

Test(sessions, are_created_as_the_command_line_asks)
{
	struct message m = creation("/home/anyone", "01 01 03000000 00 733100");
	const struct answer *answer = answer_of(&bench, &m);
	struct bytes expected = {.len = 0};

	put_hex(&expected,
		"31000000 0a000000 00000000 00000000 1c200000 00000000 01 01 03000000 01 733100"
		"03000000 00000000 00000000 00000000 0000");
	cr_assert_eq(answer->total, 24 + 8220);
	cr_expect_arr_eq(answer->bytes, expected.data, expected.len);

	const char *path = (const char *)answer->bytes + 24 + 10 + 4114;

	cr_expect_eq(strncmp(path, "/home/anyone/lttng-traces/s1-", 29), 0, "%s", path);
	cr_expect_eq(strlen(path), 29 + 15);
	cr_expect_str_eq(rf_session_find(&bench.sessions, "s1")->path, path);
}

Test(sessions, get_names_when_they_have_none)
{
	struct message m = creation("/h", "01 01 00000000 00");
	char first[255], path[4096];
	const struct answer *answer = answer_of(&bench, &m);

	cr_assert_eq(answer->code, LTTNG_OK);
	snprintf(first, sizeof(first), "%s", (const char *)answer_data(answer) + 7);
	cr_expect_eq(strncmp(first, "auto-", 5), 0);
	snprintf(path, sizeof(path), "/h/lttng-traces/%s", first);
	cr_expect_str_eq(rf_session_find(&bench.sessions, first)->path, path, "without a second date");

	/* In the same second the next is auto1-…; whatever the second, names differ. */
	answer = answer_of(&bench, &m);
	cr_assert_eq(answer->code, LTTNG_OK);
	cr_expect_str_neq((const char *)answer_data(answer) + 7, first);
}

Test(sessions, that_are_malformed_are_refused)
{
	static const struct {
		const char *home, *descriptor;
		uint32_t code;
	} cases[] = {
		{"/h", "01 01 04000000 00 612f6200", 73}, /* a/b */
		{"tmp", "01 01 03000000 00 733100", 97},  /* home is relative */
		{NULL, "01 01 03000000 00 733100", 20},   /* no home to make a path of */
		{"/h", "01 01 01000000 00 00", 97},       /* name of length one */
		{"/h", "01 01 03000000 00 7331", 97},     /* short */
		{"/h", "01 01 03000000 00 73317a", 97},   /* name not ended */
		{"/h", "01 01 03000000 00 730000", 97},   /* name ends early */
		{"/h", "01 01 03000000 00 73310000", 97}, /* more than said */
		{"/h", "00 01 03000000 00 733100", 97},   /* type */
		{"/h", "04 01 03000000 00 733100", 97},
		{"/h", "01 03 03000000 00 733100", 97}, /* output */
		{"/h", "01 01 03000000 02 733100", 97}, /* number of URIs */
		{"/h", "01 00 03000000 01 733100", 97},
		{"/h", "01 02 03000000 01 733100", 97},
		{"/h", "03 01 03000000 00 40420f0000000000 733100", 97}, /* live and local */
		{"/h", "03 02 03000000 00 0000000000000000 733100", 97}, /* live without interval */
		{"/h", "ff", 97},
		/* Well-formed, and not there. */
		{"/h", "03 02 06000000 00 40420f0000000000 6c6976653100", 15},
		{"/h", "02 02 03000000 00 733100", 15},
		{"/h", "01 02 03000000 00 733100", 15},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(create(cases[i].home, cases[i].descriptor), cases[i].code, "case %zu", i);
	cr_expect_not(rf_list_linked(&bench.sessions.list), "a refusal leaves nothing");
}

Test(sessions, have_names_of_254_bytes_at_most)
{
	char name[256];

	memset(name, 'n', sizeof(name));
	name[254] = '\0';

	struct message m = create_message(name, "/tmp/x");

	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	name[254] = 'n';
	name[255] = '\0';
	m = create_message(name, "/tmp/x");
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID);
}

Test(sessions, write_only_where_a_path_can_lead)
{
	static const char *const refused[] = {"relative", "", "/a/../b", "/a/.."};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct message m = create_message("s", refused[i]);

		cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID, "%s", refused[i]);
	}

	struct message m = create_message("s", "/a/..b");

	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
}

Test(sessions, have_unique_names_whoever_owns_them)
{
	struct message m = create_message("s", "/tmp/x");
	struct answer answer;

	send_as(&bench, 1000, &m, &answer);
	cr_expect_eq(answer.code, LTTNG_OK);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_EXIST_SESS);
}

static void make(uid_t uid, const char *name)
{
	struct message m = create_message(name, "/tmp/x");
	struct answer answer;

	send_as(&bench, uid, &m, &answer);
	cr_assert_eq(answer.code, LTTNG_OK);
}

Test(sessions, are_listed_newest_first_to_who_may_control_them)
{
	struct message m = {.number = 13};
	struct answer answer;

	make(1000, "a");
	make(1001, "b");
	make(1000, "c");
	send_as(&bench, 1000, &m, &answer);
	cr_assert_eq(answer.data_len, 2 * 4385);
	cr_expect_eq(answer.header_len, 0);
	cr_expect_str_eq((const char *)answer_data(&answer), "c");
	cr_expect_str_eq((const char *)answer_data(&answer) + 255, "/tmp/x");
	cr_expect_str_eq((const char *)answer_data(&answer) + 4376, "a");

	uint64_t created;

	memcpy(&created, answer_data(&answer) + 2 * 4376, sizeof(created));
	cr_expect(created <= (uint64_t)time(NULL) && created + 100 > (uint64_t)time(NULL));
	cr_expect_eq(answer_data(&answer)[2 * 4376 + 8], 1);
	send_as(&bench, 0, &m, &answer);
	cr_expect_eq(answer.data_len, 3 * 4385);
	send_as(&bench, 1002, &m, &answer);
	cr_expect_eq(answer.total, 24);
}

Test(sessions, list_user_space_once_it_was_used)
{
	struct message m = simple(11, "s");
	struct channel_spec c = CHANNEL("c");
	struct message channel = channel_message("s", &c);

	make(0, "s");
	cr_expect_eq(answer_of(&bench, &m)->data_len, 0);
	channel.buffers = 0;
	cr_assert_eq(code_of(&bench, &channel), LTTNG_OK);

	const struct answer *answer = answer_of(&bench, &m);
	uint32_t domain[2];

	cr_assert_eq(answer->data_len, 308);
	memcpy(domain, answer_data(answer), sizeof(domain));
	cr_expect(domain[0] == 2 && domain[1] == 0);
}

Test(sessions, echo_the_domain_attribute)
{
	struct message m = ust_message(10, "s");

	make(0, "s");
	m.echo = 77;
	cr_expect_eq(answer_of(&bench, &m)->echo, 77);
	m.number = 9;
	cr_expect_eq(answer_of(&bench, &m)->echo, UINT32_MAX);
}

/* The first word says what the address is: 3 a path, 1 and 2 another machine. */
static uint32_t set_output(const char *session, unsigned int type, const char *where)
{
	struct message m = simple(21, session);

	put32(&m.args, 1);
	put32(&m.payload, type);
	put_zeros(&m.payload, 14 + 4096);
	put_field(&m.payload, where, 4096);
	return code_of(&bench, &m);
}

Test(sessions, get_an_output_later)
{
	struct message none = simple(21, "s");

	cr_assert_eq(create(NULL, "01 00 02000000 00 7300"), LTTNG_OK);

	struct rf_session *session = rf_session_find(&bench.sessions, "s");

	cr_expect_eq(session->output, RF_OUTPUT_NONE);
	put32(&none.args, 0);
	cr_expect_eq(code_of(&bench, &none), LTTNG_ERR_INVALID);
	cr_expect_eq(set_output("s", 1, "127.0.0.1"), LTTNG_ERR_NOT_SUPPORTED);
	cr_expect_eq(set_output("s", 9, "what"), LTTNG_OK, "says nothing");
	cr_expect_eq(set_output("s", 3, "tmp/out"), LTTNG_ERR_INVALID);
	cr_expect_eq(set_output("s", 3, "/tmp/../out"), LTTNG_ERR_INVALID);
	cr_expect_eq(session->output, RF_OUTPUT_NONE);
	cr_expect_eq(set_output("s", 3, "/tmp/out"), LTTNG_OK);
	cr_expect_eq(session->output, RF_OUTPUT_LOCAL);
	cr_expect_str_eq(session->path, "/tmp/out");
	session->ever_started = true;
	cr_expect_eq(set_output("s", 3, "/tmp/elsewhere"), LTTNG_ERR_NOT_SUPPORTED, "it has traces there");
	session->active = true;
	cr_expect_eq(set_output("s", 3, "/tmp/elsewhere"), LTTNG_ERR_TRACE_ALREADY_STARTED);
	session->active = false;
}
