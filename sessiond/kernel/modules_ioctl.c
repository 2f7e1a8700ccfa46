/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules_ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LIST_STEP ((size_t)64 << 10)
#define LIST_MAX ((size_t)64 << 20)

int rf_modules_call(int fd, unsigned long request, void *argument)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		return -errno;
	return result ? -EFAULT : 0;
}

int rf_modules_call_fd(int fd, unsigned long request, void *argument)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		return -errno;
	/* The kernel makes them without. Nothing is executed here, so nothing can inherit it in between. */
	if (fcntl(result, F_SETFD, FD_CLOEXEC) < 0) {
		int err = -errno;

		close(result);
		return err;
	}
	return result;
}

/* Appends what FD gives until its end. 0 or a negative errno; *TEXT is the caller's in any case. */
static int read_all(int fd, char **text, size_t *len)
{
	size_t room = 0;

	for (;;) {
		if (*len == room) {
			char *bigger = room < LIST_MAX ? realloc(*text, room + LIST_STEP) : NULL;

			if (!bigger)
				return room < LIST_MAX ? -ENOMEM : -EFBIG;
			*text = bigger;
			room += LIST_STEP;
		}

		ssize_t got = read(fd, *text + *len, room - *len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		*len += (size_t)got;
	}
}

int rf_modules_read_list(int fd, unsigned long request, char **text, size_t *len)
{
	int list = rf_modules_call_fd(fd, request, NULL);

	*text = NULL;
	*len = 0;
	if (list < 0)
		return list;

	int err = read_all(list, text, len);

	close(list);
	if (err) {
		free(*text);
		*text = NULL;
	}
	return err;
}
