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
	rf_list_init(&stream->waiting);
	return stream;
}

void rf_stream_free(struct rf_stream *stream)
{
	stream->source->ops->destroy(stream->source);
	if (stream->sink)
		stream->sink->ops->close(stream->sink);
	free(stream);
}

static void report(struct rf_stream *stream, int error)
{
	if (stream->reported)
		return;
	stream->reported = true;
	if (stream->report)
		stream->report(stream, error);
}

void rf_stream_attach(struct rf_stream *stream, struct rf_sink *sink, int error)
{
	stream->sink = sink;
	stream->attached = true;
	if (!sink)
		report(stream, error);
}

static void fail(struct rf_stream *stream, int error)
{
	stream->failed = true;
	stream->reported = false;
	report(stream, error);
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
	if (stream->overwrite)
		count_lost(stream, facts->sequence - expected);

	uint64_t discarded = facts->discarded - stream->discarded;

	if (packet->origin->abi_bits == 32)
		discarded = (uint32_t)discarded;
	if (!stream->overwrite && discarded)
		atomic_fetch_add_explicit(&stream->count->discarded, discarded, memory_order_relaxed);
	stream->seen = true;
	stream->sequence = facts->sequence;
	stream->begin = facts->begin;
	stream->discarded = facts->discarded;
	return 0;
}

static void move(struct rf_stream *stream, const struct rf_packet *packet)
{
	if (!stream->sink) {
		count_lost(stream, 1);
		return;
	}
	if (stream->before_write)
		stream->before_write(stream->before_write_data);

	int err = stream->sink->ops->write(stream->sink, packet);

	if (!err) {
		stream->reported = false;
		atomic_fetch_add_explicit(
			&stream->count->written, packet->header_len + packet->body_len, memory_order_relaxed);
		return;
	}
	count_lost(stream, 1);
	report(stream, err);
}

/* 0, -EAGAIN, or -EPROTO. */
static int move_one(struct rf_stream *stream)
{
	struct rf_packet packet;
	int err = stream->source->ops->get(stream->source, &packet);

	if (err)
		return err;
	err = account(stream, &packet);
	if (!err)
		move(stream, &packet);
	stream->source->ops->put(stream->source);
	return err;
}

enum rf_drained rf_stream_drain(struct rf_stream *stream, unsigned int budget)
{
	if (stream->failed)
		return RF_DRAINED_FAILED;

	uint64_t before = 0;
	int err = 0;

	while (!err && budget--) {
		before = rf_now();
		err = move_one(stream);
	}
	if (!err)
		return RF_DRAINED_MORE;
	if (err == -EAGAIN)
		return rf_now() - before > STALL ? RF_DRAINED_STALLED : RF_DRAINED_DRY;
	fail(stream, err);
	return RF_DRAINED_FAILED;
}

void rf_stream_flush(struct rf_stream *stream, uint64_t epoch)
{
	/* A writer that never stops must not hold us: what was there before, and the packet that the flush closes. */
	const unsigned int all = stream->source->capacity + 1;

	if (stream->failed)
		return;
	if (stream->flushed_epoch != epoch) {
		/* A full ring has no room for the packet that the flush makes. */
		rf_stream_drain(stream, all);
		if (stream->failed)
			return;
		stream->source->ops->flush(stream->source);
		stream->flushed_epoch = epoch;
	}
	rf_stream_drain(stream, all);
}

void rf_stream_finish(struct rf_stream *stream, uint64_t epoch)
{
	rf_stream_flush(stream, epoch);
	if (!stream->failed)
		count_lost(stream, stream->source->ops->stuck(stream->source));
}
