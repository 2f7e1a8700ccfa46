/* SPDX-License-Identifier: GPL-2.0-only */
/* Traces that change their directory while an application records, that have none, and that start again. */
#include "tests/unit/consumer_app.h"
#include "tests/unit/consumer_packets.h"

/* Every directory has the text from its beginning, as far as it was known when the directory was left. */
static void expect_metadata(const struct peer *peer, uint32_t dir)
{
	char expected[8192];
	uint32_t content;
	size_t len;
	uint8_t *metadata = peer_read_dir_file(peer, dir, "metadata", &len);

	snprintf(expected, sizeof(expected), "%s%s", preamble, event_block);
	cr_assert_eq(len, 4096);
	memcpy(&content, metadata + 24, sizeof(content));
	content = content / 8 - RF_CTF_METADATA_HEADER;
	cr_assert(content == strlen(preamble) || content == strlen(expected));
	cr_assert_arr_eq(metadata + RF_CTF_METADATA_HEADER, expected, content);
	free(metadata);
}

Test(consumer_moves, a_packet_is_in_one_chunk_only)
{
	static const unsigned int events = 200000;
	static const uint32_t last = 60;
	struct rf_consumer_create_channel small = roomy;
	struct peer peer;
	struct app app;

	small.subbuf_size = 4096;
	small.subbuf_count = 4;
	begin(&peer, &app, &small, events, "some text that fills packets sooner");
	app_begin_to_record(&app);
	for (uint32_t dir = 2; dir <= last; dir++) {
		peer_move(&peer, TRACE, dir, false);
		/* Some one after the other, some at once. */
		if (dir % 3 == 0)
			settle(&peer, 0);
	}
	app_wait(&app);
	settle(&peer, 0);
	flush(&peer);

	uint64_t discarded = discarded_without_loss(&peer);

	for (int cpu = 0; cpu < cpus(); cpu++) {
		uint64_t next = 0;

		for (uint32_t dir = 1; dir <= last; dir++) {
			struct packets packets;

			read_packets(&peer, dir, "channel0", cpu, -1, &packets);
			check_index(&peer, dir, "channel0", cpu, -1, &packets);
			for (size_t i = 0; i < packets.count; i++)
				cr_assert_eq(packets.at[i].sequence, next++, "cpu %d dir %u", cpu, dir);
			free(packets.at);
		}
		cr_assert(next >= last - 1);
	}
	for (uint32_t dir = 1; dir <= last; dir++)
		expect_metadata(&peer, dir);
	unsigned long recorded = count_events(&peer);

	cr_assert_eq(recorded + discarded, events, "%lu and %lu", recorded, (unsigned long)discarded);
	finish(&peer, &app);
}

Test(consumer_moves, an_idle_stream_begins_with_an_empty_packet)
{
	struct peer peer;
	struct app app;

	begin(&peer, &app, &roomy, 10, "x");
	app_record(&app);
	for (uint32_t dir = 2; dir <= 4; dir++) {
		peer_move(&peer, TRACE, dir, false);
		settle(&peer, 0);
	}
	for (int cpu = 0; cpu < cpus(); cpu++)
		for (uint32_t dir = 1; dir <= 4; dir++) {
			struct packets packets;

			read_packets(&peer, dir, "channel0", cpu, -1, &packets);
			/* The last one's opening packet is in the ring, or in the file. */
			if (dir < 4 || packets.count)
				cr_assert_eq(packets.count, 1);
			if (dir > 1 && packets.count) {
				cr_assert_eq(packets.at[0].content, RF_CTF_PACKET_HEADER * 8);
				cr_assert_eq(packets.at[0].begin, packets.at[0].end);
				cr_assert_eq(packets.at[0].sequence, dir - 1);
			}
			free(packets.at);
		}
	finish(&peer, &app);
}

/* Stopped, rotated away, started again. */
Test(consumer_moves, a_parked_trace_keeps_its_packets_and_does_not_spin)
{
	struct peer peer;
	struct app app;
	uint64_t discarded;
	uint64_t lost;

	begin(&peer, &app, &roomy, 1000, "some text");
	app_record(&app);
	flush(&peer);
	peer_move(&peer, TRACE, 0, false);
	settle(&peer, 0);

	unsigned long before = count_events(&peer);
	uint64_t busy = cpu_time(peer.consumer);

	cr_assert_eq(before, 1000);
	/* Recorded while there is nowhere to write it. */
	app_record(&app);
	flush(&peer);
	poll(NULL, 0, 300);
	cr_assert(cpu_time(peer.consumer) - busy < 100, "a parked trace keeps the consumer busy");
	cr_assert_eq(count_events(&peer), before);
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	peer_move(&peer, TRACE, 2, false);
	settle(&peer, 0);
	app_record(&app);
	flush(&peer);
	statistics(&peer, &discarded, &lost);
	cr_assert_eq(discarded, 0);
	cr_assert_eq(lost, 0);
	unsigned long recorded = count_events(&peer);

	cr_assert_eq(recorded, 3000, "%lu", recorded);
	expect_metadata(&peer, 2);

	/* What is left in the ring at the end is not in any file, which is said. */
	peer_move(&peer, TRACE, 0, false);
	settle(&peer, 0);
	app_record(&app);
	peer_tell(&peer, RF_CONSUMER_END_TRACE, TRACE);
	settle(&peer, 0);
	statistics(&peer, &discarded, &lost);
	cr_assert(lost >= 1);
	finish(&peer, &app);
}

Test(consumer_moves, what_is_discarded_is_neither_written_nor_lost)
{
	struct rf_consumer_create_channel small = roomy;
	struct peer peer;
	struct app app;
	uint64_t before;
	uint64_t discarded;
	uint64_t lost;

	small.subbuf_size = 4096;
	begin(&peer, &app, &small, 3000, "some text that fills packets sooner");
	app_record(&app);
	flush(&peer);
	statistics(&peer, &before, &lost);
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	peer_move(&peer, TRACE, 0, false);
	settle(&peer, 0);
	app_record(&app);
	peer_move(&peer, TRACE, 2, true);
	settle(&peer, 0);
	app_record(&app);
	flush(&peer);
	statistics(&peer, &discarded, &lost);
	cr_assert_eq(lost, 0);
	cr_assert(discarded > before, "the full ring's drops still count");
	for (int cpu = 0; cpu < cpus(); cpu++) {
		struct packets first;
		struct packets second;

		read_packets(&peer, 1, "channel0", cpu, -1, &first);
		read_packets(&peer, 2, "channel0", cpu, -1, &second);
		cr_assert(first.count && second.count);
		cr_assert(second.at[0].sequence >= first.at[first.count - 1].sequence + 1);
		cr_assert_eq(second.at[0].content, RF_CTF_PACKET_HEADER * 8);
		free(first.at);
		free(second.at);
	}
	finish(&peer, &app);
}

Test(consumer_moves, without_new_files_packets_are_lost_and_that_is_said)
{
	struct peer peer;
	struct app app;
	uint64_t discarded;
	uint64_t lost;

	begin(&peer, &app, &roomy, 100, "x");
	app_record(&app);
	flush(&peer);
	peer.refuse_streams = true;
	peer_move(&peer, TRACE, 2, false);
	settle(&peer, -EACCES);
	/* Said once. */
	settle(&peer, 0);
	cr_assert_eq(peer.failed, (unsigned int)cpus());
	app_record(&app);
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	flush(&peer);
	statistics(&peer, &discarded, &lost);
	cr_assert(lost >= (uint64_t)cpus());
	cr_assert_eq(count_events(&peer), 100);

	uint64_t before = lost;

	peer.refuse_streams = false;
	peer_move(&peer, TRACE, 3, false);
	settle(&peer, 0);
	app_record(&app);
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	flush(&peer);
	statistics(&peer, &discarded, &lost);
	cr_assert_eq(lost, before);
	unsigned long recorded = count_events(&peer);

	cr_assert_eq(recorded, 200, "%lu", recorded);
	finish(&peer, &app);
}

/* The end comes right behind, with everything still on its way. */
static void move_and_end(bool backwards)
{
	struct peer peer;
	struct app app;

	begin(&peer, &app, &roomy, 1000, "x");
	peer.backwards = backwards;
	app_record(&app);
	for (uint32_t dir = 2; dir < 10; dir++) {
		peer_move(&peer, TRACE, dir, false);
		peer_snapshot(&peer, TRACE, 100 + dir, 0);
	}
	peer_move(&peer, TRACE, 0, false);
	peer_move(&peer, TRACE, 10, false);
	peer_tell(&peer, RF_CONSUMER_END_TRACE, TRACE);
	settle(&peer, 0);
	cr_assert_eq(peer.ended, 1);
	discarded_without_loss(&peer);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		uint64_t next = 0;

		for (uint32_t dir = 1; dir <= 10; dir++) {
			struct packets packets;

			read_packets(&peer, dir, "channel0", cpu, -1, &packets);
			for (size_t i = 0; i < packets.count; i++)
				cr_assert_eq(packets.at[i].sequence, next++);
			free(packets.at);
		}
	}
	finish(&peer, &app);
}

Test(consumer_moves, moves_and_the_end_stay_in_order)
{
	move_and_end(false);
}

Test(consumer_moves, whatever_the_broker_answers_first)
{
	move_and_end(true);
}

Test(consumer_moves, a_new_text_takes_the_place_of_the_old_one)
{
	struct peer peer;
	struct app app;
	size_t len;

	begin(&peer, &app, &roomy, 10, "x");
	app_record(&app);
	peer_move(&peer, TRACE, 2, false);
	settle(&peer, 0);
	peer_push_version(&peer, TRACE, 1, 0, preamble);
	peer_push_version(&peer, TRACE, 1, strlen(preamble), "/* again */\n\n");
	peer_push_version(&peer, TRACE, 1, strlen(preamble) + 13, event_block);
	flush(&peer);

	uint8_t *metadata = peer_read_dir_file(&peer, 2, "metadata", &len);

	cr_assert_eq(len, 4096);
	cr_assert(memmem(metadata, len, "again", 5));
	free(metadata);
	cr_assert_eq(count_events(&peer), 10);
	finish(&peer, &app);
}
