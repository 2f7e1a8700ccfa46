/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metadata file of one trace: text is cut into packets, straight into the file, without a ring buffer.
 *
 * A packet is filled up with whole blocks of text as long as they fit: the last packet is rewritten in place when text
 * is added to it. Each packet is one write within (by default) one page, and ends where a block ends, so that a
 * consumer that is killed at any moment leaves text that parses. Only a block longer than a packet is spread over
 * several.
 *
 * Text that cannot be written now (no file yet, disk full) is kept and tried again. Control thread only.
 * Errors: negative errno.
 */
#ifndef RF_CONSUMERD_METADATA_H
#define RF_CONSUMERD_METADATA_H

#include "common/message.h"

#include <stdbool.h>

struct rf_metadata {
	uint8_t uuid[RF_UUID_SIZE];
	uint32_t packet_size;
	int fd;        /* -1: not there (yet) */
	bool started;  /* a version is set */
	bool truncate; /* the file holds an older version */
	uint32_t version;
	uint64_t length;  /* of the text pushed so far */
	uint64_t packets; /* complete ones in the file, before the one that is rewritten */
	char *text;       /* what follows the complete packets */
	size_t text_len;
	size_t text_room;
	size_t on_disk; /* bytes of `text` that the file's last packet holds */
};

/* PACKET_SIZE: a multiple of the page size; -EINVAL otherwise. */
int rf_metadata_init(struct rf_metadata *metadata, const uint8_t uuid[RF_UUID_SIZE], uint32_t packet_size);
/* Closes the file and frees the text. */
void rf_metadata_fini(struct rf_metadata *metadata);
/* Takes FD. */
void rf_metadata_set_file(struct rf_metadata *metadata, int fd);
/*
 * Adds text and writes what can be written. A text that was pushed before is skipped; -EINVAL when some before it is
 * missing; -ENOMEM; otherwise as rf_metadata_write().
 */
int rf_metadata_push(struct rf_metadata *metadata, uint32_t version, uint64_t offset, const uint8_t *text, size_t len);
/* Writes what is not in the file yet. 0 also when there is no file; it is asked for again by set_file. */
int rf_metadata_write(struct rf_metadata *metadata);

/* Where to cut TEXT for a packet with ROOM bytes: at the end of a block when one ends there, at ROOM otherwise. */
size_t rf_metadata_cut(const char *text, size_t len, size_t room);

#endif
