/* SPDX-License-Identifier: GPL-2.0-only */
/* Rotating, clearing, schedules, and what start, stop and destroy have to do with it. */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <string.h>

enum {
	DESTROY = 9,
	START = 16,
	STOP = 17,
	PENDING = 24,
	ROTATE = 45,
	INFO = 46,
	SET_SCHEDULE = 47,
	LIST_SCHEDULES = 48,
	CLEAR = 50,
};

SCENE(rotation, scene_recording);

static const struct answer *info(uint64_t number)
{
	struct message m = simple(INFO, "s");

	put64(&m.args, number);
	return answer_of(&bench, &m);
}

static int32_t state_of(uint64_t number)
{
	const struct answer *answer = info(number);
	int32_t state;

	cr_assert(answer->code == LTTNG_OK && answer->header_len == 0 && answer->data_len == 4362);
	memcpy(&state, answer_data(answer), sizeof(state));
	return state;
}

static uint32_t schedule(const char *name, int type, int set, uint64_t value)
{
	struct message m = simple(SET_SCHEDULE, name);

	put8(&m.args, type);
	put8(&m.args, set);
	put64(&m.args, value);
	return code_of(&bench, &m);
}

static void expect_schedules(const char *hex)
{
	struct message m = simple(LIST_SCHEDULES, "s");
	const struct answer *answer = answer_of(&bench, &m);
	struct bytes expected = {.len = 0};

	put_hex(&expected, hex);
	cr_assert_eq(answer->data_len, 18);
	cr_expect_arr_eq(answer_data(answer), expected.data, 18);
}

Test(rotation, needs_a_started_session_with_output)
{
	cr_expect_eq(command(ROTATE), LTTNG_ERR_START_SESSION_ONCE);
	make_session("none", NULL);

	struct message start = simple(START, "none"), rotate = simple(ROTATE, "none");

	cr_assert_eq(code_of(&bench, &start), LTTNG_OK, "buffers only");
	cr_expect_eq(code_of(&bench, &rotate), LTTNG_ERR_ROTATION_NOT_AVAILABLE);
	cr_expect_eq(schedule("none", 1, 1, 1000), LTTNG_ERR_ROTATION_NOT_AVAILABLE);
	cr_expect_eq(bench.ust.count[FAKE_ROTATE], 0);
}

Test(rotation, tells_how_it_goes)
{
	struct message rotate = simple(ROTATE, "s");
	const struct answer *answer;

	cr_expect_eq(state_of(0), 0);
	cr_assert_eq(command(START), LTTNG_OK);
	answer = answer_of(&bench, &rotate);
	cr_assert(answer->code == LTTNG_OK && answer->data_len == 8 && answer->header_len == 0);
	cr_expect_eq(answer_data(answer)[0], 0, "the first chunk");
	cr_expect_eq(state_of(0), 1);
	cr_expect_eq(state_of(1), 3, "expired");
	cr_expect_eq(command(ROTATE), LTTNG_ERR_ROTATION_PENDING);
	fake_ust_end_rotation(session, false);
	cr_expect_eq(state_of(0), 2);
	cr_expect_eq(info(0)->bytes[24 + 4], 1, "a local path");
	cr_expect_str_eq((const char *)answer_data(info(0)) + 5, "/tmp/out/archives/0");
	cr_expect_eq(state_of(7), 3);
	answer = answer_of(&bench, &rotate);
	cr_assert_eq(answer->code, LTTNG_OK);
	cr_expect_eq(answer_data(answer)[0], 1);
	cr_expect_eq(state_of(0), 3);
	fake_ust_end_rotation(session, true);
	cr_expect_eq(state_of(1), -1);
	cr_expect_eq(answer_data(info(1))[4], 0, "nowhere");
}

Test(rotation, happens_once_after_a_stop)
{
	cr_assert_eq(command(START), LTTNG_OK);
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_eq(command(ROTATE), LTTNG_OK);
	cr_expect_eq(command(START), LTTNG_ERR_ROTATION_PENDING);
	fake_ust_end_rotation(session, false);
	cr_expect_eq(command(ROTATE), LTTNG_ERR_ROTATION_MULTIPLE_AFTER_STOP);
	cr_expect_eq(command(CLEAR), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_CLEAR], 0, "there is nothing left");
	cr_expect_eq(command(START), LTTNG_OK);
	cr_expect_eq(command(ROTATE), LTTNG_OK);
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_eq(command(START), LTTNG_OK, "that one was launched before the stop");
	fake_ust_end_rotation(session, false);
}

Test(rotation, that_fails_at_once_says_so)
{
	struct message rotate = simple(ROTATE, "s");
	struct answer answer;

	cr_assert_eq(command(START), LTTNG_OK);
	send_as(&bench, 0, &rotate, &answer);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_CREATE_DIR_FAIL));
	cr_expect(answer.given && answer.code == LTTNG_ERR_CREATE_DIR_FAIL && answer.total == 24);
	cr_expect_not(session->busy);
}

Test(rotation, leaves_data_pending)
{
	struct message pending = simple(PENDING, "s");

	cr_expect_eq(answer_data(answer_of(&bench, &pending))[0], 0);
	cr_assert_eq(command(START), LTTNG_OK);
	cr_expect_eq(command(PENDING), LTTNG_ERR_SESSION_STARTED);
	cr_expect_eq(command(ROTATE), LTTNG_OK);
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_eq(answer_data(answer_of(&bench, &pending))[0], 1);
	fake_ust_end_rotation(session, false);
	cr_expect_eq(answer_data(answer_of(&bench, &pending))[0], 0);
}

Test(rotation, clearing_does_nothing_where_nothing_is)
{
	cr_expect_eq(command(CLEAR), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_CLEAR], 0);
	cr_assert_eq(command(START), LTTNG_OK);
	cr_expect_eq(command(CLEAR), LTTNG_OK);
	cr_expect_eq(command(CLEAR), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_CLEAR], 2);
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_eq(command(CLEAR), LTTNG_OK);
	cr_expect_eq(command(CLEAR), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_CLEAR], 3);
	cr_expect_eq(command(ROTATE), LTTNG_ERR_ROTATION_MULTIPLE_AFTER_STOP);
}

Test(rotation, clearing_is_no_matter_of_an_ongoing_one)
{
	cr_assert_eq(command(START), LTTNG_OK);
	cr_assert_eq(command(ROTATE), LTTNG_OK);
	cr_expect_eq(command(CLEAR), LTTNG_OK, "the domain waits");
	cr_expect_eq(bench.ust.count[FAKE_CLEAR], 1);
	fake_ust_end_rotation(session, false);
}

Test(rotation, at_the_end_tells_where_the_last_chunk_is)
{
	struct message destroy = simple(DESTROY, "s");
	struct bytes expected = {.len = 0};
	const struct answer *answer;

	session->rotation = (struct rf_rotation){
		.state = RF_ROTATION_COMPLETED, .at_destroy = true, .path = "/tmp/out/archives/x"};
	answer = answer_of(&bench, &destroy);
	put_hex(&expected, "02000000 01 14000000 000000000000000000");
	put_cstr(&expected, "/tmp/out/archives/x");
	cr_assert(answer->code == LTTNG_OK && answer->header_len == 4);
	cr_assert_eq(answer->header_len + answer->data_len, expected.len);
	cr_expect_arr_eq(answer_header(answer), expected.data, expected.len);
}

Test(rotation, at_the_end_tells_when_it_failed)
{
	struct message destroy = simple(DESTROY, "s");
	const struct answer *answer;
	int32_t state;

	session->rotation = (struct rf_rotation){.state = RF_ROTATION_ERROR, .at_destroy = true};
	answer = answer_of(&bench, &destroy);
	cr_assert(answer->code == LTTNG_OK && answer->header_len == 4 && answer->data_len == 0);
	memcpy(&state, answer_header(answer), sizeof(state));
	cr_expect_eq(state, -1);
}

Test(rotation, before_the_end_is_not_the_last_one)
{
	struct message destroy = simple(DESTROY, "s");
	const struct answer *answer;

	session->rotation = (struct rf_rotation){.state = RF_ROTATION_COMPLETED, .path = "/x"};
	answer = answer_of(&bench, &destroy);
	cr_assert(answer->code == LTTNG_OK && answer->header_len == 4 && answer->data_len == 0);
	cr_expect_eq(answer_header(answer)[0], 0);
}

Test(rotation, schedules_are_one_of_each_kind)
{
	expect_schedules("00 0000000000000000 00 0000000000000000");
	cr_expect_eq(schedule("s", 2, 1, 5), LTTNG_ERR_INVALID);
	cr_expect_eq(schedule("s", 1, 1, UINT32_MAX), LTTNG_ERR_INVALID);
	cr_expect_eq(schedule("s", 0, 1, UINT64_MAX), LTTNG_ERR_INVALID);
	cr_expect_eq(schedule("s", 0, 1, 0), LTTNG_OK);
	cr_expect_eq(schedule("s", 1, 0, 5), LTTNG_ERR_ROTATION_SCHEDULE_NOT_SET);
	expect_schedules("00 0000000000000000 00 0000000000000000");
	cr_expect_eq(schedule("s", 1, 1, 10000000), LTTNG_OK);
	cr_expect_eq(schedule("s", 1, 1, 10000000), LTTNG_ERR_ROTATION_SCHEDULE_SET);
	cr_expect_eq(schedule("s", 0, 1, 4194304), LTTNG_OK);
	expect_schedules("01 8096980000000000 01 0000400000000000");
	cr_expect_eq(schedule("s", 1, 0, 5), LTTNG_ERR_ROTATION_SCHEDULE_NOT_SET);
	cr_expect_eq(schedule("s", 1, 0, 10000000), LTTNG_OK);
	expect_schedules("00 0000000000000000 01 0000400000000000");
	cr_expect_eq(schedule("s", 0, 0, 4194304), LTTNG_OK);
	expect_schedules("00 0000000000000000 00 0000000000000000");
}

/* Runs the loop until it was asked for so much, or too long a time has passed. */
static unsigned int wanted_count;
static enum fake_request wanted_kind;
static struct rf_timer give_up;

static void too_late(struct rf_timer *timer)
{
	(void)timer;
	rf_loop_stop(bench.loop);
}

static void asked(void *data)
{
	(void)data;
	if (bench.ust.count[wanted_kind] >= wanted_count)
		rf_loop_stop(bench.loop);
}

static bool loop_until(enum fake_request kind, unsigned int count, uint64_t most)
{
	wanted_kind = kind;
	wanted_count = count;
	bench.ust.on_request = asked;
	if (bench.ust.count[kind] < count) {
		rf_timer_arm(bench.loop, &give_up, most, too_late);
		cr_assert_eq(rf_loop_run(bench.loop), 0);
		rf_timer_cancel(&give_up);
	}
	bench.ust.on_request = NULL;
	return bench.ust.count[kind] >= count;
}

static void complete_rotation(void)
{
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	fake_ust_end_rotation(session, false);
}

Test(rotation, by_time_runs_while_the_session_does_and_once_more)
{
	cr_assert_eq(schedule("s", 1, 1, 20000), LTTNG_OK);
	cr_expect_not(rf_timer_armed(&session->clock.period), "not before the start");
	cr_assert_eq(command(START), LTTNG_OK);
	cr_assert(loop_until(FAKE_ROTATE, 1, 10 * RF_SECOND));
	/* The next ones find it busy, then under way: they are left out. */
	cr_expect_not(loop_until(FAKE_ROTATE, 2, 100 * RF_MS));
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect_not(loop_until(FAKE_ROTATE, 2, 100 * RF_MS));
	fake_ust_end_rotation(session, false);
	cr_assert(loop_until(FAKE_ROTATE, 2, 10 * RF_SECOND));
	complete_rotation();
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_assert(loop_until(FAKE_ROTATE, 3, 10 * RF_SECOND));
	complete_rotation();
	cr_expect(rf_timer_armed(&session->clock.period));
	cr_expect_not(loop_until(FAKE_ROTATE, 4, 100 * RF_MS), "nothing was recorded since");
	cr_assert_eq(schedule("s", 1, 0, 20000), LTTNG_OK);
	cr_expect_not(rf_timer_armed(&session->clock.period));
}

Test(rotation, by_time_may_be_set_on_an_active_session)
{
	cr_assert_eq(command(START), LTTNG_OK);
	cr_assert_eq(schedule("s", 1, 1, 1), LTTNG_OK);
	cr_assert(loop_until(FAKE_ROTATE, 1, 10 * RF_SECOND));
	complete_rotation();
	/* Its end stops the clock before anything else. */
	struct message destroy = simple(DESTROY, "s");
	struct answer answer;

	send_as(&bench, 0, &destroy, &answer);
	cr_expect_not(rf_timer_armed(&session->clock.period));
	while (fake_ust_complete(&bench.ust, LTTNG_OK))
		;
	cr_expect(answer.given && answer.code == LTTNG_OK);
}

Test(rotation, by_size_looks_when_the_monitor_timer_would)
{
	struct channel_spec spec = CHANNEL("d");
	struct message d = channel_message("s", &spec);
	uint64_t interval = 20000;

	memcpy(d.payload.data + 67, &interval, sizeof(interval));
	cr_assert_eq(code_of(&bench, &d), LTTNG_OK);
	cr_assert_eq(schedule("s", 0, 1, 1000), LTTNG_OK);
	cr_expect_not(rf_timer_armed(&session->clock.sample));
	cr_assert_eq(command(START), LTTNG_OK);
	cr_assert(loop_until(FAKE_STATISTICS, 1, 10 * RF_SECOND));
	session->written = 999;
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect_eq(bench.ust.count[FAKE_ROTATE], 0);
	cr_assert(loop_until(FAKE_STATISTICS, 2, 10 * RF_SECOND));
	session->written = 1500;
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_assert_eq(bench.ust.count[FAKE_ROTATE], 1);
	complete_rotation();
	/* From here the next thousand counts. */
	cr_assert(loop_until(FAKE_STATISTICS, 3, 10 * RF_SECOND));
	session->written = 2499;
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect_eq(bench.ust.count[FAKE_ROTATE], 1);
	cr_assert(loop_until(FAKE_STATISTICS, 4, 10 * RF_SECOND));
	session->written = 2500;
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_UNK));
	cr_expect_eq(bench.ust.count[FAKE_ROTATE], 1, "nobody knows");
	cr_assert(loop_until(FAKE_STATISTICS, 5, 10 * RF_SECOND));
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_assert_eq(bench.ust.count[FAKE_ROTATE], 2);
	complete_rotation();
	cr_assert_eq(command(STOP), LTTNG_OK);
	cr_expect_not(loop_until(FAKE_STATISTICS, 6, 100 * RF_MS), "it does not look after the stop");
	cr_expect_not(rf_timer_armed(&session->clock.sample));
}

Test(rotation, by_size_needs_a_monitor_timer)
{
	rf_channel_find(&session->ust, "c")->attr.monitor_interval = 0;
	cr_assert_eq(schedule("s", 0, 1, 1000), LTTNG_OK);
	cr_assert_eq(command(START), LTTNG_OK);
	cr_expect_not(rf_timer_armed(&session->clock.sample));
	/* An interval beyond the clock's range is a long one, not a short one. */
	rf_channel_find(&session->ust, "c")->attr.monitor_interval = UINT64_MAX;
	cr_assert_eq(schedule("s", 0, 0, 1000), LTTNG_OK);
	cr_assert_eq(schedule("s", 0, 1, 1000), LTTNG_OK);
	cr_expect(session->clock.sample.deadline > rf_now() + 3600 * RF_SECOND);
}

Test(rotation, a_look_keeps_the_session_until_it_is_over)
{
	struct message destroy = simple(DESTROY, "s");
	struct answer answer;

	rf_channel_find(&session->ust, "c")->attr.monitor_interval = 1;
	cr_assert_eq(schedule("s", 0, 1, 1000), LTTNG_OK);
	cr_assert_eq(command(START), LTTNG_OK);
	cr_assert(loop_until(FAKE_STATISTICS, 1, 10 * RF_SECOND));
	send_as(&bench, 0, &destroy, &answer);
	session->written = 5000;
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK), "statistics");
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK), "stop");
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK), "destroy");
	cr_expect(answer.given && answer.code == LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_ROTATE], 0);
}
