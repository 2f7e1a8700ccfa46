/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/source_ust.h"

#include "common/list.h"
#include "consumerd/assertions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

struct source_ust {
	struct rf_source source;
	struct lttng_ust_ctl_consumer_stream *stream;
	const uint8_t *ring; /* the sub-buffers, as mapped when only we had them */
	unsigned long ring_len;
	uint64_t subbuf_size;
	const struct rf_guard *guard;
	unsigned long listed; /* position of the first packet of the list */
	bool broken;          /* the library could not make sense of the ring: it is not asked again */
};

/* A call of the library on one ring. */
struct ring_call {
	struct source_ust *ust;
	int (*make)(struct source_ust *ust, void *argument);
	void *argument;
	int result;
};

static void make_call(void *data)
{
	struct ring_call *call = data;

	call->result = call->make(call->ust, call->argument);
}

/* What MAKE returns; -EPROTO, now and for ever, when the library failed over what the application has written. */
static int ask_ring(struct source_ust *ust, int (*make)(struct source_ust *ust, void *argument), void *argument)
{
	struct ring_call call = {.ust = ust, .make = make, .argument = argument, .result = -EPROTO};

	if (ust->broken)
		return -EPROTO;
	ust->broken = !rf_survive(make_call, &call);
	return ust->broken ? -EPROTO : call.result;
}

/* The file behind the ring was cut. */
static bool cut(const struct source_ust *ust)
{
	return atomic_load_explicit(&ust->guard->cut, memory_order_relaxed);
}

/*
 * Offset and size come from memory that applications write: nothing of it may lead outside of the ring. The size itself
 * is checked against the header afterwards.
 */
static int view_packet(struct source_ust *ust, struct rf_packet *packet)
{
	unsigned long offset;
	unsigned long size;

	if (lttng_ust_ctl_get_mmap_read_offset(ust->stream, &offset) < 0 ||
		lttng_ust_ctl_get_padded_subbuf_size(ust->stream, &size) < 0)
		return -EPROTO;
	if (size > ust->subbuf_size || offset > ust->ring_len || size > ust->ring_len - offset)
		return -EPROTO;
	packet->origin = &ust->source.origin;
	packet->header_len = rf_packet_header_size(ust->source.origin.abi_bits);
	if (size < packet->header_len)
		return -EPROTO;
	memcpy(packet->header, ust->ring + offset, packet->header_len);
	packet->body = ust->ring + offset + packet->header_len;
	packet->body_len = size - packet->header_len;
	if (cut(ust))
		return -EPROTO;
	return rf_packet_check(packet, size);
}

static int get(struct source_ust *ust, void *packet)
{
	int err = lttng_ust_ctl_get_next_subbuf(ust->stream);

	if (err == -EAGAIN || err == -ENODATA)
		return cut(ust) ? -EPROTO : -EAGAIN;
	if (err)
		return -EPROTO;
	err = view_packet(ust, packet);
	if (err)
		(void)lttng_ust_ctl_put_next_subbuf(ust->stream);
	return err;
}

static int put(struct source_ust *ust, void *argument)
{
	(void)argument;
	return lttng_ust_ctl_put_next_subbuf(ust->stream);
}

static int keep(struct source_ust *ust, void *argument)
{
	(void)argument;
	return lttng_ust_ctl_put_subbuf(ust->stream);
}

static int flush(struct source_ust *ust, void *argument)
{
	(void)argument;
	return lttng_ust_ctl_flush_buffer(ust->stream, 0);
}

static int close_packet(struct source_ust *ust, void *argument)
{
	(void)argument;
	return lttng_ust_ctl_flush_buffer(ust->stream, 1);
}

static int source_ust_get(struct rf_source *source, struct rf_packet *packet)
{
	return ask_ring(rf_container_of(source, struct source_ust, source), get, packet);
}

static void source_ust_put(struct rf_source *source)
{
	(void)ask_ring(rf_container_of(source, struct source_ust, source), put, NULL);
}

static void source_ust_keep(struct rf_source *source)
{
	(void)ask_ring(rf_container_of(source, struct source_ust, source), keep, NULL);
}

static void source_ust_flush(struct rf_source *source)
{
	(void)ask_ring(rf_container_of(source, struct source_ust, source), flush, NULL);
}

static void source_ust_close_packet(struct rf_source *source)
{
	(void)ask_ring(rf_container_of(source, struct source_ust, source), close_packet, NULL);
}

struct positions {
	unsigned long consumed;
	unsigned long produced;
};

static int sample_ring(struct source_ust *ust, void *argument)
{
	struct positions *positions = argument;

	return lttng_ust_ctl_snapshot_sample_positions(ust->stream) >= 0 &&
			lttng_ust_ctl_snapshot_get_consumed(ust->stream, &positions->consumed) >= 0 &&
			lttng_ust_ctl_snapshot_get_produced(ust->stream, &positions->produced) >= 0
		? 0
		: -EPROTO;
}

/* Both are the application's word. False when they cannot be had. */
static bool sample(struct source_ust *ust, unsigned long *consumed, unsigned long *produced)
{
	struct positions positions;

	if (ask_ring(ust, sample_ring, &positions) < 0)
		return false;
	*consumed = positions.consumed;
	*produced = positions.produced;
	return true;
}

static bool source_ust_empty(struct rf_source *source)
{
	struct source_ust *ust = rf_container_of(source, struct source_ust, source);
	unsigned long consumed;
	unsigned long produced;

	/* Of what nobody can read there is nothing left to write. */
	if (!sample(ust, &consumed, &produced))
		return ust->broken;
	return produced == consumed && produced % ust->subbuf_size == 0;
}

static uint64_t source_ust_position(struct rf_source *source)
{
	unsigned long consumed;
	unsigned long produced;

	return sample(rf_container_of(source, struct source_ust, source), &consumed, &produced) ? produced : 0;
}

static unsigned int source_ust_list(struct rf_source *source, unsigned int newest)
{
	struct source_ust *ust = rf_container_of(source, struct source_ust, source);
	unsigned int most = newest && newest < source->capacity ? newest : source->capacity;
	unsigned long consumed;
	unsigned long produced;

	if (!sample(ust, &consumed, &produced))
		return 0;
	consumed -= consumed % ust->subbuf_size;
	produced -= produced % ust->subbuf_size;
	if ((long)(produced - consumed) <= 0)
		return 0;

	uint64_t count = (produced - consumed) / ust->subbuf_size;

	if (count > most)
		count = most;
	ust->listed = produced - (unsigned long)(count * ust->subbuf_size);
	return (unsigned int)count;
}

struct peeked {
	unsigned long position;
	struct rf_packet *packet;
};

static int peek(struct source_ust *ust, void *argument)
{
	struct peeked *peeked = argument;
	int err = lttng_ust_ctl_get_subbuf(ust->stream, &peeked->position);

	if (err == -EAGAIN || err == -ENODATA)
		return cut(ust) ? -EPROTO : -EAGAIN;
	if (err)
		return -EPROTO;
	err = view_packet(ust, peeked->packet);
	if (err)
		(void)keep(ust, NULL);
	return err;
}

static int source_ust_peek(struct rf_source *source, unsigned int number, struct rf_packet *packet)
{
	struct source_ust *ust = rf_container_of(source, struct source_ust, source);
	struct peeked peeked = {.position = ust->listed + (unsigned long)(number * ust->subbuf_size), .packet = packet};

	return ask_ring(ust, peek, &peeked);
}

static uint64_t source_ust_stuck(struct rf_source *source)
{
	struct source_ust *ust = rf_container_of(source, struct source_ust, source);
	unsigned long consumed;
	unsigned long produced;

	if (!sample(ust, &consumed, &produced) || (long)(produced - consumed) <= 0)
		return 0;

	uint64_t count = (produced / ust->subbuf_size) - (consumed / ust->subbuf_size);

	return count <= source->capacity ? count : source->capacity;
}

static void source_ust_destroy(struct rf_source *source)
{
	struct source_ust *ust = rf_container_of(source, struct source_ust, source);

	lttng_ust_ctl_destroy_stream(ust->stream);
	free(ust);
}

static const struct rf_source_ops source_ust_ops = {
	.get = source_ust_get,
	.put = source_ust_put,
	.keep = source_ust_keep,
	.flush = source_ust_flush,
	.close_packet = source_ust_close_packet,
	.empty = source_ust_empty,
	.position = source_ust_position,
	.list = source_ust_list,
	.peek = source_ust_peek,
	.stuck = source_ust_stuck,
	.destroy = source_ust_destroy,
};

struct rf_source *rf_source_ust_new(
	struct rf_ust_buffers *buffers, unsigned int cpu, const struct rf_packet_origin *origin)
{
	struct source_ust *ust = calloc(1, sizeof(*ust));
	struct lttng_ust_ctl_consumer_stream *stream = buffers->streams[cpu];

	if (!ust)
		return NULL;
	ust->ring = lttng_ust_ctl_get_mmap_base(stream);
	if (!ust->ring || lttng_ust_ctl_get_mmap_len(stream, &ust->ring_len) < 0) {
		free(ust);
		return NULL;
	}
	ust->stream = stream;
	ust->guard = &buffers->guards[cpu];
	ust->subbuf_size = buffers->subbuf_size;
	ust->source = (struct rf_source){
		.ops = &source_ust_ops,
		.wait_fd = lttng_ust_ctl_stream_get_wait_fd(stream),
		.wait_events = EPOLLIN,
		.wait_is_pipe = true,
		.stalls = true,
		.capacity = (unsigned int)buffers->subbuf_count + (buffers->overwrite ? 1 : 0),
		.origin = *origin,
	};
	buffers->taken[cpu] = true;
	return &ust->source;
}
