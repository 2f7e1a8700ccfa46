/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/kernel-vm/road_scene.h"

#include <err.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_OFFSET 1234567890123456789

struct road road;
struct rf_kernel_tracer *tracer;
uint64_t traces;
uint32_t dirs;
static unsigned int checks;
static unsigned int failures;

bool check(bool fine, const char *format, ...)
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

void skip_check(const char *why)
{
	printf("ok %u - # SKIP %s\n", ++checks, why);
}

int end_checks(void)
{
	printf("1..%u\n", checks);
	return failures ? 1 : 0;
}

bool check_code(int got, int expected, const char *what)
{
	return check(got == expected, "%s: %d, expected %d", what, got, expected);
}

char *read_trace(uint32_t dir)
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

unsigned int count_lines(const char *text, const char *a, const char *b)
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

bool metadata_has(uint32_t dir, const char *text)
{
	char command[700];

	snprintf(command, sizeof(command), "grep -aqF -- '%s' '%s/d%u/metadata'", text, road.dir, dir);
	return system(command) == 0;
}

void open_file(int dirfd, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		int fd = (int)syscall(SYS_openat, dirfd, OPENED, O_RDONLY, 0);

		if (fd >= 0)
			close(fd);
	}
}

void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	check(sched_setaffinity(0, sizeof(set), &set) == 0, "on CPU %d", cpu);
}

struct rf_kernel_trace *new_trace(uint32_t dir)
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

int add_channel(struct rf_kernel_trace *trace, uint64_t size, uint64_t number, bool overwrite)
{
	struct rf_channel_def def = {
		.id = CHANNEL, .attr = {.subbuf_size = size, .subbuf_count = number, .overwrite = overwrite}};

	snprintf(def.name, sizeof(def.name), "c");
	return tracer->ops->add_channel(trace, &def);
}

struct rf_event_rule *new_rule(enum rf_event_type type, const char *name)
{
	struct rf_event_rule *rule = rf_event_rule_new();

	if (!rule)
		err(1, "rule");
	rule->type = type;
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	return rule;
}

int add_rule(struct rf_kernel_trace *trace, uint32_t id, struct rf_event_rule *rule)
{
	int code = tracer->ops->add_rule(trace, CHANNEL, id, rule);

	rf_event_rule_unref(rule);
	return code;
}

int add_named(struct rf_kernel_trace *trace, uint32_t id, enum rf_event_type type, const char *name)
{
	return add_rule(trace, id, new_rule(type, name));
}

struct rf_event_rule *filtered_rule(int32_t dirfd)
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

int add_context(struct rf_kernel_trace *trace, uint32_t type, uint32_t perf, uint64_t config, const char *name)
{
	struct rf_context context = {.type = type, .perf_type = perf, .perf_config = config};

	snprintf(context.perf_name, sizeof(context.perf_name), "%s", name);
	return tracer->ops->add_context(trace, CHANNEL, &context);
}

void set_tracker(struct rf_kernel_trace *trace, enum rf_tracker_policy policy, uint32_t pid, uint32_t other)
{
	uint32_t values[] = {pid, other, pid};
	const struct rf_kernel_tracker_def def = {
		.kind = RF_TRACKER_PID, .policy = policy, .count = policy == RF_TRACK_SET ? 3 : 0, .values = values};

	check_code(tracer->ops->track(trace, &def), LTTNG_OK, "tracker");
}

void flush_session(uint64_t session)
{
	struct rf_frame reply;

	check_code(road_request(&road, RF_CONSUMER_FLUSH_SESSION, session, &reply), 0, "the consumer flushes");
}

void settle_session(uint64_t session)
{
	struct rf_frame reply;

	check_code(road_request(&road, RF_CONSUMER_SETTLE_SESSION, session, &reply), 0, "the consumer settles");
}

void end_trace(struct rf_kernel_trace *trace)
{
	struct rf_frame reply;

	check_code(road_request(&road, RF_CONSUMER_DESTROY_SESSION, trace->def.session, &reply), 0,
		"the consumer lets the session go");
	tracer->ops->trace_free(trace);
}

uint64_t discarded(uint64_t session)
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
