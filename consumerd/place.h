/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A directory that a trace is written to, as far as its metadata goes: the file that gets the whole text. A trace has
 * several while it moves from one to the next, and none while it is parked. Control thread only.
 */
#ifndef RF_CONSUMERD_PLACE_H
#define RF_CONSUMERD_PLACE_H

#include "common/list.h"
#include "consumerd/metadata_file.h"

struct rf_place;
struct rf_trace;

/* The file is there and holds the text, or there is none: STATUS, a negative errno. The place may be closed in it. */
typedef void (*rf_place_opened_fn)(struct rf_place *place, int status);

struct rf_place {
	struct rf_list node; /* in trace->places */
	struct rf_trace *trace;
	uint64_t number; /* of the move that it came with; RF_PLACE_STAYS: not left by moves */
	struct rf_metadata_file file;
	bool opening; /* the file was asked for; not to be freed before it came */
	bool closed;
	rf_place_opened_fn opened;
	void *data;
};

#define RF_PLACE_STAYS (UINT64_MAX - 1)

/* Asks for the metadata file in DIR. NULL without memory; OPENED, which may be NULL, is not called then. */
struct rf_place *rf_place_add(
	struct rf_trace *trace, uint32_t dir, bool raw, uint64_t number, rf_place_opened_fn opened, void *data);
/* Writes what can be written to all files. The first failure. */
int rf_places_write(struct rf_trace *trace);
/* Writes, closes and frees those that came with a move before NUMBER. The first failure to write. */
int rf_places_leave(struct rf_trace *trace, uint64_t number);

#endif
