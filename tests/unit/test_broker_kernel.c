/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's tracer through the broker: instances in a real tracefs, and who gets what of them. */
#include "tests/unit/kernel_bench.h"

#include "policy/broker/tracefs_instance.h"
#include "policy/broker/worker.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* The directory of the one instance WANTED; "" without. */
static const char *find_instance(uint32_t wanted)
{
	static char found[512];
	char pattern[128];
	const struct dirent *entry;
	DIR *list = opendir(INSTANCES);

	cr_assert(list);
	snprintf(pattern, sizeof(pattern), RF_INSTANCE_PREFIX "*.%u", wanted);
	found[0] = '\0';
	while ((entry = readdir(list)))
		if (fnmatch(pattern, entry->d_name, 0) == 0)
			snprintf(found, sizeof(found), INSTANCES "/%s", entry->d_name);
	closedir(list);
	return found;
}

/* Numbers that no other test program uses at the same time. */
static uint32_t number(uint32_t index)
{
	return (uint32_t)getpid() * 16 + index;
}

Test(broker_kernel, the_mainline_tracer_is_found)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_kernel found;
	struct rf_writer nothing = bench_body();
	char text[64];

	cr_expect_eq(bench_ask(bench, BENCH_KERNEL, RF_BROKER_KERNEL_OPEN, &nothing, -1), 0);
	cr_assert(rf_broker_kernel_decode(&bench->reply.body, &found));
	cr_expect_eq(found.tracer, RF_TRACER_TRACEFS);
	cr_expect_geq(found.cpus, (uint32_t)sysconf(_SC_NPROCESSORS_CONF));
	cr_expect_eq(
		(found.features & RF_TRACEFS_UPROBES) != 0, access("/sys/kernel/tracing/uprobe_events", F_OK) == 0);
	cr_expect_eq(
		(found.features & RF_TRACEFS_KPROBES) != 0, access("/sys/kernel/tracing/kprobe_events", F_OK) == 0);
	cr_assert_eq(bench->reply.fd_count, 1);
	cr_expect_gt(read(bench->reply.fds[0], text, sizeof(text)), 0);
	bench_free(bench);
}

Test(broker_kernel, without_a_tracer_there_is_an_answer)
{
	struct kernel_bench *bench = bench_with(-1, RF_TRACER_CHOOSE_TRACEFS);
	struct rf_broker_make_instance wanted = bench_instance(1, 0);
	struct rf_writer nothing = bench_body();

	if (geteuid() != 0)
		cr_skip_test("not root");
	cr_expect_eq(bench_ask(bench, BENCH_KERNEL, RF_BROKER_KERNEL_OPEN, &nothing, -1), -ENODEV);
	cr_expect_eq(bench_make(bench, &wanted), -ENODEV);
	bench_free(bench);
}

Test(broker_kernel, an_instance_is_made_as_wished_and_removed)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	struct rf_broker_instance made;
	char dir[512];

	wanted.overwrite = 1;
	cr_assert_eq(bench_make(bench, &wanted), 0);
	cr_assert(rf_broker_instance_decode(&bench->reply.body, &made));
	cr_expect_geq(made.ring_size, 256u * 1024);
	cr_expect_leq(made.ring_size, 512u * 1024);
	cr_expect(made.page_size == 65536 || made.page_size == 4096, "%u", made.page_size);
	cr_expect_eq(bench->reply.fd_count, 2);
	snprintf(dir, sizeof(dir), "%s", find_instance(number(1)));
	cr_assert(dir[0]);
	cr_expect(strstr(bench_text(dir, "trace_clock"), "[mono]"));
	cr_expect_str_eq(bench_text(dir, "tracing_on"), "0\n");
	cr_expect_str_eq(bench_text(dir, "options/overwrite"), "1\n");
	cr_expect_str_eq(bench_text(dir, "options/disable_on_free"), "1\n");
	cr_expect(strstr(bench_text(dir, "trace_options"), "norecord-cmd"));
	/* Appending: what was enabled stays. */
	cr_expect_eq(write(bench->reply.fds[0], "sched:sched_switch", 18), 18);
	cr_expect_eq(write(bench->reply.fds[0], "sched:sched_wakeup", 18), 18);
	cr_expect(strstr(bench_text(dir, "set_event"), "sched:sched_switch"));
	cr_expect(strstr(bench_text(dir, "set_event"), "sched:sched_wakeup"));
	/* A second one of that number is another's mistake. */
	int again = bench_make(bench, &wanted);

	cr_expect_eq(again, -EEXIST);
	cr_expect_eq(bench_id(bench, RF_BROKER_REMOVE_INSTANCE, number(1)), 0);
	cr_expect_str_eq(find_instance(number(1)), "");
	cr_expect_eq(bench_id(bench, RF_BROKER_REMOVE_INSTANCE, number(1)), -ENOENT);
	bench_free(bench);
}

Test(broker_kernel, one_that_is_in_use_goes_when_it_is_not_any_more)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	uint64_t until = rf_now() + 10 * RF_SECOND;
	int held;

	cr_assert_eq(bench_make(bench, &wanted), 0);
	held = rf_frame_take_fd(&bench->reply, 0);
	cr_expect_eq(bench_id(bench, RF_BROKER_REMOVE_INSTANCE, number(1)), -EBUSY);
	/* It is nobody's any more. */
	cr_expect_eq(bench_rings(bench, BENCH_CONSUMER, number(1), 1), -EACCES);
	cr_expect_str_neq(find_instance(number(1)), "");
	close(held);
	while (find_instance(number(1))[0] && rf_now() < until)
		poll(NULL, 0, 20);
	cr_expect_str_eq(find_instance(number(1)), "");
	bench_free(bench);
}

Test(broker_kernel, rings_are_for_the_consumer_that_they_were_made_for)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	uint32_t cpus = (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	char dir[512];
	char text[512];

	cr_assert_eq(bench_make(bench, &wanted), 0);
	snprintf(dir, sizeof(dir), "%s", find_instance(number(1)));
	cr_expect_eq(bench_rings(bench, BENCH_OTHER, number(1), 1), -EACCES);
	cr_expect_eq(bench_rings(bench, BENCH_USERS, number(1), 1), -EACCES);
	cr_expect_eq(bench_rings(bench, BENCH_CONSUMER, number(2), 1), -EACCES);
	cr_expect_eq(bench_rings(bench, BENCH_CONSUMER, number(1), 0), -EINVAL);
	cr_expect_eq(bench_rings(bench, BENCH_CONSUMER, number(1), RF_OPEN_RINGS_MAX + 1), -EINVAL);
	cr_expect_eq(bench_rings(bench, BENCH_CONSUMER, number(1), RF_OPEN_RINGS_MAX), -ENOENT);
	/* None of that has touched the ring. */
	cr_expect_geq(atoi(bench_text(dir, "per_cpu/cpu0/buffer_size_kb")), 256);
	cr_assert_eq(bench_rings(bench, BENCH_CONSUMER, number(1), cpus), 0);
	cr_assert_eq(bench->reply.fd_count, 1 + 2 * cpus);
	struct rf_frame first = bench->reply;

	bench->reply.fd_count = 0;
	/* Once: each further descriptor whose end is the end of recording would end it. */
	cr_expect_eq(bench_rings(bench, BENCH_CONSUMER, number(1), 1), -EEXIST);
	cr_expect_geq(atoi(bench_text(dir, "per_cpu/cpu0/buffer_size_kb")), 256);
	bench->reply = first;
	/* Nothing there, and it says so at once. */
	cr_expect_leq(read(bench->reply.fds[1], text, sizeof(text)), 0);
	cr_expect_gt(pread(bench->reply.fds[2], text, sizeof(text), 0), 0);
	cr_expect(strstr(text, "entries: "));
	/* Its end is the end of recording. */
	int on = open(strcat(strcpy(text, dir), "/tracing_on"), O_WRONLY);

	cr_expect_eq(write(on, "1", 1), 1);
	close(on);
	close(rf_frame_take_fd(&bench->reply, 0));
	cr_expect_str_eq(bench_text(dir, "tracing_on"), "0\n");
	cr_expect_lt(atoi(bench_text(dir, "per_cpu/cpu0/buffer_size_kb")), 256);
	bench_free(bench);
}

Test(broker_kernel, instances_are_for_consumers_of_the_kernel)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);

	wanted.consumer = 9;
	cr_expect_eq(bench_make(bench, &wanted), -EPERM);
	wanted.consumer = 10;
	cr_expect_eq(bench_make(bench, &wanted), -ENOENT);
	wanted = bench_instance(0, 0);
	cr_expect_eq(bench_make(bench, &wanted), -EINVAL);
	wanted = bench_instance(number(1), 0);
	wanted.ring_size = 0;
	cr_expect_eq(bench_make(bench, &wanted), -EINVAL);
	wanted.ring_size = UINT64_MAX;
	cr_expect_eq(bench_make(bench, &wanted), -EINVAL);
	/* What the kernel cannot give, it refuses, and nothing is left. */
	wanted.ring_size = 1ull << 40;
	cr_expect_lt(bench_make(bench, &wanted), 0);
	cr_expect_str_eq(find_instance(number(1)), "");
	cr_expect_not(rf_kernel_has(&bench->broker, number(1)));
	bench_free(bench);
}

Test(broker_kernel, a_user_has_so_much_and_no_more)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 1000);

	cr_expect_eq(bench_make(bench, &wanted), -EPERM);
	bench_granted = 1000;
	wanted.ring_size = RF_RING_BYTES_OF_USER_MAX + 1;
	cr_expect_eq(bench_make(bench, &wanted), -EDQUOT);
	wanted.ring_size = 1024 * 1024;
	cr_expect_eq(bench_make(bench, &wanted), 0);
	wanted.instance = number(2);
	wanted.ring_size = RF_RING_BYTES_OF_USER_MAX;
	cr_expect_eq(bench_make(bench, &wanted), -EDQUOT);
	cr_expect_eq(bench_id(bench, RF_BROKER_REMOVE_INSTANCE, number(1)), 0);
	bench_free(bench);
}

static int open_events(struct kernel_bench *bench, uint32_t instance, uint8_t file, const char *names, size_t len)
{
	const struct rf_broker_open_events request = {
		.instance = instance, .file = file, .events = {(const uint8_t *)names, len}};

	return BENCH_ASK(bench, BENCH_KERNEL, RF_BROKER_OPEN_EVENTS, rf_broker_open_events, -1);
}

Test(broker_kernel, events_are_opened_by_name)
{
	static const char names[] = "sched/sched_switch\0nothing/there\0sched/sched_wakeup";
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	struct rf_broker_events_opened opened;
	char text[256] = "";

	cr_assert_eq(bench_make(bench, &wanted), 0);
	cr_expect_eq(open_events(bench, number(2), RF_EVENT_FORMAT, names, sizeof(names)), -ENOENT);
	cr_assert_eq(open_events(bench, number(1), RF_EVENT_FORMAT, names, sizeof(names)), 0);
	cr_assert(rf_broker_events_opened_decode(&bench->reply.body, &opened));
	cr_expect_eq(opened.present, 5);
	cr_assert_eq(bench->reply.fd_count, 2);
	cr_expect_gt(pread(bench->reply.fds[1], text, sizeof(text) - 1, 0), 0);
	cr_expect(strstr(text, "sched_wakeup"), "%s", text);
	cr_expect_lt(write(bench->reply.fds[1], "0", 1), 0);
	cr_assert_eq(open_events(bench, number(1), RF_EVENT_FILTER, names, sizeof(names)), 0);
	cr_assert_eq(bench->reply.fd_count, 2);
	cr_expect_eq(write(bench->reply.fds[0], "prev_pid == 5", 13), 13);
	cr_expect_gt(pread(bench->reply.fds[0], text, sizeof(text) - 1, 0), 0);
	cr_expect_eq(strncmp(text, "prev_pid == 5", 13), 0);
	bench_free(bench);
}

Test(broker_kernel, names_that_are_no_events_are_refused)
{
	static const struct {
		const char *names;
		size_t len;
	} bad[] = {
		{"", 0},
		{"", 1},
		{"sched", 6},
		{"sched/sched_switch", 18}, /* no NUL */
		{"/sched_switch", 14},
		{"sched/", 7},
		{"sched/sched_switch/filter", 26},
		{"../sched_switch", 16},
		{"sched/..", 9},
		{"sched/.", 8},
		{"sched/sched switch", 19},
		{"sched/x\n", 9},
		{"a/b\0\0c/d", 9},
		{"sched/\xc3\xa4", 9},
	};
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	char many[(RF_OPEN_EVENTS_MAX + 1) * 4];

	cr_assert_eq(bench_make(bench, &wanted), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(open_events(bench, number(1), RF_EVENT_FORMAT, bad[i].names, bad[i].len), -EINVAL,
			"number %zu", i);
	for (size_t i = 0; i <= RF_OPEN_EVENTS_MAX; i++)
		memcpy(many + 4 * i, "a/b", 4);
	cr_expect_eq(open_events(bench, number(1), RF_EVENT_FORMAT, many, sizeof(many)), -EINVAL);
	cr_expect_eq(open_events(bench, number(1), RF_EVENT_FORMAT, many, sizeof(many) - 4), 0);
	cr_expect_eq(open_events(bench, number(1), 0, many, 4), -EINVAL);
	cr_expect_eq(open_events(bench, number(1), 3, many, 4), -EINVAL);
	bench_free(bench);
}

static int track(struct kernel_bench *bench, uint32_t instance, uint8_t policy, const int32_t *pids, size_t count)
{
	const struct rf_broker_track request = {.instance = instance,
		.policy = policy,
		.on = 1,
		.pids = {(const uint8_t *)pids, count * sizeof(*pids)}};

	return BENCH_ASK(bench, BENCH_KERNEL, RF_BROKER_TRACK, rf_broker_track, -1);
}

Test(broker_kernel, threads_are_tracked)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	int32_t pids[] = {getpid(), 4000000};
	char expected[32];
	char dir[512];

	cr_assert_eq(bench_make(bench, &wanted), 0);
	snprintf(dir, sizeof(dir), "%s", find_instance(number(1)));
	cr_expect_eq(track(bench, number(1), 2, pids, 2), 0);
	snprintf(expected, sizeof(expected), "%d\n", getpid());
	cr_expect_eq(strncmp(bench_text(dir, "set_event_pid"), expected, strlen(expected)), 0, "%s",
		bench_text(dir, "set_event_pid"));
	cr_expect_str_eq(bench_text(dir, "tracing_on"), "1\n");
	cr_expect_str_eq(bench_text(dir, "options/event-fork"), "1\n");
	cr_expect_eq(track(bench, number(1), 1, NULL, 0), 0);
	cr_expect_str_eq(bench_text(dir, "set_event_pid"), "4194305\n");
	cr_expect_str_eq(bench_text(dir, "options/event-fork"), "0\n");
	cr_expect_eq(track(bench, number(1), 0, NULL, 0), 0);
	cr_expect_str_eq(bench_text(dir, "set_event_pid"), "");
	pids[1] = 0;
	cr_expect_eq(track(bench, number(1), 2, pids, 2), -EINVAL);
	cr_expect_eq(track(bench, number(1), 3, NULL, 0), -EINVAL);
	cr_expect_eq(track(bench, number(2), 1, NULL, 0), -ENOENT);
	bench_free(bench);
}

Test(broker_kernel, only_the_kernel_link_asks_for_the_kernel)
{
	static const uint32_t types[] = {RF_BROKER_KERNEL_OPEN, RF_BROKER_MAKE_INSTANCE, RF_BROKER_REMOVE_INSTANCE,
		RF_BROKER_OPEN_EVENTS, RF_BROKER_TRACK, RF_BROKER_ADD_PROBE, RF_BROKER_REMOVE_PROBE};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		cr_expect(rf_request_find(types[i], RF_PEER_KERNEL));
		cr_expect_null(rf_request_find(types[i], RF_PEER_SESSIOND));
		cr_expect_null(rf_request_find(types[i], RF_PEER_CONSUMER));
	}
	for (uint32_t type = 0; type < 60; type++)
		cr_expect_null(rf_request_find(type, RF_PEER_KERNEL), "request %u", type);
	cr_expect_null(rf_request_find(RF_WORKER_END, RF_PEER_KERNEL));
	cr_expect(rf_request_find(RF_BROKER_OPEN_RINGS, RF_PEER_CONSUMER));
	cr_expect_null(rf_request_find(RF_BROKER_OPEN_RINGS, RF_PEER_SESSIOND));
}

Test(broker_kernel, what_is_wrong_on_the_kernel_link_costs_the_session_daemon)
{
	struct kernel_bench *bench = bench_with(-1, RF_TRACER_CHOOSE_TRACEFS);
	struct rf_frame frame = {.type = RF_BROKER_MAKE_TREE, .serial = 5};
	siginfo_t info = {0};

	rf_requests_serve(&bench->peers[BENCH_KERNEL], &frame);
	cr_expect_not(bench->peers[BENCH_KERNEL].linked);
	cr_expect_not(bench->peers[BENCH_SESSIOND].linked);
	cr_assert_eq(waitid(P_PID, (id_t)bench->peers[BENCH_SESSIOND].pid, &info, WEXITED | WNOWAIT), 0);
	cr_expect_eq(info.si_status, SIGKILL);
	bench_free(bench);
}

Test(broker_kernel, what_others_left_is_removed_and_what_is_used_is_not)
{
	static const char left[] = INSTANCES "/" RF_INSTANCE_PREFIX "1tdead.4";
	static const char used[] = INSTANCES "/" RF_INSTANCE_PREFIX "1talive.4";
	static const char foreign[] = INSTANCES "/rf-unit-foreign";
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);
	uint64_t until = rf_now() + 10 * RF_SECOND;
	int held;

	cr_assert_eq(mkdir(left, 0700), 0);
	cr_assert_eq(mkdir(used, 0700), 0);
	cr_assert_eq(mkdir(foreign, 0700), 0);
	held = open(INSTANCES "/" RF_INSTANCE_PREFIX "1talive.4/tracing_on", O_RDONLY);
	cr_assert_eq(bench_make(bench, &wanted), 0);
	while (access(left, F_OK) == 0 && rf_now() < until)
		poll(NULL, 0, 20);
	cr_expect_neq(access(left, F_OK), 0);
	/* It still serves, and goes on looking. */
	cr_expect_eq(bench_id(bench, RF_BROKER_REMOVE_INSTANCE, number(1)), 0);
	cr_expect_eq(access(used, F_OK), 0);
	cr_expect_eq(access(foreign, F_OK), 0);
	close(held);
	while (access(used, F_OK) == 0 && rf_now() < until)
		poll(NULL, 0, 20);
	cr_expect_neq(access(used, F_OK), 0);
	bench_free(bench);
	cr_expect_eq(rmdir(foreign), 0);
}

Test(broker_kernel, the_worker_is_root_without_capabilities_and_locked_in)
{
	struct kernel_bench *bench = bench_new();
	struct rf_writer nothing = bench_body();
	char command[256];
	const char *text;
	FILE *children;
	int pid = 0;
	bool seen = false;

	cr_expect_eq(bench_ask(bench, BENCH_KERNEL, RF_BROKER_KERNEL_OPEN, &nothing, -1), 0);
	snprintf(command, sizeof(command), "/proc/self/task/%d/children", (int)getpid());
	children = fopen(command, "r");
	cr_assert(children);
	while (fscanf(children, "%d", &pid) == 1) {
		char dir[64];

		snprintf(dir, sizeof(dir), "/proc/%d", pid);
		text = bench_text(dir, "status");
		if (!strstr(text, "Name:\trf-kernel\n"))
			continue;
		seen = true;
		cr_expect(strstr(text, "CapPrm:\t0000000000000000\n"));
		cr_expect(strstr(text, "CapBnd:\t0000000000000000\n"));
		cr_expect(strstr(text, "NoNewPrivs:\t1\n"));
		cr_expect(strstr(text, "Seccomp:\t2\n"));
	}
	fclose(children);
	cr_expect(seen);
	bench_free(bench);
}

Test(broker_kernel, a_worker_whose_broker_is_gone_removes_what_it_made)
{
	const struct rf_broker_make_instance request = bench_instance(number(1), 0);
	static struct rf_frame_buffer buffer;
	struct rf_writer w = bench_body();
	int root = geteuid() == 0 ? rf_tracefs_root() : -EPERM;
	struct rf_frame frame;
	pid_t self = getpid();
	int ends[2];
	int status;
	pid_t pid;

	if (root < 0 || access(INSTANCES, X_OK) < 0)
		cr_skip_test("no tracefs");
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		rf_kernel_worker_run(ends[1], root, RF_TRACER_CHOOSE_ANY, self);
	}
	close(ends[1]);
	rf_broker_make_instance_encode(&w, &request);
	cr_assert_eq(rf_frame_send(ends[0], RF_BROKER_MAKE_INSTANCE, 1, 0, w.base, w.at, NULL, 0), 0);
	rf_writer_free(&w);
	cr_assert_eq(rf_frame_recv(ends[0], &buffer, &frame, 0), 1);
	cr_expect_eq(frame.status, 0);
	cr_expect_eq(frame.fd_count, 2);
	rf_frame_close_fds(&frame);
	cr_expect_str_neq(find_instance(number(1)), "");
	close(ends[0]);
	cr_expect_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned int)status);
	cr_expect_str_eq(find_instance(number(1)), "");
}

/* A /proc of our own without anything; false: there can be none. */
static bool hide_proc(void)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
		(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 ||
			mount(NULL, "/proc", NULL, MS_PRIVATE, NULL) == 0) &&
		mount("none", "/proc", "tmpfs", 0, "mode=0755") == 0;
}

static void make_modules_file(void)
{
	int fd = open(RF_MODULES_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0);
	close(fd);
}

static int ask_for_tracer(struct kernel_bench *bench)
{
	struct rf_writer nothing = bench_body();

	return bench_ask(bench, BENCH_KERNEL, RF_BROKER_KERNEL_OPEN, &nothing, -1);
}

/* A worker has locked itself in by then: it could not open them. */
Test(broker_kernel, modules_that_come_and_go_after_the_start_are_found)
{
	struct kernel_bench *bench;
	const struct rf_kernel_worker *first;

	if (!hide_proc())
		cr_skip_test("no name space of our own for files (not root?)");
	bench = bench_with(-1, RF_TRACER_CHOOSE_ANY);
	cr_expect_eq(ask_for_tracer(bench), -ENODEV);
	first = bench->broker.kernel_service->current;
	cr_expect_eq(ask_for_tracer(bench), -ENODEV);
	cr_expect_eq(bench->broker.kernel_service->current, first, "without need there was another worker");
	for (unsigned int i = 0; i < 3; i++) {
		struct rf_broker_kernel found;

		make_modules_file();
		for (unsigned int again = 0; again < 2; again++) {
			cr_assert_eq(ask_for_tracer(bench), 0, "loaded for time %u", i);
			cr_assert(rf_broker_kernel_decode(&bench->reply.body, &found));
			cr_expect_eq(found.tracer, RF_TRACER_MODULES);
			cr_expect_eq(bench->reply.fd_count, 1);
			cr_expect_eq(fcntl(bench->reply.fds[0], F_GETFL) & O_ACCMODE, O_RDWR);
		}
		cr_assert_eq(unlink(RF_MODULES_FILE), 0);
		if (i)
			cr_expect_eq(ask_for_tracer(bench), -ENODEV);
	}
	bench_free(bench);
}
