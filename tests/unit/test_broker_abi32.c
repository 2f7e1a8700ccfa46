/* SPDX-License-Identifier: GPL-2.0-only */
/* Consumers for 32-bit applications: which program, and that the broker's filter lets it run. */
#include "policy/broker/children.h"
#include "policy/seccomp/sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A whole i386 program: getpid(), then exit(42). */
static const unsigned char program[] = {
	0x7f,
	0x45,
	0x4c,
	0x46,
	0x01,
	0x01,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x02,
	0x00,
	0x03,
	0x00,
	0x01,
	0x00,
	0x00,
	0x00,
	0x54,
	0x80,
	0x04,
	0x08,
	0x34,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x34,
	0x00,
	0x20,
	0x00,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x80,
	0x04,
	0x08,
	0x00,
	0x80,
	0x04,
	0x08,
	0x67,
	0x00,
	0x00,
	0x00,
	0x67,
	0x00,
	0x00,
	0x00,
	0x05,
	0x00,
	0x00,
	0x00,
	0x00,
	0x10,
	0x00,
	0x00,
	0xb8,
	0x14,
	0x00,
	0x00,
	0x00,
	0xcd,
	0x80,
	0xb8,
	0x01,
	0x00,
	0x00,
	0x00,
	0xbb,
	0x2a,
	0x00,
	0x00,
	0x00,
	0xcd,
	0x80,
};
static char path[64];

static void begin(void)
{
	int fd;

	strcpy(path, "/tmp/rf-unit-XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, program, sizeof(program)), (ssize_t)sizeof(program));
	cr_assert_eq(fchmod(fd, 0755), 0);
	close(fd);
}

static void end(void)
{
	unlink(path);
}

TestSuite(broker_abi32, .init = begin, .fini = end);

/* Wait status of the program in a child, SETUP before it is executed. */
static int run(void (*setup)(void))
{
	char *argv[] = {path, NULL};
	char *environment[] = {NULL};
	int status;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		setup();
		execve(path, argv, environment);
		_exit(126);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void nothing(void)
{
}

static void filtered(void)
{
	if (rf_sandbox_enter(RF_ROLE_BROKER) < 0)
		_exit(125);
}

static void filtered_for_32bit(void)
{
	rf_sandbox_allow_32bit();
	filtered();
}

Test(broker_abi32, the_filter_lets_one_run_when_there_is_one)
{
	int status = run(nothing);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 126)
		cr_skip_test("this kernel runs no 32-bit programs");
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	status = run(filtered_for_32bit);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 42, "status %#x", (unsigned int)status);
	status = run(filtered);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "status %#x", (unsigned int)status);
}

static void no_signals(void *data, int signo)
{
	rf_children_reap(data);
	(void)signo;
}

static struct rf_broker *make_broker(void)
{
	static struct rf_runtime runtime;
	static struct rf_options options;
	static struct rf_broker broker = {.runtime = &runtime, .options = &options};
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	broker.consumer_identity.uid = getuid() ? getuid() : 54321;
	broker.consumer_identity.gid = broker.consumer_identity.uid;
	rf_list_init(&broker.consumers);
	rf_list_init(&broker.trees);
	rf_list_init(&broker.dirs);
	rf_list_init(&broker.lookups);
	rf_list_init(&broker.programs);
	broker.loop = rf_loop_create();
	cr_assert(broker.loop);
	cr_assert_eq(rf_loop_signals(broker.loop, &signals, no_signals, &broker), 0);
	return &broker;
}

static int start(struct rf_broker *broker, uint32_t id, uint32_t uid, uint8_t abi_bits)
{
	const struct rf_broker_spawn_consumer request = {.consumer = id, .uid = uid, .abi_bits = abi_bits};

	return rf_children_start_consumer(broker, &request, STDERR_FILENO);
}

Test(broker_abi32, without_a_program_it_is_refused)
{
	struct rf_broker *broker = make_broker();

	cr_expect_eq(start(broker, 1, 1000, 32), -ENOENT);
	cr_expect_null(rf_children_find_consumer(broker, 1));
}

Test(broker_abi32, the_program_that_was_named_is_started)
{
	struct rf_broker *broker = make_broker();
	const struct rf_peer *peer;

	broker->options->consumer32 = (char *)(uintptr_t) "/usr/bin/sleep";
	cr_assert_eq(access("/usr/bin/sleep", X_OK), 0);
	cr_expect_eq(start(broker, 1, 1000, 32), 0);
	peer = rf_children_find_consumer(broker, 1);
	cr_assert(peer);

	siginfo_t info;

	/* Without arguments it says so and ends with 1; one that could not be executed ends with 127. */
	cr_assert_eq(waitid(P_PID, (id_t)peer->pid, &info, WEXITED | WNOWAIT), 0);
	cr_expect_eq(info.si_status, 1);
}
