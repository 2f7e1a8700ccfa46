/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int rf_background(void)
{
	int ends[2];
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;

	pid_t daemon = fork();

	if (daemon < 0)
		return -errno;
	if (daemon == 0) {
		close(ends[0]);
		return ends[1];
	}
	close(ends[1]);
	/* One byte: it serves. The end without one: it is gone, and has said why. */
	if (read(ends[0], &byte, 1) == 1)
		_exit(EXIT_SUCCESS);
	waitpid(daemon, NULL, 0);
	_exit(EXIT_FAILURE);
}

void rf_background_detach(bool detach_stdio)
{
	setsid();
	if (chdir("/") < 0)
		return;
	if (!detach_stdio)
		return;

	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close(null);
}
