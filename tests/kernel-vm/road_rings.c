/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of rings: snapshots, full ones, those whose session is gone, those of a processor that comes later. */
#include "tests/kernel-vm/road_checks.h"
#include "tests/kernel-vm/road_scene.h"

#include <err.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void road_snapshots(void)
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
	settle_session(session);
	text = read_trace(dirs);
	check(count_lines(text, "syscall_entry_openat", "dfd = 77") == 10, "a snapshot");
	free(text);
	open_file(78, 10);
	road_snapshot_trace(&road, session, ++dirs, 0);
	settle_session(session);
	text = read_trace(dirs);
	check(count_lines(text, "syscall_entry_openat", "dfd = 77") == 10, "the next one still has it");
	check(count_lines(text, "syscall_entry_openat", "dfd = 78") == 10, "and what came later");
	free(text);
	open_file(79, 20000);
	road_snapshot_trace(&road, session, ++dirs, 0);
	settle_session(session);
	text = read_trace(dirs);
	check(count_lines(text, "syscall_entry_openat", "dfd = 77") == 0, "what was overwritten is not there");
	check(count_lines(text, "syscall_entry_openat", "dfd = 79") > 500, "what came last is: %u",
		count_lines(text, "syscall_entry_openat", "dfd = 79"));
	free(text);
	road_snapshot_trace(&road, session, ++dirs, 1);
	settle_session(session);
	text = read_trace(dirs);
	check(text != NULL, "the newest packet alone");
	free(text);
	sched_setaffinity(0, sizeof(before), &before);
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end_trace(trace);
}

void road_full(void)
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
	flush_session(trace->def.session);

	uint64_t lost = discarded(trace->def.session);

	check(lost > 0 && lost != UINT64_MAX, "%llu events were discarded", (unsigned long long)lost);
	end_trace(trace);

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
void road_orphan(void)
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

	check(count_lines(text, "dfd = 77", OPENED) == 10, "with what they had: %u of 10",
		count_lines(text, "dfd = 77", OPENED));
	free(text);
}

static bool set_online(const char *value)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, value, 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

void road_hotplug(void)
{
	cpu_set_t before;

	if (sched_getaffinity(0, sizeof(before), &before) < 0 || !set_online("0")) {
		skip_check("no processor that can be switched off");
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
	end_trace(trace);

	char *text = read_trace(dir);

	check(count_lines(text, "cpu_id = 0", "dfd = 77") == 10, "events of the first");
	check(count_lines(text, "cpu_id = 1", "dfd = 78") == 10, "events of the other: %u",
		count_lines(text, "cpu_id = 1", "dfd = 78"));
	free(text);
}
