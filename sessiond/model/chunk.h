/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session's chunks. A chunk is one directory tree that is a complete trace: everything recorded between two
 * rotations. The first is the output root itself, later ones are directories in it; a rotation ends one, moves it to
 * `archives/`, and begins the next (or none, on a stopped session). A clear ends one, too, and deletes it.
 *
 * Plain data of the session, loop thread only. Changed by sessiond/ust when the change has happened; read by client
 * commands.
 */
#ifndef RF_SESSIOND_MODEL_CHUNK_H
#define RF_SESSIOND_MODEL_CHUNK_H

#include "common/message.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct rf_chunk {
	bool there;      /* the session has one; not before the first start, nor when it was ended while stopped */
	bool base;       /* it is the output root itself */
	uint32_t id;     /* the broker's */
	uint64_t number; /* in names; counts up over all chunks of the session, those of clears, too */
	time_t begin;
};

/* Numbers of the client protocol. */
enum rf_rotation_state {
	RF_ROTATION_ERROR = -1,
	RF_ROTATION_NONE = 0,
	RF_ROTATION_ONGOING = 1,
	RF_ROTATION_COMPLETED = 2,
};

struct rf_rotation {
	enum rf_rotation_state state; /* of the last one */
	uint64_t number;              /* the chunk that it ended */
	char path[RF_PATH_SIZE];      /* of the archived chunk; valid when completed */
	bool ever;                    /* a rotation was asked for and launched; destroying then ends with one */
	bool since_stop;              /* rotated or cleared since the last stop */
	bool at_destroy;              /* the destruction of the session ended with one: `state` and `path` are its */
};

/* 0: none of that kind. */
struct rf_rotation_schedule {
	uint64_t period; /* µs */
	uint64_t size;   /* bytes */
};

#endif
