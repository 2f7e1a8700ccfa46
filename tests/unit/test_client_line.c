/* SPDX-License-Identifier: GPL-2.0-only */
/* Long commands: who waits for whom, and what goes on meanwhile. */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>

SCENE(line, scene_recording);

static void ask(uint32_t number, const char *name, struct answer *answer)
{
	struct message m = simple(number, name);

	send_as(&bench, 0, &m, answer);
}

Test(line, start_and_stop_change_the_session_when_they_are_done)
{
	struct answer start, stop;

	ask(16, "s", &start);
	cr_expect(!start.given && !session->active && session->busy);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(start.given && start.code == LTTNG_OK && start.total == 24);
	cr_expect(session->active && session->ever_started && !session->busy);
	ask(16, "s", &start);
	cr_expect_eq(start.code, LTTNG_ERR_TRACE_ALREADY_STARTED);
	ask(24, "s", &stop);
	cr_expect_eq(stop.code, LTTNG_ERR_SESSION_STARTED);
	ask(17, "s", &stop);
	cr_expect_not(stop.given);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(stop.code == LTTNG_OK && !session->active);
	ask(17, "s", &stop);
	cr_expect_eq(stop.code, LTTNG_ERR_TRACE_ALREADY_STOPPED);
	ask(24, "s", &stop);
	cr_expect(stop.code == LTTNG_OK && stop.data_len == 1 && answer_data(&stop)[0] == 0);
}

Test(line, a_failed_start_leaves_the_session_as_it_was)
{
	struct answer start;

	ask(16, "s", &start);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_CREATE_DIR_FAIL));
	cr_expect_eq(start.code, LTTNG_ERR_CREATE_DIR_FAIL);
	cr_expect(!session->active && !session->ever_started && !session->busy);
}

Test(line, a_session_without_channel_does_not_start)
{
	struct message create = create_message("empty", "/tmp/out");
	struct answer start;

	cr_assert_eq(code_of(&bench, &create), LTTNG_OK);
	ask(16, "empty", &start);
	cr_expect(start.given && start.code == LTTNG_ERR_NO_CHANNEL);
}

Test(line, is_served_in_order)
{
	struct answer start, stop, again, destroy;

	ask(16, "s", &start);
	ask(17, "s", &stop);
	ask(16, "s", &again);
	ask(9, "s", &destroy);
	cr_expect_eq(fake_ust_pending(&bench.ust), 1, "one at a time");
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(start.given && !stop.given && !again.given && !destroy.given);
	cr_expect_eq(bench.ust.count[FAKE_STOP], 1);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(stop.given && stop.code == LTTNG_OK && !again.given);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(again.given && again.code == LTTNG_OK && !destroy.given);
	cr_expect_eq(bench.ust.count[FAKE_STOP], 2, "destroying stops first");
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect_eq(bench.ust.count[FAKE_DESTROY], 1);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(destroy.given && destroy.code == LTTNG_OK);
	cr_expect(destroy.header_len == 4 && destroy.data_len == 0 && answer_header(&destroy)[0] == 0);
}

Test(line, short_commands_wait_in_it_too_and_are_all_served)
{
	struct channel_spec spec = CHANNEL("c");
	struct message channel = channel_message("s", &spec);
	struct answer start, first, second;

	ask(16, "s", &start);
	send_as(&bench, 0, &channel, &first);
	send_as(&bench, 0, &channel, &second);
	cr_expect(!first.given && !second.given);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(first.given && first.code == LTTNG_ERR_UST_CHAN_EXIST);
	cr_expect(second.given && second.code == LTTNG_ERR_UST_CHAN_EXIST);
}

Test(line, others_and_listings_do_not_wait)
{
	static const uint32_t listings[] = {10, 11, 13, 24, 34, 36, 48};
	struct answer start, answer;

	make_session("other", "/tmp/out");
	ask(16, "s", &start);
	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		struct message m = ust_message(listings[i], "s");

		put32(&m.args, 1);
		send_as(&bench, 0, &m, &answer);
		cr_expect(answer.given, "%u", listings[i]);
	}

	struct message events = ust_message(12, "s");

	put_field(&events.args, "c", 256);
	send_as(&bench, 0, &events, &answer);
	cr_expect(answer.given && answer.code == LTTNG_OK);
	cr_expect_eq(bench.ust.count[FAKE_STATISTICS], 0);
	ask(16, "other", &answer);
	cr_expect_eq(fake_ust_pending(&bench.ust), 2);
	while (fake_ust_complete(&bench.ust, LTTNG_OK))
		;
	cr_expect(start.given && answer.given);
}

Test(line, refuses_before_waiting_what_is_refused_anyway)
{
	struct answer start, answer;
	struct message stop = simple(17, "s");

	ask(16, "s", &start);
	send_as(&bench, 4711, &stop, &answer);
	cr_expect(answer.given && answer.code == LTTNG_ERR_EPERM);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
}

Test(line, a_session_under_destruction_is_gone_for_everybody)
{
	struct message create = create_message("s", "/tmp/new");
	struct answer start, destroy, waiting, again, list;

	ask(16, "s", &start);
	ask(9, "s", &destroy);
	ask(17, "s", &waiting);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(waiting.given && waiting.code == LTTNG_ERR_SESS_NOT_FOUND);
	cr_expect_not(destroy.given);
	ask(9, "s", &again);
	cr_expect(again.given && again.code == LTTNG_ERR_SESS_NOT_FOUND);
	ask(13, NULL, &list);
	cr_expect_eq(list.total, 24);
	/* The name is free at once. */
	send_as(&bench, 0, &create, &again);
	cr_expect(again.given && again.code == LTTNG_OK);
	while (fake_ust_complete(&bench.ust, LTTNG_OK))
		;
	cr_expect(destroy.given && destroy.code == LTTNG_OK);
	cr_expect_str_eq(rf_session_find(&bench.sessions, "s")->path, "/tmp/new");
}

Test(line, destroys_although_stopping_failed)
{
	struct answer start, destroy;

	ask(16, "s", &start);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	ask(9, "s", &destroy);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_UST_STOP_FAIL));
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(destroy.given && destroy.code == LTTNG_ERR_UST_STOP_FAIL && destroy.total == 24);
	cr_expect_null(rf_session_find(&bench.sessions, "s"));
}

Test(line, a_session_stays_while_somebody_reads_it)
{
	struct message list = ust_message(10, "s");
	struct answer start, channels, more, destroy;

	ask(16, "s", &start);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	ask(17, "s", &start);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	send_as(&bench, 0, &list, &channels);
	send_as(&bench, 0, &list, &more);
	ask(9, "s", &destroy);
	cr_expect_eq(bench.ust.count[FAKE_DESTROY], 0);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(channels.given && channels.code == LTTNG_OK && channels.data_len > 0);
	cr_expect_eq(bench.ust.count[FAKE_DESTROY], 0, "one reader is left");
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_ERR_UNK));
	cr_expect(more.given && more.code == LTTNG_OK, "old figures are better than none");
	cr_expect_eq(bench.ust.count[FAKE_DESTROY], 1);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_expect(destroy.given && destroy.code == LTTNG_OK);
}
