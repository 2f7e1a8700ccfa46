/* SPDX-License-Identifier: GPL-2.0-only */
/* What a saved session is, by the stock schema where that is installed, and the command that saves. */
#include "sessiond/client/session_file.h"
#include "tests/unit/client_request.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA "/usr/share/xml/lttng/session.xsd"

static struct bench bench;

static void set_up(void)
{
	bench_init(&bench);
}

static void tear_down(void)
{
	bench_fini(&bench);
}

TestSuite(save, .init = set_up, .fini = tear_down);

static struct rf_session *make(const char *name, const char *path)
{
	struct message m = create_message(name, path);

	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);
	return rf_session_find(&bench.sessions, name);
}

static void make_channel(const char *session, struct channel_spec spec)
{
	struct message m = channel_message(session, &spec);

	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);
}

static void make_event(uint32_t number, const char *session, const char *channel, struct event_spec spec)
{
	struct message m = event_message(number, session, channel, &spec);

	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);
}

static void add_context(const char *session, const char *channel, uint32_t type)
{
	struct message m = context_message(session, channel, type);

	cr_assert_eq(code_of(&bench, &m), LTTNG_OK, "%u", type);
}

static struct message save_message(const char *name, const char *directory, int overwrite)
{
	struct message m = simple(31, NULL);

	put_field(&m.args, name, 255);
	put_field(&m.args, directory, 4096);
	put8(&m.args, overwrite);
	put8(&m.args, 0);
	put8(&m.args, 0);
	return m;
}

static uint32_t save(const char *name)
{
	struct message m = save_message(name, "/tmp/d", 0);

	return code_of(&bench, &m);
}

/* What the text holds is not only well-formed: loaders would take it. */
static bool schema_takes(const char *text)
{
	char name[] = "/tmp/rf-save-XXXXXX", command[256];
	int fd = mkstemp(name);
	size_t len = strlen(text);

	cr_assert(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	close(fd);
	snprintf(command, sizeof(command), "xmllint --nonet --noout --schema " SCHEMA " %s", name);

	int status = system(command);

	unlink(name);
	return status == 0;
}

/* The text without indentation. */
static const char *squeezed(const char *text)
{
	static char out[65536];
	size_t len = 0;

	for (; *text; text++) {
		if (*text != '\t' && *text != '\n')
			out[len++] = *text;
	}
	out[len] = '\0';
	return out;
}

static void expect_part(const char *part)
{
	cr_expect_not_null(strstr(squeezed(bench.broker.text), part), "%s\nnot in\n%s", part, bench.broker.text);
}

Test(save, writes_an_empty_session)
{
	make("e", "/tmp/out");
	cr_assert_eq(save("e"), LTTNG_OK);
	cr_expect_str_eq(bench.broker.text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<sessions>\n"
		"\t<session>\n"
		"\t\t<name>e</name>\n"
		"\t\t<started>false</started>\n"
		"\t\t<output>\n"
		"\t\t\t<consumer_output>\n"
		"\t\t\t\t<enabled>true</enabled>\n"
		"\t\t\t\t<destination>\n"
		"\t\t\t\t\t<path>/tmp/out</path>\n"
		"\t\t\t\t</destination>\n"
		"\t\t\t</consumer_output>\n"
		"\t\t</output>\n"
		"\t</session>\n"
		"</sessions>\n");
	cr_expect(schema_takes(bench.broker.text));
}

Test(save, writes_channels_events_and_contexts)
{
	struct channel_spec c1 = {"c1", 0, 65536, 8, 1, 1048576, 3}, c2 = {"c2", 1, 524288, 4, 1, 0, 0};
	struct message disable = ust_message(2, "a");

	make("a", "/tmp/out");
	make_channel("a", c1);
	make_channel("a", c2);
	make_event(6, "a", "c1", (struct event_spec){.name = "x:y", .loglevel_type = 1, .loglevel = 4});
	make_event(6, "a", "c1",
		(struct event_spec){.name = "demo:*",
			.loglevel = -1,
			.filter = "i > 3 && s == \"a<b\"",
			.program = "3b0000 410300000000000000 10 01 0000 6900",
			.reloc = 14,
			.exclusions = {"demo:foo*", "demo:bar"}});
	make_event(6, "a", "c1", (struct event_spec){.name = "x:z", .loglevel_type = 2, .loglevel = 6});
	make_event(3, "a", "c1", (struct event_spec){.name = "x:z", .type = -1, .loglevel = -1});
	add_context("a", "c1", LTTNG_EVENT_CONTEXT_VPID);
	add_context("a", "c1", LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER);
	add_context("a", "c1", LTTNG_EVENT_CONTEXT_APP_CONTEXT);
	put_field(&disable.args, "c2", 256);
	cr_assert_eq(code_of(&bench, &disable), LTTNG_OK);
	cr_assert_eq(save("a"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text));
	expect_part("<domain><type>UST</type><buffer_type>PER_UID</buffer_type><channels><channel><name>c1</name>"
		    "<enabled>true</enabled><overwrite_mode>DISCARD</overwrite_mode>"
		    "<subbuffer_size>65536</subbuffer_size><subbuffer_count>8</subbuffer_count>"
		    "<switch_timer_interval>0</switch_timer_interval><read_timer_interval>0</read_timer_interval>"
		    "<output_type>MMAP</output_type><blocking_timeout>0</blocking_timeout>"
		    "<monitor_timer_interval>1000000</monitor_timer_interval><tracefile_size>1048576</tracefile_size>"
		    "<tracefile_count>3</tracefile_count><live_timer_interval>0</live_timer_interval><events>");
	expect_part("<event><name>x:y</name><enabled>true</enabled><type>TRACEPOINT</type>"
		    "<loglevel_type>RANGE</loglevel_type><loglevel>4</loglevel></event>");
	expect_part("<event><name>demo:*</name><enabled>true</enabled><type>TRACEPOINT</type>"
		    "<loglevel_type>ALL</loglevel_type><filter>i &gt; 3 &amp;&amp; s == &quot;a&lt;b&quot;</filter>"
		    "<exclusions><exclusion>demo:foo*</exclusion><exclusion>demo:bar</exclusion></exclusions></event>");
	expect_part("<event><name>x:z</name><enabled>false</enabled><type>TRACEPOINT</type>"
		    "<loglevel_type>SINGLE</loglevel_type><loglevel>6</loglevel></event></events>");
	expect_part("<contexts><context><type>VPID</type></context>"
		    "<context><perf><type>0</type><config>0</config><name>abc</name></perf></context>"
		    "<context><app><provider_name>p</provider_name><ctx_name>n</ctx_name></app></context></contexts>");
	expect_part("<channel><name>c2</name><enabled>false</enabled><overwrite_mode>OVERWRITE</overwrite_mode>");
	expect_part("<events/><contexts/></channel></channels><process_attr_trackers/></domain>"
		    "<domain><type>JUL</type><buffer_type>PER_UID</buffer_type><channels/></domain>"
		    "<domain><type>LOG4J</type><buffer_type>PER_UID</buffer_type><channels/></domain>"
		    "<domain><type>PYTHON</type><buffer_type>PER_UID</buffer_type><channels/></domain></domains>");
}

Test(save, leaves_contexts_out_that_no_loader_takes)
{
	make("a", "/tmp/out");
	make_channel("a", CHANNEL("c"));
	for (uint32_t type = 0; type < 42; type++) {
		struct message m = context_message("a", "c", type);

		code_of(&bench, &m);
	}
	cr_assert_eq(save("a"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text), "%s", bench.broker.text);
	expect_part("<context><type>PTHREAD_ID</type></context>");
	expect_part("<!-- left out, as loaders know no context of this type: VSGID -->");
	expect_part("<!-- left out, as loaders know no context of this type: CGROUP_NS -->");
	cr_expect_null(strstr(bench.broker.text, "unknown"), "every type has a name");
}

/* By the model: what commands make of it is tested with them. */
static void add_kernel_rule(struct rf_session *session, struct rf_channel *channel, enum rf_event_type type,
	const char *name, const struct rf_probe_location *probe, const struct rf_user_probe *user_probe)
{
	struct rf_event_rule *rule = rf_event_rule_new();

	cr_assert_not_null(rule);
	rule->type = type;
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	if (probe)
		rule->probe = *probe;
	if (user_probe) {
		rule->user_probe = malloc(sizeof(*user_probe));
		cr_assert_not_null(rule->user_probe);
		*rule->user_probe = *user_probe;
	}
	cr_assert_not_null(rf_channel_add_rule(session, channel, rule));
	rf_event_rule_unref(rule);
}

static void fill_kernel(struct rf_session *session)
{
	const struct rf_probe_location symbol = {.symbol = "sym", .offset = 16}, address = {.address = 4096};
	const struct rf_user_probe function = {RF_USER_PROBE_FUNCTION, -1, "/bin/true", "", "main", 0, {0}};
	const struct rf_user_probe marker = {RF_USER_PROBE_MARKER, -1, "/lib/x", "prov", "mark", 0, {0}};
	struct channel_spec spec = {"k", 0, 65536, 4, 0, 0, 0};
	struct message m = channel_message(session->name, &spec);
	struct rf_channel *channel;

	m.domain = 1;
	cr_assert_eq(code_of(&bench, &m), LTTNG_OK);
	channel = rf_channel_find(&session->kernel, "k");
	add_kernel_rule(session, channel, RF_EVENT_TRACEPOINT, "sched_switch", NULL, NULL);
	add_kernel_rule(session, channel, RF_EVENT_SYSCALL, "openat", NULL, NULL);
	add_kernel_rule(session, channel, RF_EVENT_PROBE, "p", &symbol, NULL);
	add_kernel_rule(session, channel, RF_EVENT_PROBE, "a", &address, NULL);
	add_kernel_rule(session, channel, RF_EVENT_FUNCTION, "f", &(struct rf_probe_location){.symbol = "fun"}, NULL);
	add_kernel_rule(session, channel, RF_EVENT_FUNCTION_ENTRY, "e", &symbol, NULL);
	add_kernel_rule(session, channel, RF_EVENT_USERSPACE_PROBE, "u", NULL, &function);
	add_kernel_rule(session, channel, RF_EVENT_USERSPACE_PROBE, "m", NULL, &marker);
	for (uint32_t type = 0; type < 42; type++) {
		m = context_message(session->name, "k", type);
		m.domain = 1;
		code_of(&bench, &m);
	}
	session->kernel.trackers[RF_TRACKER_PID].policy = RF_TRACK_SET;
	session->kernel.trackers[RF_TRACKER_UID].policy = RF_TRACK_SET;
	session->kernel.trackers[RF_TRACKER_GID].policy = RF_TRACK_NONE;
	rf_tracker_add(&session->kernel.trackers[RF_TRACKER_PID], 5, "");
	rf_tracker_add(&session->kernel.trackers[RF_TRACKER_UID], 0, "root");
}

Test(save, writes_the_kernel_before_user_space)
{
	struct rf_session *session = make("a", "/tmp/out");

	fill_kernel(session);
	make_channel("a", CHANNEL("c"));
	cr_assert_eq(save("a"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text), "%s", bench.broker.text);
	cr_expect_null(strstr(bench.broker.text, "unknown"), "every type of context has a name");
	expect_part("<domains><domain><type>KERNEL</type><buffer_type>GLOBAL</buffer_type><channels><channel>"
		    "<name>k</name><enabled>true</enabled>");
	expect_part("<output_type>SPLICE</output_type>");
	expect_part("<events><event><name>sched_switch</name><enabled>true</enabled><type>TRACEPOINT</type></event>"
		    "<event><name>openat</name><enabled>true</enabled><type>SYSCALL</type></event>");
	expect_part("<event><name>p</name><enabled>true</enabled><type>PROBE</type><attributes><probe_attributes>"
		    "<symbol_name>sym</symbol_name><offset>16</offset></probe_attributes></attributes></event>");
	expect_part("<type>PROBE</type><attributes><probe_attributes><address>4096</address></probe_attributes>");
	expect_part("<type>FUNCTION</type><attributes><probe_attributes><symbol_name>fun</symbol_name>"
		    "</probe_attributes></attributes></event>");
	expect_part("<type>FUNCTION_ENTRY</type><attributes><function_attributes><symbol_name>sym</symbol_name>"
		    "</function_attributes></attributes></event>");
	expect_part("<type>USERSPACE_PROBE</type><attributes><userspace_probe_function_attributes>"
		    "<lookup_method>ELF</lookup_method><binary_path>/bin/true</binary_path>"
		    "<function_name>main</function_name></userspace_probe_function_attributes></attributes></event>");
	expect_part("<userspace_probe_tracepoint_attributes><lookup_method>SDT</lookup_method>"
		    "<binary_path>/lib/x</binary_path><provider_name>prov</provider_name>"
		    "<probe_name>mark</probe_name></userspace_probe_tracepoint_attributes>");
	expect_part("<contexts><context><type>PID</type></context>"
		    "<context><perf><type>0</type><config>0</config><name>abc</name></perf></context>");
	expect_part("<process_attr_trackers><pid_process_attr_tracker><process_attr_values><pid><id>5</id></pid>"
		    "</process_attr_values></pid_process_attr_tracker><uid_process_attr_tracker>"
		    "<process_attr_values><uid><name>root</name></uid></process_attr_values>"
		    "</uid_process_attr_tracker><gid_process_attr_tracker><process_attr_values/>"
		    "</gid_process_attr_tracker></process_attr_trackers></domain><domain><type>UST</type>");
}

Test(save, writes_trackers_schedules_and_the_rest)
{
	struct rf_session *session = make("a", "/tmp/a & b");

	make_channel("a", CHANNEL("c"));
	session->scheme = RF_BUFFERS_PER_PID;
	session->active = true;
	session->schedule = (struct rf_rotation_schedule){.period = 10000000, .size = 4194304};
	snprintf(session->shm_path, sizeof(session->shm_path), "/dev/pmem");
	session->ust.trackers[RF_TRACKER_VPID].policy = RF_TRACK_SET;
	session->ust.trackers[RF_TRACKER_VUID].policy = RF_TRACK_SET;
	session->ust.trackers[RF_TRACKER_VGID].policy = RF_TRACK_NONE;
	rf_tracker_add(&session->ust.trackers[RF_TRACKER_VPID], 1234, "");
	rf_tracker_add(&session->ust.trackers[RF_TRACKER_VUID], 0, "root");
	rf_tracker_add(&session->ust.trackers[RF_TRACKER_VUID], 4294967295u, "");
	cr_assert_eq(save("a"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text));
	expect_part("<session><name>a</name><shared_memory_path>/dev/pmem</shared_memory_path><domains>");
	expect_part("<process_attr_trackers>"
		    "<vpid_process_attr_tracker><process_attr_values><vpid><id>1234</id></vpid>"
		    "</process_attr_values></vpid_process_attr_tracker>"
		    "<vuid_process_attr_tracker><process_attr_values><vuid><name>root</name></vuid>"
		    "<vuid><id>4294967295</id></vuid></process_attr_values></vuid_process_attr_tracker>"
		    "<vgid_process_attr_tracker><process_attr_values/></vgid_process_attr_tracker>"
		    "</process_attr_trackers>");
	expect_part("</domains><started>true</started><attributes><rotation_schedules>"
		    "<periodic><time_us>10000000</time_us></periodic>"
		    "<size_threshold><bytes>4194304</bytes></size_threshold></rotation_schedules></attributes>");
	expect_part("<path>/tmp/a &amp; b</path>");
	expect_part("<type>PYTHON</type><buffer_type>PER_PID</buffer_type>");
}

Test(save, writes_snapshot_sessions)
{
	struct message create = create_snapshot_message("snap", "/tmp/so");

	cr_assert_eq(code_of(&bench, &create), LTTNG_OK);
	rf_session_find(&bench.sessions, "snap")->snapshot.max_size = 1048576;
	cr_assert_eq(save("snap"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text));
	expect_part("<started>false</started><attributes><snapshot_mode>true</snapshot_mode></attributes>"
		    "<output><snapshot_outputs><output><name>snapshot-1</name><max_size>1048576</max_size>"
		    "<consumer_output><enabled>true</enabled><destination><path>/tmp/so</path></destination>"
		    "</consumer_output></output></snapshot_outputs></output></session>");
	rf_session_find(&bench.sessions, "snap")->snapshot.there = false;
	cr_assert_eq(save("snap"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text));
	expect_part("</attributes></session>");
	/* Without output, and without the mode. */
	make("none", NULL);
	cr_assert_eq(save("none"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text));
	expect_part("<started>false</started></session>");
}

Test(save, hands_over_a_sealed_text_with_the_callers_identity)
{
	struct message m = save_message("s", "/tmp/d", 1);
	struct answer answer;
	struct message create = create_message("s", "/tmp/out");

	send_as(&bench, 1000, &create, &answer);
	send_as(&bench, 1000, &m, &answer);
	cr_expect_not(answer.given);
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect(answer.given && answer.code == LTTNG_OK && answer.total == 24);
	cr_expect(bench.broker.saved.uid == 1000 && bench.broker.saved.gid == 1000);
	cr_expect_eq(bench.broker.saved.overwrite, 1);
	cr_expect_str_eq(bench.broker.saved.directory, "/tmp/d");
	cr_expect_str_eq(bench.broker.saved.name, "s");
	cr_expect_eq(bench.broker.seals, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	/* Root saves another's session as root. */
	m = save_message("s", "", 0);
	cr_expect_eq(code_of(&bench, &m), LTTNG_OK);
	cr_expect(bench.broker.saved.uid == 0 && !bench.broker.saved.overwrite && !bench.broker.saved.directory[0]);
}

Test(save, has_codes_for_what_goes_wrong)
{
	static const struct {
		int status;
		bool at_file;
		uint32_t code;
	} cases[] = {
		{-EACCES, false, LTTNG_ERR_SET_URL},
		{-ENOENT, false, LTTNG_ERR_SET_URL},
		{-EEXIST, true, LTTNG_ERR_SAVE_FILE_EXIST},
		{-EACCES, true, LTTNG_ERR_EPERM},
		{-ENOSPC, true, LTTNG_ERR_SAVE_IO_FAIL},
		{-ELOOP, true, LTTNG_ERR_SAVE_IO_FAIL},
	};
	struct message m = save_message("s", "/tmp/d", 0);
	struct answer answer;

	make("s", "/tmp/out");
	cr_expect_eq(save("nosuch"), LTTNG_ERR_SESS_NOT_FOUND);
	send_as(&bench, 1000, &m, &answer);
	cr_expect(answer.given && answer.code == LTTNG_ERR_EPERM);
	m = save_message("s", "relative", 0);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SET_URL);
	m = save_message("s", "/a/../b", 0);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SET_URL);
	m = save_message("s", "/tmp", 0);
	memset(m.args.data + 255, 'd', 4096);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_SET_URL, "a directory without end");
	memset(m.args.data, 's', 255);
	cr_expect_eq(code_of(&bench, &m), LTTNG_ERR_INVALID, "a name without end does not mean all");
	cr_expect_eq(bench.broker.saves, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bench.broker.save_status = cases[i].status;
		bench.broker.save_at_file = cases[i].at_file;
		cr_expect_eq(save("s"), cases[i].code, "case %zu", i);
	}
	bench.broker.refuse = true;
	cr_expect_eq(save("s"), LTTNG_ERR_SAVE_IO_FAIL);
	bench.broker.refuse = false;
	m = save_message("s", "/tmp/d", 0);
	send_as(&bench, 0, &m, &answer);
	cr_assert(fake_broker_drop(&bench.broker));
	cr_expect(answer.given && answer.code == LTTNG_ERR_SAVE_IO_FAIL);
}

Test(save, of_all_takes_one_after_the_other_and_only_ones_own)
{
	struct message all = save_message("", "/tmp/d", 0), end = simple(9, "second");
	struct answer answer, ended;
	static const char *const names[] = {"first", "second", "third"};

	for (size_t i = 0; i < 3; i++) {
		struct message create = create_message(names[i], "/tmp/out");

		send_as(&bench, 1000, &create, &answer);
	}
	make("roots", "/tmp/out");
	send_as(&bench, 1000, &all, &answer);
	cr_expect_str_eq(bench.broker.saved.name, "third");
	/* One goes meanwhile. */
	send_as(&bench, 1000, &end, &ended);
	cr_assert(fake_ust_complete(&bench.ust, LTTNG_OK));
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect_str_eq(bench.broker.saved.name, "first");
	cr_expect_not(answer.given);
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect(answer.given && answer.code == LTTNG_OK);
	cr_expect_eq(bench.broker.saves, 2);
	send_as(&bench, 0, &all, &answer);
	bench.broker.save_status = -EEXIST;
	bench.broker.save_at_file = true;
	while (fake_broker_answer(&bench.broker))
		;
	cr_expect(answer.given && answer.code == LTTNG_ERR_SAVE_FILE_EXIST);
	cr_expect_eq(bench.broker.saves, 4, "the first that fails ends it: %u", bench.broker.saves);
	send_as(&bench, 4711, &all, &answer);
	cr_expect(answer.given && answer.code == LTTNG_OK, "nothing to save");
}

Test(save, of_one_user_is_one_at_a_time)
{
	struct message all = save_message("", "/tmp/d", 0), one = save_message("s", "/tmp/d", 0), end = simple(9, "s");
	struct message create = create_message("s", "/tmp/out"), others = create_message("t", "/tmp/out");
	static struct answer first, second, third, other, ended;

	send_as(&bench, 1000, &create, &first);
	send_as(&bench, 1001, &others, &other);
	send_as(&bench, 1000, &one, &first);
	send_as(&bench, 1000, &one, &second);
	send_as(&bench, 1000, &one, &third);
	cr_expect_eq(bench.broker.saves, 1);
	send_as(&bench, 1001, &all, &other);
	cr_expect_eq(bench.broker.saves, 2, "who waits keeps nobody else from it");
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect(first.given && !second.given && bench.broker.saves == 3);
	/* What it waits for may go. */
	send_as(&bench, 1000, &end, &ended);
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect(other.given && other.code == LTTNG_OK);
	cr_assert(fake_broker_answer(&bench.broker));
	cr_expect(second.given && second.code == LTTNG_OK);
	cr_expect(third.given && third.code == LTTNG_ERR_SESS_NOT_FOUND);
	while (fake_ust_complete(&bench.ust, LTTNG_OK))
		;
	cr_expect_eq(bench.broker.saves, 3);
}

Test(save, refuses_what_xml_cannot_say)
{
	static const char *const refused[] = {"a\001b", "\x7f\xff", "\xc3", "\xc0\x80", "\xe0\x80\xaf", "\xed\xa0\x80",
		"\xef\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82"};
	static const char *const fine[] = {"", "plain", "tab\tline\n", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\xa7",
		"]]>", "\xef\xbf\xbd", "\xee\x80\x80"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		cr_expect_not(rf_xml_text_ok(refused[i]), "%zu", i);
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		cr_expect(rf_xml_text_ok(fine[i]), "%zu", i);
	make("bad\001", "/tmp/out");
	cr_expect_eq(save("bad\001"), LTTNG_ERR_SAVE_IO_FAIL);
	cr_expect_eq(bench.broker.saves, 0);
	make("]]> & \xc3\xa4", "/tmp/\r<o\nut>");
	cr_assert_eq(save("]]> & \xc3\xa4"), LTTNG_OK);
	cr_expect(schema_takes(bench.broker.text));
}

Test(save, has_a_limit)
{
	struct rf_xml xml;
	struct rf_session *session = make("s", "/tmp/out");

	make_channel("s", CHANNEL("c"));
	cr_expect_eq(rf_session_file_write(session, &xml, 1 << 20), 0);
	cr_expect_gt(xmlBufferLength(xml.buffer), 500);
	rf_xml_free(&xml);
	cr_expect_eq(rf_session_file_write(session, &xml, 500), -EFBIG);
	rf_xml_free(&xml);
}
