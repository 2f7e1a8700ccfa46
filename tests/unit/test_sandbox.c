/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of the system call filters that look at a part of an argument, tried from inside. */
#include "policy/seccomp/sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(sandbox, .timeout = 30);

/* What became of a process of ROLE that asked an eventfd, which knows no ioctl(2): 0, or the signal. */
static int ask(enum rf_role role, unsigned long request)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		const struct rlimit none = {0};
		int fd = eventfd(0, EFD_CLOEXEC);

		setrlimit(RLIMIT_CORE, &none);
		if (fd < 0 || rf_sandbox_enter(role) < 0)
			_exit(1);
		_exit(ioctl(fd, request, NULL) == -1 && errno == ENOTTY ? 0 : 2);
	}
	cr_assert_gt(child, 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	cr_assert_eq(WEXITSTATUS(status), 0, "request %#lx: exit %d", request, WEXITSTATUS(status));
	return 0;
}

#ifdef RF_SANITIZED
#define REFUSED 0 /* run-times may do all of it */
#else
#define REFUSED SIGSYS
#endif

Test(sandbox, session_daemon_drives_lttng_modules_and_no_other_driver)
{
	static const unsigned long fine[] = {0x0000f645, 0x800cf646, 0x4140f655, 0x4234f663, 0x8008f60a, FIONREAD};
	static const unsigned long others[] = {TCGETS, TIOCSTI, 0x0000f745, 0x0000e645, 0xf6000000, 0x000000f6};

	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		cr_assert_eq(ask(RF_ROLE_SESSIOND, fine[i]), 0, "request %#lx", fine[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_assert_eq(ask(RF_ROLE_SESSIOND, others[i]), REFUSED, "request %#lx", others[i]);
}

/* A consumer of applications has nothing to do with the kernel. */
Test(sandbox, consumer_of_applications)
{
	cr_assert_eq(ask(RF_ROLE_CONSUMER, FIONREAD), 0);
	cr_assert_eq(ask(RF_ROLE_CONSUMER, 0x0000f605), REFUSED);
}

/* The kernel's consumer takes packets, and makes and enables nothing. */
Test(sandbox, consumer_of_the_kernel)
{
	static const unsigned long fine[] = {FIONREAD, 0x0000f605, 0x4008f603, 0x8008f60b, 0x8008f628};
	static const unsigned long others[] = {TIOCSTI, 0x0000f645, 0x4140f655, 0x4234f663, 0x0000f682, 0x00005401};

	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		cr_assert_eq(ask(RF_ROLE_KERNEL_CONSUMER, fine[i]), 0, "request %#lx", fine[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_assert_eq(ask(RF_ROLE_KERNEL_CONSUMER, others[i]), REFUSED, "request %#lx", others[i]);
}
