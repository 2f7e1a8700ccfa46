/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/worker_tree.h"

#include "common/log.h"
#include "common/names.h"
#include "policy/broker/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Directories of one name: a process that registers again in the same second, a trace that is begun anew. */
#define SAME_NAME_MAX 1000
/* Closed ones that are remembered. What was made in others stays when a chunk is removed, as foreign files do. */
#define FINISHED_MAX 131072u
/* Below a chunk. */
#define DIR_PATH_SIZE (RF_NAME_SIZE + 128)

struct rf_worker_dir *rf_worker_dir_find(struct rf_worker_tree *tree, uint32_t id)
{
	rf_list_for_each(node, &tree->open) {
		struct rf_worker_dir *dir = rf_container_of(node, struct rf_worker_dir, open);

		if (dir->id == id)
			return dir;
	}
	return NULL;
}

static void name_dir(const struct rf_broker_make_dir *request, char *path, size_t size)
{
	char procname[RF_NAME_SIZE];
	char date[32];

	if (request->kind == RF_DIR_KERNEL) {
		snprintf(path, size, RF_KERNEL_PART);
		return;
	}
	if (request->kind == RF_DIR_UST_UID) {
		snprintf(path, size, "ust/uid/%u/%u-bit", request->uid, request->abi_bits);
		return;
	}
	rf_path_component(procname, sizeof(procname), request->procname);
	rf_format_date(date, sizeof(date), (time_t)request->since);
	snprintf(path, size, "ust/pid/%s-%u-%s", procname, request->pid, date);
}

static bool was_made(const struct rf_worker_chunk *chunk, const char *path)
{
	rf_list_for_each(node, &chunk->dirs)
		if (!strcmp(rf_container_of(node, struct rf_worker_dir, node)->path, path))
			return true;
	return rf_finished_dirs_have(&chunk->finished, path);
}

/*
 * A user's directory, or the kernel's, may be there from an earlier session on the same path. One of this very chunk
 * holds what an earlier consumer wrote: it is kept, and the next gets a companion.
 */
static int make_once(const struct rf_worker_chunk *chunk, char *path, size_t size)
{
	size_t len = strlen(path);

	for (int i = 1; was_made(chunk, path); i++) {
		if (i == SAME_NAME_MAX)
			return -EEXIST;
		snprintf(path + len, size - len, "-%d", i);
	}
	return rf_resolve_below(chunk->fd, path, 0);
}

/* A process's directory is its own: one that is there belongs to an earlier trace of it, and gets a companion. */
static int make_numbered(const struct rf_worker_chunk *chunk, char *path, size_t size)
{
	size_t len = strlen(path);
	int fd = rf_resolve_below(chunk->fd, path, 1);

	for (int i = 1; fd == -EEXIST && i < SAME_NAME_MAX; i++) {
		snprintf(path + len, size - len, "-%d", i);
		fd = rf_resolve_below(chunk->fd, path, 1);
	}
	return fd;
}

static int make_index(int dir)
{
	int index = rf_resolve_below(dir, "index", 0);

	if (index >= 0)
		close(index);
	return index < 0 ? index : 0;
}

static int remember(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk,
	const struct rf_broker_make_dir *request, const char *path, int fd)
{
	size_t size = strlen(path) + 1;
	struct rf_worker_dir *dir = calloc(1, sizeof(*dir) + size);

	if (!dir)
		return -ENOMEM;
	dir->chunk = chunk;
	dir->id = request->dir;
	dir->purpose = (enum rf_dir_purpose)request->purpose;
	dir->fd = fd;
	rf_made_files_init(&dir->files);
	memcpy(dir->path, path, size);
	rf_list_append(&chunk->dirs, &dir->node);
	/* In front: the newest are asked for next. */
	rf_list_insert_after(&tree->open, &dir->open);
	return 0;
}

int rf_worker_dir_make(struct rf_worker_tree *tree, const struct rf_broker_make_dir *request, char where[RF_PATH_SIZE])
{
	struct rf_worker_chunk *chunk = rf_worker_chunk_find(tree, request->chunk);
	char full[DIR_PATH_SIZE + NAME_MAX + 2];
	char path[DIR_PATH_SIZE];
	int fd;
	int err;

	rf_worker_tree_path(tree, "", where);
	if (tree->root < 0)
		return -EINVAL;
	if (!chunk)
		return -ENOENT;
	name_dir(request, path, sizeof(path));
	/* One that is there and not remembered may be of this chunk: nobody may empty its files. */
	fd = request->kind != RF_DIR_UST_PID && !chunk->finished.lost ? make_once(chunk, path, sizeof(path))
								      : make_numbered(chunk, path, sizeof(path));
	snprintf(full, sizeof(full), "%s%s%s", chunk->path, chunk->path[0] ? "/" : "", path);
	rf_worker_tree_path(tree, full, where);
	if (fd < 0)
		return fd;
	err = request->purpose == RF_DIR_TRACE ? make_index(fd) : 0;
	if (!err)
		err = remember(tree, chunk, request, path, fd);
	if (err < 0)
		close(fd);
	return err;
}

/* The chunk goes with the last one that it lived for. */
static void end_dir(struct rf_worker_tree *tree, struct rf_worker_dir *dir)
{
	struct rf_worker_chunk *chunk = dir->chunk;

	close(dir->fd);
	rf_list_remove(&dir->open);
	rf_list_remove(&dir->node);
	rf_made_files_free(&dir->files);
	free(dir);
	rf_worker_chunk_drop(tree, chunk);
}

static void remember_finished(struct rf_worker_tree *tree, struct rf_worker_dir *dir)
{
	struct rf_finished_dirs *finished = &dir->chunk->finished;
	unsigned int before = finished->count;

	if (tree->finished_count >= FINISHED_MAX)
		finished->lost = true;
	else
		rf_finished_dirs_add(finished, dir->path, &dir->files);
	tree->finished_count += finished->count - before;
}

void rf_worker_dir_close(struct rf_worker_tree *tree, struct rf_worker_dir *dir)
{
	if (!dir->chunk->forgotten)
		remember_finished(tree, dir);
	end_dir(tree, dir);
}

void rf_worker_dir_delete_files(const struct rf_worker_tree *tree, const struct rf_worker_dir *dir)
{
	rf_made_files_delete(&dir->files, dir->fd, tree->owner);
	rf_resolve_prune(dir->chunk->fd, dir->path);
}

void rf_worker_dir_remove(struct rf_worker_tree *tree, struct rf_worker_dir *dir)
{
	rf_worker_dir_delete_files(tree, dir);
	end_dir(tree, dir);
}

static void close_all(int *fds, unsigned int *count)
{
	while (*count)
		close(fds[--*count]);
}

/* One processor's data file, and index if it gets one. */
static int open_stream(struct rf_worker_tree *tree, const struct rf_worker_dir *dir,
	const struct rf_broker_open_streams *request, uint32_t cpu, int *fds)
{
	char name[RF_STREAM_NAME_SIZE];
	char index[RF_STREAM_NAME_SIZE + 16];

	rf_stream_name(name, sizeof(name), request->channel, cpu, request->file_number);
	fds[0] = rf_resolve_file(dir->fd, name, tree->owner);
	if (fds[0] < 0 || request->without_index)
		return fds[0] < 0 ? fds[0] : 0;
	snprintf(index, sizeof(index), "index/%s.idx", name);
	fds[1] = rf_resolve_file(dir->fd, index, tree->owner);
	if (fds[1] >= 0)
		return 0;
	close(fds[0]);
	return fds[1];
}

int rf_worker_open_streams(struct rf_worker_tree *tree, struct rf_worker_dir *dir,
	const struct rf_broker_open_streams *request, int *fds, unsigned int *count)
{
	unsigned int each = request->without_index ? 1 : 2;
	uint32_t opened = 0;
	int err = 0;

	*count = 0;
	if (dir->purpose != RF_DIR_TRACE)
		return -EACCES;
	for (; opened < request->cpu_count; opened++) {
		err = open_stream(tree, dir, request, request->first_cpu + opened, fds + *count);
		if (err < 0)
			break;
		*count += each;
	}
	/* What was made before a failure was made, too. */
	if (opened) {
		int noted = rf_made_files_note(&dir->files, request->channel, request->first_cpu, opened,
			request->file_number, !request->without_index);

		err = err < 0 ? err : noted;
	}
	if (err < 0)
		close_all(fds, count);
	return err;
}

/* Nothing is left of a request that failed: a second one would meet the files of the first. */
static void delete_buffers(struct rf_worker_tree *tree, const struct rf_worker_dir *dir,
	const struct rf_broker_open_buffers *request, uint32_t count)
{
	char name[RF_STREAM_NAME_SIZE];

	for (uint32_t i = 0; i < count; i++) {
		rf_stream_name(name, sizeof(name), request->channel, request->first_cpu + i, RF_NO_FILE_NUMBER);
		rf_resolve_delete(dir->fd, name, tree->owner);
	}
}

int rf_worker_open_buffers(struct rf_worker_tree *tree, struct rf_worker_dir *dir,
	const struct rf_broker_open_buffers *request, int *fds, unsigned int *count)
{
	char name[RF_STREAM_NAME_SIZE];
	int err = 0;

	*count = 0;
	if (dir->purpose != RF_DIR_BUFFERS)
		return -EACCES;
	while (!err && *count < request->cpu_count) {
		rf_stream_name(name, sizeof(name), request->channel, request->first_cpu + *count, RF_NO_FILE_NUMBER);
		fds[*count] = rf_resolve_private_file(dir->fd, name, O_RDWR);
		if (fds[*count] < 0)
			err = fds[*count];
		else
			++*count;
	}
	if (!err)
		err = rf_made_files_note(&dir->files, request->channel, request->first_cpu, request->cpu_count,
			RF_NO_FILE_NUMBER, false);
	if (err < 0) {
		delete_buffers(tree, dir, request, *count);
		close_all(fds, count);
	}
	return err;
}

int rf_worker_open_metadata(struct rf_worker_tree *tree, struct rf_worker_dir *dir)
{
	int fd = dir->purpose == RF_DIR_BUFFERS ? rf_resolve_private_file(dir->fd, "metadata", O_WRONLY)
						: rf_resolve_file(dir->fd, "metadata", tree->owner);

	dir->files.metadata |= fd >= 0;
	return fd;
}
