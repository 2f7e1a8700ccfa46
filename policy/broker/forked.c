/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/forked.h"

#include "common/proto_broker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int rf_forked_begin(int sock, pid_t broker)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(sock, RF_BROKER_FD) < 0)
		return -errno;
	if (getppid() != broker)
		return -ESRCH;
	if (close_range(RF_BROKER_FD + 1, ~0u, 0) < 0)
		return -errno;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}
