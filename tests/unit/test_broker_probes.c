/* SPDX-License-Identifier: GPL-2.0-only */
/* Dynamic events of the kernel through the broker, and the rules for their names. */
#include "tests/apps/fuse_server.h"
#include "tests/unit/kernel_bench.h"

#include "policy/broker/tracefs_instance.h"

#include <elf.h>
#include <fnmatch.h>
#include <sched.h>
#include <sys/stat.h>

#define TOP "/sys/kernel/tracing"

static uint32_t number(uint32_t index)
{
	return (uint32_t)getpid() * 16 + index;
}

/* The offset of a program's first instruction in its file. */
static uint64_t entry_of(int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;

	cr_assert_eq(pread(fd, &header, sizeof(header), 0), (ssize_t)sizeof(header));
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		cr_assert_eq(pread(fd, &part, sizeof(part), (off_t)(header.e_phoff + i * sizeof(part))),
			(ssize_t)sizeof(part));
		if (part.p_type == PT_LOAD && header.e_entry >= part.p_vaddr &&
			header.e_entry < part.p_vaddr + part.p_filesz)
			return header.e_entry - part.p_vaddr + part.p_offset;
	}
	cr_assert_fail("no entry");
	return 0;
}

static int add(struct kernel_bench *bench, const struct rf_broker_add_probe *wanted, int fd)
{
	const struct rf_broker_add_probe request = *wanted;

	return BENCH_ASK(bench, BENCH_KERNEL, RF_BROKER_ADD_PROBE, rf_broker_add_probe, fd);
}

static int drop(struct kernel_bench *bench, uint32_t instance, uint32_t probe)
{
	const struct rf_broker_remove_probe request = {.instance = instance, .probe = probe};

	return BENCH_ASK(bench, BENCH_KERNEL, RF_BROKER_REMOVE_PROBE, rf_broker_remove_probe, -1);
}

/* A copy that can be probed: root file systems of containers cannot. */
static int copy_program(char path[64])
{
	char command[256];
	int fd;

	strcpy(path, "/dev/shm/rf-unit-XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	close(fd);
	snprintf(command, sizeof(command), "cp /bin/true %s", path);
	cr_assert_eq(system(command), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	return fd;
}

static struct kernel_bench *with_instance(void)
{
	struct kernel_bench *bench = bench_new();
	struct rf_broker_make_instance wanted = bench_instance(number(1), 0);

	cr_assert_eq(bench_make(bench, &wanted), 0);
	return bench;
}

static bool has_events(const char *group, const char *event)
{
	char path[512];

	snprintf(path, sizeof(path), TOP "/events/%s/%s", group, event);
	return access(path, F_OK) == 0;
}

Test(broker_probes, a_place_in_a_program_becomes_an_event)
{
	struct kernel_bench *bench = with_instance();
	struct rf_broker_add_probe wanted = {.instance = number(1), .probe = 3, .kind = RF_PROBE_USER};
	struct rf_broker_probe_group group;
	uint64_t places[2];
	char path[64];
	int fd;

	if (access(TOP "/uprobe_events", F_OK) < 0)
		cr_skip_test("this kernel has no user-space probes");
	fd = copy_program(path);
	/* By the file that was opened, not by its name. */
	unlink(path);
	places[0] = entry_of(fd);
	places[1] = places[0];
	wanted.places = (struct rf_blob){(const uint8_t *)places, sizeof(places[0])};
	cr_assert_eq(add(bench, &wanted, fd), 0);
	cr_assert(rf_broker_probe_group_decode(&bench->reply.body, &group));
	cr_expect_eq(fnmatch("rf_*", group.system, 0), 0);
	cr_expect(has_events(group.system, "p3"));
	cr_expect_eq(add(bench, &wanted, fd), -EEXIST);
	wanted.probe = 4;
	wanted.places.len = sizeof(places);
	cr_expect_eq(add(bench, &wanted, fd), 0);
	cr_expect(has_events(group.system, "p4_0"));
	cr_expect(has_events(group.system, "p4_1"));
	cr_expect_eq(drop(bench, number(1), 3), 0);
	cr_expect_not(has_events(group.system, "p3"));
	cr_expect_eq(drop(bench, number(1), 3), -ENOENT);
	/* The rest goes with the instance. */
	cr_expect_eq(bench_id(bench, RF_BROKER_REMOVE_INSTANCE, number(1)), 0);
	cr_expect_not(has_events(group.system, "p4_0"));
	cr_expect_not(has_events(group.system, "p4_1"));
	close(fd);
	bench_free(bench);
}

Test(broker_probes, one_that_is_enabled_stays)
{
	struct kernel_bench *bench = with_instance();
	struct rf_broker_add_probe wanted = {.instance = number(1), .probe = 3, .kind = RF_PROBE_USER};
	struct rf_broker_make_instance second = bench_instance(number(2), 0);
	struct rf_broker_probe_group group;
	char command[512];
	char path[64];
	uint64_t place;
	int set_event;
	int fd;

	if (access(TOP "/uprobe_events", F_OK) < 0)
		cr_skip_test("this kernel has no user-space probes");
	fd = copy_program(path);
	place = entry_of(fd);
	wanted.places = (struct rf_blob){(const uint8_t *)&place, sizeof(place)};
	cr_assert_eq(add(bench, &wanted, fd), 0);
	cr_assert(rf_broker_probe_group_decode(&bench->reply.body, &group));
	cr_assert_eq(bench_make(bench, &second), 0);
	set_event = rf_frame_take_fd(&bench->reply, 0);
	snprintf(command, sizeof(command), "%s:p3", group.system);
	cr_assert_eq(write(set_event, command, strlen(command)), (ssize_t)strlen(command));
	cr_expect_eq(drop(bench, number(1), 3), -EBUSY);
	snprintf(command, sizeof(command), "!%s:p3", group.system);
	cr_assert_eq(write(set_event, command, strlen(command)), (ssize_t)strlen(command));
	cr_expect_eq(drop(bench, number(1), 3), 0);
	close(set_event);
	close(fd);
	unlink(path);
	bench_free(bench);
}

Test(broker_probes, what_cannot_be_a_program_is_refused)
{
	struct kernel_bench *bench = with_instance();
	uint64_t place = 0;
	struct rf_broker_add_probe wanted = {.instance = number(1),
		.probe = 3,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)&place, sizeof(place)}};
	char path[64];
	int ends[2];
	int fd;

	if (access(TOP "/uprobe_events", F_OK) < 0)
		cr_skip_test("this kernel has no user-space probes");
	fd = copy_program(path);
	cr_assert_eq(pipe(ends), 0);
	cr_expect_eq(add(bench, &wanted, ends[0]), -EACCES);
	close(ends[0]);
	close(ends[1]);
	ends[0] = open(path, O_PATH | O_CLOEXEC);
	cr_expect_eq(add(bench, &wanted, ends[0]), -EACCES);
	close(ends[0]);
	ends[0] = open(path, O_WRONLY | O_CLOEXEC);
	cr_expect_eq(add(bench, &wanted, ends[0]), -EACCES);
	close(ends[0]);
	wanted.places.len = 7;
	cr_expect_eq(add(bench, &wanted, fd), -EINVAL);
	wanted.places.len = 0;
	cr_expect_eq(add(bench, &wanted, fd), -EINVAL);
	/* Beyond the file's end. */
	place = UINT64_MAX;
	wanted.places.len = sizeof(place);
	cr_expect_eq(add(bench, &wanted, fd), -EINVAL);
	close(fd);
	unlink(path);
	bench_free(bench);
}

Test(broker_probes, symbols_are_checked)
{
	static const char *const bad[] = {
		"a b", "a\nb", "a/b", "0x1234", "1", "a:b:c", ":a", "a:", "a:1", "$a", "a+4", "\xc3\xa4"};
	struct kernel_bench *bench = with_instance();
	struct rf_broker_add_probe wanted = {.instance = number(1), .probe = 3, .kind = RF_PROBE_KERNEL};
	bool kprobes = access(TOP "/kprobe_events", F_OK) == 0;
	int got;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(wanted.symbol, sizeof(wanted.symbol), "%s", bad[i]);
		cr_expect_eq(add(bench, &wanted, -1), -EINVAL, "%s", bad[i]);
	}
	wanted.symbol[0] = '\0';
	cr_expect_eq(add(bench, &wanted, -1), -EINVAL);
	wanted.kind = RF_PROBE_FUNCTION;
	wanted.address = 4096;
	cr_expect_eq(add(bench, &wanted, -1), -EINVAL);
	snprintf(wanted.symbol, sizeof(wanted.symbol), "no_such_symbol_here");
	cr_expect_eq(add(bench, &wanted, -1), kprobes ? -ENOENT : -EOPNOTSUPP);
	snprintf(wanted.symbol, sizeof(wanted.symbol), "kernel_clone");
	got = add(bench, &wanted, -1);
	cr_expect_eq(got, kprobes ? 0 : -EOPNOTSUPP);
	if (kprobes) {
		struct rf_broker_probe_group group;

		cr_assert(rf_broker_probe_group_decode(&bench->reply.body, &group));
		cr_expect(has_events(group.system, "p3_entry"));
		cr_expect(has_events(group.system, "p3_exit"));
	}
	bench_free(bench);
}

Test(broker_probes, a_descriptor_goes_with_the_kind_that_has_one)
{
	struct kernel_bench *bench = with_instance();
	const struct rf_broker_add_probe wanted = {.kind = RF_PROBE_KERNEL, .address = 4096};
	struct rf_frame frame = {.type = RF_BROKER_ADD_PROBE, .serial = 5, .fd_count = 1, .fds = {0}};
	struct rf_writer w = bench_body();

	rf_broker_add_probe_encode(&w, &wanted);
	rf_reader_init(&frame.body, w.base, w.at, RF_HOST_ORDER);
	rf_requests_serve(&bench->peers[BENCH_KERNEL], &frame);
	rf_writer_free(&w);
	cr_expect_not(bench->peers[BENCH_SESSIOND].linked);
	bench_free(bench);
}

Test(broker_probes, events_that_others_left_are_removed)
{
	struct kernel_bench *bench;
	uint64_t until = rf_now() + 10 * RF_SECOND;
	char line[160];
	char path[64];
	uint64_t place;
	int list;
	int fd;

	if (geteuid() != 0 || access(TOP "/uprobe_events", W_OK) < 0)
		cr_skip_test("this kernel has no user-space probes");
	fd = copy_program(path);
	place = entry_of(fd);
	list = open(TOP "/uprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC);
	snprintf(line, sizeof(line), "p:rf_1tdeadprobe_4/p1 %s:0x%llx\n", path, (unsigned long long)place);
	cr_assert_eq(write(list, line, strlen(line)), (ssize_t)strlen(line));
	snprintf(line, sizeof(line), "p:rfunit_foreign_4/p1 %s:0x%llx\n", path, (unsigned long long)place);
	cr_assert_eq(write(list, line, strlen(line)), (ssize_t)strlen(line));
	cr_assert(has_events("rf_1tdeadprobe_4", "p1"));
	bench = with_instance();
	while (has_events("rf_1tdeadprobe_4", "p1") && rf_now() < until)
		poll(NULL, 0, 20);
	cr_expect_not(has_events("rf_1tdeadprobe_4", "p1"));
	cr_expect(has_events("rfunit_foreign_4", "p1"));
	cr_expect_eq(write(list, "-:rfunit_foreign_4/p1\n", 22), 22);
	close(list);
	close(fd);
	unlink(path);
	bench_free(bench);
}

/* The worker that defines them is one for all: before it asks the kernel, which reads the program, it looks where it
 * is. */
Test(broker_probes, not_in_a_program_on_a_file_system_in_user_space)
{
	struct kernel_bench *bench = with_instance();
	/* Which would be the next thing to be refused. */
	const uint64_t beyond = UINT64_C(1) << 40;
	struct rf_broker_add_probe wanted = {.instance = number(1),
		.probe = 3,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)&beyond, sizeof(beyond)}};
	static const char content[4096];
	struct fuse_served served = {.content = content, .size = sizeof(content)};
	int ordinary = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	pid_t server;
	int fd;

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		cr_skip_test("no mounts of our own: %s", strerror(errno));
	served.dev = fuse_mount_on("/mnt", 0, true);
	if (served.dev < 0)
		cr_skip_test("no file system in user space: %s", strerror(-served.dev));
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuse_serve(&served);
		_exit(EXIT_SUCCESS);
	}
	close(served.dev);
	fd = open("/mnt/program", O_RDONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	cr_expect_eq(add(bench, &wanted, fd), -EOPNOTSUPP);
	cr_expect_eq(add(bench, &wanted, ordinary), -EINVAL);
	close(fd);
	close(ordinary);
	bench_free(bench);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}
