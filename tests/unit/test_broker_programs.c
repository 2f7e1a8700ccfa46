/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of clients, and file systems of theirs that never answer: what waits is a process that nobody waits for. */
#include "policy/broker/programs.h"

#include "tests/apps/fuse_server.h"
#include "tests/unit/kernel_bench.h"
#include "tests/unit/send_copies.h"

#include <sched.h>
#include <sys/stat.h>

#define OWNER 4242u /* whom the bench lets trace the kernel */
#define SOON RF_SECOND

TestSuite(broker_programs, .timeout = 60);

static struct kernel_bench *bench_here(void)
{
	struct kernel_bench *bench;

	if (geteuid() != 0)
		cr_skip_test("not root");
	bench = bench_with(-1, RF_TRACER_CHOOSE_TRACEFS);
	bench->broker.sessiond_identity = (struct rf_identity){.uid = 54321, .gid = 54321};
	return bench;
}

/* A connection of UID that was given to the daemon: its end, the client's in *CLIENT. */
static int connection_of(uid_t uid, int *client)
{
	int ends[2];

	cr_assert_eq(seteuid(uid), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	cr_assert_eq(seteuid(0), 0);
	*client = ends[1];
	return ends[0];
}

/* What becomes of COUNT copies of FD that a client of UID sends. */
static int give(struct kernel_bench *bench, uid_t uid, int fd, unsigned int count)
{
	struct rf_writer nothing = bench_body();
	int client;
	int sock = connection_of(uid, &client);
	int status;

	send_copies(client, fd, count);
	status = bench_ask(bench, BENCH_SESSIOND, RF_BROKER_RECEIVE_PROGRAM, &nothing, sock);
	close(sock);
	close(client);
	return status;
}

static void pause_over(struct rf_timer *timer)
{
	rf_loop_stop(rf_container_of(timer, struct bench_wait, timer)->bench->broker.loop);
}

/* Until all of them have ended, and their links' hang-ups were seen. */
static void reap_all(struct kernel_bench *bench)
{
	uint64_t until = rf_now() + 10 * RF_SECOND;
	struct bench_wait wait = {.bench = bench};
	int status;
	pid_t pid;

	while (rf_list_linked(&bench->broker.programs) && rf_now() < until) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			rf_programs_reap(&bench->broker, pid, status);
		rf_timer_arm(bench->broker.loop, &wait.timer, RF_MS, pause_over);
		rf_loop_run(bench->broker.loop);
	}
	cr_expect_not(rf_list_linked(&bench->broker.programs), "all of them end");
}

Test(broker_programs, is_passed_on)
{
	struct kernel_bench *bench = bench_here();
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat ours;
	struct stat theirs;

	cr_assert_eq(fstat(fd, &ours), 0);
	cr_assert_eq(give(bench, OWNER, fd, 1), 0);
	cr_assert_eq(bench->reply.fd_count, 1);
	cr_assert_eq(fstat(bench->reply.fds[0], &theirs), 0);
	cr_expect(theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev);
	cr_expect_eq(give(bench, 0, fd, 1), 0);
	reap_all(bench);
	close(fd);
	bench_free(bench);
}

Test(broker_programs, is_one_regular_file_of_who_may_trace_the_kernel)
{
	struct kernel_bench *bench = bench_here();
	struct rf_writer nothing = bench_body();
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	cr_expect_eq(give(bench, OWNER + 1, fd, 1), -EPERM);
	cr_expect_eq(give(bench, OWNER, fd, 0), -EPROTO);
	cr_expect_eq(give(bench, OWNER, fd, 2), -EPROTO);
	cr_expect_eq(give(bench, OWNER, null, 1), -ENOEXEC);
	cr_expect_eq(give(bench, OWNER, bench->ends[BENCH_KERNEL], 1), -ENOEXEC);
	cr_expect_eq(bench_ask(bench, BENCH_SESSIOND, RF_BROKER_RECEIVE_PROGRAM, &nothing, null), -EINVAL);
	reap_all(bench);
	close(null);
	close(fd);
	bench_free(bench);
}

struct hanging {
	char dir[32];
	pid_t server;
	pid_t client; /* who has it open: closing it waits, too */
	int fd;
};

/* The file system's own process: what waits for it goes on when this is killed. */
static void start_server(struct hanging *fs, bool everybody, uint64_t silent)
{
	static const char content[8192];
	struct fuse_served served = {.silent = silent, .content = content, .size = sizeof(content)};

	strcpy(fs->dir, "/tmp/rf-fuse-XXXXXX");
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || !mkdtemp(fs->dir))
		cr_skip_test("no mounts of our own: %s", strerror(errno));
	served.dev = fuse_mount_on(fs->dir, OWNER, everybody);
	if (served.dev < 0) {
		rmdir(fs->dir);
		cr_skip_test("no file system in user space: %s", strerror(-served.dev));
	}
	fs->server = fork();
	if (fs->server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuse_serve(&served);
		_exit(EXIT_SUCCESS);
	}
	close(served.dev);
}

/* The file is opened by its owner, and passed about without ever being received here. */
static int opened_by_owner(const struct hanging *fs, int client)
{
	char path[64];
	pid_t opener = fork();

	if (opener == 0) {
		int fd;

		snprintf(path, sizeof(path), "%s/program", fs->dir);
		fd = setresgid(OWNER, OWNER, OWNER) == 0 && setresuid(OWNER, OWNER, OWNER) == 0
			? open(path, O_RDONLY | O_CLOEXEC)
			: -1;
		if (fd >= 0)
			send_copies(client, fd, 1);
		/* Its own close of it waits as well. */
		shutdown(client, SHUT_WR);
		pause();
	}
	return opener;
}

static int give_hanging(struct kernel_bench *bench, struct hanging *fs, uid_t uid, uint64_t *took)
{
	struct rf_writer nothing = bench_body();
	int client;
	int sock = connection_of(uid, &client);
	struct pollfd readable = {.fd = sock, .events = POLLIN};
	uint64_t began;
	int status;

	fs->client = opened_by_owner(fs, client);
	cr_assert_eq(poll(&readable, 1, 10000), 1);
	began = rf_now();
	status = bench_ask(bench, BENCH_SESSIOND, RF_BROKER_RECEIVE_PROGRAM, &nothing, sock);
	*took = rf_now() - began;
	kill(fs->client, SIGKILL);
	close(sock);
	close(client);
	return status;
}

static void end_server(struct hanging *fs)
{
	kill(fs->server, SIGKILL);
	waitpid(fs->server, NULL, 0);
	umount2(fs->dir, MNT_DETACH);
	rmdir(fs->dir);
}

static bool served_at_once(struct kernel_bench *bench, uid_t uid)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t began = rf_now();
	int status = give(bench, uid, fd, 1);

	close(fd);
	return status == 0 && rf_now() - began < SOON;
}

/* What its owner keeps to himself is refused without asking it, and the process that has it can wait. */
Test(broker_programs, is_refused_on_a_file_system_of_a_user)
{
	struct kernel_bench *bench = bench_here();
	struct hanging fs;
	uint64_t took;

	start_server(&fs, false, FUSE_ANSWERS_NOTHING);
	cr_expect_eq(give_hanging(bench, &fs, OWNER, &took), -EOPNOTSUPP);
	cr_expect_lt(took, SOON);
	cr_expect(served_at_once(bench, OWNER));
	cr_expect(served_at_once(bench, 0));
	end_server(&fs);
	reap_all(bench);
	bench_free(bench);
}

Test(broker_programs, is_refused_where_the_file_system_answers)
{
	struct kernel_bench *bench = bench_here();
	struct hanging fs;
	uint64_t took;

	start_server(&fs, true, FUSE_SILENT(FUSE_READ));
	cr_expect_eq(give_hanging(bench, &fs, OWNER, &took), -EOPNOTSUPP);
	cr_expect_lt(took, SOON);
	/* It answers the end of the process, too. */
	reap_all(bench);
	end_server(&fs);
	bench_free(bench);
}

Test(broker_programs, is_given_up_where_it_does_not)
{
	struct kernel_bench *bench = bench_here();
	struct hanging fs;
	uint64_t took;

	start_server(&fs, true, FUSE_ANSWERS_NOTHING);
	cr_expect_eq(give_hanging(bench, &fs, OWNER, &took), -ETIMEDOUT);
	cr_expect_geq(took, RF_PROGRAM_DEADLINE);
	cr_expect_lt(took, RF_PROGRAM_DEADLINE + SOON);
	cr_expect(served_at_once(bench, OWNER));
	end_server(&fs);
	reap_all(bench);
	bench_free(bench);
}

/* Lower in a new overlay; its program, opened in a mount name space that is not ours. */
static int open_overlay(const char *base, bool elsewhere)
{
	char options[256];
	char path[128];
	int fd;

	snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", base, base, base);
	snprintf(path, sizeof(path), "%s/merged", base);
	if ((elsewhere && unshare(CLONE_NEWNS) < 0) || mount("overlay", path, "overlay", 0, options) < 0)
		return -errno;
	snprintf(path, sizeof(path), "%s/merged/program", base);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void make_layers(const char *base)
{
	static const char *const dirs[] = {"lower", "upper", "work", "merged"};
	char path[128];
	int fd;

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", base, "tmpfs", 0, NULL) < 0)
		cr_skip_test("no mounts of our own: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", base, dirs[i]);
		cr_assert_eq(mkdir(path, 0755), 0);
	}
	snprintf(path, sizeof(path), "%s/lower/program", base);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	cr_assert_geq(fd, 0);
	close(fd);
}

/* One in a name space of its own may have layers that never answer; where the broker is, root mounts. */
Test(broker_programs, is_on_an_overlay_of_the_administrator)
{
	struct kernel_bench *bench = bench_here();
	static const char base[] = "/mnt";

	make_layers(base);
	for (int elsewhere = 0; elsewhere <= 1; elsewhere++) {
		int client;
		int sock = connection_of(OWNER, &client);
		struct pollfd readable = {.fd = sock, .events = POLLIN};
		struct rf_writer nothing = bench_body();
		int fd = elsewhere ? -1 : open_overlay(base, false);
		pid_t opener = elsewhere ? fork() : -1;

		if (opener == 0) {
			fd = open_overlay(base, true);
			if (fd >= 0)
				send_copies(client, fd, 1);
			/* Its name space, and with it the mount, stays. */
			shutdown(client, SHUT_WR);
			pause();
		}
		if (!elsewhere && fd < 0)
			cr_skip_test("no overlay: %s", strerror(-fd));
		if (!elsewhere)
			send_copies(client, fd, 1);
		cr_assert_eq(poll(&readable, 1, 10000), 1);
		cr_expect_eq(bench_ask(bench, BENCH_SESSIOND, RF_BROKER_RECEIVE_PROGRAM, &nothing, sock),
			elsewhere ? -EOPNOTSUPP : 0);
		if (opener > 0)
			kill(opener, SIGKILL);
		close(sock);
		close(client);
		if (!elsewhere) {
			rf_frame_close_fds(&bench->reply);
			bench->reply.fd_count = 0;
			close(fd);
			umount2("/mnt/merged", MNT_DETACH);
		}
	}
	reap_all(bench);
	bench_free(bench);
}

Test(broker_programs, one_user_has_some_that_hang)
{
	struct kernel_bench *bench = bench_here();
	struct hanging fs;
	uint64_t took;

	start_server(&fs, false, FUSE_SILENT(FUSE_FLUSH));
	for (unsigned int i = 0; i < RF_PROGRAMS_OF_USER_MAX; i++)
		cr_assert_eq(give_hanging(bench, &fs, OWNER, &took), -EOPNOTSUPP);
	cr_expect_eq(give_hanging(bench, &fs, OWNER, &took), -EAGAIN);
	cr_expect_not(served_at_once(bench, OWNER));
	cr_expect(served_at_once(bench, 0), "others are served");
	end_server(&fs);
	reap_all(bench);
	cr_expect(served_at_once(bench, OWNER));
	reap_all(bench);
	bench_free(bench);
}
