/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets from a real ring of the kernel: all events are in them, or are counted. */
#include "consumerd/source_ring.h"
#include "tests/unit/ring_instance.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <time.h>

#define EVENT 7u

struct scene {
	struct instance instance;
	struct rf_record_table *table;
	struct rf_source *source;
	uint64_t sequence;
	uint64_t end;       /* of the packet before */
	uint64_t last;      /* event */
	uint64_t discarded; /* by the last packet */
	unsigned int packets;
	unsigned int empty;
};

static void describe(struct scene *scene)
{
	const struct rf_record_op op = {.kind = RF_OP_COPY, .at = 4, .len = 4};
	uint8_t ops[RF_RECORD_OP_SIZE];
	struct rf_writer w;
	int err;

	rf_writer_init_fixed(&w, ops, sizeof(ops), RF_HOST_ORDER);
	rf_record_op_write(&w, &op);

	struct rf_record_program *program = rf_record_program_new(EVENT, 8, ops, sizeof(ops), &err);

	cr_assert(program);
	rf_record_table_put(scene->table, scene->instance.record, program);
}

static bool begin(struct scene *scene, unsigned int ring_kb, unsigned int page_kb, bool overwrite, size_t packet_size)
{
	*scene = (struct scene){0};
	if (!instance_begin(&scene->instance, ring_kb, page_kb, overwrite)) {
		cr_skip_test("no tracefs, or not root");
		return false;
	}
	scene->table = rf_record_table_new();
	scene->source = rf_source_ring_new(&(struct rf_source_ring_def){
		.pipe_fd = instance_open(&scene->instance, 0, "trace_pipe_raw"),
		.stats_fd = instance_open(&scene->instance, 0, "stats"),
		.page_size = scene->instance.page_size,
		.ring_size = scene->instance.ring_size,
		.packet_size = packet_size,
		.table = scene->table,
		.origin = {.uuid = {1, 2, 3}, .stream_class = 4, .abi_bits = 64},
	});
	cr_assert(scene->source);
	describe(scene);
	return true;
}

static void end(struct scene *scene)
{
	scene->source->ops->destroy(scene->source);
	rf_record_table_free(scene->table);
	instance_end(&scene->instance);
}

/* Events of a packet, which must be sane. */
static unsigned int count_events(struct scene *scene, const struct rf_packet *packet)
{
	struct rf_reader r;
	unsigned int count = 0;
	uint64_t time = packet->facts.begin;

	cr_assert_eq(packet->facts.sequence, scene->sequence++);
	cr_assert_geq(packet->facts.begin, scene->end);
	cr_assert_geq(packet->facts.end, packet->facts.begin);
	scene->end = packet->facts.end;
	scene->discarded = packet->facts.discarded;
	scene->packets++;
	rf_reader_init(&r, packet->body, packet->facts.content_bits / 8 - packet->header_len, RF_HOST_ORDER);
	while (rf_reader_left(&r)) {
		uint16_t id = rf_read_u16(&r);

		if (id == 65535) {
			cr_assert_eq(rf_read_u32(&r), EVENT);
			time = rf_read_u64(&r);
		} else {
			uint32_t low = rf_read_u32(&r);

			cr_assert_eq(id, EVENT);
			time += (uint32_t)(low - (uint32_t)time);
		}
		if (!count)
			cr_assert_eq(time, packet->facts.begin);
		cr_assert_eq(rf_read_u32(&r), (uint32_t)getpid());
		count++;
	}
	cr_assert(rf_reader_ok(&r));
	if (count)
		cr_assert_eq(time, packet->facts.end);
	else
		scene->empty++;
	return count;
}

static unsigned int get_all(struct scene *scene)
{
	struct rf_packet packet;
	unsigned int events = 0;

	while (scene->source->ops->get(scene->source, &packet) == 0) {
		cr_assert_eq(rf_packet_check(&packet, packet.header_len + packet.body_len), 0);
		events += count_events(scene, &packet);
		scene->source->ops->put(scene->source);
	}
	return events;
}

static unsigned int get_flushed(struct scene *scene)
{
	scene->source->ops->flush(scene->source);
	return get_all(scene);
}

/* Who wakes its reader for next to nothing is known. */
Test(consumer_source_ring, haste)
{
	struct scene scene;

	if (!begin(&scene, 4096, 64, false, 65536))
		return;
	instance_on(&scene.instance, true);
	record(0, 10);
	cr_expect_eq(get_all(&scene), 10);
	cr_expect(scene.source->hasty);
	record(0, 10000);
	get_all(&scene);
	cr_expect_not(scene.source->hasty);
	cr_expect_eq(get_all(&scene), 0);
	cr_expect(scene.source->hasty);
	end(&scene);
}

Test(consumer_source_ring, every_event_is_in_a_packet)
{
	struct scene scene;

	if (!begin(&scene, 4096, 64, false, 65536))
		return;
	instance_on(&scene.instance, true);

	unsigned int got = 0;

	for (int i = 0; i < 20; i++) {
		record(0, 3000);
		got += get_all(&scene);
	}
	record(0, 10);
	instance_on(&scene.instance, false);
	got += get_flushed(&scene);
	cr_assert_eq(got, 60010);
	cr_assert_eq(scene.discarded, 0);
	cr_assert_eq(scene.empty, 0);
	/* Nothing more: an empty packet when it is asked for, and once. */
	cr_assert(scene.source->ops->empty(scene.source));
	cr_assert_eq(get_flushed(&scene), 0);
	cr_assert_eq(scene.empty, 1);
	cr_assert_eq(get_all(&scene), 0);
	scene.source->ops->close_packet(scene.source);
	cr_assert_eq(get_all(&scene), 0);
	cr_assert_eq(scene.empty, 1);
	end(&scene);
}

Test(consumer_source_ring, small_pages_and_small_packets)
{
	struct scene scene;

	if (!begin(&scene, 1024, 4, false, 4096))
		return;
	instance_on(&scene.instance, true);
	record(0, 10000);
	cr_assert_eq(get_flushed(&scene), 10000);
	cr_assert_geq(scene.packets, 10000 * 10 / 4096);
	cr_assert_eq(scene.discarded, 0);
	end(&scene);
}

Test(consumer_source_ring, a_packet_that_is_kept_comes_again)
{
	struct scene scene;
	struct rf_packet first;
	struct rf_packet again;

	if (!begin(&scene, 1024, 64, false, 4096))
		return;
	instance_on(&scene.instance, true);
	record(0, 1000);
	instance_on(&scene.instance, false);
	cr_assert_eq(scene.source->ops->get(scene.source, &first), 0);
	scene.source->ops->keep(scene.source);
	scene.source->ops->flush(scene.source);
	cr_assert_not(scene.source->ops->empty(scene.source));
	cr_assert_eq(scene.source->ops->get(scene.source, &again), 0);
	cr_assert_arr_eq(first.header, again.header, sizeof(first.header));
	scene.source->ops->keep(scene.source);
	cr_assert_eq(get_all(&scene), 1000);
	cr_assert_eq(scene.empty, 0);
	end(&scene);
}

Test(consumer_source_ring, what_a_full_ring_refuses_is_discarded)
{
	struct scene scene;

	if (!begin(&scene, 64, 4, false, 65536))
		return;
	instance_on(&scene.instance, true);
	record(0, 100000);
	instance_on(&scene.instance, false);

	unsigned int got = get_flushed(&scene);

	cr_assert_gt(got, 1000);
	cr_assert_gt(scene.discarded, 0);
	cr_assert_eq(got + scene.discarded, 100000, "%u and %lu", got, (unsigned long)scene.discarded);
	instance_on(&scene.instance, true);
	record(0, 1000);
	got += get_flushed(&scene);
	cr_assert_eq(got + scene.discarded, 101000, "%u and %lu", got, (unsigned long)scene.discarded);
	end(&scene);
}

Test(consumer_source_ring, what_is_overwritten_is_discarded)
{
	struct scene scene;

	if (!begin(&scene, 64, 4, true, 65536))
		return;
	instance_on(&scene.instance, true);
	record(0, 100000);

	unsigned int got = get_flushed(&scene);

	cr_assert_eq(got + scene.discarded, 100000, "%u and %lu", got, (unsigned long)scene.discarded);
	end(&scene);
}

Test(consumer_source_ring, records_without_a_program_are_skipped)
{
	struct scene scene;

	if (!begin(&scene, 1024, 64, false, 65536))
		return;
	instance_on(&scene.instance, true);
	record(0, 100);
	cr_assert(instance_write(&scene.instance, "trace_marker", "somebody else's"));
	record(0, 100);
	cr_assert_eq(get_flushed(&scene), 200);
	cr_assert_eq(scene.discarded, 0);
	cr_assert_eq(rf_source_ring_trouble(scene.source).unknown, 1);
	end(&scene);
}

static unsigned int read_list(struct scene *scene, unsigned int newest)
{
	unsigned int count = scene->source->ops->list(scene->source, newest);
	struct rf_packet packet;
	unsigned int events = 0;

	scene->sequence = 0;
	scene->end = 0;
	for (unsigned int i = 0; i < count; i++) {
		cr_assert_eq(scene->source->ops->peek(scene->source, i, &packet), 0);
		events += count_events(scene, &packet);
		scene->source->ops->keep(scene->source);
	}
	cr_assert_eq(scene->source->ops->peek(scene->source, count, &packet), -EAGAIN);
	return events;
}

Test(consumer_source_ring, snapshots_overlap)
{
	struct scene scene;

	if (!begin(&scene, 1024, 64, true, 65536))
		return;
	/* Nothing yet: only the empty packet that was asked for. */
	cr_assert_eq(scene.source->ops->list(scene.source, 0), 0);
	scene.source->ops->flush(scene.source);
	cr_assert_eq(read_list(&scene, 0), 0);
	cr_assert_eq(scene.empty, 1);
	instance_on(&scene.instance, true);
	record(0, 5000);

	uint64_t position = scene.source->ops->position(scene.source);

	cr_assert_eq(read_list(&scene, 0), 5000);
	cr_assert_eq(read_list(&scene, 0), 5000);
	cr_assert_eq(scene.source->ops->position(scene.source), position);
	record(0, 3000);
	cr_assert_eq(read_list(&scene, 0), 8000);
	scene.packets = 0;

	unsigned int newest = read_list(&scene, 1);

	cr_assert_eq(scene.packets, 1);
	cr_assert(newest > 0 && newest < 8000);
	/* More than is kept: the oldest go. */
	record(0, 200000);

	unsigned int last = read_list(&scene, 0);

	cr_assert(last > 20000 && last < 208000, "%u", last);
	/* Reading goes on with what is there. */
	scene.sequence = 0;
	scene.end = 0;
	cr_assert_eq(get_flushed(&scene), last);
	cr_assert_eq(last + scene.discarded, 208000, "%u and %lu", last, (unsigned long)scene.discarded);
	cr_assert_eq(scene.source->ops->peek(scene.source, 0, &(struct rf_packet){0}), -EAGAIN);
	end(&scene);
}

Test(consumer_source_ring, the_ring_says_when_it_fills)
{
	struct scene scene;

	if (!begin(&scene, 256, 16, false, 65536))
		return;
	instance_on(&scene.instance, true);

	struct pollfd ready = {.fd = scene.source->wait_fd, .events = POLLIN};

	record(0, 10);
	cr_assert_eq(poll(&ready, 1, 0), 0);
	record(0, 6000);
	cr_assert_eq(poll(&ready, 1, 10000), 1);
	cr_assert(ready.revents & POLLIN);
	end(&scene);
}
