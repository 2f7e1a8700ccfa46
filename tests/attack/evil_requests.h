/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about sessions as honest children make them, and how attacks that are made of them are listed. */
#ifndef RF_TESTS_ATTACK_EVIL_REQUESTS_H
#define RF_TESTS_ATTACK_EVIL_REQUESTS_H

#include "common/proto_broker.h"
#include "tests/attack/evil.h"

#include <fcntl.h>
#include <sys/types.h>

/* What an attack asks for, beside the root itself. */
#define EVIL_CHUNK 9u
#define SEALED (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

/* PATH is absolute, or should be. */
int evil_make_tree_at(uint32_t id, uint32_t uid, const char *path);
int evil_make_chunk(uint32_t tree, uint32_t chunk, enum rf_chunk_kind kind, const char *name);
/* EVIL_CHUNK, by a request of TYPE. */
int evil_end_chunk(uint32_t type, uint32_t tree);
struct rf_writer evil_streams_body(uint32_t dir, uint32_t first, uint32_t count, const char *channel);
int evil_open_streams(uint32_t dir, uint32_t first, uint32_t count, const char *channel);
/* DIRECTORY: below EVIL_DIR. SIZE: of the text. SEALS: of the text; -1: there is none. */
int evil_save_text(const char *directory, const char *name, off_t size, int seals);
int evil_save(const char *directory, const char *name, int seals);

#define BY_CONSUMER(name_of, run_it)                                                                                   \
	{                                                                                                              \
		.name = name_of, .by = 1, .run = run_it                                                                \
	}
#define BY_SESSIOND(name_of, run_it)                                                                                   \
	{                                                                                                              \
		.name = name_of, .run = run_it                                                                         \
	}

#endif
