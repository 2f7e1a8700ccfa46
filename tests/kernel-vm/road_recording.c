/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tracer can record, and that it is in the trace. */
#include "tests/kernel-vm/road_checks.h"
#include "tests/kernel-vm/road_scene.h"

#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OTHER_OFFSET 987654321987654321

void road_lists(void)
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

void road_record(void)
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
	settle_session(session);

	char *text = read_trace(first);

	check(text && count_lines(text, "syscall_entry_openat", OPENED) == 300, "a chunk that was left: %u calls",
		count_lines(text, "syscall_entry_openat", OPENED));
	check(count_lines(text, "syscall_exit_openat", own) >= 300, "with context");
	check(count_lines(text, "perf_cpu_page_fault = ", own) >= 300, "with a counter");
	check(count_lines(text, "sched_switch", "prev_comm") > 0, "with tracepoints");
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
	flush_session(session);
	text = read_trace(second);
	check(count_lines(text, "syscall_entry_openat", OPENED) == 20, "the next chunk: %u calls",
		count_lines(text, "syscall_entry_openat", OPENED));
	check(count_lines(text, "syscall_entry_getppid", own) == 1, "with the rule that came later");
	free(text);
	check(metadata_has(second, "offset = 987654321987654321;"), "the new offset");
	check(!metadata_has(second, "offset = 1234567890123456789;"), "and not the old one");
	check(discarded(session) == 0, "nothing was discarded");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start once more");
	open_file(AT_FDCWD, 5);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "and stop");
	end_trace(trace);
	text = read_trace(second);
	check(count_lines(text, "syscall_entry_openat", OPENED) == 25, "what the end has written: %u calls",
		count_lines(text, "syscall_entry_openat", OPENED));
	free(text);
}

/* None of them may harm the kernel, whoever asks for them. */
void road_every_context(void)
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
	end_trace(trace);

	char *text = read_trace(dir);

	check(count_lines(text, "syscall_entry_openat", "dfd = 77") == 100, "calls with all contexts: %u",
		count_lines(text, "syscall_entry_openat", "dfd = 77"));
	free(text);
}
