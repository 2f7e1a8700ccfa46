/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/stream.h"

#include "common/loop.h"

#include <errno.h>
#include <stdlib.h>

/* A get() that finds nothing and takes longer than this met a packet with an interrupted writer. */
#define STALL (5 * RF_MS)

struct rf_stream *rf_stream_new(struct rf_source *source, struct rf_channel_count *count, bool overwrite)
{
	struct rf_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->source = source;
	stream->count = count;
	stream->overwrite = overwrite;
	rf_list_init(&stream->turn);
	rf_list_init(&stream->tasks);
	stream->out.stream = stream;
	return stream;
}

void rf_stream_free(struct rf_stream *stream)
{
	stream->source->ops->destroy(stream->source);
	rf_output_end(&stream->out);
	free(stream);
}

void rf_stream_report(struct rf_stream *stream, int error)
{
	if (stream->reported)
		return;
	stream->reported = true;
	if (stream->report)
		stream->report(stream, error);
}

bool rf_stream_parked(const struct rf_stream *stream)
{
	return !stream->out.dir;
}

static void fail(struct rf_stream *stream, int error)
{
	stream->failed = true;
	stream->reported = false;
	rf_stream_report(stream, error);
}

static void count_lost(struct rf_stream *stream, uint64_t packets)
{
	atomic_fetch_add_explicit(&stream->count->lost, packets, memory_order_relaxed);
}

/* Compares PACKET with the one before and counts what happened between them. -EPROTO when it cannot follow that one. */
static int account(struct rf_stream *stream, const struct rf_packet *packet)
{
	const struct rf_packet_facts *facts = &packet->facts;
	uint64_t expected = stream->seen ? stream->sequence + 1 : 0;

	if (facts->sequence < expected || facts->begin < stream->begin)
		return -EPROTO;
	/* Nobody missed what was overwritten in a ring that nobody was to read. */
	if (stream->overwrite && (stream->kept || !stream->dropping))
		count_lost(stream, facts->sequence - expected);

	uint64_t discarded = facts->discarded - stream->discarded;

	if (packet->origin->abi_bits == 32)
		discarded = (uint32_t)discarded;
	/* How many packets it would have been, nobody knows: it is one place where something is missing. */
	if (stream->overwrite && stream->source->overwrites_show && discarded && (stream->kept || !stream->dropping))
		count_lost(stream, 1);
	if (!stream->overwrite && discarded)
		atomic_fetch_add_explicit(&stream->count->discarded, discarded, memory_order_relaxed);
	stream->seen = true;
	stream->sequence = facts->sequence;
	stream->begin = facts->begin;
	stream->discarded = facts->discarded;
	return 0;
}

bool rf_stream_worth_writing(const struct rf_stream *stream, const struct rf_packet *packet)
{
	return packet->facts.content_bits > packet->header_len * 8 || !stream->described ||
		atomic_load_explicit(stream->described, memory_order_acquire);
}

/* 0, or a negative errno that ends the reading of the stream. */
static int move(struct rf_stream *stream, const struct rf_packet *packet)
{
	if (stream->dropping || !rf_stream_worth_writing(stream, packet))
		return 0;
	if (!stream->out.sink) {
		count_lost(stream, 1);
		return 0;
	}
	if (stream->before_write)
		stream->before_write(stream->before_write_data);

	int err = rf_output_write(&stream->out, packet);

	if (!err) {
		stream->reported = false;
		atomic_fetch_add_explicit(
			&stream->count->written, packet->header_len + packet->body_len, memory_order_relaxed);
		return 0;
	}
	count_lost(stream, 1);
	/* The ring's memory is gone: it is a file, and somebody cut it. */
	if (err == -EFAULT)
		return err;
	rf_stream_report(stream, err);
	return 0;
}

/* 0, -EAGAIN, -EXFULL when the file has no room for the packet, or what ends the reading. */
static int move_one(struct rf_stream *stream)
{
	struct rf_packet packet;
	int err = stream->source->ops->get(stream->source, &packet);

	if (err)
		return err;
	if (!stream->dropping && !rf_output_fits(&stream->out, packet.header_len + packet.body_len)) {
		stream->source->ops->keep(stream->source);
		rf_output_turn(&stream->out);
		return -EXFULL;
	}
	err = account(stream, &packet);
	if (!err)
		err = move(stream, &packet);
	stream->source->ops->put(stream->source);
	return err;
}

/* Takes what it moves off *BUDGET. */
static enum rf_drained drain(struct rf_stream *stream, unsigned int *budget)
{
	if (stream->failed)
		return RF_DRAINED_FAILED;
	if (stream->out.wanting)
		return RF_DRAINED_WAITING;

	uint64_t before = 0;
	int err = 0;

	while (*budget) {
		before = rf_now();
		err = move_one(stream);
		if (err)
			break;
		--*budget;
	}
	if (!err)
		return RF_DRAINED_MORE;
	if (err == -EAGAIN)
		return stream->source->stalls && rf_now() - before > STALL ? RF_DRAINED_STALLED : RF_DRAINED_DRY;
	if (err == -EXFULL)
		return RF_DRAINED_WAITING;
	fail(stream, err);
	return RF_DRAINED_FAILED;
}

enum rf_drained rf_stream_drain(struct rf_stream *stream, unsigned int budget)
{
	return drain(stream, &budget);
}

/* One stage of PASS: all that is there. False: waits for a file. */
static bool drain_all(struct rf_stream *stream, struct rf_stream_pass *pass)
{
	if (!pass->begun) {
		pass->begun = true;
		/* A writer that never stops must not hold us: what was there before, and the packet that a flush
		 * closes. */
		pass->left = stream->source->capacity + 1;
	}
	if (drain(stream, &pass->left) == RF_DRAINED_WAITING)
		return false;
	pass->begun = false;
	pass->stage++;
	return true;
}

bool rf_stream_flush(struct rf_stream *stream, struct rf_stream_pass *pass, uint64_t epoch)
{
	if (rf_stream_parked(stream))
		return true;
	if (!pass->stage && stream->flushed_epoch == epoch)
		pass->stage++;
	if (!pass->stage) {
		/* A full ring has no room for the packet that the flush makes. */
		if (!drain_all(stream, pass))
			return false;
		if (stream->failed)
			return true;
		stream->source->ops->flush(stream->source);
		stream->flushed_epoch = epoch;
	}
	return drain_all(stream, pass);
}

bool rf_stream_finish(struct rf_stream *stream, struct rf_stream_pass *pass, uint64_t epoch)
{
	if (!rf_stream_flush(stream, pass, epoch))
		return false;
	if (stream->failed || !stream->kept)
		return true;
	/* Nobody flushed a parked one: its last packet is still open. */
	if (rf_stream_parked(stream))
		stream->source->ops->close_packet(stream->source);
	count_lost(stream, stream->source->ops->stuck(stream->source));
	return true;
}

bool rf_stream_leave(struct rf_stream *stream, struct rf_stream_pass *pass, bool discard)
{
	if (stream->failed || (rf_stream_parked(stream) && !discard))
		return true;
	if (!pass->begun)
		stream->source->ops->close_packet(stream->source);
	stream->dropping = discard;

	bool done = drain_all(stream, pass);

	stream->dropping = false;
	return done;
}

bool rf_stream_close_packet(struct rf_stream *stream, struct rf_stream_pass *pass)
{
	if (stream->failed || rf_stream_parked(stream))
		return true;
	if (!pass->begun)
		stream->source->ops->close_packet(stream->source);
	return drain_all(stream, pass);
}

void rf_stream_enter(struct rf_stream *stream, uint32_t dir, struct rf_sink *sink, int error)
{
	rf_output_begin(&stream->out, stream, dir, sink);
	stream->kept |= dir != 0;
	if (dir && !sink && !stream->source->silent)
		rf_stream_report(stream, error);
	if (dir && (sink || stream->source->silent) && !stream->failed && stream->source->ops->empty(stream->source))
		stream->source->ops->flush(stream->source);
}
