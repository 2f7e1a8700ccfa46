/* SPDX-License-Identifier: GPL-2.0-only */
/* The format files of the kernel that tests run on. */
#ifndef RF_TESTS_UNIT_KERNEL_FORMATS_H
#define RF_TESTS_UNIT_KERNEL_FORMATS_H

#include "sessiond/kernel/event_catalogue.h"
#include "sessiond/kernel/format_file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

/* The whole of a file, NULL when it cannot be read. */
static inline char *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t room = 1u << 20;
	char *text = fd >= 0 ? malloc(room) : NULL;
	ssize_t got = 0;

	*len = 0;
	while (text && (got = read(fd, text + *len, room - *len)) > 0)
		*len += (size_t)got;
	if (fd >= 0)
		close(fd);
	return text;
}

/* The events of this kernel; the test is skipped when there is no way to them. */
static inline struct rf_kernel_catalogue this_kernel(void)
{
	struct rf_kernel_catalogue catalogue = {0};
	size_t len;
	char *text = read_file(TRACEFS "/available_events", &len);

	if (!text)
		cr_skip_test("skipped: no tracefs, or not root");
	cr_assert_eq(rf_kernel_catalogue_parse(&catalogue, text, len), 0);
	free(text);
	return catalogue;
}

/* False: the event went away meanwhile. */
static inline bool read_format(const struct rf_kernel_event *event, struct rf_format *format)
{
	char system[RF_KERNEL_NAME_SIZE];
	char path[512];
	size_t len;
	const char *own = strchr(event->id, ':') + 1;

	snprintf(system, sizeof(system), "%.*s", (int)(own - 1 - event->id), event->id);
	snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/format", system, own);

	char *text = read_file(path, &len);

	if (!text)
		return false;
	cr_assert_eq(rf_format_parse(format, system, own, text, len), 0, "%s", path);
	free(text);
	return true;
}

#endif
