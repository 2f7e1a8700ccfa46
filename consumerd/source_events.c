/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/source_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PADDING 8u

struct source_events {
	struct rf_source source;
	struct rf_list blocks; /* oldest first */
	unsigned int count;
	size_t bytes;
	uint64_t pushed;
	unsigned int list_first; /* number of the first block of the list among all of them */
};

struct rf_event_block *rf_event_block_new(uint64_t begin, uint64_t end, const void *events, size_t len)
{
	struct rf_event_block *block = calloc(1, sizeof(*block) + len + PADDING);

	if (!block)
		return NULL;
	rf_list_init(&block->node);
	block->begin = begin;
	block->end = end;
	block->len = len;
	memcpy(block->events, events, len);
	return block;
}

static struct source_events *events_of(struct rf_source *source)
{
	return rf_container_of(source, struct source_events, source);
}

static struct rf_event_block *block_of(struct rf_list *node)
{
	return rf_container_of(node, struct rf_event_block, node);
}

static void drop_oldest(struct source_events *events)
{
	struct rf_event_block *block = block_of(events->blocks.next);

	rf_list_remove(&block->node);
	events->count--;
	events->bytes -= block->len;
	free(block);
}

void rf_source_events_push(struct rf_source *source, struct rf_event_block *block)
{
	struct source_events *events = events_of(source);

	block->sequence = events->pushed++;
	rf_list_append(&events->blocks, &block->node);
	events->count++;
	events->bytes += block->len;
	while (events->count > 1 && (events->count > RF_EVENTS_BLOCKS_MAX || events->bytes > RF_EVENTS_BYTES_MAX))
		drop_oldest(events);
}

static void give(struct source_events *events, const struct rf_event_block *block, struct rf_packet *packet)
{
	size_t content = RF_CTF_PACKET_HEADER + block->len;

	packet->origin = &events->source.origin;
	packet->facts = (struct rf_packet_facts){
		.begin = block->begin,
		.end = block->end,
		.content_bits = content * 8,
		.packet_bits = (content + PADDING - 1) / PADDING * PADDING * 8,
		.sequence = block->sequence,
	};
	rf_packet_make_header(packet);
	packet->body = block->events;
	packet->body_len = packet->facts.packet_bits / 8 - packet->header_len;
}

static int source_events_get(struct rf_source *source, struct rf_packet *packet)
{
	struct source_events *events = events_of(source);

	if (!events->count)
		return -EAGAIN;
	give(events, block_of(events->blocks.next), packet);
	return 0;
}

static void source_events_put(struct rf_source *source)
{
	drop_oldest(events_of(source));
}

static void source_events_nothing(struct rf_source *source)
{
	(void)source;
}

static bool source_events_empty(struct rf_source *source)
{
	return !events_of(source)->count;
}

static uint64_t source_events_position(struct rf_source *source)
{
	return events_of(source)->pushed;
}

static unsigned int source_events_list(struct rf_source *source, unsigned int newest)
{
	struct source_events *events = events_of(source);
	unsigned int count = newest && newest < events->count ? newest : events->count;

	events->list_first = events->count - count;
	return count;
}

static int source_events_peek(struct rf_source *source, unsigned int number, struct rf_packet *packet)
{
	struct source_events *events = events_of(source);
	unsigned int at = 0;

	rf_list_for_each(node, &events->blocks) {
		if (at++ != events->list_first + number)
			continue;
		give(events, block_of(node), packet);
		return 0;
	}
	return -EAGAIN;
}

static uint64_t source_events_stuck(struct rf_source *source)
{
	(void)source;
	return 0;
}

static void source_events_destroy(struct rf_source *source)
{
	struct source_events *events = events_of(source);

	while (events->count)
		drop_oldest(events);
	free(events);
}

static const struct rf_source_ops source_events_ops = {
	.get = source_events_get,
	.put = source_events_put,
	.keep = source_events_nothing,
	.flush = source_events_nothing,
	.close_packet = source_events_nothing,
	.empty = source_events_empty,
	.position = source_events_position,
	.list = source_events_list,
	.peek = source_events_peek,
	.stuck = source_events_stuck,
	.destroy = source_events_destroy,
};

struct rf_source *rf_source_events_new(const struct rf_packet_origin *origin)
{
	struct source_events *events = calloc(1, sizeof(*events));

	if (!events)
		return NULL;
	rf_list_init(&events->blocks);
	events->source = (struct rf_source){
		.ops = &source_events_ops,
		.wait_fd = -1,
		.silent = true,
		.capacity = RF_EVENTS_BLOCKS_MAX,
		.origin = *origin,
	};
	return &events->source;
}
