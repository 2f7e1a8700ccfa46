/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/stream_copy.h"

#include "common/loop.h"

#include <errno.h>

#define PACKETS_A_STEP 8u
/* As in stream.c. A ring of which so many packets had interrupted writers is not worth the time. */
#define STALL (5 * RF_MS)
#define STALLS_MAX 8u

void rf_stream_copy_begin(
	struct rf_stream *stream, struct rf_stream_copy *copy, unsigned int newest, uint32_t dir, struct rf_sink *sink)
{
	struct rf_source *source = stream->source;

	*copy = (struct rf_stream_copy){.out.without_index = true};
	rf_output_begin(&copy->out, stream, dir, sink);
	if (stream->failed || (!sink && !source->silent))
		return;
	if (!stream->copied || source->ops->position(source) != stream->copied_at || source->ops->empty(source)) {
		source->ops->flush(source);
		stream->copied = true;
		stream->copied_at = source->ops->position(source);
	}
	copy->count = source->ops->list(source, newest);
}

/* A packet that was peeked at. 0, or what ends the copying; -EXFULL: another file first. */
static int copy_packet(struct rf_stream *stream, struct rf_stream_copy *copy, const struct rf_packet *packet)
{
	if (copy->seen && packet->facts.sequence <= copy->sequence)
		return -EPROTO;
	if (!rf_stream_worth_writing(stream, packet))
		return 0;
	if (!rf_output_fits(&copy->out, packet->header_len + packet->body_len))
		return -EXFULL;
	/* The next file of the set could not be had. */
	if (!copy->out.sink)
		return copy->out.error;
	if (stream->before_write)
		stream->before_write(stream->before_write_data);

	int err = rf_output_write(&copy->out, packet);

	if (err)
		return err;
	copy->seen = true;
	copy->sequence = packet->facts.sequence;
	return 0;
}

/* -EAGAIN: it was overwritten meanwhile, or its writer was interrupted. */
static int copy_one(struct rf_stream *stream, struct rf_stream_copy *copy)
{
	struct rf_packet packet;
	uint64_t before = rf_now();
	int err = stream->source->ops->peek(stream->source, copy->next, &packet);

	if (err == -EAGAIN && stream->source->stalls && rf_now() - before > STALL)
		copy->stalls++;
	if (err)
		return err;
	err = copy_packet(stream, copy, &packet);
	stream->source->ops->keep(stream->source);
	return err;
}

enum rf_copied rf_stream_copy_some(struct rf_stream *stream, struct rf_stream_copy *copy)
{
	for (unsigned int i = 0; i < PACKETS_A_STEP; i++) {
		if (copy->next >= copy->count || copy->stalls >= STALLS_MAX)
			return RF_COPIED_ALL;

		int err = copy_one(stream, copy);

		if (err == -EXFULL) {
			rf_output_turn(&copy->out);
			return RF_COPIED_WAITING;
		}
		if (err && err != -EAGAIN) {
			/* Nonsense in one application's ring does not make the snapshot a failure. */
			if (err == -EPROTO || err == -EFAULT)
				rf_stream_report(stream, err);
			else
				copy->error = err;
			return RF_COPIED_ALL;
		}
		copy->next++;
	}
	return RF_COPIED_SOME;
}

void rf_stream_copy_end(struct rf_stream_copy *copy)
{
	rf_output_end(&copy->out);
}
