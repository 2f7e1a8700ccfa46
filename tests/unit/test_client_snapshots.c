/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions for snapshots, their output, and taking one; regenerating; buffers as files. */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

enum {
	START = 16,
	STOP = 17,
	ADD = 25,
	DELETE = 26,
	LIST = 27,
	RECORD = 28,
	SHM_PATH = 40,
	METADATA = 41,
	STATEDUMP = 42,
};

#define UNSET UINT64_MAX

SCENE(snapshots, scene_snapshots);

static struct message output_message(
	uint32_t number, uint32_t id, uint64_t max_size, const char *name, const char *control, const char *data)
{
	struct message m = simple(number, "s");

	if (number == RECORD)
		put32(&m.args, 1);
	put32(&m.args, id);
	put64(&m.args, max_size);
	put_field(&m.args, name, 255);
	put_field(&m.args, control, 4096);
	put_field(&m.args, data, 4096);
	return m;
}

static uint32_t add(uint64_t max_size, const char *name, const char *control, const char *data)
{
	struct message m = output_message(ADD, 0, max_size, name, control, data);

	return code_of(&bench, &m);
}

static uint32_t delete (uint32_t id, const char *name)
{
	struct message m = output_message(DELETE, id, UNSET, name, "", "");

	return code_of(&bench, &m);
}

static uint32_t record(uint64_t max_size, const char *name, const char *control)
{
	struct message m = output_message(RECORD, 0, max_size, name, control, "");

	return code_of(&bench, &m);
}

static void start(uint64_t size, uint64_t count)
{
	struct channel_spec spec = {.name = "c", .overwrite = -1, .size = size, .count = count, .output = 1};
	struct message channel = channel_message("s", &spec);

	cr_assert_eq(code_of(&bench, &channel), LTTNG_OK);
	cr_assert_eq(command(START), LTTNG_OK);
}

static void expect_listed(uint32_t id, uint64_t max_size, const char *name, const char *path)
{
	struct message m = simple(LIST, "s");
	const struct answer *answer = answer_of(&bench, &m);
	struct bytes expected = {.len = 0};

	put32(&expected, id);
	put64(&expected, max_size);
	put_field(&expected, name, 255);
	put_field(&expected, path, 4096);
	put_zeros(&expected, 4096);
	cr_assert(answer->code == LTTNG_OK && answer->header_len == 0);
	cr_assert_eq(answer->data_len, 8459);
	cr_expect_arr_eq(answer_data(answer), expected.data, expected.len);
}

Test(snapshots, have_sessions_of_their_own)
{
	struct message list = {.number = 13}, none = create_snapshot_message("none", NULL);
	const struct answer *answer = answer_of(&bench, &list);
	uint32_t mode;

	memcpy(&mode, answer_data(answer) + 4356, sizeof(mode));
	cr_expect_eq(mode, 1);
	cr_expect_str_eq((const char *)answer_data(answer) + 255, "", "no path of its own");
	cr_expect(session->snapshot_mode && session->output == RF_OUTPUT_NONE);
	expect_listed(1, 0, "snapshot-1", "/tmp/snap");
	cr_expect_eq(code_of(&bench, &none), LTTNG_OK);
	cr_expect_not(rf_session_find(&bench.sessions, "none")->snapshot.there);
}

Test(snapshots, go_below_the_home_by_default)
{
	struct message m = {.number = 49};
	const struct answer *answer;

	put_cstr(&m.payload, "/h");
	put16(&m.args, 3);
	put_hex(&m.payload, "02 01 03000000 00 733200");
	put64(&m.args, m.payload.len - 3);
	answer = answer_of(&bench, &m);
	cr_assert_eq(answer->code, LTTNG_OK);
	cr_expect(answer_data(answer)[0] == 2 && answer_data(answer)[1] == 1 && answer_data(answer)[6] == 1);

	const struct rf_session *made = rf_session_find(&bench.sessions, "s2");

	cr_expect_eq(strncmp(made->snapshot.path, "/h/lttng-traces/s2-", 19), 0);
	cr_expect_str_eq((const char *)answer_data(answer) + 10 + 4114, made->snapshot.path);
}

Test(snapshots, overwrite_by_default)
{
	struct channel_spec spec = {.name = "c", .overwrite = -1, .size = 65536, .count = 4, .output = 0};
	struct event_spec event = EVENT("a:b");
	struct message channel = channel_message("s", &spec), other = create_snapshot_message("t", "/tmp/t");
	struct message enable = event_message(6, "t", "", &event);

	cr_expect_eq(code_of(&bench, &channel), LTTNG_OK);
	cr_expect(rf_channel_find(&session->ust, "c")->attr.overwrite);
	cr_expect_eq(rf_channel_find(&session->ust, "c")->attr.output, 1, "mmap, whatever was asked for");
	spec = (struct channel_spec)CHANNEL("d");
	channel = channel_message("s", &spec);
	cr_expect_eq(code_of(&bench, &channel), LTTNG_OK);
	cr_expect_not(rf_channel_find(&session->ust, "d")->attr.overwrite);
	cr_assert_eq(code_of(&bench, &other), LTTNG_OK);
	cr_assert_eq(code_of(&bench, &enable), LTTNG_OK);
	cr_expect(rf_channel_find(&rf_session_find(&bench.sessions, "t")->ust, "channel0")->attr.overwrite);
}

Test(snapshots, have_one_output_at_most)
{
	struct message m = output_message(ADD, 0, 1048576, "foo", "/tmp/so", "");
	struct message list = simple(LIST, "s");
	const struct answer *answer;

	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SNAPSHOT_OUTPUT_EXIST);
	cr_expect_eq(delete (2, ""), LTTNG_ERR_INVALID);
	cr_expect_eq(delete (0, "snapshot"), LTTNG_ERR_INVALID, "a part of a name is not the name");
	cr_expect_eq(delete (1, ""), LTTNG_OK);
	cr_expect_eq(delete (1, ""), LTTNG_ERR_INVALID);
	cr_expect_eq(answer_of(&bench, &list)->total, 24);
	answer = answer_of(&bench, &m);
	cr_assert(answer->code == LTTNG_OK && answer->data_len == 4);
	cr_expect_eq(answer_data(answer)[0], 2, "never used again");
	expect_listed(2, 1048576, "foo", "/tmp/so");
	cr_expect_eq(delete (0, "foo"), LTTNG_OK);
	cr_expect_eq(add(UNSET, "", "file:///tmp/there", ""), LTTNG_OK);
	expect_listed(3, 0, "snapshot-3", "/tmp/there");
}

Test(snapshots, go_where_a_local_path_leads)
{
	static const struct {
		const char *name, *control, *data;
		uint32_t code;
	} cases[] = {
		{"", "", "", LTTNG_ERR_INVALID},
		{"", "relative", "", LTTNG_ERR_INVALID},
		{"", "file://relative", "", LTTNG_ERR_INVALID},
		{"", "http://host/", "", LTTNG_ERR_INVALID},
		{"", "/a/../b", "", LTTNG_ERR_INVALID},
		{"", "tcp://host:5342", "", LTTNG_ERR_INVALID},
		{"", "tcp://host:5342", "/tmp", LTTNG_ERR_INVALID},
		{"", "tcp4://host:5342", "tcp4://host:5343", LTTNG_ERR_NOT_SUPPORTED},
		{"", "net://host", "", LTTNG_ERR_NOT_SUPPORTED},
		{"", "net6://[::1]", "", LTTNG_ERR_NOT_SUPPORTED},
		{"a/b", "/tmp/x", "", LTTNG_ERR_INVALID},
	};

	cr_assert_eq(delete (1, ""), LTTNG_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(add(UNSET, cases[i].name, cases[i].control, cases[i].data), cases[i].code, "case %zu", i);
	cr_expect_not(session->snapshot.there);

	struct message m = output_message(ADD, 0, UNSET, "", "/tmp/x", "");

	memset(m.args.data + 12, 'n', 255);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID, "a name without end");
}

Test(snapshots, are_not_for_sessions_with_output)
{
	struct message create = create_message("r", "/tmp/r");

	cr_assert_eq(code_of(&bench, &create), LTTNG_OK);
	for (uint32_t number = ADD; number <= RECORD; number++) {
		struct message m = output_message(number, 0, UNSET, "", "/tmp/x", "");

		m.session = "r";
		cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_NOT_SNAPSHOT_SESSION, "%u", number);
	}
}

Test(snapshots, are_recorded_where_session_and_command_say)
{
	const struct rf_snapshot_output *output = &bench.ust.snapshot;

	cr_expect_eq(record(UNSET, "", ""), LTTNG_ERR_START_SESSION_ONCE);
	start(4096, 4);
	cr_expect_eq(record(UNSET, "", ""), LTTNG_OK);
	cr_expect(output->id == 1 && output->max_size == 0);
	cr_expect_str_eq(output->name, "snapshot-1");
	cr_expect_str_eq(output->path, "/tmp/snap");
	cr_expect_eq(record(1000000, "foo", ""), LTTNG_OK);
	cr_expect(output->id == 1 && output->max_size == 1000000);
	cr_expect_str_eq(output->name, "foo");
	cr_expect_str_eq(session->snapshot.name, "snapshot-1", "for this time only");
	cr_expect_eq(record(UNSET, "", "/tmp/once"), LTTNG_OK);
	cr_expect(output->id == 0 && output->max_size == 0);
	cr_expect_str_eq(output->name, "snapshot-0");
	cr_expect_str_eq(output->path, "/tmp/once");
	cr_expect_eq(record(UNSET, "", "nowhere"), LTTNG_ERR_INVALID);
	cr_expect_eq(record(UNSET, "a/b", ""), LTTNG_ERR_INVALID);
	cr_expect_eq(record(UNSET, "", "net://host"), LTTNG_ERR_NOT_SUPPORTED);
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_eq(record(UNSET, "", ""), LTTNG_OK, "stopped, too");
	cr_expect_eq(session->snapshot_count, 4);
	cr_assert_eq(delete (1, ""), LTTNG_OK);
	cr_expect_eq(record(UNSET, "", ""), LTTNG_ERR_SNAPSHOT_FAIL);
	cr_expect_not(session->busy);
}

Test(snapshots, pass_on_what_went_wrong)
{
	struct message m = output_message(RECORD, 0, UNSET, "", "", "");
	struct answer answer;

	start(4096, 4);
	send_as(&bench, 0, &m, &answer);
	cr_expect(!answer.given && session->busy);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_MAX_SIZE_INVALID));
	cr_expect(answer.given && answer.code == LTTNG_ERR_MAX_SIZE_INVALID && !session->busy);
	cr_expect_eq(session->snapshot_count, 0);
}

Test(snapshots, sessions_without_output_can_be_given_one)
{
	struct message create = create_message("n", NULL);
	struct channel_spec spec = CHANNEL("c");
	struct message channel = channel_message("n", &spec), begin = simple(START, "n");
	struct message m = output_message(ADD, 0, UNSET, "", "/tmp/n", "");

	m.session = "n";
	cr_assert_eq(code_of(&bench, &create), LTTNG_OK);
	cr_assert_eq(code_of(&bench, &channel), LTTNG_OK);
	cr_expect_not(rf_channel_find(&rf_session_find(&bench.sessions, "n")->ust, "c")->attr.overwrite);
	cr_expect_eq(code_of(&bench, &begin), LTTNG_OK);
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	cr_expect_str_eq(rf_session_find(&bench.sessions, "n")->snapshot.path, "/tmp/n");
}

static uint32_t set_shm_path(const char *path)
{
	struct message m = simple(SHM_PATH, "s");

	put_field(&m.args, path, 4096);
	return code_of(&bench, &m);
}

Test(snapshots, buffers_become_files_before_the_first_start)
{
	cr_expect_eq(set_shm_path("relative"), LTTNG_ERR_INVALID);
	cr_expect_eq(set_shm_path(""), LTTNG_ERR_INVALID);
	cr_expect_eq(set_shm_path("/a/../b"), LTTNG_ERR_INVALID);
	cr_expect_str_eq(session->shm_path, "");
	cr_expect_eq(set_shm_path("/dev/pmem"), LTTNG_OK);
	cr_expect_str_eq(session->shm_path, "/dev/pmem");
	start(4096, 4);
	cr_expect_eq(set_shm_path("/dev/other"), LTTNG_ERR_SESSION_STARTED);
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_eq(set_shm_path("relative"), LTTNG_ERR_SESSION_STARTED);
	cr_expect_str_eq(session->shm_path, "/dev/pmem");
}

Test(snapshots, metadata_and_state_dumps_are_made_anew_while_active)
{
	cr_expect_eq(command(METADATA), LTTNG_ERR_SESSION_NOT_STARTED);
	cr_expect_eq(command(STATEDUMP), LTTNG_ERR_SESSION_NOT_STARTED);
	start(4096, 4);
	cr_expect_eq(command(METADATA), LTTNG_OK);
	cr_expect_eq(command(STATEDUMP), LTTNG_OK);
	session->scheme = RF_BUFFERS_PER_PID;
	cr_expect_eq(command(METADATA), LTTNG_ERR_PER_PID_SESSION);
	cr_expect_eq(command(STATEDUMP), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_METADATA], 1);
	cr_expect_eq(bench.ust.count[FAKE_STATEDUMP], 2);
	cr_expect_not(session->busy);
}
