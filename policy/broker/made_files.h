/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which files a run-as worker made in one trace directory, so that these and no others can be deleted. Names are not
 * kept but what they are built from; a set of files that grows is a range. Freed by who has it.
 */
#ifndef RF_POLICY_BROKER_MADE_FILES_H
#define RF_POLICY_BROKER_MADE_FILES_H

#include "common/list.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rf_made_files {
	struct rf_list channels;
	bool metadata;
};

/* Room for the longest name. */
#define RF_STREAM_NAME_SIZE 320u

void rf_made_files_init(struct rf_made_files *files);
/* Empty afterwards. */
void rf_made_files_free(struct rf_made_files *files);
/* What FROM has, TO (empty before) has afterwards, and FROM nothing. */
void rf_made_files_move(struct rf_made_files *to, struct rf_made_files *from);
/* The same files, made in the same order. */
bool rf_made_files_equal(const struct rf_made_files *a, const struct rf_made_files *b);
/* The name of a stream's file; NUMBER: RF_NO_FILE_NUMBER or that of its set. */
void rf_stream_name(char *out, size_t size, const char *channel, uint32_t cpu, uint32_t number);
/* Files of COUNT processors were made or emptied. INDEX: each has one. 0, -ENOMEM, or -ENOSPC: too many to remember. */
int rf_made_files_note(struct rf_made_files *files, const char *channel, uint32_t first_cpu, uint32_t count,
	uint32_t number, bool index);
/* Takes torn ends off those in DIR that have no index. */
void rf_made_files_trim(const struct rf_made_files *files, int dir);
/* Deletes them in DIR, and its index directory if that is empty then. What is not a regular file of OWNER stays. */
void rf_made_files_delete(const struct rf_made_files *files, int dir, uid_t owner);

#endif
