/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of accounts: which the broker asks for at all, and who gets the answer. */
#include "policy/broker/lookups.h"
#include "tests/unit/broker_scene.h"

#include <poll.h>

Test(broker_lookups, names_that_no_account_has)
{
	static const char *const bad[] = {"", "-x", "+x", "a:b", "a/b", "a,b", "a\nb", "a\x7f", "*"};
	char longest[130];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(rf_account_name_ok(bad[i]), "%s", bad[i]);
	memset(longest, 'a', sizeof(longest));
	longest[129] = '\0';
	cr_expect_not(rf_account_name_ok(longest));
	longest[128] = '\0';
	cr_expect(rf_account_name_ok(longest));
	cr_expect(rf_account_name_ok("root"));
	cr_expect(rf_account_name_ok("DOMAIN\\user name"));
}

/* What a look-up process says comes through the loop. */
struct waiting {
	struct rf_timer timer;
	struct rf_loop *loop;
	int end;
	int rounds;
};

static void look(struct rf_timer *timer)
{
	struct waiting *waiting = rf_container_of(timer, struct waiting, timer);
	struct pollfd readable = {.fd = waiting->end, .events = POLLIN};

	if (poll(&readable, 1, 0) > 0 || --waiting->rounds == 0)
		rf_loop_stop(waiting->loop);
	else
		rf_timer_arm(waiting->loop, timer, RF_SECOND / 100, look);
}

static void start_lookup(struct bench *bench, uint8_t kind, const char *name)
{
	struct rf_broker_lookup_account request = {.kind = kind};
	struct rf_writer w;

	strcpy(request.name, name);
	start(&w);
	rf_broker_lookup_account_encode(&w, &request);
	ask(&bench->sessiond, RF_BROKER_LOOKUP_ACCOUNT, &w);
}

static void wait_reply(struct bench *bench)
{
	struct waiting waiting = {.loop = bench->broker.loop, .end = bench->sessiond_end, .rounds = 1000};

	rf_timer_arm(waiting.loop, &waiting.timer, 0, look);
	rf_loop_run(waiting.loop);
}

static int look_up(struct bench *bench, uint8_t kind, const char *name, uint32_t *id)
{
	static struct rf_frame_buffer buffer;
	struct rf_broker_account account = {0};
	struct rf_frame frame;

	start_lookup(bench, kind, name);
	wait_reply(bench);
	cr_assert_eq(rf_frame_recv(bench->sessiond_end, &buffer, &frame, MSG_DONTWAIT), 1, "no reply for %s", name);
	cr_expect_eq(frame.type, RF_BROKER_LOOKUP_ACCOUNT | RF_FRAME_REPLY);
	if (!frame.status)
		cr_expect(rf_broker_account_decode(&frame.body, &account));
	*id = account.id;
	return frame.status;
}

Test(broker_lookups, accounts_are_looked_up)
{
	struct bench *bench = bench_new();
	uint32_t id = 1;

	cr_expect_eq(look_up(bench, RF_ACCOUNT_USER, "root", &id), 0);
	cr_expect_eq(id, 0);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_GROUP, "daemon", &id), 0);
	cr_expect_eq(id, 1);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_USER, "no-such-account-here", &id), -ENOENT);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_GROUP, "../root", &id), -ENOENT);
	cr_expect_eq(look_up(bench, 3, "root", &id), -EINVAL);
	bench_free(bench);
}

Test(broker_lookups, look_ups_at_one_time_are_bounded)
{
	struct bench *bench = bench_new();
	int refused = 0;

	/* None is answered before the loop runs. */
	for (unsigned int i = 0; i < RF_LOOKUPS_MAX; i++)
		start_lookup(bench, RF_ACCOUNT_USER, "root");
	cr_expect_eq(bench->broker.lookup_count, RF_LOOKUPS_MAX);
	start_lookup(bench, RF_ACCOUNT_USER, "root");
	refused = reply_status(bench->sessiond_end, RF_BROKER_LOOKUP_ACCOUNT);
	cr_expect_eq(refused, -EAGAIN);
	for (unsigned int i = 0; i < RF_LOOKUPS_MAX; i++) {
		wait_reply(bench);
		cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_LOOKUP_ACCOUNT), 0);
	}
	bench_free(bench);
}

Test(broker_lookups, an_answer_finds_nobody_when_the_asker_is_gone)
{
	struct bench *bench = bench_new();
	uint32_t id;

	start_lookup(bench, RF_ACCOUNT_USER, "root");
	rf_lookups_forget_peer(&bench->broker, &bench->sessiond);
	cr_expect_eq(look_up(bench, RF_ACCOUNT_USER, "no-such-account-here", &id), -ENOENT);
	cr_expect_eq(reply_status(bench->sessiond_end, RF_BROKER_LOOKUP_ACCOUNT), 1);
	bench_free(bench);
}
