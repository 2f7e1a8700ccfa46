/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels and rules on the real tracer of this machine: what is on in the kernel, and what the consumer is told. */
#include "tests/unit/tracefs_scene.h"

TestSuite(tracefs_rules, .init = scene_begin, .fini = scene_end, .timeout = 60);

/* Where this program's first code is in its file. */
static uint64_t code_offset(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned long offset = 0;
	char flags[8];

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%*x-%*x %7s %lx", flags, &offset) == 2 && strcmp(flags, "r-xp") == 0)
			break;
	fclose(maps);
	return offset;
}

static const struct rf_kernel_tracer_ops *ops(void)
{
	return scene.tracer->ops;
}

Test(tracefs_rules, a_channel_is_an_instance)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_expect_eq(scene.make.page_size, 65536);
	cr_expect_eq(scene.make.ring_size, 4u << 20);
	cr_expect_eq(scene.make.consumer, 5);
	cr_expect_eq(hear(), 1);
	cr_expect_eq(scene.rings.trace, SCENE_TRACE);
	cr_expect_eq(scene.rings.channel.number, 1);
	cr_expect_eq(scene.rings.instance, scene.make.instance);
	cr_expect_eq(scene.rings.page_size, 65536, "what the broker made");
	cr_expect_eq(scene.rings.packet_size, 1u << 20);
	cr_expect_eq(scene.rings.cpu_count, 2);
	cr_expect_eq(scene.rings.switch_interval, 7);
	cr_expect_str_eq(scene.rings.channel.name, "c1");
}

Test(tracefs_rules, a_channel_that_cannot_be_made)
{
	scene.fail_type = RF_BROKER_MAKE_INSTANCE;
	scene.fail_next = -ENOMEM;
	cr_expect_eq(add_channel(1), LTTNG_ERR_NOMEM);
	scene.fail_next = -EDQUOT;
	cr_expect_eq(add_channel(1), LTTNG_ERR_KERN_CHAN_FAIL);
	cr_expect_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_ERR_KERN_CHAN_NOT_FOUND);
	cr_expect_eq(hear(), 0);
}

Test(tracefs_rules, events_on_and_off)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_expect_str_eq(on_now(), "sched:sched_switch");
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "irq_softirq_*", NULL), LTTNG_OK);
	cr_expect(strstr(on_now(), "irq:softirq_entry"));
	cr_assert_eq(enable_rule(2, false), LTTNG_OK);
	cr_expect_str_eq(on_now(), "sched:sched_switch");
	cr_assert_eq(enable_rule(2, true), LTTNG_OK);
	cr_expect(strstr(on_now(), "irq:softirq_exit"));
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	cr_expect_not(strstr(on_now(), "sched_switch"));
	cr_expect_eq(enable_rule(9, true), LTTNG_ERR_NO_EVENT);
}

Test(tracefs_rules, an_event_of_two_rules_stays_for_the_other_one)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_sw*", NULL), LTTNG_OK);
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	cr_expect(strstr(on_now(), "sched:sched_switch"));
	cr_assert_eq(enable_rule(2, false), LTTNG_OK);
	cr_expect_str_eq(on_now(), "");
}

Test(tracefs_rules, system_calls_come_in_pairs)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_SYSCALL, "getppid", NULL), LTTNG_OK);
	cr_expect_str_eq(on_now(), "syscalls:sys_exit_getppid\nsyscalls:sys_enter_getppid");
}

Test(tracefs_rules, unknown_names)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_expect_eq(add_rule(1, RF_EVENT_TRACEPOINT, "softirq_entry", NULL), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect_eq(add_rule(2, RF_EVENT_SYSCALL, "fstat_no", NULL), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect_eq(add_rule(3, RF_EVENT_FUNCTION_ENTRY, "x", NULL), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect_eq(add_rule(4, RF_EVENT_TRACEPOINT, "rf_nothing_*", NULL), LTTNG_OK, "may appear later");
	cr_expect_eq(add_rule(5, RF_EVENT_TRACEPOINT, "lttng_statedump_start", NULL), LTTNG_OK);
	cr_expect_str_eq(on_now(), "");
}

Test(tracefs_rules, filters)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(
		add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", "next_comm == \"sl*\" && prev_prio >= 20"), LTTNG_OK);
	cr_expect_str_eq(on_now(), "sched:sched_switch");
	cr_expect(strstr(filter_of("sched/sched_switch"), "next_comm ~ \"sl*\" && prev_prio >= 120"), "%s",
		filter_of("sched/sched_switch"));
	/* Of two, either. */
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_switch", "next_tid == 7"), LTTNG_OK);
	cr_expect(
		strstr(filter_of("sched/sched_switch"), " || (next_pid == 7)"), "%s", filter_of("sched/sched_switch"));
	/* One without lets everything through. */
	cr_assert_eq(add_rule(3, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_expect_str_eq(filter_of("sched/sched_switch"), "none");
	cr_assert_eq(enable_rule(3, false), LTTNG_OK);
	cr_expect(strstr(filter_of("sched/sched_switch"), " || "));
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	cr_expect_str_eq(filter_of("sched/sched_switch"), "(next_pid == 7)");
}

Test(tracefs_rules, filters_that_cannot_be)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_expect_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", "prev_tid == next_tid"), LTTNG_ERR_FILTER_INVAL);
	cr_expect_str_eq(on_now(), "");
	cr_expect_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_switch", "no_such == 1"), LTTNG_ERR_FILTER_INVAL);
	cr_expect_str_eq(on_now(), "");
	/* And nothing of it stays where another rule has the event. */
	cr_assert_eq(add_rule(3, RF_EVENT_TRACEPOINT, "sched_switch", "next_tid == 7"), LTTNG_OK);
	cr_expect_eq(add_rule(4, RF_EVENT_TRACEPOINT, "sched_switch", "prev_tid == next_tid"), LTTNG_ERR_FILTER_INVAL);
	cr_expect_str_eq(filter_of("sched/sched_switch"), "(next_pid == 7)");
	cr_expect_str_eq(on_now(), "sched:sched_switch");
}

Test(tracefs_rules, events_without_the_field_are_left_out)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_*", "next_tid == 7"), LTTNG_OK);
	cr_expect_str_eq(on_now(), "sched:sched_switch");
}

Test(tracefs_rules, filters_that_are_too_long_together)
{
	char filter[3000] = "next_tid == 1";

	for (size_t len = strlen(filter); len + 32 < sizeof(filter); len = strlen(filter))
		strcat(filter, " || next_tid == 1");
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", filter), LTTNG_OK);
	cr_expect_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_switch", filter), LTTNG_ERR_FILTER_INVAL);
	cr_expect_str_eq(on_now(), "sched:sched_switch");
	cr_expect_gt(strlen(filter_of("sched/sched_switch")), 1000);
}

Test(tracefs_rules, disabled_channels_cost_nothing)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_assert_eq(ops()->enable_channel(scene.trace, 1, false), LTTNG_OK);
	cr_expect_str_eq(on_now(), "");
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_waking", NULL), LTTNG_OK);
	cr_expect_str_eq(on_now(), "");
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	cr_expect_str_eq(instance_text(scene.make.instance, "tracing_on"), "0");
	cr_assert_eq(ops()->enable_channel(scene.trace, 1, true), LTTNG_OK);
	cr_expect(strstr(on_now(), "sched:sched_switch") && strstr(on_now(), "sched:sched_waking"));
	cr_expect_str_eq(instance_text(scene.make.instance, "tracing_on"), "1");
	cr_assert_eq(ops()->stop(scene.trace), LTTNG_OK);
	cr_expect_str_eq(instance_text(scene.make.instance, "tracing_on"), "0");
}

Test(tracefs_rules, the_consumer_knows_before_it_starts)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_expect_eq(hear(), 1);
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	hear();
	cr_expect_eq(heard(RF_CONSUMER_PUSH_METADATA), 1);
	cr_expect_eq(heard(RF_CONSUMER_DESCRIBE_CHANNEL), 1);
	cr_expect_eq(heard(RF_CONSUMER_DESCRIBE_RECORD), 1);
	cr_expect(described("domain = \"kernel\";"));
	cr_expect(described("sysname = \"Linux\";"));
	cr_expect_not(described("kernel_release = \"\";"));
	cr_expect(described("offset = 1700000000000000000;"));
	cr_expect(described("name = \"sched_switch\";\n\tid = 0;\n\tstream_id = 0;"));
	/* Later ones are told of before they are on. */
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_waking", NULL), LTTNG_OK);
	cr_expect_eq(hear(), 2);
	cr_expect(described("name = \"sched_waking\";\n\tid = 1;\n\tstream_id = 0;"));
	/* And what was once told is not told again. */
	cr_assert_eq(enable_rule(2, false), LTTNG_OK);
	cr_assert_eq(enable_rule(2, true), LTTNG_OK);
	cr_expect_eq(hear(), 0);
	cr_assert_eq(ops()->stop(scene.trace), LTTNG_OK);
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	cr_expect_eq(hear(), 0);
}

Test(tracefs_rules, metadata_is_made_again)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	hear();
	cr_assert_eq(ops()->regenerate_metadata(scene.trace, 1800000000000000000), LTTNG_OK);
	hear();
	cr_expect_eq(scene.metadata_version, 1);
	cr_expect(described("offset = 1800000000000000000;"));
	cr_expect(described("name = \"sched_switch\";\n\tid = 0;\n\tstream_id = 0;"));
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_waking", NULL), LTTNG_OK);
	hear();
	cr_expect(described("name = \"sched_switch\";") && described("name = \"sched_waking\";"));
}

static int add_context(uint32_t type)
{
	const struct rf_context context = {.type = type};

	return ops()->add_context(scene.trace, 1, &context);
}

Test(tracefs_rules, contexts)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	cr_expect_eq(add_context(6), LTTNG_OK);
	cr_expect_eq(add_context(6), LTTNG_OK);
	cr_expect_eq(add_context(16), LTTNG_OK);
	cr_expect_eq(add_context(4), LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE, "nice");
	cr_expect_eq(add_context(10), LTTNG_ERR_KERN_CONTEXT_FAIL);
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	hear();
	cr_expect(
		described("event.context := struct {\n\t\tinteger { size = 32; align = 8; signed = 1; encoding = none; "
			  "base = 10; } _tid;\n\t\tinteger { size = 8;"));
	cr_expect_eq(add_context(17), LTTNG_ERR_TRACE_ALREADY_STARTED);
}

/* What the consumer was told last of the kind of record that tells this of threads. */
static const struct note *watched(uint8_t kind)
{
	const struct note *last = NULL;

	for (size_t i = 0; i < scene.note_count; i++)
		if (scene.notes[i].type == RF_CONSUMER_DESCRIBE_RECORD && scene.notes[i].watch.kind == kind)
			last = &scene.notes[i];
	return last;
}

Test(tracefs_rules, contexts_of_threads_are_from_events_that_no_rule_wants)
{
	const struct note *note;
	uint64_t now;

	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_SYSCALL, "getppid", NULL), LTTNG_OK);
	cr_expect_eq(add_context(2), LTTNG_OK, "procname");
	cr_expect(strstr(on_now(), "sched:sched_switch") && strstr(on_now(), "task:task_rename"));
	cr_expect_not(strstr(on_now(), "task:task_newtask"));
	cr_expect_eq(add_context(0), LTTNG_OK, "pid");
	cr_expect(strstr(on_now(), "task:task_newtask"));
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	hear();
	cr_expect(described("encoding = UTF8; base = 10; } _procname[16];"));
	for (uint8_t kind = RF_WATCH_SWITCH; kind <= RF_WATCH_NEW; kind++) {
		note = watched(kind);
		cr_assert(note);
		cr_expect(note->watch.begin == note->watch.end, "no event");
	}
	/* From when a rule wants it until none does any more; it stays on. */
	now = rf_now();
	cr_assert_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_switch", NULL), LTTNG_OK);
	hear();
	note = watched(RF_WATCH_SWITCH);
	cr_assert(note);
	cr_expect(note->watch.begin >= now && note->watch.begin <= rf_now() && note->watch.end == UINT64_MAX);
	now = rf_now();
	cr_assert_eq(enable_rule(2, false), LTTNG_OK);
	hear();
	note = watched(RF_WATCH_SWITCH);
	cr_assert(note);
	cr_expect(note->watch.begin < now && note->watch.end >= now && note->watch.end <= rf_now());
	cr_expect(strstr(on_now(), "sched:sched_switch"));
	/* Others go as ever. */
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	cr_expect_not(strstr(on_now(), "getppid"));
	/* The channel as a whole. */
	cr_assert_eq(ops()->enable_channel(scene.trace, 1, false), LTTNG_OK);
	cr_expect_str_eq(on_now(), "");
}

Test(tracefs_rules, contexts_of_threads_need_all_records)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "sched_switch", "next_tid == 7"), LTTNG_OK);
	cr_expect_eq(
		add_context(3), LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE, "prio, and a rule that lets only some through");
	cr_expect(strstr(filter_of("sched/sched_switch"), "next_pid == 7"), "it goes on");
	cr_expect_eq(add_context(8), LTTNG_OK, "ppid does not need that event");
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	cr_expect_str_eq(on_now(), "task:task_newtask");
	cr_expect_eq(add_context(3), LTTNG_OK);
	cr_expect(strstr(on_now(), "sched:sched_switch"));
	cr_expect_str_eq(filter_of("sched/sched_switch"), "none");
	cr_expect_eq(enable_rule(1, true), LTTNG_ERR_FILTER_INVAL);
	cr_expect_str_eq(filter_of("sched/sched_switch"), "none");
	cr_expect_eq(add_rule(2, RF_EVENT_TRACEPOINT, "sched_wakeup", "tid == 7"), LTTNG_OK, "that one is not needed");
}

static int track(enum rf_tracker_kind kind, enum rf_tracker_policy policy, uint32_t count, uint32_t *values)
{
	const struct rf_kernel_tracker_def def = {.kind = kind, .policy = policy, .count = count, .values = values};

	return ops()->track(scene.trace, &def);
}

Test(tracefs_rules, trackers)
{
	uint32_t some[] = {10, 11, 12};
	uint32_t others[] = {11, 13};

	cr_expect_eq(track(RF_TRACKER_PID, RF_TRACK_SET, 3, some), LTTNG_OK);
	scene.track.policy = 9;
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_expect_eq(scene.track.policy, RF_TRACK_SET, "a new channel is told");
	cr_expect_eq(scene.tracked[2], 12);
	cr_expect_eq(track(RF_TRACKER_VPID, RF_TRACK_SET, 2, others), LTTNG_OK);
	cr_expect(scene.tracked[0] == 11 && !scene.tracked[1]);
	cr_expect_eq(track(RF_TRACKER_VPID, RF_TRACK_NONE, 0, NULL), LTTNG_OK);
	cr_expect_eq(scene.track.policy, RF_TRACK_NONE);
	cr_expect_eq(track(RF_TRACKER_VPID, RF_TRACK_ALL, 0, NULL), LTTNG_OK);
	cr_expect(scene.tracked[0] == 10 && scene.tracked[2] == 12);
	cr_expect_eq(track(RF_TRACKER_PID, RF_TRACK_ALL, 0, NULL), LTTNG_OK);
	cr_expect_eq(scene.track.policy, RF_TRACK_ALL);
	cr_expect_eq(track(RF_TRACKER_UID, RF_TRACK_SET, 1, some), LTTNG_ERR_NOT_SUPPORTED);
	cr_expect_eq(track(RF_TRACKER_UID, RF_TRACK_ALL, 0, NULL), LTTNG_OK);
}

Test(tracefs_rules, everything)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_ALL, "*", NULL), LTTNG_OK);
	cr_expect(strstr(on_now(), "sched:sched_switch") && strstr(on_now(), "syscalls:sys_enter_read"));
	cr_expect_not(strstr(on_now(), "xfs:") || strstr(on_now(), "\nlock:"));
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	hear();
	cr_expect_gt(heard(RF_CONSUMER_DESCRIBE_RECORD), 700);
	cr_assert_eq(ops()->stop(scene.trace), LTTNG_OK);
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	cr_expect_str_eq(on_now(), "");
}

/* Of this very program: where its code begins in the file is good enough for a place that nothing comes to. */
static struct rf_event_rule *user_probe(const char *name, uint32_t places)
{
	struct rf_event_rule *rule = rf_event_rule_new();

	rule->type = RF_EVENT_USERSPACE_PROBE;
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	rule->user_probe = calloc(1, sizeof(*rule->user_probe));
	rule->user_probe->fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	rule->user_probe->place_count = places;
	for (uint32_t i = 0; i < places; i++)
		rule->user_probe->places[i] = code_offset() + i * 64;
	return rule;
}

static int add_probe(uint32_t id, const char *name, uint32_t places)
{
	struct rf_event_rule *rule = user_probe(name, places);
	int code = ops()->add_rule(scene.trace, 1, id, rule);

	rf_event_rule_unref(rule);
	return code;
}

Test(tracefs_rules, places_of_programs)
{
	if (access(TRACEFS "/uprobe_events", F_OK) < 0)
		cr_skip_test("skipped: this kernel has no user-space probes");
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_probe(1, "here", 1), LTTNG_OK);
	cr_assert_eq(add_probe(2, "there", 2), LTTNG_OK);
	cr_expect(strstr(on_now(), ":p1") && strstr(on_now(), ":p2_0") && strstr(on_now(), ":p2_1"), "%s", on_now());
	cr_assert_eq(ops()->start(scene.trace), LTTNG_OK);
	hear();
	cr_expect_eq(heard(RF_CONSUMER_DESCRIBE_RECORD), 3);
	cr_expect(described("name = \"here\";\n\tid = 0;"));
	cr_expect(described("name = \"there\";\n\tid = 1;"));
	cr_expect_not(described("\tid = 2;"), "both places are one event");
	cr_expect(described("base = 16; } _ip;"));
	cr_assert_eq(ops()->stop(scene.trace), LTTNG_OK);
	cr_assert_eq(enable_rule(2, false), LTTNG_OK);
	cr_expect_not(strstr(on_now(), ":p2_"));
}

Test(tracefs_rules, probes_that_cannot_be)
{
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_expect_eq(add_rule(1, RF_EVENT_PROBE, "p", NULL), LTTNG_ERR_KERN_EVENT_ENOSYS);
	cr_expect_eq(add_rule(2, RF_EVENT_FUNCTION, "p", "ip == 3"), LTTNG_ERR_FILTER_INVAL);
	scene.fail_type = RF_BROKER_ADD_PROBE;
	scene.fail_next = -ENOENT;
	cr_expect_eq(add_probe(3, "p", 1), LTTNG_ERR_KERN_ENABLE_FAIL);
	cr_expect_str_eq(on_now(), "");
}

Test(tracefs_rules, lists)
{
	struct rf_kernel_names names;
	bool seen = false;

	cr_assert_eq(ops()->list_tracepoints(scene.tracer, &names), LTTNG_OK);
	for (size_t i = 0; i < names.count; i++) {
		seen |= strcmp(names.text + names.offsets[i], "irq_softirq_entry") == 0;
		cr_expect_str_neq(names.text + names.offsets[i], "softirq_entry");
	}
	cr_expect(seen);
	cr_expect_null(names.flags);
	rf_kernel_names_free(&names);

	seen = false;
	cr_assert_eq(ops()->list_syscalls(scene.tracer, &names), LTTNG_OK);
	for (size_t i = 0; i < names.count; i++)
		seen |= strcmp(names.text + names.offsets[i], "openat") == 0 && names.flags[i] == 2;
	cr_expect(seen);
	rf_kernel_names_free(&names);
}
