/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void rf_answer_move(struct rf_answer *to, struct rf_answer *from)
{
	*to = *from;
	from->message = NULL;
	from->len = 0;
	from->fd_count = 0;
}

int rf_answer_add_fd(struct rf_answer *answer, int fd)
{
	if (answer->fd_count >= RF_FDS_MAX)
		return -E2BIG;

	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return -errno;
	answer->fds[answer->fd_count++] = copy;
	return 0;
}

void rf_answer_clear(struct rf_answer *answer)
{
	for (unsigned int i = 0; i < answer->fd_count; i++)
		close(answer->fds[i]);
	free(answer->message);
	answer->message = NULL;
	answer->len = 0;
	answer->fd_count = 0;
}
