/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies of rings that nobody reads otherwise. */
#include "tests/unit/consumer_app.h"
#include "tests/unit/consumer_packets.h"

static const char line[] = "some text that fills packets sooner";

static const struct rf_consumer_create_channel ring = {.trace = TRACE,
	.channel = {.number = CHANNEL, .overwrite = 1, .name = "channel0"},
	.subbuf_size = 4096,
	.subbuf_count = 4};

/* A trace without a directory. */
static void begin_parked(
	struct peer *peer, struct app *app, const struct rf_consumer_create_channel *channel, unsigned int events)
{
	begin_in(peer, app, channel, events, line, 0, 0);
}

/* Nothing is lost of a session that writes nothing. */
static void finish_parked(struct peer *peer, struct app *app)
{
	discarded_without_loss(peer);
	peer_tell(peer, RF_CONSUMER_END_TRACE, TRACE);
	settle(peer, 0);
	discarded_without_loss(peer);
	cr_assert(!peer_has_file(peer, "metadata"));
	finish(peer, app);
}

/* Checks headers, and that the packets are from one moment: in order, and not more than a ring holds from end to end.
 */
static void read_copy(const struct peer *peer, uint32_t dir, int cpu, struct packets *packets)
{
	read_packets(peer, dir, "channel0", cpu, -1, packets);
	for (size_t i = 1; i < packets->count; i++) {
		cr_assert_gt(packets->at[i].sequence, packets->at[i - 1].sequence);
		cr_assert_geq(packets->at[i].begin, packets->at[i - 1].end);
	}
	if (packets->count)
		cr_assert_lt(packets->at[packets->count - 1].sequence - packets->at[0].sequence, 5);
}

/* The same of a ring that nobody writes to meanwhile: nothing is missing. */
static void read_whole_copy(const struct peer *peer, uint32_t dir, int cpu, struct packets *packets)
{
	read_copy(peer, dir, cpu, packets);
	cr_assert(packets->count > 0);
	cr_assert_eq(packets->at[packets->count - 1].sequence - packets->at[0].sequence, packets->count - 1);
}

static unsigned long events_in(const struct peer *peer, uint32_t dir)
{
	char command[512];
	unsigned long count = 0;

	snprintf(command, sizeof(command),
		"babeltrace2 --no-delta %1$s/d%2$u 2>%1$s/.stderr | wc -l; "
		"test -z \"$(grep -v -e discarded -e '^ *$' %1$s/.stderr)\"",
		peer->dir, dir);

	FILE *out = popen(command, "r");

	cr_assert_eq(fscanf(out, "%lu", &count), 1);
	cr_assert_eq(pclose(out), 0, "babeltrace2 complains about directory %u", dir);
	return count;
}

Test(consumer_snapshots, an_idle_ring_keeps_its_history)
{
	struct peer peer;
	struct app app;
	size_t most = 0;

	begin_parked(&peer, &app, &ring, 2000);
	app_record(&app);
	for (uint32_t dir = 2; dir <= 9; dir++) {
		peer_snapshot(&peer, TRACE, dir, 0);
		settle(&peer, 0);
	}

	unsigned long first = events_in(&peer, 2);

	cr_assert(first > 0);
	for (uint32_t dir = 3; dir <= 9; dir++)
		cr_assert_eq(events_in(&peer, dir), first);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		struct packets packets;
		char index[64];

		read_whole_copy(&peer, 9, cpu, &packets);
		cr_assert(packets.count >= 1 && packets.count <= 4, "%zu packets", packets.count);
		most = packets.count > most ? packets.count : most;
		free(packets.at);
		snprintf(index, sizeof(index), "d9/index/channel0_%d.idx", cpu);
		cr_assert(!peer_has_file(&peer, index));
	}
	cr_assert_eq(most, 4);
	/* It goes on. */
	app_record(&app);
	peer_snapshot(&peer, TRACE, 10, 1);
	settle(&peer, 0);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		struct packets packets;

		read_whole_copy(&peer, 10, cpu, &packets);
		cr_assert_eq(packets.count, 1);
		free(packets.at);
	}
	cr_assert(events_in(&peer, 10) > 0);
	finish_parked(&peer, &app);
}

static void copy_under_a_writer(bool overwrite, uint64_t subbuf_size)
{
	static const unsigned int events = 400000;
	struct rf_consumer_create_channel channel = ring;
	struct peer peer;
	struct app app;
	size_t read = 0;

	channel.channel.overwrite = overwrite;
	channel.subbuf_size = subbuf_size;
	begin_parked(&peer, &app, &channel, events);
	app_begin_to_record(&app);
	for (uint32_t dir = 2; dir <= 40; dir++) {
		peer_snapshot(&peer, TRACE, dir, 0);
		settle(&peer, 0);
	}
	app_wait(&app);
	for (uint32_t dir = 2; dir <= 40; dir++) {
		unsigned long count = 0;

		for (int cpu = 0; cpu < cpus(); cpu++) {
			struct packets packets;

			/* What was overwritten while another packet was copied is missing. */
			if (overwrite)
				read_copy(&peer, dir, cpu, &packets);
			else
				read_whole_copy(&peer, dir, cpu, &packets);
			count += packets.count;
			read += packets.count;
			free(packets.at);
		}
		cr_assert(count <= (size_t)cpus() * 5);
		events_in(&peer, dir);
	}
	cr_assert(read > 0);
	finish_parked(&peer, &app);
}

Test(consumer_snapshots, a_writer_that_overtakes_tears_nothing)
{
	copy_under_a_writer(true, 4096);
	copy_under_a_writer(true, 65536);
}

Test(consumer_snapshots, rings_that_discard_are_copied_too)
{
	copy_under_a_writer(false, 4096);
}

Test(consumer_snapshots, a_clear_empties_the_rings)
{
	struct peer peer;
	struct app app;
	struct packets before;
	struct packets after;

	begin_parked(&peer, &app, &ring, 1000);
	app_record(&app);
	peer_snapshot(&peer, TRACE, 2, 0);
	peer_move(&peer, TRACE, 0, true);
	peer_snapshot(&peer, TRACE, 3, 0);
	settle(&peer, 0);
	cr_assert(events_in(&peer, 2) > 0);
	cr_assert_eq(events_in(&peer, 3), 0);
	app_record(&app);
	peer_snapshot(&peer, TRACE, 4, 0);
	settle(&peer, 0);
	cr_assert(events_in(&peer, 4) > 0);
	read_whole_copy(&peer, 2, 0, &before);
	read_whole_copy(&peer, 4, 0, &after);
	cr_assert(after.at[after.count - 1].sequence > before.at[before.count - 1].sequence);
	free(before.at);
	free(after.at);
	finish_parked(&peer, &app);
}

Test(consumer_snapshots, what_cannot_be_opened_is_said)
{
	struct peer peer;
	struct app app;

	begin_parked(&peer, &app, &ring, 100);
	app_record(&app);
	peer.refuse_streams = true;
	peer_snapshot(&peer, TRACE, 2, 0);
	settle(&peer, -EACCES);
	peer.refuse_streams = false;
	peer_snapshot(&peer, TRACE, 3, 0);
	settle(&peer, 0);
	cr_assert_eq(events_in(&peer, 3), 100);
	finish_parked(&peer, &app);
}

Test(consumer_snapshots, a_parked_ring_wakes_nobody)
{
	struct peer peer;
	struct app app;

	begin_parked(&peer, &app, &ring, 300000);

	uint64_t busy = cpu_time(peer.consumer);

	app_record(&app);
	poll(NULL, 0, 300);
	cr_assert(cpu_time(peer.consumer) - busy < 50, "a parked ring keeps the consumer busy");
	finish_parked(&peer, &app);
}
