/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets of a stream are written: one file, or one after the other of a set of numbered files, which are not
 * made larger than the stream's limit.
 *
 * A packet that does not fit has to wait for the next file, which the control thread asks the broker for; whoever
 * writes to the output goes on when it is there. Data thread only, but for rf_output_give().
 */
#ifndef RF_CONSUMERD_OUTPUT_H
#define RF_CONSUMERD_OUTPUT_H

#include "consumerd/jobs.h"
#include "consumerd/sink.h"

#include <stdbool.h>

struct rf_stream;

struct rf_output {
	struct rf_stream *stream;
	struct rf_sink *sink; /* NULL: none; what is written is lost */
	uint32_t dir;         /* the broker's number of the directory; 0: none, nothing is to be written */
	uint32_t number;      /* of the current file in the set */
	uint64_t at;          /* bytes in it */
	bool without_index;
	bool unopened; /* the first file is asked for when there is a packet */
	bool wanting;  /* waits for the next file */
	struct rf_job job;
	struct rf_sink *next; /* the file that came, and */
	int error;            /* why there is none */
};

/* Takes SINK, the first file in DIR. Without one, the first file of a silent source's stream comes when it is needed.
 */
void rf_output_begin(struct rf_output *output, struct rf_stream *stream, uint32_t dir, struct rf_sink *sink);
/* Closes the file. */
void rf_output_end(struct rf_output *output);
/* Whether a packet of SIZE bytes may be written to the current file. Otherwise rf_output_turn() comes first. */
bool rf_output_fits(const struct rf_output *output, uint64_t size);
/* Closes the current file and asks for the next one. */
void rf_output_turn(struct rf_output *output);
/* As the sink's. There is one. */
int rf_output_write(struct rf_output *output, const struct rf_packet *packet);

#endif
