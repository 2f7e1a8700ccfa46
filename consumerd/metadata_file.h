/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One file that holds a trace's metadata text: cut into packets, straight into the file, without a ring buffer; or as
 * it is (raw, beside ring buffers that are files).
 *
 * A packet is filled up with whole blocks of text as long as they fit: the last packet is rewritten in place when text
 * is added to it. Each packet is one write within (by default) one page, and ends where a block ends, so that a
 * consumer that is killed at any moment leaves text that parses. Only a block longer than a packet is spread over
 * several.
 *
 * What cannot be written now (no file yet, disk full) is tried again with the next write. Control thread only.
 * Errors: negative errno.
 */
#ifndef RF_CONSUMERD_METADATA_FILE_H
#define RF_CONSUMERD_METADATA_FILE_H

#include "common/message.h"
#include "consumerd/metadata_text.h"

/* What all metadata packets of a trace have in common. */
struct rf_metadata_format {
	uint8_t uuid[RF_UUID_SIZE];
	uint32_t packet_size; /* a multiple of the page size */
};

struct rf_metadata_file {
	int fd; /* -1: not there (yet) */
	bool raw;
	uint32_t rewrites; /* of the text that the file holds */
	uint64_t packets;  /* complete ones in the file, before the one that is rewritten */
	size_t start;      /* where that one's text begins (raw: where what is not written begins) */
	size_t on_disk;    /* bytes of text that it holds */
};

/* Whether PACKET_SIZE can be one. */
bool rf_metadata_packet_size_ok(uint32_t packet_size);
void rf_metadata_file_init(struct rf_metadata_file *file, bool raw);
/* Takes FD, which is empty. */
void rf_metadata_file_set(struct rf_metadata_file *file, int fd);
/* Closes it. */
void rf_metadata_file_fini(struct rf_metadata_file *file);
/* Writes what is not in the file yet. 0 also when there is no file. */
int rf_metadata_file_write(
	struct rf_metadata_file *file, const struct rf_metadata_format *format, const struct rf_metadata_text *text);

/* Where to cut TEXT for a packet with ROOM bytes: at the end of a block when one ends there, at ROOM otherwise. */
size_t rf_metadata_cut(const char *text, size_t len, size_t room);

#endif
