/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/made_files.h"

#include "common/proto_broker.h"
#include "policy/broker/resolve.h"
#include "policy/broker/trim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One for each processor of a set with numbers, when an honest consumer asks. */
#define RANGES_MAX 131072u

/* Every processor from one to another has every number from one to another. */
struct range {
	uint32_t first_cpu;
	uint32_t cpu_count;
	uint32_t first_number; /* RF_NO_FILE_NUMBER: no numbers */
	uint32_t number_count;
};

struct channel {
	struct rf_list node;
	bool index;
	struct range *ranges;
	uint32_t count;
	uint32_t room;
	char name[];
};

void rf_made_files_init(struct rf_made_files *files)
{
	rf_list_init(&files->channels);
	files->metadata = false;
}

void rf_made_files_free(struct rf_made_files *files)
{
	rf_list_for_each_safe(node, tmp, &files->channels) {
		struct channel *channel = rf_container_of(node, struct channel, node);

		rf_list_remove(node);
		free(channel->ranges);
		free(channel);
	}
	files->metadata = false;
}

void rf_made_files_move(struct rf_made_files *to, struct rf_made_files *from)
{
	rf_list_for_each_safe(node, tmp, &from->channels) {
		rf_list_remove(node);
		rf_list_append(&to->channels, node);
	}
	to->metadata = from->metadata;
	from->metadata = false;
}

static bool channels_equal(const struct channel *a, const struct channel *b)
{
	if (a->index != b->index || a->count != b->count || strcmp(a->name, b->name) != 0)
		return false;
	return !a->count || !memcmp(a->ranges, b->ranges, a->count * sizeof(*a->ranges));
}

bool rf_made_files_equal(const struct rf_made_files *a, const struct rf_made_files *b)
{
	const struct rf_list *other = b->channels.next;

	if (a->metadata != b->metadata)
		return false;
	rf_list_for_each(node, &a->channels) {
		if (other == &b->channels ||
			!channels_equal(rf_container_of(node, const struct channel, node),
				rf_container_of(other, const struct channel, node)))
			return false;
		other = other->next;
	}
	return other == &b->channels;
}

void rf_stream_name(char *out, size_t size, const char *channel, uint32_t cpu, uint32_t number)
{
	if (number == RF_NO_FILE_NUMBER)
		snprintf(out, size, "%s_%u", channel, cpu);
	else
		snprintf(out, size, "%s_%u_%u", channel, cpu, number);
}

static struct channel *get_channel(struct rf_made_files *files, const char *name)
{
	size_t size = strlen(name) + 1;
	struct channel *channel;

	rf_list_for_each(node, &files->channels) {
		channel = rf_container_of(node, struct channel, node);
		if (!strcmp(channel->name, name))
			return channel;
	}
	channel = calloc(1, sizeof(*channel) + size);
	if (!channel)
		return NULL;
	memcpy(channel->name, name, size);
	rf_list_append(&files->channels, &channel->node);
	return channel;
}

/* True when RANGE has it all, after it grew by one number if that does it. */
static bool takes(struct range *range, uint32_t first_cpu, uint32_t count, uint32_t number)
{
	bool same = range->first_cpu == first_cpu && range->cpu_count == count;

	if (number == RF_NO_FILE_NUMBER || range->first_number == RF_NO_FILE_NUMBER)
		return same && range->first_number == number;
	if (same && number == range->first_number + range->number_count) {
		range->number_count++;
		return true;
	}
	return first_cpu >= range->first_cpu && first_cpu + count <= range->first_cpu + range->cpu_count &&
		number >= range->first_number && number < range->first_number + range->number_count;
}

static int grow(struct channel *channel)
{
	uint32_t room = channel->room ? 2 * channel->room : 1;
	struct range *ranges;

	if (room > RANGES_MAX)
		return -ENOSPC;
	ranges = realloc(channel->ranges, room * sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	channel->ranges = ranges;
	channel->room = room;
	return 0;
}

int rf_made_files_note(struct rf_made_files *files, const char *channel_name, uint32_t first_cpu, uint32_t count,
	uint32_t number, bool index)
{
	struct channel *channel = get_channel(files, channel_name);
	int err = 0;

	if (!channel)
		return -ENOMEM;
	channel->index |= index;
	/* From the end: the newest grows. */
	for (uint32_t i = channel->count; i > 0; i--)
		if (takes(&channel->ranges[i - 1], first_cpu, count, number))
			return 0;
	if (channel->count == channel->room)
		err = grow(channel);
	if (!err)
		channel->ranges[channel->count++] = (struct range){first_cpu, count, number, 1};
	return err;
}

/* What is done with each file. */
struct visit {
	void (*file)(const struct visit *visit, const struct channel *channel, const char *name);
	int dir;
	int index_dir;
	uid_t owner;
};

static void visit_range(const struct visit *visit, const struct channel *channel, const struct range *range)
{
	char name[RF_STREAM_NAME_SIZE];

	for (uint32_t cpu = 0; cpu < range->cpu_count; cpu++) {
		for (uint32_t i = 0; i < range->number_count; i++) {
			rf_stream_name(
				name, sizeof(name), channel->name, range->first_cpu + cpu, range->first_number + i);
			visit->file(visit, channel, name);
		}
	}
}

static void visit_all(const struct visit *visit, const struct rf_made_files *files)
{
	rf_list_for_each(node, &files->channels) {
		const struct channel *channel = rf_container_of(node, const struct channel, node);

		for (uint32_t i = 0; i < channel->count; i++)
			visit_range(visit, channel, &channel->ranges[i]);
	}
}

static void trim_file(const struct visit *visit, const struct channel *channel, const char *name)
{
	if (!channel->index)
		rf_trim_stream(visit->dir, name);
}

void rf_made_files_trim(const struct rf_made_files *files, int dir)
{
	const struct visit visit = {.file = trim_file, .dir = dir};

	visit_all(&visit, files);
}

static void delete_file(const struct visit *visit, const struct channel *channel, const char *name)
{
	char index[RF_STREAM_NAME_SIZE + 8];

	rf_resolve_delete(visit->dir, name, visit->owner);
	if (!channel->index || visit->index_dir < 0)
		return;
	snprintf(index, sizeof(index), "%s.idx", name);
	rf_resolve_delete(visit->index_dir, index, visit->owner);
}

void rf_made_files_delete(const struct rf_made_files *files, int dir, uid_t owner)
{
	const struct visit visit = {
		.file = delete_file, .dir = dir, .index_dir = rf_resolve_existing(dir, "index"), .owner = owner};

	visit_all(&visit, files);
	if (files->metadata)
		rf_resolve_delete(dir, "metadata", owner);
	if (visit.index_dir >= 0) {
		close(visit.index_dir);
		rf_resolve_prune(dir, "index");
	}
}
