/* SPDX-License-Identifier: GPL-2.0-only */
/* What of it is recorded: filters and trackers. */
#include "tests/kernel-vm/road_checks.h"
#include "tests/kernel-vm/road_scene.h"

#include <err.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

void road_filters(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	struct rf_event_rule *rule = filtered_rule(77);

	check_code(add_channel(trace, 64 << 10, 4, false), LTTNG_OK, "a channel for filters");
	rule->type = RF_EVENT_PROBE;
	check_code(add_rule(trace, 1, rule), LTTNG_ERR_FILTER_INVAL, "filter on a probe");
	rule = filtered_rule(77);
	rule->bytecode[rule->bytecode_len - 1] = 'x';
	check_code(add_rule(trace, 1, rule), LTTNG_ERR_FILTER_INVAL, "filter without an end");
	check_code(add_rule(trace, 1, harmful()), LTTNG_ERR_FILTER_INVAL, "filter with a harmful context");
	check_code(add_rule(trace, 1, filtered_rule(77)), LTTNG_OK, "filter");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 10);
	open_file(AT_FDCWD, 10);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end_trace(trace);

	char *text = read_trace(dir);

	check(count_lines(text, "syscall_entry_openat", OPENED) == 10, "10 of 20 calls: %u",
		count_lines(text, "syscall_entry_openat", OPENED));
	check(count_lines(text, "dfd = 77", OPENED) == 10, "those that were asked for");
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

void road_trackers(void)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	uint32_t self = (uint32_t)getpid();

	check_code(add_channel(trace, 64 << 10, 4, false), LTTNG_OK, "a channel for trackers");
	check_code(add_named(trace, 1, RF_EVENT_SYSCALL, "openat"), LTTNG_OK, "system call");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	set_tracker(trace, RF_TRACK_SET, 1, self);
	open_file(77, 10);
	child_opens(1);
	set_tracker(trace, RF_TRACK_SET, self, 2);
	open_file(77, 10);
	child_opens(1);
	set_tracker(trace, RF_TRACK_SET, 1, 2);
	open_file(77, 100);
	set_tracker(trace, RF_TRACK_NONE, 0, 0);
	open_file(77, 100);
	set_tracker(trace, RF_TRACK_ALL, 0, 0);
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
	end_trace(trace);

	char *text = read_trace(dir);

	check(count_lines(text, "dfd = 77", OPENED) == 40, "own calls: %u of 40",
		count_lines(text, "dfd = 77", OPENED));
	/* Not their file's name: a tracer cannot read what a new process has not touched yet. */
	check(count_lines(text, "dfd = 78", "syscall_entry_openat") == 10, "those of others: %u of 10",
		count_lines(text, "dfd = 78", "syscall_entry_openat"));
	free(text);
}
