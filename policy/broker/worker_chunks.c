/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/worker_tree.h"

#include "common/names.h"
#include "policy/broker/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OLD_CHUNK ".tmp_old_chunk"
#define ARCHIVES "archives"
/* A session has one or two, and forgets those that are done with. */
#define CHUNKS_MAX 4096u
/* Snapshots may be taken as long as the session lives, and nobody says that one is done with. */
#define SNAPSHOTS_KEPT 4u
/* Of one name: what is there already belongs to somebody else, or to another session on the same path. */
#define COMPANIONS_MAX 1000u

void rf_worker_tree_init(struct rf_worker_tree *tree, uid_t owner)
{
	*tree = (struct rf_worker_tree){.owner = owner, .root = -1};
	rf_list_init(&tree->chunks);
	rf_list_init(&tree->open);
}

int rf_worker_tree_make(struct rf_worker_tree *tree, const struct rf_broker_make_tree *request)
{
	if (tree->root >= 0)
		return -EINVAL;
	memcpy(tree->root_path, request->root, sizeof(tree->root_path));
	tree->root = rf_resolve_root(request->root, tree->owner);
	return tree->root < 0 ? tree->root : 0;
}

void rf_worker_tree_path(const struct rf_worker_tree *tree, const char *path, char *out)
{
	snprintf(out, RF_PATH_SIZE, "%.3500s%s%s", tree->root_path, *path ? "/" : "", path);
}

struct rf_worker_chunk *rf_worker_chunk_find(struct rf_worker_tree *tree, uint32_t id)
{
	rf_list_for_each(node, &tree->chunks) {
		struct rf_worker_chunk *chunk = rf_container_of(node, struct rf_worker_chunk, node);

		if (chunk->id == id)
			return chunk;
	}
	return NULL;
}

static void free_chunk(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk)
{
	rf_list_remove(&chunk->node);
	if (chunk->fd >= 0 && chunk->fd != tree->root)
		close(chunk->fd);
	free(chunk);
}

void rf_worker_chunk_drop(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk)
{
	if (chunk->forgotten && !rf_list_linked(&chunk->dirs))
		free_chunk(tree, chunk);
}

static void forget(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk)
{
	tree->finished_count -= chunk->finished.count;
	rf_finished_dirs_free(&chunk->finished);
	rf_list_remove(&chunk->node);
	tree->chunk_count--;
	chunk->forgotten = true;
	rf_worker_chunk_drop(tree, chunk);
}

/* The oldest first. What was made in one stays, of course. */
static void forget_old_snapshots(struct rf_worker_tree *tree)
{
	rf_list_for_each_safe(node, tmp, &tree->chunks) {
		struct rf_worker_chunk *chunk = rf_container_of(node, struct rf_worker_chunk, node);

		if (tree->chunk_count <= SNAPSHOTS_KEPT)
			return;
		if (chunk->kind == RF_CHUNK_SNAPSHOT && !rf_list_linked(&chunk->dirs))
			forget(tree, chunk);
	}
}

/* PATH, PATH-1, PATH-2, ...; -ENAMETOOLONG when that does not fit. */
static int companion(char *out, size_t size, const char *path, unsigned int number)
{
	int len = number ? snprintf(out, size, "%s-%u", path, number) : snprintf(out, size, "%s", path);

	return len < (int)size ? 0 : -ENAMETOOLONG;
}

static int name_chunk(const struct rf_broker_make_chunk *request, char *out, size_t size)
{
	char date[32];
	int len;

	if (request->kind == RF_CHUNK_NUMBERED)
		rf_format_iso8601(date, sizeof(date), (time_t)request->begin);
	else
		rf_format_date(date, sizeof(date), (time_t)request->begin);
	if (!date[0])
		return -EINVAL;
	if (request->kind == RF_CHUNK_NUMBERED)
		len = snprintf(out, size, "%s-%" PRIu64, date, request->number);
	else
		len = snprintf(out, size, "%s-%s-%" PRIu64, request->name, date, request->number);
	return len < (int)size ? 0 : -ENAMETOOLONG;
}

/* A chunk's directory is new: another session may have the same path, and begun in the same second. */
static int make_new(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk, const char *name)
{
	int err = 0;

	for (unsigned int i = 0; i < COMPANIONS_MAX; i++) {
		err = companion(chunk->path, sizeof(chunk->path), name, i);
		if (!err)
			chunk->fd = rf_resolve_below(tree->root, chunk->path, 1);
		if (err < 0 || chunk->fd != -EEXIST)
			return err < 0 ? err : chunk->fd < 0 ? chunk->fd : 0;
	}
	return -EEXIST;
}

static bool has_base(struct rf_worker_tree *tree)
{
	rf_list_for_each(node, &tree->chunks)
		if (!rf_container_of(node, struct rf_worker_chunk, node)->path[0])
			return true;
	return false;
}

/* Snapshots are taken over a long time: by now another directory, or none, may have the root's name. */
static int check_root(const struct rf_worker_tree *tree)
{
	int fd = rf_resolve_root(tree->root_path, tree->owner);
	struct stat here;
	struct stat named;
	bool same;

	if (fd < 0)
		return fd;
	same = fstat(tree->root, &here) == 0 && fstat(fd, &named) == 0 && here.st_dev == named.st_dev &&
		here.st_ino == named.st_ino;
	close(fd);
	return same ? 0 : -ESTALE;
}

static int make_place(
	struct rf_worker_tree *tree, struct rf_worker_chunk *chunk, const struct rf_broker_make_chunk *request)
{
	char name[RF_NAME_SIZE + 64];
	int err;

	switch (request->kind) {
	case RF_CHUNK_BASE:
		chunk->fd = tree->root;
		return has_base(tree) ? -EEXIST : 0;
	case RF_CHUNK_NUMBERED:
	case RF_CHUNK_SNAPSHOT:
		err = request->kind == RF_CHUNK_SNAPSHOT ? check_root(tree) : 0;
		if (!err)
			err = name_chunk(request, name, sizeof(name));
		if (err < 0)
			return err;
		snprintf(chunk->path, sizeof(chunk->path), "%.*s", NAME_MAX, name);
		return strlen(name) > NAME_MAX ? -ENAMETOOLONG : make_new(tree, chunk, name);
	default:
		return -EINVAL;
	}
}

static const char *const parts[] = {RF_UST_PART, RF_KERNEL_PART};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static int make_part(int dir, const char *path)
{
	int part = rf_resolve_below(dir, path, 0);

	if (part >= 0)
		close(part);
	return part < 0 ? part : 0;
}

int rf_worker_chunk_make(
	struct rf_worker_tree *tree, const struct rf_broker_make_chunk *request, char where[RF_PATH_SIZE])
{
	struct rf_worker_chunk *chunk;
	int err;

	rf_worker_tree_path(tree, "", where);
	if (tree->root < 0 || !request->chunk)
		return -EINVAL;
	if (rf_worker_chunk_find(tree, request->chunk))
		return -EEXIST;
	forget_old_snapshots(tree);
	if (tree->chunk_count >= CHUNKS_MAX)
		return -EUSERS;
	chunk = calloc(1, sizeof(*chunk));
	if (!chunk)
		return -ENOMEM;
	chunk->id = request->chunk;
	chunk->kind = (enum rf_chunk_kind)request->kind;
	chunk->begin = request->begin;
	chunk->number = request->number;
	chunk->fd = -1;
	rf_list_init(&chunk->node);
	rf_list_init(&chunk->dirs);
	rf_finished_dirs_init(&chunk->finished);
	err = make_place(tree, chunk, request);
	rf_worker_tree_path(tree, chunk->path, where);
	if (!err && (request->parts & RF_CHUNK_UST))
		err = make_part(chunk->fd, RF_UST_PART);
	if (!err && (request->parts & RF_CHUNK_KERNEL))
		err = make_part(chunk->fd, RF_KERNEL_PART "/index");
	if (err < 0) {
		free_chunk(tree, chunk);
		return err;
	}
	rf_list_append(&tree->chunks, &chunk->node);
	tree->chunk_count++;
	return 0;
}

static bool is_ours(struct rf_worker_tree *tree, const char *path)
{
	rf_list_for_each(node, &tree->chunks)
		if (!strcmp(rf_container_of(node, struct rf_worker_chunk, node)->path, path))
			return true;
	return false;
}

/*
 * The name for the next retired chunk in OUT. One may be there: a foreign file kept a cleared one, or a daemon was
 * killed. An empty one that is nobody's any more makes room.
 */
static int free_old_name(struct rf_worker_tree *tree, unsigned int number, char *out, size_t size)
{
	int err = companion(out, size, OLD_CHUNK, number);

	if (!err && !is_ours(tree, out))
		rf_resolve_prune(tree->root, out);
	return err;
}

/* All or none. What is not there need not be moved. */
static int move_parts(int from, int to)
{
	int err = 0;
	size_t moved = 0;

	for (; !err && moved < PARTS; moved++) {
		err = rf_resolve_move(from, parts[moved], to, parts[moved]);
		if (err == -ENOENT)
			err = 0;
	}
	if (err < 0)
		for (moved--; moved; moved--)
			rf_resolve_move(to, parts[moved - 1], from, parts[moved - 1]);
	return err;
}

static int retire_base(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk, const char *old)
{
	int fd = rf_resolve_below(tree->root, old, 1);
	int err;

	if (fd < 0)
		return fd;
	err = move_parts(tree->root, fd);
	if (err < 0) {
		close(fd);
		rf_resolve_prune(tree->root, old);
		/* The new directory is empty: this is no sign that its name was taken. */
		return err == -EEXIST ? -EIO : err;
	}
	chunk->fd = fd;
	return 0;
}

int rf_worker_chunk_retire(struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE])
{
	struct rf_worker_chunk *chunk = rf_worker_chunk_find(tree, request->chunk);
	char old[NAME_MAX + 1];
	int err = -EEXIST;

	rf_worker_tree_path(tree, OLD_CHUNK, where);
	if (!chunk)
		return -ENOENT;
	if (chunk->retired || chunk->kind == RF_CHUNK_SNAPSHOT)
		return -EINVAL;
	for (unsigned int i = 0; err == -EEXIST && i < COMPANIONS_MAX; i++) {
		err = free_old_name(tree, i, old, sizeof(old));
		if (!err)
			err = chunk->kind == RF_CHUNK_BASE ? retire_base(tree, chunk, old)
							   : rf_resolve_move(tree->root, chunk->path, tree->root, old);
		rf_worker_tree_path(tree, old, where);
	}
	if (err < 0)
		return err;
	memcpy(chunk->path, old, sizeof(old));
	chunk->retired = true;
	return 0;
}

static int name_archive(
	const struct rf_worker_chunk *chunk, int64_t end_time, unsigned int number, char *out, size_t size)
{
	char name[128];
	char begin[32];
	char end[32];

	rf_format_iso8601(begin, sizeof(begin), (time_t)chunk->begin);
	rf_format_iso8601(end, sizeof(end), (time_t)end_time);
	if (!begin[0] || !end[0])
		return -EINVAL;
	snprintf(name, sizeof(name), "%s-%s-%" PRIu64, begin, end, chunk->number);
	return companion(out, size, name, number);
}

int rf_worker_chunk_archive(
	struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE])
{
	struct rf_worker_chunk *chunk = rf_worker_chunk_find(tree, request->chunk);
	char path[256];
	char name[128];
	int archives;
	int err = -EEXIST;

	rf_worker_tree_path(tree, ARCHIVES, where);
	if (!chunk)
		return -ENOENT;
	if (!chunk->retired)
		return -EINVAL;
	archives = rf_resolve_below(tree->root, ARCHIVES, 0);
	if (archives < 0)
		return archives;
	for (unsigned int i = 0; err == -EEXIST && i < COMPANIONS_MAX; i++) {
		err = name_archive(chunk, request->end, i, name, sizeof(name));
		if (!err)
			err = rf_resolve_move(tree->root, chunk->path, archives, name);
		snprintf(path, sizeof(path), ARCHIVES "/%s", err == -EINVAL ? "" : name);
		rf_worker_tree_path(tree, path, where);
	}
	close(archives);
	if (!err)
		forget(tree, chunk);
	return err;
}

int rf_worker_chunk_remove(struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE])
{
	struct rf_worker_chunk *chunk = rf_worker_chunk_find(tree, request->chunk);

	rf_worker_tree_path(tree, chunk ? chunk->path : "", where);
	if (!chunk)
		return -ENOENT;
	rf_list_for_each(node, &chunk->dirs)
		rf_worker_dir_delete_files(tree, rf_container_of(node, const struct rf_worker_dir, node));
	rf_finished_dirs_delete(&chunk->finished, chunk->fd, tree->owner);
	/* Of a chunk without traces, or whose last one went, it is still there. */
	rf_resolve_prune(chunk->fd, RF_UST_PART);
	rf_resolve_prune(chunk->fd, RF_KERNEL_PART "/index");
	rf_resolve_prune(chunk->fd, RF_KERNEL_PART);
	if (chunk->path[0])
		rf_resolve_prune(tree->root, chunk->path);
	if (request->with_root)
		rf_resolve_prune_root(tree->root_path, tree->root, tree->owner);
	forget(tree, chunk);
	return 0;
}
