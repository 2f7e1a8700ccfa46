/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of limited size and number. */
#include "tests/unit/consumer_app.h"
#include "tests/unit/consumer_packets.h"

static const char line[] = "some text that fills packets sooner";

static struct rf_consumer_create_channel limited(uint64_t size, uint64_t count)
{
	struct rf_consumer_create_channel channel = roomy;

	channel.subbuf_size = 4096;
	channel.subbuf_count = 4;
	channel.channel.file_size = size;
	channel.channel.file_count = count;
	return channel;
}

static void begin_limited(struct peer *peer, struct app *app, uint64_t size, uint64_t count, unsigned int events)
{
	const struct rf_consumer_create_channel channel = limited(size, count);

	begin(peer, app, &channel, events, line);
}

static bool has_file(const struct peer *peer, uint32_t dir, int cpu, int number)
{
	char name[300];
	char path[512];

	stream_name(name, "channel0", cpu, number);
	peer_path(peer, dir, name, path);
	return access(path, F_OK) == 0;
}

/* All packets of a stream's set that has no count, in the order of the files, each not larger than LIMIT. */
static uint64_t check_set(const struct peer *peer, uint32_t dir, int cpu, uint64_t limit, uint64_t next)
{
	for (int number = 0; has_file(peer, dir, cpu, number); number++) {
		struct packets packets;
		uint64_t bytes = 0;

		read_packets(peer, dir, "channel0", cpu, number, &packets);
		check_index(peer, dir, "channel0", cpu, number, &packets);
		for (size_t i = 0; i < packets.count; i++) {
			cr_assert_eq(packets.at[i].sequence, next++);
			bytes += packets.at[i].size / 8;
		}
		cr_assert(bytes <= limit, "file %d has %lu bytes", number, (unsigned long)bytes);
		free(packets.at);
	}
	return next;
}

/* Each burst ends a packet. */
static void record_bursts(struct peer *peer, struct app *app, int count)
{
	for (int burst = 0; burst < count; burst++) {
		app_record(app);
		flush(peer);
		peer_tell(peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	}
}

Test(consumer_sets, a_set_grows_without_a_count)
{
	struct peer peer;
	struct app app;
	uint64_t packets = 0;

	begin_limited(&peer, &app, 10000, 0, 60);
	record_bursts(&peer, &app, 30);
	expect_accounted(&peer, 1800);
	for (int cpu = 0; cpu < cpus(); cpu++)
		packets += check_set(&peer, 1, cpu, 8192, 0);
	cr_assert(packets >= 60);
	finish(&peer, &app);
}

/* As stock files: the newest packets, two a file, in three files used in turn. */
Test(consumer_sets, a_set_with_a_count_wraps)
{
	struct peer peer;
	struct app app;

	begin_limited(&peer, &app, 8192, 3, 60);
	record_bursts(&peer, &app, 40);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		uint64_t first[3];
		uint64_t last = 0;

		cr_assert(!has_file(&peer, 1, cpu, 3));
		for (int number = 0; number < 3; number++) {
			struct packets packets;

			read_packets(&peer, 1, "channel0", cpu, number, &packets);
			check_index(&peer, 1, "channel0", cpu, number, &packets);
			cr_assert(packets.count >= 1 && packets.count <= 2);
			first[number] = packets.at[0].sequence;
			if (packets.count == 2)
				cr_assert_eq(packets.at[1].sequence, first[number] + 1);
			last = packets.at[packets.count - 1].sequence > last ? packets.at[packets.count - 1].sequence
									     : last;
			/* Packet n of a stream goes to file n/2 of an endless set. */
			cr_assert_eq(first[number] / 2 % 3, (uint64_t)number);
			free(packets.at);
		}
		cr_assert(last >= 39);
		for (int number = 0; number < 3; number++)
			cr_assert(first[number] + 6 > last);
	}
	count_events(&peer);
	finish(&peer, &app);
}

Test(consumer_sets, one_file_is_used_again)
{
	struct peer peer;
	struct app app;

	begin_limited(&peer, &app, 4096, 1, 2000);
	app_record(&app);
	flush(&peer);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		struct packets packets;

		cr_assert(!has_file(&peer, 1, cpu, 1));
		read_packets(&peer, 1, "channel0", cpu, 0, &packets);
		check_index(&peer, 1, "channel0", cpu, 0, &packets);
		cr_assert_eq(packets.count, 1);
		free(packets.at);
	}
	finish(&peer, &app);
}

Test(consumer_sets, moves_begin_again_and_lose_nothing)
{
	static const uint32_t last = 20;
	struct peer peer;
	struct app app;

	begin_limited(&peer, &app, 4096, 0, 100000);
	app_begin_to_record(&app);
	for (uint32_t dir = 2; dir <= last; dir++) {
		peer_move(&peer, TRACE, dir, false);
		if (dir % 4 == 0)
			settle(&peer, 0);
		if (dir % 5 == 0)
			flush(&peer);
		peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	}
	app_wait(&app);
	settle(&peer, 0);
	flush(&peer);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		uint64_t next = 0;

		for (uint32_t dir = 1; dir <= last; dir++)
			next = check_set(&peer, dir, cpu, 4096, next);
		cr_assert(next > last);
	}
	expect_accounted(&peer, 100000);
	finish(&peer, &app);
}

/* The end waits for the files it needs. */
Test(consumer_sets, the_end_writes_everything)
{
	struct peer peer;
	struct app app;

	begin_limited(&peer, &app, 4096, 0, 3000);
	app_record(&app);
	peer_tell(&peer, RF_CONSUMER_END_TRACE, TRACE);
	settle(&peer, 0);
	expect_accounted(&peer, 3000);
	finish(&peer, &app);
}

Test(consumer_sets, a_next_file_that_cannot_be_had_is_said)
{
	struct peer peer;
	struct app app;
	uint64_t discarded;
	uint64_t lost;

	begin_limited(&peer, &app, 4096, 0, 1000);
	/* The first files are there. */
	flush(&peer);
	peer.refuse_streams = true;
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	app_record(&app);
	flush(&peer);
	statistics(&peer, &discarded, &lost);
	cr_assert(lost > 0);
	cr_assert(peer.failed > 0);
	peer.refuse_streams = false;
	peer_move(&peer, TRACE, 2, false);
	settle(&peer, 0);
	app_record(&app);
	flush(&peer);
	cr_assert(count_events(&peer) > 0);
	finish(&peer, &app);
}

Test(consumer_sets, snapshots_have_sets_too)
{
	struct rf_consumer_create_channel channel = limited(4096, 0);
	struct peer peer;
	struct app app;
	uint64_t packets = 0;

	channel.channel.overwrite = 1;
	begin_in(&peer, &app, &channel, 3000, line, 0, 0);
	app_record(&app);
	peer_snapshot(&peer, TRACE, 2, 0);
	settle(&peer, 0);
	for (int cpu = 0; cpu < cpus(); cpu++)
		for (int number = 0; has_file(&peer, 2, cpu, number); number++) {
			struct packets one;

			read_packets(&peer, 2, "channel0", cpu, number, &one);
			cr_assert_eq(one.count, 1);
			packets++;
			free(one.at);
		}
	cr_assert(packets >= 4);
	cr_assert(count_events(&peer) > 0);
	finish(&peer, &app);
}
