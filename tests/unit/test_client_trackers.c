/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes a session includes, as clients say and ask it. */
#include "sessiond/model/quota.h"
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <string.h>

enum {
	ADD = 32,
	REMOVE = 33,
	GET_POLICY = 34,
	SET_POLICY = 35,
	GET_SET = 36,
	VPID = 1,
	VUID = 3,
	VGID = 5,
};

SCENE(trackers, scene_session);

static struct message change_message(uint32_t number, int attribute, int type, int64_t value, const char *name)
{
	struct message m = ust_message(number, "s");

	put32(&m.args, attribute);
	put32(&m.args, type);
	put64(&m.args, (uint64_t)value);
	put32(&m.args, name ? (int64_t)strlen(name) + 1 : 0);
	if (name)
		put_cstr(&m.payload, name);
	return m;
}

static uint32_t change(uint32_t number, int attribute, int type, int64_t value, const char *name)
{
	struct message m = change_message(number, attribute, type, value, name);

	return code_of(&bench, &m);
}

static uint32_t set_policy(int attribute, int policy)
{
	struct message m = ust_message(SET_POLICY, "s");

	put32(&m.args, attribute);
	put32(&m.args, policy);
	return code_of(&bench, &m);
}

static uint32_t policy(int attribute)
{
	struct message m = ust_message(GET_POLICY, "s");
	const struct answer *answer;
	uint32_t value;

	put32(&m.args, attribute);
	answer = answer_of(&bench, &m);
	cr_assert(answer->code == LTTNG_OK && answer->data_len == sizeof(value) && answer->header_len == 0);
	memcpy(&value, answer_data(answer), sizeof(value));
	return value;
}

static const struct answer *get_set(int attribute)
{
	struct message m = ust_message(GET_SET, "s");

	put32(&m.args, attribute);
	return answer_of(&bench, &m);
}

static void expect_set(int attribute, const char *hex)
{
	const struct answer *answer = get_set(attribute);
	struct bytes expected = {.len = 0};

	put_hex(&expected, hex);
	cr_assert_eq(answer->code, LTTNG_OK);
	cr_assert_eq(answer->data_len, expected.len, "%u bytes", answer->data_len);
	cr_expect_arr_eq(answer_data(answer), expected.data, expected.len);
}

Test(trackers, include_all_at_first)
{
	cr_expect_eq(policy(VPID), RF_TRACK_ALL);
	cr_expect_eq(policy(VUID), RF_TRACK_ALL);
	cr_expect_eq(policy(VGID), RF_TRACK_ALL);
	cr_expect_eq(get_set(VPID)->code, LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY);
	cr_expect_eq(change(ADD, VPID, 0, 1, NULL), LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY);
}

Test(trackers, hold_values_in_the_order_of_the_commands)
{
	cr_expect_eq(set_policy(VPID, RF_TRACK_SET), LTTNG_OK);
	expect_set(VPID, "00000000");
	cr_expect_eq(change(ADD, VPID, 0, 1234, NULL), LTTNG_OK);
	cr_expect_eq(change(ADD, VPID, 0, 7, NULL), LTTNG_OK);
	cr_expect_eq(change(ADD, VPID, 0, 1234, NULL), LTTNG_ERR_PROCESS_ATTR_EXISTS);
	expect_set(VPID, "02000000 00000000 d204000000000000 00000000 0700000000000000");
	cr_expect_eq(change(REMOVE, VPID, 0, 1234, NULL), LTTNG_OK);
	cr_expect_eq(change(REMOVE, VPID, 0, 1234, NULL), LTTNG_ERR_PROCESS_ATTR_MISSING);
	expect_set(VPID, "01000000 00000000 0700000000000000");
	/* Another policy empties it, the same does not. */
	cr_expect_eq(set_policy(VPID, RF_TRACK_SET), LTTNG_OK);
	expect_set(VPID, "01000000 00000000 0700000000000000");
	cr_expect_eq(set_policy(VPID, RF_TRACK_NONE), LTTNG_OK);
	cr_expect_eq(policy(VPID), RF_TRACK_NONE);
	cr_expect_eq(set_policy(VPID, RF_TRACK_SET), LTTNG_OK);
	expect_set(VPID, "00000000");
	cr_expect_eq(policy(VUID), RF_TRACK_ALL, "each for itself");
}

Test(trackers, keep_names_and_compare_numbers)
{
	cr_assert_eq(set_policy(VUID, RF_TRACK_SET), LTTNG_OK);
	cr_expect_eq(change(ADD, VUID, 2, 0, "root"), LTTNG_OK);
	cr_expect_eq(change(ADD, VUID, 1, 5, NULL), LTTNG_OK);
	expect_set(VUID, "02000000 02000000 0500000000000000 726f6f7400 01000000 0500000000000000");
	cr_expect_eq(change(ADD, VUID, 1, 0, NULL), LTTNG_ERR_PROCESS_ATTR_EXISTS, "root, spelt otherwise");
	cr_expect(rf_tracker_includes(&session->ust.trackers[RF_TRACKER_VUID], 0));
	cr_expect_eq(change(REMOVE, VUID, 1, 0, NULL), LTTNG_ERR_PROCESS_ATTR_MISSING);
	cr_expect_eq(change(REMOVE, VUID, 2, 0, "root"), LTTNG_OK);
	cr_expect_eq(change(REMOVE, VUID, 2, 0, "root"), LTTNG_ERR_PROCESS_ATTR_MISSING);
	cr_assert_eq(set_policy(VGID, RF_TRACK_SET), LTTNG_OK);
	cr_expect_eq(change(ADD, VGID, 4, 0, "alice"), LTTNG_OK);
	expect_set(VGID, "01000000 04000000 0600000000000000 616c69636500");
	cr_expect_eq(change(ADD, VGID, 3, 1000, NULL), LTTNG_ERR_PROCESS_ATTR_EXISTS);
}

Test(trackers, check_in_the_order_of_the_protocol)
{
	struct message m;
	char long_name[300];

	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	cr_expect_eq(change(ADD, 0, 0, 1, long_name), LTTNG_ERR_INVALID, "length first");
	m = change_message(ADD, VUID, 2, 0, "root");
	m.payload.data[4] = 'x';
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID, "not ended");
	m = change_message(ADD, VPID, 0, 1, NULL);
	m.domain = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UNSUPPORTED_DOMAIN);
	for (int attribute = -1; attribute < 7; attribute++) {
		if (attribute != VPID && attribute != VUID && attribute != VGID)
			cr_expect_eq(change(ADD, attribute, 0, 1, NULL), LTTNG_ERR_UNSUPPORTED_DOMAIN);
	}
	cr_expect_eq(change(ADD, VUID, 2, 0, NULL), LTTNG_ERR_INVALID_PROTOCOL, "a name without a name");
	cr_expect_eq(change(ADD, VUID, 1, 0, "root"), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(change(ADD, VPID, 1, 1, NULL), LTTNG_ERR_INVALID);
	cr_expect_eq(change(ADD, VUID, 0, 1, NULL), LTTNG_ERR_INVALID);
	cr_expect_eq(change(ADD, VUID, 3, 1, NULL), LTTNG_ERR_INVALID);
	cr_expect_eq(change(ADD, VGID, 1, 1, NULL), LTTNG_ERR_INVALID);
	cr_expect_eq(change(ADD, VGID, 2, 1, "root"), LTTNG_ERR_INVALID);
	cr_expect_eq(change(ADD, VUID, 5, 1, NULL), LTTNG_ERR_INVALID);
	cr_expect_eq(change(ADD, VPID, 0, -5, NULL), LTTNG_ERR_INVALID, "negative");
	cr_expect_eq(change(ADD, VUID, 1, 1ll << 32, NULL), LTTNG_ERR_INVALID);
	/* Accounts come before the policy. */
	cr_expect_eq(change(ADD, VUID, 2, 0, "nobody-knows"), LTTNG_ERR_USER_NOT_FOUND);
	cr_expect_eq(change(ADD, VUID, 2, 0, ""), LTTNG_ERR_USER_NOT_FOUND);
	cr_expect_eq(change(ADD, VGID, 4, 0, "nobody-knows"), LTTNG_ERR_GROUP_NOT_FOUND);
	cr_expect_eq(change(ADD, VUID, 2, 0, "root"), LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY);
	cr_expect_not(session->busy);
}

Test(trackers, check_policies)
{
	struct message m = ust_message(SET_POLICY, "s");

	cr_expect_eq(set_policy(0, 3), LTTNG_ERR_INVALID);
	cr_expect_eq(set_policy(VPID, -1), LTTNG_ERR_INVALID);
	cr_expect_eq(set_policy(0, 1), LTTNG_ERR_INVALID);
	put32(&m.args, VPID);
	put32(&m.args, 1);
	m.domain = 0;
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_UNSUPPORTED_DOMAIN);
}

Test(trackers, reach_applications_of_an_active_session)
{
	struct channel_spec spec = CHANNEL("c");
	struct message channel = channel_message("s", &spec), start = simple(16, "s");

	cr_assert_eq(set_policy(VUID, RF_TRACK_SET), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_UPDATE], 0);
	cr_assert_eq(code_of(&bench, &channel), LTTNG_OK);
	cr_assert_eq(code_of(&bench, &start), LTTNG_OK);
	cr_expect_eq(set_policy(VPID, RF_TRACK_SET), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_UPDATE], 1);
	cr_expect_eq(set_policy(VPID, RF_TRACK_SET), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_UPDATE], 1, "no change");
	cr_expect_eq(change(ADD, VPID, 0, 9, NULL), LTTNG_OK);
	cr_expect_eq(change(ADD, VPID, 0, 9, NULL), LTTNG_ERR_PROCESS_ATTR_EXISTS);
	cr_expect_eq(change(ADD, VUID, 2, 0, "alice"), LTTNG_OK);
	cr_expect_eq(change(REMOVE, VUID, 2, 0, "alice"), LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_UPDATE], 4);
	cr_expect_not(session->busy);
}

Test(trackers, have_the_session_wait_while_a_name_is_looked_up)
{
	struct message by_name = change_message(ADD, VUID, 2, 0, "alice");
	struct message by_number = change_message(ADD, VUID, 1, 1000, NULL);
	struct answer first, second, destroy;
	struct message end = simple(9, "s");

	cr_assert_eq(set_policy(VUID, RF_TRACK_SET), LTTNG_OK);
	send_as(&bench, 0, &by_name, &first);
	send_as(&bench, 0, &by_number, &second);
	send_as(&bench, 0, &end, &destroy);
	cr_expect(!first.given && !second.given && !destroy.given);
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect(first.given && first.code == LTTNG_OK);
	cr_expect(second.given && second.code == LTTNG_ERR_PROCESS_ATTR_EXISTS);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(destroy.given && destroy.code == LTTNG_OK);
}

Test(trackers, survive_a_broker_that_does_not_answer)
{
	struct message by_name = change_message(ADD, VUID, 2, 0, "alice");
	struct answer answer;

	cr_assert_eq(set_policy(VUID, RF_TRACK_SET), LTTNG_OK);
	send_as(&bench, 0, &by_name, &answer);
	cr_assert(fake_broker_drop(&bench.broker));
	cr_expect(answer.given && answer.code == LTTNG_ERR_UNK);
	bench.broker.refuse = true;
	send_as(&bench, 0, &by_name, &answer);
	cr_expect(answer.given && answer.code == LTTNG_ERR_NOMEM);
	cr_expect_not(session->busy);
	expect_set(VUID, "00000000");
}

Test(trackers, are_paid_for_and_given_back)
{
	struct message create = create_message("t", "/tmp/x"), m = ust_message(SET_POLICY, "t");
	struct answer answer;

	send_as(&bench, 1000, &create, &answer);
	cr_assert_eq(answer.code, LTTNG_OK);

	struct rf_session *theirs = rf_session_find(&bench.sessions, "t");

	put32(&m.args, VPID);
	put32(&m.args, RF_TRACK_SET);
	send_as(&bench, 1000, &m, &answer);
	for (int pid = 1; pid <= 3; pid++) {
		m = change_message(ADD, VPID, 0, pid, NULL);
		m.session = "t";
		send_as(&bench, 1000, &m, &answer);
		cr_expect_eq(answer.code, LTTNG_OK);
		cr_expect_eq(theirs->held_bytes, (size_t)pid * sizeof(struct rf_tracked));
	}
	send_as(&bench, 1000, &m, &answer);
	cr_expect_eq(answer.code, LTTNG_ERR_PROCESS_ATTR_EXISTS);
	cr_expect_eq(theirs->held_bytes, 3 * sizeof(struct rf_tracked));
	m.number = REMOVE;
	send_as(&bench, 1000, &m, &answer);
	cr_expect_eq(theirs->held_bytes, 2 * sizeof(struct rf_tracked));
	cr_assert(rf_quota_charge(theirs, RF_QUOTA_BYTES - theirs->held_bytes));
	m.number = ADD;
	send_as(&bench, 1000, &m, &answer);
	cr_expect_eq(answer.code, LTTNG_ERR_NOMEM);
	rf_quota_release(theirs, RF_QUOTA_BYTES - 2 * sizeof(struct rf_tracked));
	m = ust_message(SET_POLICY, "t");
	put32(&m.args, VPID);
	put32(&m.args, RF_TRACK_ALL);
	send_as(&bench, 1000, &m, &answer);
	cr_expect_eq(theirs->held_bytes, 0);
}
