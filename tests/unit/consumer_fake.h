/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream over a source and a sink that are made up: what the source holds and how the sink answers is the test's to
 * say. For one test program: static.
 */
#ifndef RF_TESTS_CONSUMER_FAKE_H
#define RF_TESTS_CONSUMER_FAKE_H

#include "consumerd/stream.h"
#include "tests/unit/consumer_output.h"

#include <errno.h>

struct fake {
	struct rf_stream *stream;
	struct rf_channel_count counted;
	struct rf_source source;
	struct rf_sink sink;
	struct rf_packet packets[16];
	unsigned int count; /* of packets that were there until now */
	unsigned int at;
	unsigned int puts;
	unsigned int flushes;
	unsigned int closed; /* packets, by rf_stream_leave() */
	unsigned int listed;
	unsigned int written;
	unsigned int wanted; /* files */
	int refuse;          /* what the sink answers */
	unsigned int reports;
	uint64_t stuck;
};

static int fake_get(struct rf_source *source, struct rf_packet *packet)
{
	struct fake *fake = rf_container_of(source, struct fake, source);

	if (fake->at == fake->count)
		return -EAGAIN;
	*packet = fake->packets[fake->at++];
	return rf_packet_check(packet, 4096);
}

static void fake_put(struct rf_source *source)
{
	rf_container_of(source, struct fake, source)->puts++;
}

static void fake_flush(struct rf_source *source)
{
	rf_container_of(source, struct fake, source)->flushes++;
}

static void fake_keep(struct rf_source *source)
{
	struct fake *fake = rf_container_of(source, struct fake, source);

	if (!fake->listed)
		fake->at--;
}

static void fake_close_packet(struct rf_source *source)
{
	rf_container_of(source, struct fake, source)->closed++;
}

static bool fake_empty(struct rf_source *source)
{
	const struct fake *fake = rf_container_of(source, struct fake, source);

	return fake->at == fake->count;
}

static uint64_t fake_position(struct rf_source *source)
{
	return rf_container_of(source, struct fake, source)->count;
}

static unsigned int fake_list(struct rf_source *source, unsigned int newest)
{
	struct fake *fake = rf_container_of(source, struct fake, source);
	unsigned int held = fake->count - fake->at;

	fake->listed = newest && newest < held ? newest : held;
	return fake->listed;
}

static int fake_peek(struct rf_source *source, unsigned int number, struct rf_packet *packet)
{
	struct fake *fake = rf_container_of(source, struct fake, source);

	*packet = fake->packets[fake->count - fake->listed + number];
	return packet->header_len ? rf_packet_check(packet, 4096) : -EAGAIN;
}

static uint64_t fake_stuck(struct rf_source *source)
{
	return rf_container_of(source, struct fake, source)->stuck;
}

static void fake_destroy(struct rf_source *source)
{
	(void)source;
}

static int fake_write(struct rf_sink *sink, const struct rf_packet *packet)
{
	struct fake *fake = rf_container_of(sink, struct fake, sink);

	(void)packet;
	if (!fake->refuse)
		fake->written++;
	return fake->refuse;
}

static void fake_close(struct rf_sink *sink)
{
	(void)sink;
}

static void fake_report(const struct rf_stream *stream, int error)
{
	struct fake *fake = stream->owner;

	cr_assert_lt(error, 0);
	fake->reports++;
}

static const struct rf_source_ops fake_source_ops = {
	.get = fake_get,
	.put = fake_put,
	.keep = fake_keep,
	.flush = fake_flush,
	.close_packet = fake_close_packet,
	.empty = fake_empty,
	.position = fake_position,
	.list = fake_list,
	.peek = fake_peek,
	.stuck = fake_stuck,
	.destroy = fake_destroy,
};
static const struct rf_sink_ops fake_sink_ops = {fake_write, fake_close};

/* As a ring is at first: a packet is begun. */
static void fake_begin(struct fake *fake, bool overwrite)
{
	static const uint8_t body[4096];

	*fake = (struct fake){
		.source = {.ops = &fake_source_ops, .capacity = 4, .origin = origin}, .sink = {.ops = &fake_sink_ops}};
	for (unsigned int i = 0; i < 16; i++)
		fake->packets[i] = make_packet(i, 4096, body);
	fake->stream = rf_stream_new(&fake->source, &fake->counted, overwrite);
	fake->stream->report = fake_report;
	fake->stream->owner = fake;
	fake->count = 1;
	rf_stream_enter(fake->stream, 1, &fake->sink, 0);
	fake->count = 0;
}

static void fake_end(struct fake *fake)
{
	rf_stream_free(fake->stream);
}

/* One more output, to tell old and new apart. */
struct other_sink {
	struct rf_sink sink;
	unsigned int written;
	unsigned int closed;
	uint64_t first; /* sequence number */
};

static int other_write(struct rf_sink *sink, const struct rf_packet *packet)
{
	struct other_sink *other = rf_container_of(sink, struct other_sink, sink);

	if (!other->written++)
		other->first = packet->facts.sequence;
	return 0;
}

static void other_close(struct rf_sink *sink)
{
	rf_container_of(sink, struct other_sink, sink)->closed++;
}

static const struct rf_sink_ops other_sink_ops = {other_write, other_close};

#endif
