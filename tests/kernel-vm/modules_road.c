/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracer of lttng-modules from the session daemon's calls to files that babeltrace2 reads: this program is the
 * kernel thread, plays the broker, and runs a consumer. Root, on a kernel with lttng-modules; elsewhere it skips.
 *
 * usage: modules_road CONSUMERD DIR    (TAP); in a virtual machine:
 *   tests/kernel-vm/run.sh -c 2 -- build/tests/kernel-vm/modules_road build/bin/ringfence-consumerd /tmp/road
 */
#include "common/log.h"
#include "policy/seccomp/sandbox.h"
#include "sessiond/kernel/modules.h"
#include "sessiond/kernel/modules_trace.h"
#include "tests/kernel-vm/road_consumer.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <lttng/lttng-error.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_OFFSET 1234567890123456789
#define OTHER_OFFSET 987654321987654321
#define OPENED "/etc/hostname"
#define CHANNEL 7u

static struct road road;
static struct rf_kernel_tracer *tracer;
static unsigned int checks;
static unsigned int failures;
static uint64_t traces;
static uint32_t dirs;

__attribute__((format(printf, 2, 3))) static bool check(bool fine, const char *format, ...)
{
	va_list arguments;

	printf("%sok %u - ", fine ? "" : "not ", ++checks);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	failures += !fine;
	return fine;
}

static bool check_code(int got, int expected, const char *what)
{
	return check(got == expected, "%s: %d, expected %d", what, got, expected);
}

/* A trace as babeltrace2 prints it; malloc'd, NULL when it cannot be read. */
static char *read_trace(uint32_t dir)
{
	char command[700];
	size_t len = 0;
	char *text = NULL;
	char chunk[4096];

	snprintf(command, sizeof(command), "babeltrace2 '%s/d%u' 2>'%s/err' || { cat '%s/err' >&2; false; }", road.dir,
		dir, road.dir, road.dir);

	FILE *pipe = popen(command, "re");
	FILE *out = pipe ? open_memstream(&text, &len) : NULL;

	if (!out)
		err(1, "babeltrace2");
	for (size_t got; (got = fread(chunk, 1, sizeof(chunk), pipe)) > 0;)
		fwrite(chunk, 1, got, out);
	fclose(out);
	if (pclose(pipe) == 0)
		return text;
	free(text);
	return NULL;
}

/* Lines with both. */
static unsigned int count(const char *text, const char *a, const char *b)
{
	unsigned int found = 0;

	while (text && *text) {
		size_t len = strcspn(text, "\n");
		const char *first = memmem(text, len, a, strlen(a));

		found += first && memmem(text, len, b, strlen(b));
		text += len + (text[len] == '\n');
	}
	return found;
}

static bool metadata_has(uint32_t dir, const char *text)
{
	char command[700];

	snprintf(command, sizeof(command), "grep -aqF -- '%s' '%s/d%u/metadata'", text, road.dir, dir);
	return system(command) == 0;
}

static void open_file(int dirfd, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		int fd = (int)syscall(SYS_openat, dirfd, OPENED, O_RDONLY, 0);

		if (fd >= 0)
			close(fd);
	}
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	check(sched_setaffinity(0, sizeof(set), &set) == 0, "on CPU %d", cpu);
}

static struct rf_kernel_trace *new_trace(uint32_t dir)
{
	uint64_t number = ++traces;
	struct rf_kernel_trace_def def = {
		.trace = number,
		.session = number,
		.consumer = &road.consumer,
		.session_created = time(NULL),
		.clock_offset = CLOCK_OFFSET,
	};
	struct rf_kernel_trace *trace = NULL;

	snprintf(def.session_name, sizeof(def.session_name), "road");
	road_create_trace(&road, number, number, dir);
	if (!check_code(tracer->ops->trace_new(tracer, &def, &trace), LTTNG_OK, "a trace is made"))
		exit(1);
	return trace;
}

static int add_channel(struct rf_kernel_trace *trace, uint64_t size, uint64_t number, bool overwrite)
{
	struct rf_kernel_channel_def def = {
		.id = CHANNEL, .attr = {.subbuf_size = size, .subbuf_count = number, .overwrite = overwrite}};

	snprintf(def.name, sizeof(def.name), "c");
	return tracer->ops->add_channel(trace, &def);
}

static struct rf_event_rule *new_rule(enum rf_event_type type, const char *name)
{
	struct rf_event_rule *rule = rf_event_rule_new();

	if (!rule)
		err(1, "rule");
	rule->type = type;
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	return rule;
}

/* Takes RULE. */
static int add_rule(struct rf_kernel_trace *trace, uint32_t id, struct rf_event_rule *rule)
{
	int code = tracer->ops->add_rule(trace, CHANNEL, id, rule);

	rf_event_rule_unref(rule);
	return code;
}

static int add_named(struct rf_kernel_trace *trace, uint32_t id, enum rf_event_type type, const char *name)
{
	return add_rule(trace, id, new_rule(type, name));
}

static void flush(uint64_t session)
{
	struct rf_frame reply;

	check_code(road_request(&road, RF_CONSUMER_FLUSH_SESSION, session, &reply), 0, "the consumer flushes");
}

static void settle(uint64_t session)
{
	struct rf_frame reply;

	check_code(road_request(&road, RF_CONSUMER_SETTLE_SESSION, session, &reply), 0, "the consumer settles");
}

static void end(struct rf_kernel_trace *trace)
{
	struct rf_frame reply;

	check_code(road_request(&road, RF_CONSUMER_DESTROY_SESSION, trace->def.session, &reply), 0,
		"the consumer lets the session go");
	tracer->ops->trace_free(trace);
}

/* Discarded events of the channel. */
static uint64_t discarded(uint64_t session)
{
	struct rf_frame reply;
	struct rf_consumer_statistics statistics;

	if (road_request(&road, RF_CONSUMER_STATISTICS, session, &reply) ||
		!rf_consumer_statistics_decode(&reply.body, &statistics))
		return UINT64_MAX;

	struct rf_reader r;

	rf_reader_init(&r, statistics.rows.data, statistics.rows.len, RF_HOST_ORDER);
	return rf_read_u32(&r) == CHANNEL ? rf_read_u64(&r) : UINT64_MAX;
}

static int add_context(struct rf_kernel_trace *trace, uint32_t type, uint32_t perf, uint64_t config, const char *name)
{
	struct rf_context context = {.type = type, .perf_type = perf, .perf_config = config};

	snprintf(context.perf_name, sizeof(context.perf_name), "%s", name);
	return tracer->ops->add_context(trace, CHANNEL, &context);
}

static void lists(void)
{
	struct rf_kernel_names names;
	bool sched_switch = false;
	bool openat = false;

	check_code(tracer->ops->list_tracepoints(tracer, &names), LTTNG_OK, "tracepoints are listed");
	for (size_t i = 0; i < names.count; i++)
		sched_switch |= !strcmp(names.text + names.offsets[i], "sched_switch");
	check(sched_switch && names.count > 100, "%zu tracepoints", names.count);
	rf_kernel_names_free(&names);
	check_code(tracer->ops->list_syscalls(tracer, &names), LTTNG_OK, "system calls are listed");
	for (size_t i = 0; i < names.count; i++)
		openat |= !strcmp(names.text + names.offsets[i], "openat") && names.flags[i] == 3;
	check(openat && names.count > 250, "%zu system calls", names.count);
	rf_kernel_names_free(&names);
}

static void check_contexts(struct rf_kernel_trace *trace)
{
	check_code(add_context(trace, 0, 0, 0, ""), LTTNG_OK, "context pid");
	check_code(add_context(trace, 0, 0, 0, ""), LTTNG_OK, "context pid again");
	check_code(add_context(trace, 2, 0, 0, ""), LTTNG_OK, "context procname");
	check_code(add_context(trace, 13, 1, 2, "perf_cpu_page_fault"), LTTNG_OK, "software counter");
	check_code(add_context(trace, 13, 0, 0, "perf_cpu_cycles"), LTTNG_ERR_KERN_CONTEXT_FAIL, "hardware counter");
	check_code(add_context(trace, 13, 1, 2, "no name"), LTTNG_ERR_KERN_CONTEXT_FAIL, "counter with a bad name");
	check_code(add_context(trace, 10, 0, 0, ""), LTTNG_ERR_KERN_CONTEXT_FAIL, "context of user space");
	check_code(add_context(trace, 17, 0, 0, ""), LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE, "context that is not there");
}

static void check_refusals(struct rf_kernel_trace *trace)
{
	struct rf_event_rule *rule = new_rule(RF_EVENT_PROBE, "bad");

	check_code(add_channel(trace, 6000, 4, false), LTTNG_ERR_KERN_CHAN_FAIL, "sub-buffers of 6000 bytes");
	check_code(add_channel(trace, 4096, 1, true), LTTNG_ERR_INVALID, "one sub-buffer to overwrite");
	check_code(add_channel(trace, (uint64_t)1 << 30, 4, false), LTTNG_ERR_KERN_CHAN_FAIL, "4 GiB a processor");
	check_code(add_channel(trace, (uint64_t)1 << 28, 4, false), LTTNG_ERR_NOMEM, "1 GiB a processor");
	snprintf(rule->probe.symbol, sizeof(rule->probe.symbol), "no_such_function_anywhere");
	check_code(add_rule(trace, 90, rule), LTTNG_ERR_KERN_ENABLE_FAIL, "probe of an unknown symbol");
	check_code(add_named(trace, 91, RF_EVENT_FUNCTION_ENTRY, "e"), LTTNG_ERR_KERN_ENABLE_FAIL, "function entry");
	check_code(add_named(trace, 92, RF_EVENT_TRACEPOINT, "no_such_*"), LTTNG_OK, "unknown tracepoints");
	check_code(tracer->ops->enable_rule(trace, CHANNEL, 99, true), LTTNG_ERR_NO_EVENT, "unknown rule");
	check_code(tracer->ops->enable_channel(trace, 99, true), LTTNG_ERR_KERN_CHAN_NOT_FOUND, "unknown channel");
}

static void record(void)
{
	struct rf_kernel_trace *trace = new_trace(0);
	uint64_t session = trace->def.session;
	uint32_t first = ++dirs;
	uint32_t second = ++dirs;
	char own[64];

	snprintf(own, sizeof(own), "pid = %d", getpid());
	check_code(add_channel(trace, 256 << 10, 4, false), LTTNG_OK, "a channel is made");
	check_contexts(trace);
	check_code(add_named(trace, 1, RF_EVENT_TRACEPOINT, "sched_switch"), LTTNG_OK, "tracepoint");
	check_code(add_named(trace, 2, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	check_refusals(trace);
	road_move_trace(&road, session, first);
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	check_code(tracer->ops->start(trace), LTTNG_ERR_KERN_START_FAIL, "start again");
	check_code(add_channel(trace, 4096, 4, false), LTTNG_ERR_TRACE_ALREADY_STARTED, "channel after the start");
	check_code(add_context(trace, 3, 0, 0, ""), LTTNG_ERR_TRACE_ALREADY_STARTED, "context after the start");
	open_file(AT_FDCWD, 300);
	sched_yield();
	road_move_trace(&road, session, second);
	settle(session);

	char *text = read_trace(first);

	check(text && count(text, "syscall_entry_openat", OPENED) == 300, "a chunk that was left: %u calls",
		count(text, "syscall_entry_openat", OPENED));
	check(count(text, "syscall_exit_openat", own) >= 300, "with context");
	check(count(text, "perf_cpu_page_fault = ", own) >= 300, "with a counter");
	check(count(text, "sched_switch", "prev_comm") > 0, "with tracepoints");
	free(text);
	check(metadata_has(first, "offset = 1234567890123456789;"), "the session's clock offset");
	check(metadata_has(first, "trace_name = \"road\""), "the session's name");
	check_code(tracer->ops->enable_rule(trace, CHANNEL, 1, false), LTTNG_OK, "tracepoint off");
	open_file(AT_FDCWD, 20);
	check_code(add_named(trace, 3, RF_EVENT_SYSCALL, "getppid"), LTTNG_OK, "a rule while it is started");
	syscall(SYS_getppid);
	check_code(tracer->ops->regenerate_metadata(trace, OTHER_OFFSET), LTTNG_OK, "metadata anew");
	check_code(tracer->ops->dump_state(trace), LTTNG_OK, "state dump");
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	check_code(
		tracer->ops->regenerate_metadata(trace, 1), LTTNG_ERR_SESSION_NOT_STARTED, "metadata of a stopped one");
	flush(session);
	text = read_trace(second);
	check(count(text, "syscall_entry_openat", OPENED) == 20, "the next chunk: %u calls",
		count(text, "syscall_entry_openat", OPENED));
	check(count(text, "syscall_entry_getppid", own) == 1, "with the rule that came later");
	free(text);
	check(metadata_has(second, "offset = 987654321987654321;"), "the new offset");
	check(!metadata_has(second, "offset = 1234567890123456789;"), "and not the old one");
	check(discarded(session) == 0, "nothing was discarded");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start once more");
	open_file(AT_FDCWD, 5);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "and stop");
	end(trace);
	text = read_trace(second);
	check(count(text, "syscall_entry_openat", OPENED) == 25, "what the end has written: %u calls",
		count(text, "syscall_entry_openat", OPENED));
	free(text);
}

/* None of them may harm the kernel, whoever asks for them. */
static void every_context(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	unsigned int added = 0;
	unsigned int unavailable = 0;

	check_code(add_channel(trace, 256 << 10, 4, false), LTTNG_OK, "a channel with contexts");
	for (uint32_t type = 0; type <= 50; type++) {
		int code = add_context(trace, type, 0, 0, "");

		added += code == LTTNG_OK;
		unavailable += code == LTTNG_ERR_KERN_CONTEXT_UNAVAILABLE;
	}
	for (uint64_t counter = 0; counter <= 20; counter++) {
		char name[32];

		snprintf(name, sizeof(name), "perf_cpu_%u", (unsigned int)counter);
		added += add_context(trace, 13, 1, counter, name) == LTTNG_OK;
	}
	check(added > 30, "%u contexts and counters, %u are not on this kernel", added, unavailable);
	check_code(add_named(trace, 1, RF_EVENT_TRACEPOINT, "sched_*"), LTTNG_OK, "tracepoints");
	check_code(add_named(trace, 2, RF_EVENT_TRACEPOINT, "irq_*"), LTTNG_OK, "of interrupts, too");
	check_code(add_named(trace, 3, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 100);
	sched_yield();
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end(trace);

	char *text = read_trace(dir);

	check(count(text, "syscall_entry_openat", "dfd = 77") == 100, "calls with all contexts: %u",
		count(text, "syscall_entry_openat", "dfd = 77"));
	free(text);
}

static struct rf_event_rule *filtered(int32_t dirfd)
{
	/* dfd == DIRFD: payload, member, load, constant, ==, return; then the member's name. */
	uint8_t program[] = {81, 82, 2, 0, 86, 65, 0, 0, 0, 0, 0, 0, 0, 0, 12, 1, 1, 0, 'd', 'f', 'd', 0};
	const int64_t wanted = dirfd;
	struct rf_event_rule *rule = new_rule(RF_EVENT_SYSCALL, "openat");

	memcpy(program + 6, &wanted, sizeof(wanted));
	rule->bytecode = malloc(sizeof(program));
	if (!rule->bytecode)
		err(1, "program");
	memcpy(rule->bytecode, program, sizeof(program));
	rule->bytecode_len = sizeof(program);
	rule->bytecode_reloc = 16;
	return rule;
}

/* $ctx.prio */
static struct rf_event_rule *harmful(void)
{
	static const uint8_t program[] = {70, 255, 255, 1, 0, 0, '$', 'c', 't', 'x', '.', 'p', 'r', 'i', 'o', 0};
	struct rf_event_rule *rule = new_rule(RF_EVENT_TRACEPOINT, "sched_switch");

	rule->bytecode = malloc(sizeof(program));
	if (!rule->bytecode)
		err(1, "program");
	memcpy(rule->bytecode, program, sizeof(program));
	rule->bytecode_len = sizeof(program);
	rule->bytecode_reloc = 4;
	return rule;
}

static void filters(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	struct rf_event_rule *rule = filtered(77);

	check_code(add_channel(trace, 64 << 10, 4, false), LTTNG_OK, "a channel for filters");
	rule->type = RF_EVENT_PROBE;
	check_code(add_rule(trace, 1, rule), LTTNG_ERR_FILTER_INVAL, "filter on a probe");
	rule = filtered(77);
	rule->bytecode[rule->bytecode_len - 1] = 'x';
	check_code(add_rule(trace, 1, rule), LTTNG_ERR_FILTER_INVAL, "filter without an end");
	check_code(add_rule(trace, 1, harmful()), LTTNG_ERR_FILTER_INVAL, "filter with a harmful context");
	check_code(add_rule(trace, 1, filtered(77)), LTTNG_OK, "filter");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 10);
	open_file(AT_FDCWD, 10);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end(trace);

	char *text = read_trace(dir);

	check(count(text, "syscall_entry_openat", OPENED) == 10, "10 of 20 calls: %u",
		count(text, "syscall_entry_openat", OPENED));
	check(count(text, "dfd = 77", OPENED) == 10, "those that were asked for");
	free(text);
}

static void child_opens(unsigned int times)
{
	pid_t child = fork();

	if (!child) {
		open_file(78, times);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void track(struct rf_kernel_trace *trace, enum rf_tracker_policy policy, uint32_t pid, uint32_t other)
{
	uint32_t values[] = {pid, other, pid};
	const struct rf_kernel_tracker_def def = {
		.kind = RF_TRACKER_PID, .policy = policy, .count = policy == RF_TRACK_SET ? 3 : 0, .values = values};

	check_code(tracer->ops->track(trace, &def), LTTNG_OK, "tracker");
}

static void trackers(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	uint32_t self = (uint32_t)getpid();

	check_code(add_channel(trace, 64 << 10, 4, false), LTTNG_OK, "a channel for trackers");
	check_code(add_named(trace, 1, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	track(trace, RF_TRACK_SET, 1, self);
	open_file(77, 10);
	child_opens(1);
	track(trace, RF_TRACK_SET, self, 2);
	open_file(77, 10);
	child_opens(1);
	track(trace, RF_TRACK_SET, 1, 2);
	open_file(77, 100);
	track(trace, RF_TRACK_NONE, 0, 0);
	open_file(77, 100);
	track(trace, RF_TRACK_ALL, 0, 0);
	open_file(77, 10);
	child_opens(10);
	for (unsigned int kind = RF_TRACKER_VPID; kind < RF_TRACKERS; kind++) {
		uint32_t root[] = {kind == RF_TRACKER_VPID ? self : 0};
		const struct rf_kernel_tracker_def def = {
			.kind = kind, .policy = RF_TRACK_SET, .count = 1, .values = root};

		check_code(tracer->ops->track(trace, &def), LTTNG_OK, "tracker of another kind");
	}
	open_file(77, 10);
	child_opens(1);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end(trace);

	char *text = read_trace(dir);

	check(count(text, "dfd = 77", OPENED) == 40, "own calls: %u of 40", count(text, "dfd = 77", OPENED));
	/* Not their file's name: a tracer cannot read what a new process has not touched yet. */
	check(count(text, "dfd = 78", "syscall_entry_openat") == 10, "those of others: %u of 10",
		count(text, "dfd = 78", "syscall_entry_openat"));
	free(text);
}

static void snapshots(void)
{
	struct rf_kernel_trace *trace = new_trace(0);
	uint64_t session = trace->def.session;
	cpu_set_t before;
	char *text;

	/* Each processor has a ring of its own: what comes later overwrites only what is of the same one. */
	check(sched_getaffinity(0, sizeof(before), &before) == 0, "processors");
	run_on(0);
	check_code(add_channel(trace, 64 << 10, 4, true), LTTNG_OK, "a channel to overwrite");
	check_code(add_named(trace, 1, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 10);
	road_snapshot_trace(&road, session, ++dirs, 0);
	settle(session);
	text = read_trace(dirs);
	check(count(text, "syscall_entry_openat", "dfd = 77") == 10, "a snapshot");
	free(text);
	open_file(78, 10);
	road_snapshot_trace(&road, session, ++dirs, 0);
	settle(session);
	text = read_trace(dirs);
	check(count(text, "syscall_entry_openat", "dfd = 77") == 10, "the next one still has it");
	check(count(text, "syscall_entry_openat", "dfd = 78") == 10, "and what came later");
	free(text);
	open_file(79, 20000);
	road_snapshot_trace(&road, session, ++dirs, 0);
	settle(session);
	text = read_trace(dirs);
	check(count(text, "syscall_entry_openat", "dfd = 77") == 0, "what was overwritten is not there");
	check(count(text, "syscall_entry_openat", "dfd = 79") > 500, "what came last is: %u",
		count(text, "syscall_entry_openat", "dfd = 79"));
	free(text);
	road_snapshot_trace(&road, session, ++dirs, 1);
	settle(session);
	text = read_trace(dirs);
	check(text != NULL, "the newest packet alone");
	free(text);
	sched_setaffinity(0, sizeof(before), &before);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end(trace);
}

static void full(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;

	check_code(add_channel(trace, 4096, 2, false), LTTNG_OK, "a small channel");
	check_code(add_named(trace, 1, RF_EVENT_ALL, ""), LTTNG_OK, "all events");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 300);
	check_code(tracer->ops->enable_channel(trace, CHANNEL, false), LTTNG_OK, "channel off");
	check_code(tracer->ops->enable_channel(trace, CHANNEL, false), LTTNG_OK, "channel off again");
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	flush(trace->def.session);

	uint64_t lost = discarded(trace->def.session);

	check(lost > 0 && lost != UINT64_MAX, "%llu events were discarded", (unsigned long long)lost);
	end(trace);

	char *text = read_trace(dir);

	check(text && *text, "what is there can be read");
	free(text);
}

/* Ticks that the consumer has used. */
static unsigned long consumer_time(void)
{
	char path[64];
	char line[1024] = "";
	unsigned long user = 0;
	unsigned long kernel = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", road.pid);

	FILE *f = fopen(path, "re");
	const char *fields = f && fgets(line, sizeof(line), f) ? strrchr(line, ')') : NULL;

	if (f)
		fclose(f);
	if (!fields || sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
		errx(1, "%s: %s", path, line);
	return user + kernel;
}

static void check_idle(const char *what)
{
	const struct timespec pause = {.tv_sec = 3};
	unsigned long before = consumer_time();

	nanosleep(&pause, NULL);

	unsigned long used = consumer_time() - before;

	check(used * 10 < 3 * (unsigned long)sysconf(_SC_CLK_TCK), "%s: %lu ticks in 3 s", what, used);
}

/* The session daemon is gone first: its session ends, and what was recorded does not. */
static void orphan(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint64_t session = trace->def.session;
	struct rf_frame reply;
	uint32_t dir = dirs;

	check_code(add_channel(trace, 64 << 10, 4, false), LTTNG_OK, "a channel to be left");
	check_code(add_named(trace, 1, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	check_idle("a started session without events");
	open_file(77, 10);
	tracer->ops->trace_free(trace);
	check_idle("streams whose session is gone");
	check_code(road_request(&road, RF_CONSUMER_DESTROY_SESSION, session, &reply), 0, "they end");

	char *text = read_trace(dir);

	check(count(text, "dfd = 77", OPENED) == 10, "with what they had: %u of 10", count(text, "dfd = 77", OPENED));
	free(text);
}

__attribute__((noinline)) static void probed(void)
{
	__asm__ volatile("");
}

/* Where `probed` is in the program's file. */
static int file_offset(struct dl_phdr_info *info, size_t size, void *result)
{
	uint64_t address = (uint64_t)(uintptr_t)probed - info->dlpi_addr;

	(void)size;
	for (unsigned int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
			address < segment->p_vaddr + segment->p_filesz)
			*(uint64_t *)result = address - segment->p_vaddr + segment->p_offset;
	}
	return 1;
}

static struct rf_event_rule *user_probe(const char *path)
{
	struct rf_event_rule *rule = new_rule(RF_EVENT_USERSPACE_PROBE, "up");

	rule->user_probe = calloc(1, sizeof(*rule->user_probe));
	if (!rule->user_probe)
		err(1, "probe");
	rule->user_probe->fd = open(path, O_RDONLY | O_CLOEXEC);
	rule->user_probe->place_count = 1;
	dl_iterate_phdr(file_offset, rule->user_probe->places);
	return rule;
}

static void probes(const char *program)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	char copy[] = "/dev/shm/road-probed";
	char command[700];
	struct rf_event_rule *rule = new_rule(RF_EVENT_PROBE, "kp");

	/* Probes need a file system whose pages are its own. */
	snprintf(command, sizeof(command), "cp '%s' %s", program, copy);
	check(system(command) == 0, "a program to be probed");
	check_code(add_channel(trace, 256 << 10, 4, false), LTTNG_OK, "a channel for probes");
	snprintf(rule->probe.symbol, sizeof(rule->probe.symbol), "do_sys_openat2");
	rf_event_rule_ref(rule);
	check_code(add_rule(trace, 1, rule), LTTNG_OK, "kprobe");
	check_code(add_rule(trace, 2, rule), LTTNG_ERR_KERN_EVENT_EXIST, "the same again");
	rule = new_rule(RF_EVENT_FUNCTION, "kr");
	snprintf(rule->probe.symbol, sizeof(rule->probe.symbol), "do_sys_openat2");
	check_code(add_rule(trace, 3, rule), LTTNG_OK, "kretprobe");
	check_code(add_rule(trace, 4, user_probe(copy)), LTTNG_OK, "user-space probe");
	rule = user_probe(copy);
	snprintf(rule->name, sizeof(rule->name), "outside");
	rule->user_probe->places[0] = (uint64_t)1 << 40;
	check_code(add_rule(trace, 5, rule), LTTNG_ERR_KERN_ENABLE_FAIL, "user-space probe outside of the file");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 10);
	snprintf(command, sizeof(command), "%s --probed", copy);
	check(system(command) == 0, "it runs");
	check_code(tracer->ops->enable_rule(trace, CHANNEL, 1, false), LTTNG_OK, "kprobe off");
	check_code(tracer->ops->enable_rule(trace, CHANNEL, 1, false), LTTNG_ERR_KERN_DISABLE_FAIL, "kprobe off again");
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end(trace);
	unlink(copy);

	char *text = read_trace(dir);

	check(count(text, " kp:", "ip = ") >= 10, "kprobe: %u", count(text, " kp:", "ip = "));
	check(count(text, "kr_entry:", "ip = ") >= 10, "kretprobe, entry: %u", count(text, "kr_entry:", "ip = "));
	check(count(text, "kr_exit:", "ip = ") >= 10, "kretprobe, exit: %u", count(text, "kr_exit:", "ip = "));
	check(count(text, " up:", "ip = ") == 7, "user-space probe: %u", count(text, " up:", "ip = "));
	free(text);
}

/* The calls that a session daemon makes, locked in as one. */
static int drive_confined(const struct rf_kernel_trace_def *def)
{
	struct rf_kernel_trace *trace;
	struct rf_kernel_names names;

	if (rf_sandbox_enter(RF_ROLE_SESSIOND) < 0)
		return 2;
	if (tracer->ops->list_syscalls(tracer, &names) != LTTNG_OK ||
		tracer->ops->trace_new(tracer, def, &trace) != LTTNG_OK ||
		add_channel(trace, 64 << 10, 4, false) != LTTNG_OK || add_context(trace, 2, 0, 0, "") != LTTNG_OK ||
		add_rule(trace, 1, filtered(77)) != LTTNG_OK || tracer->ops->start(trace) != LTTNG_OK)
		return 3;
	track(trace, RF_TRACK_SET, 1, (uint32_t)getpid());
	tracer->ops->trace_readable(trace);
	if (tracer->ops->dump_state(trace) != LTTNG_OK ||
		tracer->ops->enable_rule(trace, CHANNEL, 1, false) != LTTNG_OK ||
		tracer->ops->regenerate_metadata(trace, 1) != LTTNG_OK || tracer->ops->stop(trace) != LTTNG_OK)
		return 4;
	tracer->ops->trace_free(trace);
	rf_kernel_names_free(&names);
	return 0;
}

static void confined(void)
{
	struct rf_frame reply;
	int status = 0;
	uint64_t number = ++traces;
	const struct rf_kernel_trace_def def = {
		.trace = number, .session = number, .consumer = &road.consumer, .session_name = "confined"};

	road_create_trace(&road, number, number, ++dirs);
	fflush(NULL);

	pid_t child = fork();

	if (!child)
		_exit(drive_confined(&def));
	check(waitpid(child, &status, 0) == child && status == 0, "a session daemon with its filter: %#x", status);
	check_code(road_request(&road, RF_CONSUMER_DESTROY_SESSION, def.session, &reply), 0, "its session ends");
}

static bool set_online(const char *value)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, value, 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

static void hotplug(void)
{
	cpu_set_t before;

	if (sched_getaffinity(0, sizeof(before), &before) < 0 || !set_online("0")) {
		printf("ok %u - # SKIP no processor that can be switched off\n", ++checks);
		return;
	}

	struct rf_kernel_trace *trace = new_trace(0);
	uint32_t dir = ++dirs;
	struct pollfd ready = {.fd = trace->watch_fd, .events = POLLIN};

	check_code(add_channel(trace, 64 << 10, 4, false), LTTNG_OK, "a channel for one processor");
	check_code(add_named(trace, 1, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	road_move_trace(&road, trace->def.trace, dir);
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	tracer->ops->trace_readable(trace);
	check(poll(&ready, 1, 0) == 0, "nothing is to be done");
	open_file(77, 10);
	check(set_online("1"), "another processor");
	check(poll(&ready, 1, 30000) == 1, "it is noticed");
	tracer->ops->trace_readable(trace);
	check(poll(&ready, 1, 0) == 0, "and dealt with");
	run_on(1);
	open_file(78, 10);
	sched_setaffinity(0, sizeof(before), &before);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end(trace);

	char *text = read_trace(dir);

	check(count(text, "cpu_id = 0", "dfd = 77") == 10, "events of the first");
	check(count(text, "cpu_id = 1", "dfd = 78") == 10, "events of the other: %u",
		count(text, "cpu_id = 1", "dfd = 78"));
	free(text);
}

int main(int argc, char **argv)
{
	int control = open("/proc/lttng", O_RDWR | O_CLOEXEC);
	int code;

	if (argc == 2 && !strcmp(argv[1], "--probed")) {
		for (unsigned int i = 0; i < 7; i++)
			probed();
		return 0;
	}
	if (argc != 3)
		errx(2, "usage: modules_road CONSUMERD DIR");
	if (control < 0) {
		printf("1..0 # SKIP no lttng-modules: %s\n", strerror(errno));
		return 0;
	}
	setlinebuf(stdout);
	rf_log_init("modules_road", RF_LOG_INFO);
	road_start(&road, argv[1], argv[2]);
	tracer = rf_modules_tracer_new(NULL, control, &code);
	if (!tracer)
		errx(1, "no tracer: %d", code);
	/* First: what a library does once only is done in there. */
	tzset(); /* as session daemons do */
	confined();
	lists();
	record();
	every_context();
	filters();
	trackers();
	snapshots();
	full();
	orphan();
	probes(argv[0]);
	hotplug();
	tracer->ops->destroy(tracer);
	check(road.failed == 0, "every stream could be written");
	check(road_stop(&road) == 0, "the consumer ends in order");
	printf("1..%u\n", checks);
	return failures ? 1 : 0;
}
