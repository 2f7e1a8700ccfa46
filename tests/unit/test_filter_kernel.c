/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel takes our filters, and they select what the expressions say: with an instance of its tracer of our own. */
#include "sessiond/kernel/filter_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

static char instance[128];

__attribute__((format(printf, 1, 2))) static int open_in(const char *format, ...)
{
	char path[512];
	size_t at = (size_t)snprintf(path, sizeof(path), "%s/", instance);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path + at, sizeof(path) - at, format, arguments);
	va_end(arguments);
	return open(path, O_RDWR | O_CLOEXEC);
}

static int put(int fd, const char *text)
{
	cr_assert_geq(fd, 0);

	ssize_t got = write(fd, text, strlen(text));
	int status = got < 0 ? -errno : 0;

	close(fd);
	return status;
}

static char *get(int fd)
{
	size_t room = 1u << 22, len = 0;
	char *text = malloc(room + 1);
	ssize_t got;

	cr_assert_geq(fd, 0);
	while (len < room && (got = read(fd, text + len, room - len)) > 0)
		len += (size_t)got;
	close(fd);
	text[len] = '\0';
	return text;
}

static void make_instance(void)
{
	snprintf(instance, sizeof(instance), TRACEFS "/instances/rf-test-filter-%d", (int)getpid());
	if (mkdir(instance, 0700)) {
		instance[0] = '\0';
		cr_skip_test("no instance of the kernel's tracer: %s", strerror(errno));
	}
}

static void remove_instance(void)
{
	if (!instance[0])
		return;
	put(open_in("tracing_on"), "0");
	put(open_in("events/enable"), "0");
	cr_expect_eq(rmdir(instance), 0, "%s: %s", instance, strerror(errno));
}

TestSuite(filter_kernel, .init = make_instance, .fini = remove_instance);

struct event {
	const char *system;
	const char *name;
};

static bool has_event(const struct event *event)
{
	int fd = open_in("events/%s/%s/format", event->system, event->name);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int translate(const struct event *event, const char *expression, char out[RF_FILTER_TEXT_SIZE])
{
	char *text = get(open_in("events/%s/%s/format", event->system, event->name));
	struct rf_format format;

	cr_assert_eq(rf_format_parse(&format, event->system, event->name, text, strlen(text)), 0);

	int status = rf_filter_to_tracefs(expression, &format, event->name, out, RF_FILTER_TEXT_SIZE);

	rf_format_free(&format);
	free(text);
	return status;
}

static void set_filter(const struct event *event, const char *expression)
{
	char text[RF_FILTER_TEXT_SIZE];
	int status = translate(event, expression, text);

	cr_assert_eq(status, 0, "%s: %s", expression, text);
	status = put(open_in("events/%s/%s/filter", event->system, event->name), text);
	cr_expect_eq(status, 0, "%s: %s: %s", expression, text, strerror(-status));
}

static const struct event sched_switch = {"sched", "sched_switch"};
static const struct event sched_wakeup = {"sched", "sched_wakeup"};
static const struct event sched_process_exec = {"sched", "sched_process_exec"};
static const struct event block_rq_issue = {"block", "block_rq_issue"};
static const struct event mm_page_alloc = {"kmem", "mm_page_alloc"};
static const struct event kmalloc = {"kmem", "kmalloc"};
static const struct event irq_handler_entry = {"irq", "irq_handler_entry"};
static const struct event enter_getppid = {"syscalls", "sys_enter_getppid"};
static const struct event exit_getppid = {"syscalls", "sys_exit_getppid"};
static const struct event enter_openat = {"syscalls", "sys_enter_openat"};
static const struct event enter_lseek = {"syscalls", "sys_enter_lseek"};
static const struct event enter_fchmod = {"syscalls", "sys_enter_fchmod"};

static const struct {
	const struct event *event;
	const char *expression;
} taken[] = {
	{&sched_switch, "prev_tid == 1 || next_tid > -5 && prev_state & 3"},
	{&sched_switch, "prev_prio < -10 || prev_prio == 20 || prev_prio != 0"},
	{&sched_switch, "prev_state >= -9223372036854775807 || prev_state & 1 << 63"},
	{&sched_switch, "prev_tid & 0xf000000000000000 || (prev_state & 7) == 5"},
	{&sched_switch, "prev_comm == \"a*\" || prev_comm != 'x\"y' && next_comm == \"it's\""},
	{&sched_switch,
		"prev_comm == \"\" || prev_comm == \"1*\" || prev_comm != \"!*\" || prev_comm == \"*?[\\\\*x\""},
	{&sched_switch, "$ctx.procname == \"a*b\" || $ctx.procname != \"c\" && $ctx.cpu_id >= 1 && $ctx.tid > 1"},
	{&sched_switch, "$ctx.cpu_id & 1 || $ctx.cpu_id == 0"},
	{&sched_switch, "!$ctx.interruptible || $ctx.preemptible == 1 || $ctx.need_reschedule || $ctx.migratable"},
	{&sched_switch, "!(!prev_tid || !(prev_prio && !(next_tid == 2 || next_prio == 3)))"},
	{&sched_wakeup, "tid == 1 && target_cpu < 2 && comm == \"x\""},
	{&sched_process_exec, "filename == \"*/sh\" || filename != \"x\" && tid == 3"},
	{&block_rq_issue, "rwbs & 0x7ff && !(rwbs & 0x200) && sector > 5 && tid > 1 && comm == \"a\""},
	{&block_rq_issue, "rwbs == 1 || rwbs != 5 || (rwbs & 0x700) == 0x500"},
	{&mm_page_alloc, "order > 2 && gfp_flags & 0x100 && migratetype == 1"},
	{&kmalloc, "ptr < 0 && bytes_req >= 4096 && node == -1 || call_site > 0xffffffff00000000"},
	{&irq_handler_entry, "irq < 10 && name == \"virtio*\""},
	{&enter_openat, "dfd == -100 && filename == \"/etc/*\" && flags & 0x80000 && mode < 0777"},
	{&enter_openat, "dfd < 3 || dfd != -100 || filename != \"x\""},
	{&exit_getppid, "ret > 0 && ret != -38"},
};

Test(filter_kernel, takes_every_kind_of_term)
{
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		/* Which events there are is the kernel's build. */
		if (has_event(taken[i].event))
			set_filter(taken[i].event, taken[i].expression);
	}
}

Test(filter_kernel, takes_the_longest_text)
{
	char expression[16384] = "prev_tid == 1", text[RF_FILTER_TEXT_SIZE];

	for (;;) {
		size_t before = strlen(expression);

		strcpy(expression + before, " || prev_tid == 1");
		if (translate(&sched_switch, expression, text)) {
			expression[before] = '\0';
			break;
		}
	}
	set_filter(&sched_switch, expression);

	char literal[1024];

	snprintf(literal, sizeof(literal), "filename == \"%0255d\" || filename == \"*%0253d\"", 0, 0);
	set_filter(&sched_process_exec, literal);
}

Test(filter_kernel, takes_deep_texts)
{
	char expression[4096] = "", text[RF_FILTER_TEXT_SIZE];
	int depth = 100;

	for (int i = 0; i < depth; i++)
		strcat(expression, "!(prev_tid && ");
	strcat(expression, "prev_tid");
	for (int i = 0; i < depth; i++)
		strcat(expression, ")");
	cr_assert_eq(translate(&sched_switch, expression, text), 0);
	set_filter(&sched_switch, expression);
	memset(expression, '!', 511);
	strcpy(expression + 511, "prev_tid");
	set_filter(&sched_switch, expression);
}

/* How many records of EVENT, filtered already, DO_IT causes. */
static int count_records(const struct event *event, void (*do_it)(void))
{
	char path[256];
	int records = 0;

	put(open_in("tracing_on"), "0");
	snprintf(path, sizeof(path), "%s/trace", instance);
	close(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC));
	cr_assert_eq(put(open_in("events/%s/%s/enable", event->system, event->name), "1"), 0);

	int on = open_in("tracing_on");

	cr_assert_eq(write(on, "1", 1), 1);
	do_it();
	cr_assert_eq(write(on, "0", 1), 1);
	close(on);
	put(open_in("events/%s/%s/enable", event->system, event->name), "0");

	char *text = get(open_in("trace"));

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (line[0] != '#')
			records++;
	free(text);
	return records;
}

/* Of those that this thread causes. */
static int count(const struct event *event, const char *expression, void (*do_it)(void))
{
	char own[4096];

	snprintf(own, sizeof(own), "$ctx.tid == %d && (%s)", (int)getpid(), expression);
	set_filter(event, own);
	return count_records(event, do_it);
}

static void call_getppid(void)
{
	for (int i = 0; i < 7; i++)
		syscall(SYS_getppid);
}

Test(filter_kernel, selects_by_context)
{
	if (!has_event(&enter_getppid))
		cr_skip_test("the kernel has no events of system calls");

	static const struct {
		const char *name;
		const char *expression;
		int records;
	} cases[] = {
		{"rf-one", "1", 7},
		{"rf-one", "$ctx.procname == \"rf-one\"", 7},
		{"rf-one", "$ctx.procname != \"rf-one\"", 0},
		{"rf-one", "$ctx.procname == \"rf-on\"", 0},
		{"rf-one", "$ctx.procname == \"rf*\"", 7},
		{"rf-one", "$ctx.procname == \"*one\"", 7},
		{"rf-one", "$ctx.procname == \"*-o*\"", 7},
		{"rf-one", "$ctx.procname == \"r*-*e\"", 7},
		{"rf-one", "$ctx.procname == \"r?-*e\"", 0},
		{"rf-one", "$ctx.procname != \"rf*\"", 0},
		{"1rf?x", "$ctx.procname == \"1*\"", 7},
		{"1rf?x", "$ctx.procname == \"2*\"", 0},
		{"1rf?x", "$ctx.procname == \"*rf?*\"", 7},
		{"1rf!x", "$ctx.procname == \"*rf?*\"", 0},
		{"!a[b\\c", "$ctx.procname == \"!*\"", 7},
		{"!a[b\\c", "$ctx.procname == \"*[b\\\\*\"", 7},
		{"!a[b\\c", "$ctx.procname == \"!a[b\\\\c\"", 7},
		{"rf-one", "$ctx.procname == \"!*\"", 0},
		{"a*b", "$ctx.procname == \"a\\*b\"", 7},
		{"axb", "$ctx.procname == \"a\\*b\"", 0},
		{"a*b", "$ctx.procname == \"a\\**\"", 7},
		{"axb", "$ctx.procname == \"a\\**\"", 0},
		{"a\"b", "$ctx.procname == 'a\"b'", 7},
		{"a'b", "$ctx.procname == \"a'*\"", 7},
		{"", "$ctx.procname == \"\"", 7},
		{"x", "$ctx.procname == \"\"", 0},
		{"x", "$ctx.cpu_id >= 0 && $ctx.tid != 1", 7},
		{"x", "!($ctx.tid == 1) && ($ctx.tid == 1 || $ctx.procname == \"x\")", 7},
		{"x", "$ctx.tid & 1 || !($ctx.tid & 1)", 7},
		{"x", "$ctx.tid & 1 && !($ctx.tid & 1)", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		prctl(PR_SET_NAME, cases[i].name);
		cr_expect_eq(count(&enter_getppid, cases[i].expression, call_getppid), cases[i].records, "%s: %s",
			cases[i].name, cases[i].expression);
	}
}

/* Both ways in which a program may hand over a negative int. */
static void call_openat(void)
{
	static const char null[] = "/dev/null";

	close((int)syscall(SYS_openat, -100L, null, (long)O_RDONLY, 0L));
	close((int)syscall(SYS_openat, 0xffffff9cL, null, (long)O_CLOEXEC, 0L));
	syscall(SYS_openat, 1234L, "rf-nothing", (long)O_WRONLY, 0L);
}

Test(filter_kernel, selects_by_arguments_in_registers)
{
	if (!has_event(&enter_openat))
		cr_skip_test("the kernel has no events of system calls");

	static const struct {
		const char *expression;
		int records;
	} cases[] = {
		{"dfd == -100", 2},
		{"dfd != -100", 1},
		{"dfd < 0", 2},
		{"dfd > 0", 1},
		{"dfd >= -100 && dfd < 1234", 2},
		{"dfd > -100", 1},
		{"dfd", 3},
		{"dfd & 0x400", 3}, /* -100 has that bit, too */
		{"dfd & 0x8000000000000000", 2},
		{"(dfd & 3) == 0", 2},
		{"(dfd & 3) != 0", 1},
		{"flags & 0x80000", 1},
		{"(flags & 3) == 1", 1},
		{"flags == 1 && mode == 0", 1},
		{"mode > 0", 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(count(&enter_openat, cases[i].expression, call_openat), cases[i].records, "%s",
			cases[i].expression);
}

Test(filter_kernel, selects_by_texts_in_the_callers_memory)
{
	if (!has_event(&enter_openat))
		cr_skip_test("the kernel has no events of system calls");

	static const struct {
		const char *expression;
		int records;
	} cases[] = {
		{"filename == \"/dev/null\"", 2},
		{"filename == \"/dev/*\"", 2},
		{"filename == \"*null\"", 2},
		{"filename == \"/dev\"", 0},
		{"filename == \"rf-nothing\" || filename == \"x\"", 1},
	};
	char text[RF_FILTER_TEXT_SIZE];

	cr_assert_eq(translate(&enter_openat, "filename == \"x\"", text), 0);
	if (put(open_in("events/syscalls/sys_enter_openat/filter"), text))
		cr_skip_test("the kernel compares no texts of callers");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(count(&enter_openat, cases[i].expression, call_openat), cases[i].records, "%s",
			cases[i].expression);
}

static void call_lseek(void)
{
	static const long offsets[] = {-5, -4, -1, 0, 1, 5, INT64_MIN, INT64_MAX};

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		syscall(SYS_lseek, -1L, offsets[i], 0L);
}

Test(filter_kernel, compares_as_lttng_does)
{
	if (!has_event(&enter_lseek))
		cr_skip_test("the kernel has no events of system calls");

	static const struct {
		const char *expression;
		int records;
	} cases[] = {
		{"offset < 0", 4},
		{"offset <= -4", 3},
		{"offset > -5", 6},
		{"offset > -5 && offset < 1", 3},
		{"offset >= 1", 3},
		{"offset < -5", 1},
		{"offset == -1", 1},
		{"offset != -1", 7},
		{"0 < offset", 3},
		{"offset & 1", 5},
		{"offset & 1 << 63", 4},
		{"offset", 7},
		{"!offset", 1},
		{"whence == 0 && fd == 0xffffffff", 8},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(count(&enter_lseek, cases[i].expression, call_lseek), cases[i].records, "%s",
			cases[i].expression);
}

static void call_fchmod(void)
{
	syscall(SYS_fchmod, -1L, 0644L);
	syscall(SYS_fchmod, -1L, 0100755L);
}

Test(filter_kernel, compares_short_arguments)
{
	if (!has_event(&enter_fchmod))
		cr_skip_test("the kernel has no events of system calls");
	cr_expect_eq(count(&enter_fchmod, "mode == 0644", call_fchmod), 1);
	cr_expect_eq(count(&enter_fchmod, "mode >= 0100000", call_fchmod), 1);
	cr_expect_eq(count(&enter_fchmod, "mode & 0111", call_fchmod), 1);
	cr_expect_eq(count(&enter_fchmod, "mode < 070000 || mode > 070000", call_fchmod), 2);
}

static void sleep_shortly(void)
{
	struct timespec time = {.tv_nsec = 1000000};

	for (int i = 0; i < 3; i++)
		nanosleep(&time, NULL);
}

Test(filter_kernel, knows_priorities_and_states)
{
	cr_assert(has_event(&sched_switch));
	prctl(PR_SET_NAME, "rf-sleeps");
	cr_expect_geq(count(&sched_switch, "prev_comm == \"rf-sleeps\"", sleep_shortly), 3);
	cr_expect_geq(count(&sched_switch, "prev_comm == \"*sleeps\" && prev_comm == \"rf*\"", sleep_shortly), 3);
	cr_expect_geq(count(&sched_switch, "prev_comm == \"*sle*\"", sleep_shortly), 3);
	cr_expect_eq(count(&sched_switch, "prev_comm == \"*sleep\"", sleep_shortly), 0);
	cr_expect_geq(count(&sched_switch, "prev_prio >= 0 && prev_prio < 40", sleep_shortly), 3);
	cr_expect_geq(count(&sched_switch, "prev_state & 1", sleep_shortly), 3);
	cr_expect_eq(count(&sched_switch, "prev_prio > 39 || prev_comm == \"rf-wakes\"", sleep_shortly), 0);
	cr_expect_eq(count(&sched_switch, "prev_state & 0x40", sleep_shortly), 0);
}

/* An operation on a block device is a text to the kernel; a thread's name can be any. */
static bool operation_is(const char *rwbs, const char *expression)
{
	char text[RF_FILTER_TEXT_SIZE], *name, own[2 * RF_FILTER_TEXT_SIZE];

	cr_assert_eq(translate(&block_rq_issue, expression, text), 0, "%s", text);
	while ((name = strstr(text, "rwbs")))
		memcpy(name, "COMM", 4);
	prctl(PR_SET_NAME, rwbs);
	snprintf(own, sizeof(own), "common_pid == %d && (%s)", (int)getpid(), text);
	cr_assert_eq(put(open_in("events/syscalls/sys_enter_getppid/filter"), own), 0, "%s", own);
	return count_records(&enter_getppid, call_getppid) == 7;
}

Test(filter_kernel, reads_block_operations)
{
	static const struct {
		const char *rwbs;
		unsigned int bits;
	} cases[] = {
		{"W", 1},
		{"R", 4},
		{"RA", 4 | 8},
		{"RAM", 4 | 8 | 64},
		{"WS", 1 | 32},
		{"WSM", 1 | 32 | 64},
		{"DE", 2 | 128},
		{"D", 2},
		{"F", 256},
		{"FS", 256 | 32},
		{"FF", 256 | 1024},
		{"FFS", 256 | 1024 | 32},
		{"FWFS", 1024 | 1 | 512 | 32},
		{"FWS", 1024 | 1 | 32},
		{"WFSM", 1 | 512 | 32 | 64},
		{"N", 0},
		{"ZR", 0},
		{"ZA", 0},
		{"ZF", 0},
	};

	if (!has_event(&enter_getppid) || !has_event(&block_rq_issue))
		cr_skip_test("the kernel has no events of system calls or of block devices");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char expression[64];

		snprintf(expression, sizeof(expression), "rwbs == %u", cases[i].bits);
		cr_expect(operation_is(cases[i].rwbs, expression), "%s", cases[i].rwbs);
		if (cases[i].bits) {
			snprintf(expression, sizeof(expression), "rwbs & %u", cases[i].bits & -cases[i].bits);
			cr_expect(operation_is(cases[i].rwbs, expression), "%s", cases[i].rwbs);
		}
		snprintf(expression, sizeof(expression), "rwbs & %u", 0x7ffu & ~cases[i].bits);
		cr_expect_not(operation_is(cases[i].rwbs, expression), "%s", cases[i].rwbs);
	}
}
