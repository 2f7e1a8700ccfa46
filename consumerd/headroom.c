/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/headroom.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A frame of the broker with the files of some streams, and what the library opens for a moment. */
#define RESERVE 32u

/* Nothing tells how many descriptors are left but to take them. */
int rf_headroom(unsigned int count)
{
	unsigned int wanted = count + RESERVE;
	unsigned int got = 0;
	int *fds = calloc(wanted, sizeof(*fds));
	int err = fds ? 0 : -ENOMEM;

	while (!err && got < wanted) {
		fds[got] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
		if (fds[got] < 0)
			err = -errno;
		else
			got++;
	}
	while (got)
		close(fds[--got]);
	free(fds);
	return err;
}
