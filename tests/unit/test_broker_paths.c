/* SPDX-License-Identifier: GPL-2.0-only */
/* What Landlock lets our processes open, make and remove, tried from inside by a process that is held to it. */
#include "policy/landlock/paths.h"
#include "policy/landlock/rights.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIVEN_DIR "given"
#define GIVEN_FILE "modules"
#define OUTSIDE "outside"

static char scene[] = "/tmp/rf-paths.XXXXXX";
/* A file outside that was opened before. */
static int held = -1;

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, "text", 4), 4);
	close(fd);
}

static void set_up(void)
{
	cr_assert(mkdtemp(scene));
	cr_assert_eq(chdir(scene), 0);
	cr_assert_eq(mkdir(GIVEN_DIR, 0700), 0);
	cr_assert_eq(mkdir(GIVEN_DIR "/below", 0700), 0);
	cr_assert_eq(mkdir(OUTSIDE, 0700), 0);
	cr_assert_eq(mkdir(OUTSIDE "/empty", 0700), 0);
	make_file(GIVEN_DIR "/below/file");
	make_file(GIVEN_FILE);
	make_file(OUTSIDE "/file");
	held = open(OUTSIDE "/file", O_RDWR | O_CLOEXEC);
	cr_assert_geq(held, 0);
}

static void tear_down(void)
{
	char command[64];

	close(held);
	snprintf(command, sizeof(command), "rm -rf %s", scene);
	cr_expect_eq(system(command), 0);
}

TestSuite(broker_paths, .init = set_up, .fini = tear_down, .timeout = 30);

/* What the process says that failed; it ends with the first. */
static _Noreturn void say(const char *what, int wanted, int is)
{
	fprintf(stderr, "%s: %d instead of %d\n", what, is, wanted);
	_exit(1);
}

#define TRY(wanted, call)                                                                                              \
	do {                                                                                                           \
		int is_ = (call) < 0 ? errno : 0;                                                                      \
                                                                                                                       \
		if (is_ != (wanted))                                                                                   \
			say(#call, wanted, is_);                                                                       \
	} while (0)

/* Runs LOOK in a process that is held to the list of WHO. */
static void from_inside(enum rf_paths_of who, void (*look)(void))
{
	int status = 0;
	pid_t child;

	cr_assert_geq(rf_paths_version(), 0);
	if (!rf_paths_version())
		cr_skip_test("this kernel has no Landlock, or it is not switched on");
	child = fork();
	if (!child) {
		const int given[] = {
			[RF_GIVEN_TRACEFS] = open(GIVEN_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			[RF_GIVEN_MODULES] = open(GIVEN_FILE, O_PATH | O_CLOEXEC),
		};

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || rf_paths_enter(who, given) < 0)
			_exit(2);
		look();
		_exit(0);
	}
	cr_assert_gt(child, 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned int)status);
}

static void nothing_outside(void)
{
	TRY(EACCES, open(OUTSIDE "/file", O_WRONLY));
	TRY(EACCES, open(OUTSIDE "/file", O_WRONLY | O_TRUNC));
	TRY(EACCES, open(OUTSIDE "/new", O_WRONLY | O_CREAT, 0600));
	TRY(EACCES, mkdir(OUTSIDE "/new", 0700));
	TRY(EACCES, rmdir(OUTSIDE "/empty"));
	TRY(EACCES, unlink(OUTSIDE "/file"));
	TRY(EACCES, symlink("file", OUTSIDE "/link"));
	TRY(EACCES, mknod(OUTSIDE "/pipe", S_IFIFO | 0600, 0));
	TRY(EACCES, rename(OUTSIDE "/file", OUTSIDE "/other"));
	TRY(EACCES, link(OUTSIDE "/file", OUTSIDE "/other"));
	TRY(EACCES, open("/proc/self/comm", O_WRONLY));
}

static void in_kernel_worker(void)
{
	char path[64];
	struct stat st;

	/* What it is for. */
	TRY(0, open(GIVEN_DIR "/below/file", O_RDWR));
	TRY(0, open(GIVEN_DIR "/below/file", O_WRONLY | O_TRUNC));
	TRY(0, open(GIVEN_DIR "/below", O_RDONLY | O_DIRECTORY));
	TRY(0, mkdir(GIVEN_DIR "/below/new", 0700));
	TRY(0, rmdir(GIVEN_DIR "/below/new"));
	TRY(0, open(GIVEN_FILE, O_RDWR));
	TRY(0, open("/proc/self/task", O_RDONLY | O_DIRECTORY));
	/* The kernel finds the program of a probe by such a path; to open it is another matter. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
	TRY(0, stat(path, &st));
	TRY(EACCES, open(path, O_RDONLY));
	TRY(0, write(held, "more", 4));
	/* And no more. */
	TRY(EACCES, open(GIVEN_DIR "/below/new", O_WRONLY | O_CREAT, 0600));
	TRY(EACCES, unlink(GIVEN_DIR "/below/file"));
	TRY(EACCES, symlink("file", GIVEN_DIR "/below/link"));
	TRY(EACCES, unlink(GIVEN_FILE));
	TRY(EACCES, open(OUTSIDE "/file", O_RDONLY));
	TRY(EACCES, open(OUTSIDE, O_RDONLY | O_DIRECTORY));
	TRY(EACCES, open("/etc/passwd", O_RDONLY));
	TRY(EACCES, open("/sys", O_RDONLY | O_DIRECTORY));
#ifndef RF_SANITIZED
	TRY(EACCES, open("/proc/self/status", O_RDONLY));
#endif
	TRY(EACCES, open("/proc/sys/kernel/core_pattern", O_WRONLY));
	TRY(EACCES, execl("/bin/sh", "sh", "-c", ":", NULL));
	nothing_outside();
}

Test(broker_paths, kernel_worker)
{
	from_inside(RF_PATHS_KERNEL_WORKER, in_kernel_worker);
}

static void in_state_reader(void)
{
	DIR *list;
	const struct dirent *entry;

	TRY(0, open("/proc", O_RDONLY | O_DIRECTORY));
	TRY(0, open("/proc/self/stat", O_RDONLY));
	TRY(0, open("/proc/cpuinfo", O_RDONLY));
	TRY(0, open("/sys/class/net", O_RDONLY | O_DIRECTORY));
	list = opendir("/sys/class/block");
	while (list && (entry = readdir(list))) {
		char path[512];

		snprintf(path, sizeof(path), "/sys/class/block/%s/dev", entry->d_name);
		if (entry->d_name[0] != '.')
			TRY(0, open(path, O_RDONLY));
	}
	TRY(EACCES, open("/sys/kernel", O_RDONLY | O_DIRECTORY));
	TRY(EACCES, open("/etc/passwd", O_RDONLY));
	TRY(EACCES, open(GIVEN_FILE, O_RDWR));
	TRY(EACCES, open(OUTSIDE, O_RDONLY | O_DIRECTORY));
	TRY(EACCES, execl("/bin/sh", "sh", "-c", ":", NULL));
	nothing_outside();
}

/* It has no descriptors instead of paths; others in their place are refused all the same. */
Test(broker_paths, reader_of_the_machines_state)
{
	from_inside(RF_PATHS_STATE_READER, in_state_reader);
}

static void in_module_helper(void)
{
	TRY(0, open("/etc/passwd", O_RDONLY));
	TRY(0, open("/proc/cmdline", O_RDONLY));
	TRY(0, open("/dev/null", O_RDWR));
	nothing_outside();
	execl("/bin/sh", "sh", "-c", "exec 2>/dev/null; test -r /etc/passwd && ! true >" OUTSIDE "/new", NULL);
	say("execl", 0, errno);
}

/* Programs that it starts are held to the same. */
Test(broker_paths, module_helper)
{
	from_inside(RF_PATHS_MODULE_HELPER, in_module_helper);
}

static void with_a_newer_kernel(void)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (sock >= 0 && rf_paths_version() >= RF_LANDLOCK_TCP) {
		TRY(EACCES, bind(sock, (const struct sockaddr *)&any, sizeof(any)));
		TRY(EACCES, connect(sock, (const struct sockaddr *)&any, sizeof(any)));
	}
	if (rf_paths_version() >= RF_LANDLOCK_SCOPES)
		TRY(EPERM, kill(getppid(), 0));
	TRY(0, kill(getpid(), 0));
}

Test(broker_paths, nobody_is_signalled_and_no_port_is_had)
{
	if (rf_paths_version() < RF_LANDLOCK_TCP)
		cr_skip_test("this kernel's Landlock is older than that");
	from_inside(RF_PATHS_KERNEL_WORKER, with_a_newer_kernel);
}

Test(broker_paths, without_no_new_privs_there_is_no_going_on)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		/* Root may do it without: not this one. */
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		_exit(rf_paths_version() && !rf_paths_enter(RF_PATHS_STATE_READER, NULL));
	}
	cr_assert_gt(child, 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned int)status);
}

/* Whether a process goes on for which the kernel's Landlock says ERR. */
static bool goes_on_after(int err)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || !filter ||
			seccomp_rule_add(
				filter, SCMP_ACT_ERRNO((unsigned int)err), SCMP_SYS(landlock_create_ruleset), 0) < 0 ||
			seccomp_load(filter) < 0)
			_exit(2);
		_exit(rf_paths_enter(RF_PATHS_KERNEL_WORKER, NULL) < 0);
	}
	cr_assert_gt(child, 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2, "%#x", (unsigned int)status);
	return WEXITSTATUS(status) == 0;
}

Test(broker_paths, a_kernel_without_landlock_is_one_to_go_on_with)
{
	cr_expect(goes_on_after(ENOSYS));
	cr_expect(goes_on_after(EOPNOTSUPP));
	cr_expect_not(goes_on_after(EPERM));
	cr_expect_not(goes_on_after(ENOMEM));
}
