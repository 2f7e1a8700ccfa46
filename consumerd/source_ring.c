/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/source_ring.h"

#include "common/list.h"
#include "common/log.h"
#include "common/loop.h"
#include "consumerd/ring_packet.h"
#include "consumerd/ring_pages.h"
#include "consumerd/ring_reader.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Larger packets are made of more memory than a processor's cache has. */
#define PACKET_USED_MAX ((size_t)256 << 10)
/*
 * An event may be reserved now and committed later, with the older time. An empty packet says what was so long ago, so
 * that its time is not after that of an event to come.
 */
#define EMPTY_LAG (100 * RF_MS)

/* A packet of the list that was taken down last. */
struct listed {
	struct rf_kept_page *kept;
	struct rf_ring_page page; /* where it begins */
	uint64_t floor;           /* time of the event before it */
	struct rf_task_now now;   /* before its first record */
	uint64_t discarded;       /* since the oldest page */
};

struct source_ring {
	struct rf_source source;
	struct rf_ring_reader reader;
	struct rf_record_table *table;
	struct rf_catch_up *catch_up;
	size_t packet_size;
	struct rf_ring_packet packet;
	struct rf_ring_page page;  /* what is left of what was read last, or of */
	struct rf_kept_page *kept; /* a kept page that is being read */
	bool caught_up;            /* the control thread was waited for since the page was read */
	bool ready;                /* the packet is whole, and nobody put it yet */
	bool ended;                /* and the pass with it: the next get() says so */
	bool empty_wanted;         /* a packet is wanted even if nothing is in it */
	uint64_t sequence;         /* of the next packet */
	uint64_t lost;             /* events, besides those that the reader counts */
	struct rf_source_ring_trouble trouble;
	struct rf_packet_facts facts; /* of the packet that is ready */

	/* Snapshots */
	struct rf_ring_pages pages;
	struct rf_ring_packet peeked;
	uint64_t lost_told; /* that pages account for */
	unsigned int drains;
	struct listed *list;
	unsigned int list_count;
	unsigned int list_room;
	unsigned int list_first; /* of those that were asked for */
	bool list_empty;         /* one packet, without events */
};

static struct source_ring *ring_of(struct rf_source *source)
{
	return rf_container_of(source, struct source_ring, source);
}

/* A page into ring->page. False: the pass is over. */
static bool read_page(struct source_ring *ring)
{
	if (!rf_ring_reader_next(&ring->reader, ring->packet.records, &ring->page))
		return false;
	ring->caught_up = false;
	return true;
}

/* False: the pass is over. */
static bool next_page(struct source_ring *ring)
{
	free(ring->kept);
	ring->kept = rf_ring_pages_take(&ring->pages);
	if (ring->kept) {
		ring->page = ring->kept->page;
		ring->list_count = 0;
		return true;
	}
	return read_page(ring);
}

/* A record that has no program: its description may be on the way. False: there is none. */
static bool wait_for_program(struct source_ring *ring)
{
	if (ring->caught_up || !ring->catch_up)
		return false;
	/* All that is in the page was described before it was recorded, so once is enough. */
	ring->caught_up = true;
	rf_catch_up_wait_long(ring->catch_up);
	return true;
}

/* Fills PACKET with what PAGE has. False when it is full; otherwise the page is read. AGAIN: nothing is counted. */
static bool convert(struct source_ring *ring, struct rf_ring_packet *packet, struct rf_ring_page *page, bool again)
{
	struct rf_source_ring_trouble nothing = {0};
	struct rf_source_ring_trouble *trouble = again ? &nothing : &ring->trouble;

	for (;;) {
		switch (rf_ring_packet_take(packet, page)) {
		case RF_RING_TAKEN:
			return true;
		case RF_RING_FULL:
			if (packet->at)
				return false;
			trouble->too_long++;
			ring->lost += !again;
			rf_ring_packet_skip(packet, page);
			break;
		case RF_RING_UNKNOWN:
			if (wait_for_program(ring))
				break;
			trouble->unknown++;
			rf_ring_packet_skip(packet, page);
			break;
		case RF_RING_BROKEN:
			trouble->corrupt++;
			rf_task_forget(&packet->now);
			ring->lost += !again;
			page->at = page->end;
			return true;
		}
	}
}

static struct rf_packet_facts facts_of(const struct rf_ring_packet *packet, uint64_t sequence, uint64_t discarded)
{
	size_t content = RF_CTF_PACKET_HEADER + packet->at;

	return (struct rf_packet_facts){
		.begin = packet->at ? packet->begin : packet->end,
		.end = packet->end,
		.content_bits = content * 8,
		.packet_bits = (content + 7) / 8 * 64,
		.sequence = sequence,
		.discarded = discarded,
	};
}

static void give(struct source_ring *ring, const struct rf_ring_packet *from, const struct rf_packet_facts *facts,
	struct rf_packet *packet)
{
	packet->origin = &ring->source.origin;
	packet->facts = *facts;
	rf_packet_make_header(packet);
	packet->body = from->body;
	packet->body_len = facts->packet_bits / 8 - packet->header_len;
	/* Up to the next multiple of eight, which is in the slack. */
	memset(from->body + from->at, 0, packet->body_len - from->at);
}

static void let_time_pass(struct rf_ring_packet *packet)
{
	uint64_t then = rf_now() - EMPTY_LAG;

	if (packet->end < then)
		packet->end = then;
}

static void seal(struct source_ring *ring)
{
	struct rf_ring_stats stats;

	(void)rf_ring_reader_stats(&ring->reader, &stats);
	if (!ring->packet.at)
		let_time_pass(&ring->packet);
	ring->facts = facts_of(&ring->packet, ring->sequence++, ring->reader.lost + ring->lost);
	ring->ready = true;
	ring->empty_wanted = false;
}

/* PACKET goes on with PAGE. */
static void enter_page(struct rf_ring_packet *packet, const struct rf_ring_page *page)
{
	if (page->lost)
		rf_task_forget(&packet->now);
}

/* The next packet, sealed. False: there is none. */
static bool make_packet(struct source_ring *ring)
{
	rf_ring_packet_reset(&ring->packet);
	while (convert(ring, &ring->packet, &ring->page, false)) {
		if (next_page(ring)) {
			enter_page(&ring->packet, &ring->page);
			/* So that the loss is known to be between two packets. */
			if (ring->page.lost && ring->packet.at)
				break;
			continue;
		}
		ring->source.hasty = ring->reader.pass.bytes < ring->reader.page_size / 4;
		rf_ring_reader_begin(&ring->reader, false);
		if (!ring->packet.at && (!ring->empty_wanted || ring->reader.absent)) {
			ring->empty_wanted = false;
			return false;
		}
		ring->ended = true;
		break;
	}
	seal(ring);
	return true;
}

static int source_ring_get(struct rf_source *source, struct rf_packet *packet)
{
	struct source_ring *ring = ring_of(source);

	if (!ring->ready) {
		if (ring->ended) {
			ring->ended = false;
			return -EAGAIN;
		}
		if (!make_packet(ring))
			return -EAGAIN;
	}
	give(ring, &ring->packet, &ring->facts, packet);
	return 0;
}

static void source_ring_put(struct rf_source *source)
{
	ring_of(source)->ready = false;
}

/* A packet that get() gave is given again; one that was peeked at stays in any case. */
static void source_ring_keep(struct rf_source *source)
{
	(void)source;
}

static void source_ring_close_packet(struct rf_source *source)
{
	struct source_ring *ring = ring_of(source);

	rf_ring_reader_begin(&ring->reader, true);
	ring->ended = false;
}

static void source_ring_flush(struct rf_source *source)
{
	source_ring_close_packet(source);
	ring_of(source)->empty_wanted = true;
}

static bool source_ring_empty(struct rf_source *source)
{
	struct source_ring *ring = ring_of(source);
	struct rf_ring_stats stats;

	if (ring->ready || ring->page.at != ring->page.end || rf_list_linked(&ring->pages.pages))
		return false;
	return !rf_ring_reader_stats(&ring->reader, &stats) || !stats.entries;
}

static uint64_t source_ring_position(struct rf_source *source)
{
	struct rf_ring_stats stats;

	return rf_ring_reader_stats(&ring_of(source)->reader, &stats) ? stats.position : 0;
}

static struct rf_kept_page *keep_page(struct source_ring *ring)
{
	uint64_t dropped;
	struct rf_kept_page *kept = rf_ring_pages_keep(&ring->pages, &ring->page, &dropped);

	ring->lost += dropped;
	if (dropped)
		rf_task_forget(&ring->packet.now);
	ring->packet.records += kept ? kept->events : 0;
	ring->page.at = ring->page.end;
	return kept;
}

/*
 * What was lost meanwhile is lost before the first page of this drain that says so, or else before the first; of those
 * that are still kept.
 */
static struct rf_kept_page *page_after_loss(struct source_ring *ring)
{
	struct rf_kept_page *first = NULL;

	rf_list_for_each(node, &ring->pages.pages) {
		struct rf_kept_page *kept = rf_container_of(node, struct rf_kept_page, node);

		if (kept->drain != ring->drains)
			continue;
		if (kept->says_lost)
			return kept;
		if (!first)
			first = kept;
	}
	return first;
}

/* Takes all that there is out of the ring. */
static void drain(struct source_ring *ring)
{
	struct rf_ring_stats stats;

	/* What get() has left. */
	if (ring->page.at != ring->page.end)
		(void)keep_page(ring);
	ring->drains++;
	rf_ring_reader_begin(&ring->reader, true);
	while (read_page(ring)) {
		bool says = ring->page.lost;
		struct rf_kept_page *kept = keep_page(ring);

		if (!kept)
			continue;
		kept->drain = ring->drains;
		kept->says_lost = says;
	}
	rf_ring_reader_begin(&ring->reader, false);
	(void)rf_ring_reader_stats(&ring->reader, &stats);

	struct rf_kept_page *told = page_after_loss(ring);

	if (!told)
		return;
	told->lost_before = ring->reader.lost_seen - ring->lost_told;
	ring->lost_told = ring->reader.lost_seen;
}

static bool note_listed(struct source_ring *ring, const struct listed *listed)
{
	if (ring->list_count == ring->list_room) {
		unsigned int room = ring->list_room ? 2 * ring->list_room : 16;
		struct listed *list = reallocarray(ring->list, room, sizeof(*list));

		if (!list)
			return false;
		ring->list = list;
		ring->list_room = room;
	}
	ring->list[ring->list_count++] = *listed;
	return true;
}

/* Where the packets begin that the kept pages make. */
static void list_packets(struct source_ring *ring)
{
	struct rf_ring_packet *packet = &ring->peeked;
	struct listed begin = {0};
	uint64_t lost = 0;

	packet->end = 0;
	/* The oldest page comes after what get() has read. */
	packet->now = ring->packet.now;
	rf_ring_packet_reset(packet);
	rf_list_for_each(node, &ring->pages.pages) {
		struct rf_kept_page *kept = rf_container_of(node, struct rf_kept_page, node);
		struct rf_ring_page page = kept->page;
		bool full = packet->at && kept->lost_before;

		enter_page(packet, &page);
		lost += node == ring->pages.pages.next ? 0 : kept->lost_before;
		do {
			if (full && !note_listed(ring, &begin))
				return;
			if (full)
				rf_ring_packet_reset(packet);
			if (!packet->at)
				begin = (struct listed){
					.kept = kept,
					.page = page,
					.floor = packet->end,
					.now = packet->now,
					.discarded = lost,
				};
			full = !convert(ring, packet, &page, true);
		} while (full);
	}
	if (packet->at)
		(void)note_listed(ring, &begin);
}

static int init_packet(const struct source_ring *ring, struct rf_ring_packet *packet)
{
	return rf_ring_packet_init(packet, ring->packet_size, ring->table, ring->source.origin.cpu);
}

static unsigned int source_ring_list(struct rf_source *source, unsigned int newest)
{
	struct source_ring *ring = ring_of(source);
	unsigned int most = newest && newest < source->capacity ? newest : source->capacity;

	drain(ring);
	ring->list_count = 0;
	ring->list_empty = false;
	if (!ring->peeked.body && init_packet(ring, &ring->peeked) < 0)
		return 0;
	list_packets(ring);
	ring->list_empty = !ring->list_count && ring->empty_wanted && !ring->reader.absent;
	ring->empty_wanted = false;
	ring->list_first = ring->list_count > most ? ring->list_count - most : 0;
	return ring->list_empty ? 1 : ring->list_count - ring->list_first;
}

static void convert_listed(struct source_ring *ring, unsigned int index)
{
	const struct listed *from = &ring->list[index];
	const struct listed *until = index + 1 < ring->list_count ? from + 1 : NULL;
	struct rf_list *node = &from->kept->node;
	struct rf_ring_page page = from->page;

	ring->peeked.end = from->floor;
	ring->peeked.now = from->now;
	while (convert(ring, &ring->peeked, &page, true)) {
		node = node->next;
		if (node == &ring->pages.pages)
			return;

		struct rf_kept_page *kept = rf_container_of(node, struct rf_kept_page, node);

		page = kept->page;
		enter_page(&ring->peeked, &page);
		if (until && until->kept == kept && until->page.at == page.at)
			return;
	}
}

static int source_ring_peek(struct rf_source *source, unsigned int number, struct rf_packet *packet)
{
	struct source_ring *ring = ring_of(source);
	unsigned int index = ring->list_first + number;
	uint64_t discarded = 0;

	if (ring->list_empty ? number > 0 : index >= ring->list_count)
		return -EAGAIN;
	rf_ring_packet_reset(&ring->peeked);
	if (ring->list_empty) {
		ring->peeked.end = ring->packet.end;
		let_time_pass(&ring->peeked);
	} else {
		convert_listed(ring, index);
		discarded = ring->list[index].discarded - ring->list[ring->list_first].discarded;
	}

	const struct rf_packet_facts facts = facts_of(&ring->peeked, number, discarded);

	give(ring, &ring->peeked, &facts, packet);
	return 0;
}

static uint64_t source_ring_stuck(struct rf_source *source)
{
	(void)source;
	return 0;
}

struct rf_source_ring_trouble rf_source_ring_trouble(const struct rf_source *source)
{
	const struct source_ring *ring = rf_container_of(source, const struct source_ring, source);
	struct rf_source_ring_trouble trouble = ring->trouble;

	trouble.corrupt += ring->reader.corrupt;
	return trouble;
}

static void tell_trouble(const struct source_ring *ring)
{
	const struct rf_source_ring_trouble trouble = rf_source_ring_trouble(&ring->source);

	if (trouble.corrupt || trouble.too_long)
		rf_warning("kernel ring of CPU %u: %llu pages were corrupt, %llu events larger than a packet",
			ring->source.origin.cpu, (unsigned long long)trouble.corrupt,
			(unsigned long long)trouble.too_long);
	if (trouble.unknown)
		rf_debug("kernel ring of CPU %u: %llu records were no events of the session", ring->source.origin.cpu,
			(unsigned long long)trouble.unknown);
}

static void source_ring_destroy(struct rf_source *source)
{
	struct source_ring *ring = ring_of(source);

	tell_trouble(ring);
	rf_ring_reader_fini(&ring->reader);
	rf_ring_pages_fini(&ring->pages);
	free(ring->kept);
	free(ring->list);
	rf_ring_packet_fini(&ring->packet);
	rf_ring_packet_fini(&ring->peeked);
	free(ring);
}

static const struct rf_source_ops source_ring_ops = {
	.get = source_ring_get,
	.put = source_ring_put,
	.keep = source_ring_keep,
	.flush = source_ring_flush,
	.close_packet = source_ring_close_packet,
	.empty = source_ring_empty,
	.position = source_ring_position,
	.list = source_ring_list,
	.peek = source_ring_peek,
	.stuck = source_ring_stuck,
	.destroy = source_ring_destroy,
};

bool rf_source_ring_sizes_ok(uint64_t page_size, uint64_t ring_size, uint64_t packet_size)
{
	return page_size >= RF_RING_PAGE_MIN && page_size <= RF_RING_PAGE_MAX && ring_size <= RF_RING_SIZE_MAX &&
		packet_size >= RF_RING_PACKET_MIN && packet_size <= RF_RING_PACKET_MAX;
}

/* Packets that a full ring may make, and some more: events may get larger, lost ones begin a packet. */
static unsigned int capacity(const struct rf_source_ring_def *def, size_t packet_size)
{
	uint64_t pages = def->ring_size / def->page_size + 2;
	uint64_t packets = 2 * pages * ((def->page_size + packet_size - 1) / packet_size) + 2;

	return packets < INT_MAX ? (unsigned int)packets : INT_MAX;
}

static bool never_online(int pipe_fd)
{
	struct pollfd ready = {.fd = pipe_fd, .events = POLLIN};

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLERR);
}

struct rf_source *rf_source_ring_new(const struct rf_source_ring_def *def)
{
	struct source_ring *ring = calloc(1, sizeof(*ring));

	if (!ring) {
		close(def->pipe_fd);
		close(def->stats_fd);
		return NULL;
	}
	ring->reader = (struct rf_ring_reader){
		.pipe_fd = def->pipe_fd,
		.stats_fd = def->stats_fd,
		.page_size = def->page_size,
		.ring_size = def->ring_size,
		.cpu = def->origin.cpu,
	};
	ring->table = def->table;
	ring->catch_up = def->catch_up;
	ring->packet_size = def->packet_size < PACKET_USED_MAX ? def->packet_size : PACKET_USED_MAX;
	rf_ring_pages_init(&ring->pages, def->ring_size);
	ring->source = (struct rf_source){
		.ops = &source_ring_ops,
		.wait_fd = def->pipe_fd,
		.wait_events = EPOLLIN,
		.silent = never_online(def->pipe_fd),
		.overwrites_show = true,
		.capacity = capacity(def, ring->packet_size),
		.origin = def->origin,
	};
	if (rf_ring_reader_init(&ring->reader) < 0 || init_packet(ring, &ring->packet) < 0) {
		source_ring_destroy(&ring->source);
		return NULL;
	}
	ring->lost_told = ring->reader.lost_seen;
	return &ring->source;
}
