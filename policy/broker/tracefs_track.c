/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/tracefs_instance.h"

#include "policy/broker/tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Above what any process can have: whoever is recorded is in the list, and it may not be empty. */
#define NOBODY "4194305"
/* New threads appear while others are listed. */
#define PASSES 3u
#define LINE_SIZE 1024u

/* Numbers on their way into the list: the kernel takes several at a time. */
struct line {
	int fd;
	int err;
	size_t at;
	char text[LINE_SIZE];
};

static void flush(struct line *line)
{
	ssize_t put = line->err || !line->at ? (ssize_t)line->at : write(line->fd, line->text, line->at);

	if (put != (ssize_t)line->at)
		line->err = put < 0 ? -errno : -EIO;
	line->at = 0;
}

static void add(struct line *line, const char *number)
{
	if (line->at + strlen(number) + 2 > LINE_SIZE)
		flush(line);
	line->at += (size_t)snprintf(line->text + line->at, LINE_SIZE - line->at, "%s ", number);
}

/* All threads of PID as they are now; one that is gone has none. */
static void add_threads(struct line *line, int32_t pid)
{
	const struct dirent *entry;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	if (!tasks) {
		if (errno != ENOENT && errno != ESRCH)
			line->err = -errno;
		return;
	}
	while ((entry = readdir(tasks)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			add(line, entry->d_name);
	closedir(tasks);
}

static int32_t pid_at(const struct rf_blob *pids, size_t index)
{
	int32_t pid;

	memcpy(&pid, pids->data + index * sizeof(pid), sizeof(pid));
	return pid;
}

static int fill(int fd, const struct rf_broker_track *request)
{
	struct line *line = calloc(1, sizeof(*line));
	int err;

	if (!line)
		return -ENOMEM;
	line->fd = fd;
	/* First, so that it never is an empty one, which stands for everybody. */
	add(line, NOBODY);
	flush(line);
	for (unsigned int pass = 0; request->policy == 2 && pass < PASSES; pass++) {
		for (size_t i = 0; i < request->pids.len / sizeof(int32_t); i++)
			add_threads(line, pid_at(&request->pids, i));
		flush(line);
	}
	err = line->err;
	free(line);
	return err;
}

static int rewrite(struct rf_tracefs_instance *instance, const struct rf_broker_track *request)
{
	int fd;
	int err;

	/* Before the list, so that nobody who is in it forks unseen. */
	err = rf_tracefs_put(instance->dir, "trace_options", request->policy == 2 ? "event-fork" : "noevent-fork");
	if (err < 0)
		return err;
	/* Single numbers cannot be taken out. */
	fd = rf_tracefs_open(instance->dir, "set_event_pid", O_WRONLY | O_TRUNC);
	if (fd < 0)
		return fd;
	if (request->policy)
		err = fill(fd, request);
	close(fd);
	return err;
}

int rf_tracefs_track(struct rf_tracefs_instance *instance, const struct rf_broker_track *request)
{
	int err = 0;

	/* Between two lists everybody would be recorded. */
	if (write(instance->hold, "0", 1) != 1)
		err = -errno;
	if (!err)
		err = rewrite(instance, request);
	if (!err && request->on && write(instance->hold, "1", 1) != 1)
		err = -errno;
	return err;
}
