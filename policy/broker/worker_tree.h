/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run-as worker has made: the tree's root, the chunks in it, and in those the directories of traces. A chunk is
 * a directory that becomes a complete trace; it may be moved while files in it are written, since everything in it is
 * reached from its descriptor. Worker only, one thread; everything ends with the process.
 */
#ifndef RF_POLICY_BROKER_WORKER_TREE_H
#define RF_POLICY_BROKER_WORKER_TREE_H

#include "policy/broker/finished_dirs.h"
#include "policy/broker/made_files.h"

#include "common/proto_broker.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Of a chunk, what is in it of user space and of the kernel. */
#define RF_UST_PART "ust"
#define RF_KERNEL_PART "kernel"

struct rf_worker_chunk {
	struct rf_list node; /* in rf_worker_tree.chunks until it is forgotten */
	uint32_t id;
	enum rf_chunk_kind kind;
	int64_t begin;
	uint64_t number;
	bool retired;
	bool forgotten;          /* lives on only for directories that are open */
	int fd;                  /* of its directory; not its own when it is the root */
	char path[NAME_MAX + 1]; /* below the root, "" when it is the root itself */
	struct rf_list dirs;     /* of traces, that are open */
	struct rf_finished_dirs finished;
};

/* One that is open. */
struct rf_worker_dir {
	struct rf_list node; /* in its chunk's */
	struct rf_list open; /* in rf_worker_tree.open */
	struct rf_worker_chunk *chunk;
	uint32_t id;
	enum rf_dir_purpose purpose;
	int fd;
	struct rf_made_files files;
	char path[]; /* below the chunk */
};

struct rf_worker_tree {
	uid_t owner;
	int root; /* -1: none yet */
	char root_path[RF_PATH_SIZE];
	struct rf_list chunks;
	struct rf_list open;
	unsigned int chunk_count;
	unsigned int finished_count; /* in all chunks */
};

void rf_worker_tree_init(struct rf_worker_tree *tree, uid_t owner);
int rf_worker_tree_make(struct rf_worker_tree *tree, const struct rf_broker_make_tree *request);
/* The full path of PATH (below the root; may be ""), in OUT of RF_PATH_SIZE. */
void rf_worker_tree_path(const struct rf_worker_tree *tree, const char *path, char *out);

/* All of chunks (worker_chunks.c). 0 or a negative errno; WHERE, of RF_PATH_SIZE: what was made or could not be. */
int rf_worker_chunk_make(
	struct rf_worker_tree *tree, const struct rf_broker_make_chunk *request, char where[RF_PATH_SIZE]);
int rf_worker_chunk_retire(
	struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE]);
int rf_worker_chunk_archive(
	struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE]);
int rf_worker_chunk_remove(
	struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE]);
/* NULL: there is none. */
struct rf_worker_chunk *rf_worker_chunk_find(struct rf_worker_tree *tree, uint32_t id);
/* A directory of CHUNK is gone: so is the chunk, if that was what it lived for. */
void rf_worker_chunk_drop(struct rf_worker_tree *tree, struct rf_worker_chunk *chunk);

/* Directories of traces (worker_dirs.c). */
int rf_worker_dir_make(struct rf_worker_tree *tree, const struct rf_broker_make_dir *request, char where[RF_PATH_SIZE]);
struct rf_worker_dir *rf_worker_dir_find(struct rf_worker_tree *tree, uint32_t id);
/* Its descriptor is closed; what was made in it is remembered as long as its chunk may be removed. */
void rf_worker_dir_close(struct rf_worker_tree *tree, struct rf_worker_dir *dir);
/* The same, and its files are deleted, and it and the directories above it that are empty then. */
void rf_worker_dir_remove(struct rf_worker_tree *tree, struct rf_worker_dir *dir);
/* Only the deletion: it stays open. */
void rf_worker_dir_delete_files(const struct rf_worker_tree *tree, const struct rf_worker_dir *dir);
/* Files in DIR. FDS: room for two a processor; COUNT: how many there are, all or none. 0 or a negative errno. */
int rf_worker_open_streams(struct rf_worker_tree *tree, struct rf_worker_dir *dir,
	const struct rf_broker_open_streams *request, int *fds, unsigned int *count);
int rf_worker_open_buffers(struct rf_worker_tree *tree, struct rf_worker_dir *dir,
	const struct rf_broker_open_buffers *request, int *fds, unsigned int *count);
/* A descriptor or a negative errno. */
int rf_worker_open_metadata(struct rf_worker_tree *tree, struct rf_worker_dir *dir);

#endif
