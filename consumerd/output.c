/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/output.h"

#include "common/proto_broker.h"
#include "consumerd/stream.h"

void rf_output_begin(struct rf_output *output, struct rf_stream *stream, uint32_t dir, struct rf_sink *sink)
{
	rf_output_end(output);
	output->stream = stream;
	output->dir = dir;
	output->sink = sink;
	output->number = 0;
	output->at = 0;
	output->unopened = dir && !sink && stream->source->silent;
}

void rf_output_end(struct rf_output *output)
{
	if (output->sink)
		output->sink->ops->close(output->sink);
	output->sink = NULL;
}

bool rf_output_fits(const struct rf_output *output, uint64_t size)
{
	uint64_t limit = output->stream->file_size;

	if (output->unopened)
		return false;
	/* A file takes one packet in any case. */
	return !limit || !output->sink || !output->at || (output->at <= limit && size <= limit - output->at);
}

void rf_output_turn(struct rf_output *output)
{
	uint64_t count = output->stream->file_count;

	/* With a count the next file may be this one: it must not be open when it is emptied. */
	rf_output_end(output);
	output->at = 0;
	if (!output->unopened)
		output->number++;
	output->unopened = false;
	if (output->number == RF_NO_FILE_NUMBER || (count && output->number >= count))
		output->number = 0;
	output->wanting = true;
	output->stream->want_file(output);
}

int rf_output_write(struct rf_output *output, const struct rf_packet *packet)
{
	int err = output->sink->ops->write(output->sink, packet);

	if (!err)
		output->at += packet->header_len + packet->body_len;
	return err;
}
