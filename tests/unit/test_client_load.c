/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions are loaded by the client, with the same commands always, in the same order. */
#include "tests/unit/client_request.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>
#include <lttng/lttng.h>
#include <string.h>

static struct bench bench;

static void set_up(void)
{
	bench_init(&bench);
}

static void tear_down(void)
{
	bench_fini(&bench);
}

TestSuite(load, .init = set_up, .fini = tear_down);

static void expect(const struct message *m, uint32_t code)
{
	cr_expect_eq(code_of(&bench, m), code, "command %u", m->number);
}

static void channel(const char *name, struct channel_spec spec)
{
	struct message m = channel_message(name, &spec);

	expect(&m, LTTNG_OK);
}

/* Events of a channel: all, then none of them, then those that were enabled. */
static void events(const char *name, const char *in, const struct event_spec *specs, size_t count)
{
	const struct event_spec none = {.name = "", .type = -1, .loglevel = -1};
	struct message m;

	for (size_t i = 0; i < count; i++) {
		m = event_message(6, name, in, &specs[i]);
		expect(&m, LTTNG_OK);
	}
	m = event_message(3, name, in, &none);
	expect(&m, LTTNG_OK);
	for (size_t i = 0; i < count; i++) {
		m = event_message(6, name, in, &specs[i]);
		if (specs[i].enabled)
			expect(&m, LTTNG_OK);
	}
}

static void tracker(const char *name, int attribute, int policy)
{
	struct message get = ust_message(34, name), set = ust_message(35, name);

	put32(&get.args, attribute);
	expect(&get, LTTNG_OK);
	put32(&set.args, attribute);
	put32(&set.args, policy);
	expect(&set, LTTNG_OK);
}

static void schedule(const char *name, int type, uint64_t value)
{
	struct message m = simple(47, name);

	put8(&m.args, type);
	put8(&m.args, 1);
	put64(&m.args, value);
	expect(&m, LTTNG_OK);
}

Test(load, makes_a_session_with_all_that_it_had)
{
	static const struct event_spec specs[] = {
		{.name = "x:y", .loglevel_type = 1, .loglevel = 4, .enabled = 1},
		{.name = "x:z", .loglevel_type = 2, .loglevel = 6},
	};
	struct message create = create_message("s", "/tmp/out"), shm = simple(40, "s"), start = simple(16, "s");
	struct message context = context_message("s", "c1", LTTNG_EVENT_CONTEXT_VPID);
	struct message value = ust_message(32, "s");

	expect(&create, LTTNG_OK);
	put_field(&shm.args, "/dev/pmem", 4096);
	expect(&shm, LTTNG_OK);
	channel("s", (struct channel_spec){"c1", 0, 65536, 8, 1, 1048576, 3});
	events("s", "c1", specs, 2);
	expect(&context, LTTNG_OK);
	channel("s", (struct channel_spec){"c2", 1, 65536, 8, 1, 0, 0});
	events("s", "c2", NULL, 0);
	tracker("s", 1, RF_TRACK_SET);
	put32(&value.args, 1);
	put32(&value.args, 0);
	put64(&value.args, 1234);
	expect(&value, LTTNG_OK);
	tracker("s", 5, RF_TRACK_NONE);
	schedule("s", 1, 10000000);
	schedule("s", 0, 4194304);
	expect(&start, LTTNG_OK);

	const struct rf_session *session = rf_session_find(&bench.sessions, "s");
	struct rf_channel *c1 = rf_channel_find(&rf_session_find(&bench.sessions, "s")->ust, "c1");
	const struct rf_channel_rule *first = rf_container_of(c1->rules.next, struct rf_channel_rule, node);
	const struct rf_channel_rule *second = rf_container_of(first->node.next, struct rf_channel_rule, node);

	cr_expect(session->active);
	cr_expect(first->enabled && !second->enabled && second->node.next == &c1->rules);
	cr_expect(session->ust.trackers[RF_TRACKER_VGID].policy == RF_TRACK_NONE);
	cr_expect(rf_tracker_includes(&session->ust.trackers[RF_TRACKER_VPID], 1234));
	cr_expect(rf_timer_armed(&session->clock.period) && rf_timer_armed(&session->clock.sample));
}

Test(load, makes_a_snapshot_session_without_output_and_then_adds_it)
{
	static const struct event_spec specs[] = {{.name = "q:*", .loglevel = -1, .enabled = 1}};
	struct message create = create_snapshot_message("snap", NULL), add = simple(25, "snap");

	expect(&create, LTTNG_OK);
	put32(&add.args, 0);
	put64(&add.args, 1048576);
	put_field(&add.args, "foo", 255);
	put_field(&add.args, "/tmp/so", 4096);
	put_field(&add.args, "", 4096);
	expect(&add, LTTNG_OK);
	channel("snap", (struct channel_spec){"d", 1, 524288, 4, 1, 0, 0});
	events("snap", "d", specs, 1);

	const struct rf_session *session = rf_session_find(&bench.sessions, "snap");

	cr_expect(session->snapshot_mode && session->snapshot.there && session->snapshot.max_size == 1048576);
	cr_expect_str_eq(session->snapshot.name, "foo");
	cr_expect_str_eq(session->snapshot.path, "/tmp/so");
}
