/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/autoload.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "ringfence-autoload"
#define ENVIRONMENT_MAX 16

/* Where the user's files and the session daemon's sockets are, and the schema that files must follow. */
static const char *const passed_on[] = {
	"HOME",
	"LTTNG_HOME",
	"LTTNG_SESSION_CONFIG_XSD_PATH",
	"TZ",
	"JOURNAL_STREAM",
	"ASAN_OPTIONS",
	"UBSAN_OPTIONS",
	"TSAN_OPTIONS",
	"LSAN_OPTIONS",
};

static void make_environment(char *environment[ENVIRONMENT_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		const char *value = getenv(passed_on[i]);
		char *entry;

		if (value && asprintf(&entry, "%s=%s", passed_on[i], value) > 0)
			environment[count++] = entry;
	}
	environment[count] = NULL;
}

static int arrange_fds(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return -errno;
	return close_range(STDERR_FILENO + 1, ~0u, 0) < 0 ? -errno : 0;
}

static _Noreturn void become_helper(const char *path, char *given, pid_t broker)
{
	const struct rf_identity identity = {.uid = getuid(), .gid = getgid()};
	const struct rlimit no_core = {0};
	char *environment[ENVIRONMENT_MAX];
	char *argv[] = {(char *)(uintptr_t)PROGRAM, given, NULL};
	sigset_t none;
	int err;

	make_environment(environment);
	setrlimit(RLIMIT_CORE, &no_core);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	err = arrange_fds();
	if (!err)
		err = rf_identity_confine(&identity);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!err && getppid() == broker) {
		execve(path, argv, environment);
		err = -errno;
	}
	if (err)
		rf_error("cannot start %s: %s", path, strerror(-err));
	_exit(127);
}

int rf_autoload_start(struct rf_broker *broker)
{
	char path[PATH_MAX];
	pid_t self = getpid();

	if (snprintf(path, sizeof(path), "%s/" PROGRAM, broker->helper_dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	broker->autoload = fork();
	if (broker->autoload == 0)
		become_helper(path, broker->options->load, self);
	if (broker->autoload < 0) {
		broker->autoload = 0;
		return -errno;
	}
	rf_audit("op=start program=" PROGRAM " pid=%d uid=%u gid=%u result=granted", (int)broker->autoload, getuid(),
		getgid());
	return 0;
}

bool rf_autoload_reap(struct rf_broker *broker, pid_t pid, int status, bool *ok)
{
	if (!broker->autoload || pid != broker->autoload)
		return false;
	broker->autoload = 0;
	*ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (WIFSIGNALED(status))
		rf_audit("op=end program=" PROGRAM " pid=%d result=killed signal=%d%s", (int)pid, WTERMSIG(status),
			WTERMSIG(status) == SIGSYS ? " violation=seccomp" : "");
	else
		rf_audit("op=end program=" PROGRAM " pid=%d result=exited status=%d", (int)pid, WEXITSTATUS(status));
	return true;
}

void rf_autoload_stop(struct rf_broker *broker)
{
	if (broker->autoload > 0)
		kill(broker->autoload, SIGKILL);
}
