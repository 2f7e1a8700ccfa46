/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/autoload.h"

#include "common/log.h"
#include "policy/broker/exec.h"
#include "policy/broker/reaped.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "ringfence-autoload"

/* Where the user's files and the session daemon's sockets are, and the schema that files must follow. */
static const char *const passed_on[] = {
	"HOME",
	"LTTNG_HOME",
	"LTTNG_SESSION_CONFIG_XSD_PATH",
	NULL,
};

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
	char *argv[] = {(char *)(uintptr_t)PROGRAM, given, NULL};
	const struct rf_program program = {.path = path, .argv = argv, .passed_on = passed_on, .death_signal = SIGKILL};
	int err = arrange_fds();

	if (!err)
		rf_exec_confined(&program, &identity, broker);
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
	if (!rf_audit_killed(status, "op=end program=" PROGRAM " pid=%d", (int)pid))
		rf_audit("op=end program=" PROGRAM " pid=%d result=exited status=%d", (int)pid, WEXITSTATUS(status));
	return true;
}

void rf_autoload_stop(struct rf_broker *broker)
{
	if (broker->autoload > 0)
		kill(broker->autoload, SIGKILL);
}
