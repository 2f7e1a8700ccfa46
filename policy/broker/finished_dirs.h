/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run-as worker remembers of a chunk's directories that are closed, until the chunk is forgotten: their paths,
 * and the files made in each. With buffers per process there is one for every process that ever ran, so they are kept
 * small: paths are packed into blocks, and directories with the same files (those of like processes) share one set.
 */
#ifndef RF_POLICY_BROKER_FINISHED_DIRS_H
#define RF_POLICY_BROKER_FINISHED_DIRS_H

#include "policy/broker/made_files.h"

struct rf_finished_dirs {
	struct rf_list blocks;
	struct rf_list sets;
	unsigned int count;
	bool lost; /* not all could be remembered: a directory that is there may be one of them */
};

void rf_finished_dirs_init(struct rf_finished_dirs *dirs);
/* Forgets them all. */
void rf_finished_dirs_free(struct rf_finished_dirs *dirs);
/* One with PATH (below the chunk) and FILES, which are taken over and empty then. There is no memory: it is lost. */
void rf_finished_dirs_add(struct rf_finished_dirs *dirs, const char *path, struct rf_made_files *files);
bool rf_finished_dirs_have(const struct rf_finished_dirs *dirs, const char *path);
/* Deletes their files and what directories are empty then. CHUNK: a descriptor. Not forgotten by that. */
void rf_finished_dirs_delete(const struct rf_finished_dirs *dirs, int chunk, uid_t owner);

#endif
