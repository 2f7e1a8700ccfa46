/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/finished_dirs.h"

#include "policy/broker/resolve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room of a block for records, longer than any of them. */
#define BLOCK_ROOM 4048u
/* Sets that a new one is compared with, those used last: like processes run at the same time. */
#define SETS_COMPARED 16u

/* Files that were made in one directory or more. */
struct set {
	struct rf_list node;
	struct rf_made_files files;
};

struct record {
	const struct set *set;
	char path[];
};

/* Records, one after the other. */
struct block {
	struct rf_list node;
	size_t used;
	_Alignas(struct record) unsigned char records[BLOCK_ROOM];
};

static size_t record_size(const char *path)
{
	const size_t align = _Alignof(struct record);

	return (offsetof(struct record, path) + strlen(path) + 1 + align - 1) / align * align;
}

void rf_finished_dirs_init(struct rf_finished_dirs *dirs)
{
	*dirs = (struct rf_finished_dirs){0};
	rf_list_init(&dirs->blocks);
	rf_list_init(&dirs->sets);
}

void rf_finished_dirs_free(struct rf_finished_dirs *dirs)
{
	rf_list_for_each_safe(node, tmp, &dirs->blocks)
		free(rf_container_of(node, struct block, node));
	rf_list_for_each_safe(node, tmp, &dirs->sets) {
		struct set *set = rf_container_of(node, struct set, node);

		rf_made_files_free(&set->files);
		free(set);
	}
	rf_finished_dirs_init(dirs);
}

/* A set that has what FILES have, which are empty then. NULL: there is no memory for one. */
static const struct set *get_set(struct rf_finished_dirs *dirs, struct rf_made_files *files)
{
	unsigned int compared = 0;
	struct set *set;

	rf_list_for_each(node, &dirs->sets) {
		if (compared++ == SETS_COMPARED)
			break;
		set = rf_container_of(node, struct set, node);
		if (!rf_made_files_equal(&set->files, files))
			continue;
		rf_made_files_free(files);
		rf_list_remove(node);
		rf_list_insert_after(&dirs->sets, node);
		return set;
	}
	set = calloc(1, sizeof(*set));
	if (!set)
		return NULL;
	rf_made_files_init(&set->files);
	rf_made_files_move(&set->files, files);
	rf_list_insert_after(&dirs->sets, &set->node);
	return set;
}

/* The place of a new record of SIZE, or NULL. */
static struct record *get_room(struct rf_finished_dirs *dirs, size_t size)
{
	struct block *block = rf_container_of(dirs->blocks.next, struct block, node);

	if (!rf_list_linked(&dirs->blocks) || BLOCK_ROOM - block->used < size) {
		block = size <= BLOCK_ROOM ? malloc(sizeof(*block)) : NULL;
		if (!block)
			return NULL;
		block->used = 0;
		rf_list_insert_after(&dirs->blocks, &block->node);
	}

	struct record *record = (void *)(block->records + block->used);

	block->used += size;
	return record;
}

void rf_finished_dirs_add(struct rf_finished_dirs *dirs, const char *path, struct rf_made_files *files)
{
	const struct set *set = get_set(dirs, files);
	struct record *record = set ? get_room(dirs, record_size(path)) : NULL;

	if (!record) {
		rf_made_files_free(files);
		dirs->lost = true;
		return;
	}
	record->set = set;
	memcpy(record->path, path, strlen(path) + 1);
	dirs->count++;
}

/* The record at *AT in BLOCK, and *AT behind it; NULL: there are no more. */
static const struct record *next_record(const struct block *block, size_t *at)
{
	const struct record *record = (const void *)(block->records + *at);

	if (*at >= block->used)
		return NULL;
	*at += record_size(record->path);
	return record;
}

bool rf_finished_dirs_have(const struct rf_finished_dirs *dirs, const char *path)
{
	rf_list_for_each(node, &dirs->blocks) {
		const struct block *block = rf_container_of(node, const struct block, node);
		const struct record *record;

		for (size_t at = 0; (record = next_record(block, &at));)
			if (!strcmp(record->path, path))
				return true;
	}
	return false;
}

static void delete_one(const struct record *record, int chunk, uid_t owner)
{
	int dir = rf_resolve_existing(chunk, record->path);

	if (dir < 0)
		return;
	rf_made_files_delete(&record->set->files, dir, owner);
	close(dir);
	rf_resolve_prune(chunk, record->path);
}

void rf_finished_dirs_delete(const struct rf_finished_dirs *dirs, int chunk, uid_t owner)
{
	rf_list_for_each(node, &dirs->blocks) {
		const struct block *block = rf_container_of(node, const struct block, node);
		const struct record *record;

		for (size_t at = 0; (record = next_record(block, &at));)
			delete_one(record, chunk, owner);
	}
}
