/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/tracefs_leftovers.h"

#include "common/log.h"
#include "common/loop.h"
#include "policy/broker/tracefs.h"
#include "policy/broker/tracefs_probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_PAUSE (300 * RF_MS)
#define PAUSE RF_SECOND
#define LOOK_FOR (10 * RF_SECOND)
#define NAMES_MAX 4096u

struct names {
	char **names;
	size_t count;
};

static void add_name(struct names *list, const char *name)
{
	char **more;

	if (list->count >= NAMES_MAX)
		return;
	more = reallocarray(list->names, list->count + 1, sizeof(*more));
	if (!more)
		return;
	list->names = more;
	list->names[list->count] = strdup(name);
	list->count += list->names[list->count] != NULL;
}

static void free_names(struct names *list)
{
	while (list->count)
		free(list->names[--list->count]);
	free(list->names);
	list->names = NULL;
}

static bool has_name(const struct names *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->names[i], name))
			return true;
	return false;
}

/* Whether NAME is PREFIX, START, AFTER and a number. */
static bool is_of(const char *name, const char *prefix, const char *start, size_t start_len, char after)
{
	size_t prefix_len = strlen(prefix);

	return !strncmp(name, prefix, prefix_len) && !strncmp(name + prefix_len, start, start_len) &&
		name[prefix_len + start_len] == after;
}

static void list_instances(const struct rf_tracefs *fs, struct names *found)
{
	int fd = rf_tracefs_open(fs->instances, ".", O_RDONLY | O_DIRECTORY);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!list) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(list)))
		if (!strncmp(entry->d_name, RF_INSTANCE_PREFIX, strlen(RF_INSTANCE_PREFIX)) &&
			!is_of(entry->d_name, RF_INSTANCE_PREFIX, fs->start_id, strlen(fs->start_id), '.'))
			add_name(found, entry->d_name);
	closedir(list);
}

static void add_group(void *data, const char *group)
{
	struct names *groups = data;

	if (!has_name(groups, group))
		add_name(groups, group);
}

/* What is there now and could not be removed, or was not there at the last look, is what is SEEN. */
static void remove_instances(struct rf_leftovers *leftovers, const struct rf_tracefs *fs, const struct names *now)
{
	const struct names before = {.names = leftovers->seen, .count = leftovers->seen_count};
	struct names left = {0};
	char safe[256];

	for (size_t i = 0; i < now->count; i++) {
		const char *name = now->names[i];

		if (!has_name(&before, name) || (unlinkat(fs->instances, name, AT_REMOVEDIR) < 0 && errno != ENOENT))
			add_name(&left, name);
		else
			rf_audit("op=remove-leftover role=kernel-worker instance=\"%s\" result=granted",
				rf_log_safe(safe, sizeof(safe), name));
	}
	free_names(&(struct names){.names = leftovers->seen, .count = leftovers->seen_count});
	leftovers->seen = left.names;
	leftovers->seen_count = left.count;
}

/* GROUP is `rf_START_NUMBER`. */
static bool has_instance(const struct rf_leftovers *leftovers, const struct rf_tracefs *fs, const char *group)
{
	const char *start = group + strlen(RF_PROBE_PREFIX);
	const char *end = strrchr(start, '_');
	size_t len = end ? (size_t)(end - start) : 0;

	/* Not one of ours to judge. */
	if (!len)
		return true;
	if (len == strlen(fs->start_id) && !strncmp(start, fs->start_id, len))
		return true;
	for (size_t i = 0; i < leftovers->seen_count; i++)
		if (is_of(leftovers->seen[i], RF_INSTANCE_PREFIX, start, len, '.'))
			return true;
	return false;
}

static bool remove_groups(const struct rf_leftovers *leftovers, const struct rf_tracefs *fs, const struct names *groups)
{
	bool all = true;

	for (size_t i = 0; i < groups->count; i++) {
		bool gone;

		if (has_instance(leftovers, fs, groups->names[i]))
			continue;
		gone = rf_probe_remove_group(fs->root, groups->names[i]);
		all &= gone;
		if (gone)
			rf_audit("op=remove-leftover role=kernel-worker group=%s result=granted", groups->names[i]);
	}
	return all;
}

void rf_leftovers_begin(struct rf_leftovers *leftovers)
{
	*leftovers = (struct rf_leftovers){.next = rf_now(), .until = rf_now() + LOOK_FOR};
}

void rf_leftovers_look(struct rf_leftovers *leftovers, const struct rf_tracefs *fs)
{
	struct names groups = {0};
	struct names now = {0};
	bool first = !leftovers->seen;
	bool all;

	/* In this order: an event that was there before its instance was not is nobody's. */
	rf_probe_each_group(fs->root, add_group, &groups);
	list_instances(fs, &now);
	remove_instances(leftovers, fs, &now);
	all = remove_groups(leftovers, fs, &groups) && !leftovers->seen_count;
	free_names(&now);
	free_names(&groups);
	leftovers->next = all || rf_now() > leftovers->until ? 0 : rf_now() + (first ? FIRST_PAUSE : PAUSE);
	if (leftovers->next)
		return;
	free_names(&(struct names){.names = leftovers->seen, .count = leftovers->seen_count});
	leftovers->seen = NULL;
	leftovers->seen_count = 0;
}
