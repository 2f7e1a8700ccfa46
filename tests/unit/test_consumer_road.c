/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A real application records through a consumer in a child process; this test plays broker and session daemon, and
 * babeltrace2 reads the result.
 */
#include "tests/unit/consumer_app.h"

Test(consumer_road, flush_makes_the_trace_readable)
{
	struct peer peer;
	struct app app;
	struct rf_frame frame;
	uint64_t discarded;
	uint64_t lost;

	begin(&peer, &app, &roomy, 1000, "some text");
	app_record(&app);
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	cr_assert_eq(count_events(&peer), 1000);
	uint64_t written = statistics(&peer, &discarded, &lost);

	cr_assert_eq(discarded, 0);
	cr_assert_eq(lost, 0);

	/* Flushed already: nothing may be added to the files. */
	size_t before;
	size_t after;
	uint64_t on_disk = 0;

	for (int cpu = 0; cpu < lttng_ust_ctl_get_nr_stream_per_channel(); cpu++) {
		char name[32];

		snprintf(name, sizeof(name), "channel0_%d", cpu);
		free(peer_read_file(&peer, name, &after));
		on_disk += after;
	}
	cr_assert_eq(written, on_disk);
	free(peer_read_file(&peer, "channel0_0", &before));
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	free(peer_read_file(&peer, "channel0_0", &after));
	cr_assert_eq(before, after);

	/* Going on, an empty packet is what the next flush makes. */
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	free(peer_read_file(&peer, "channel0_0", &after));
	cr_assert_eq(before + 4096, after);

	peer_request(&peer, RF_CONSUMER_DESTROY_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	cr_assert_eq(peer.ended, 1);
	cr_assert_eq(count_events(&peer), 1000);
	app_stop(&app);
	peer_stop(&peer);
}

Test(consumer_road, recorded_and_discarded_add_up_at_full_speed)
{
	static const unsigned int events = 300000;
	struct rf_consumer_create_channel small = roomy;
	struct peer peer;
	struct app app;
	struct rf_frame frame;

	small.subbuf_size = 4096;
	small.subbuf_count = 2;
	begin(&peer, &app, &small, events, "some text that fills packets sooner");
	app_record(&app);
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);

	uint64_t discarded = discarded_without_loss(&peer);

	unsigned long recorded = count_events(&peer);

	cr_assert(recorded > 0);
	/* What was dropped after a stream's last full packet shows in its final one. */
	cr_assert_eq(recorded + discarded, events, "%lu recorded, %lu discarded", recorded, (unsigned long)discarded);
	app_stop(&app);
	peer_stop(&peer);
}

Test(consumer_road, a_killed_application_and_a_lost_session_daemon_leave_everything)
{
	struct peer peer;
	struct app app;

	begin(&peer, &app, &roomy, 5000, "x");
	app_record(&app);
	app_stop(&app);
	close(peer.control);
	peer.control = -1;
	peer_expect_exit(&peer);
	cr_assert_eq(count_events(&peer), 5000);
	peer_stop(&peer);
}

Test(consumer_road, a_signal_ends_it_orderly)
{
	struct peer peer;
	struct app app;

	begin(&peer, &app, &roomy, 5000, "x");
	app_record(&app);
	kill(peer.consumer, SIGTERM);
	peer_expect_exit(&peer);
	cr_assert_eq(count_events(&peer), 5000);
	app_stop(&app);
	peer_stop(&peer);
}

Test(consumer_road, a_lost_broker_ends_it_orderly)
{
	struct peer peer;
	struct app app;
	struct rf_frame frame;

	begin(&peer, &app, &roomy, 5000, "x");
	/* The files are there when this is answered. */
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	app_record(&app);
	shutdown(peer.broker, SHUT_RDWR);
	peer_expect_exit(&peer);
	unsigned long recorded = count_events(&peer);

	cr_assert_eq(recorded, 5000, "%lu", recorded);
	app_stop(&app);
	peer_stop(&peer);
}

/* What the broker does with the files of a consumer that was killed: nothing after the last indexed packet stays. */
static void trim_to_index(const struct peer *peer, const char *name)
{
	char path[512];
	char index_name[64];
	size_t len;

	snprintf(index_name, sizeof(index_name), "index/%s.idx", name);

	uint8_t *index = peer_read_file(peer, index_name, &len);
	size_t entries = len < RF_INDEX_HEADER ? 0 : (len - RF_INDEX_HEADER) / RF_INDEX_ENTRY;
	uint64_t end = 0;

	if (entries) {
		struct rf_reader r;

		rf_reader_init(
			&r, index + RF_INDEX_HEADER + (entries - 1) * RF_INDEX_ENTRY, RF_INDEX_ENTRY, RF_BIG_ENDIAN);
		end = rf_read_u64(&r);
		end += rf_read_u64(&r) / 8;
	}
	free(index);
	snprintf(path, sizeof(path), "%s/%s", peer->dir, index_name);
	cr_assert_eq(truncate(path, (off_t)(RF_INDEX_HEADER + entries * RF_INDEX_ENTRY)), 0);
	snprintf(path, sizeof(path), "%s/%s", peer->dir, name);
	free(peer_read_file(peer, name, &len));
	cr_assert(end <= len, "index of %s names bytes that are not there", name);
	cr_assert_eq(truncate(path, (off_t)end), 0);
}

Test(consumer_road, what_a_killed_consumer_wrote_is_described)
{
	for (unsigned int round = 0; round < 5; round++) {
		struct rf_consumer_create_channel small = roomy;
		struct peer peer;
		struct app app;
		size_t data = 0;
		int waited = 0;
		char name[32];

		small.subbuf_size = 4096;
		small.subbuf_count = 2;
		begin(&peer, &app, &small, 2000000, "x");
		app_begin_to_record(&app);
		/* The first packets, of events that were described a moment ago. */
		while (data < 4096 && waited++ < PEER_WAIT_MS) {
			data = 0;
			for (int cpu = 0; cpu < lttng_ust_ctl_get_nr_stream_per_channel(); cpu++) {
				size_t len = 0;

				snprintf(name, sizeof(name), "channel0_%d", cpu);
				if (peer_has_file(&peer, name))
					free(peer_read_file(&peer, name, &len));
				data += len;
			}
			poll(NULL, 0, data ? 0 : 1);
		}
		poll(NULL, 0, (int)round);
		kill(peer.consumer, SIGKILL);
		waitpid(peer.consumer, NULL, 0);
		peer.consumer = 0;
		for (int cpu = 0; cpu < lttng_ust_ctl_get_nr_stream_per_channel(); cpu++) {
			snprintf(name, sizeof(name), "channel0_%d", cpu);
			trim_to_index(&peer, name);
		}
		count_events(&peer);
		app_stop(&app);
		peer_stop(&peer);
	}
}

/* A reader refuses a trace with a packet of a class that it was not told of. */
Test(consumer_road, empty_packets_wait_for_their_description)
{
	struct peer peer;
	struct rf_frame frame;
	int32_t status;
	size_t len;

	peer_start(&peer);
	peer_create_trace(&peer, TRACE, SESSION, trace_uuid);
	close(peer_create_bare_channel(&peer, &roomy, &status));
	cr_assert_eq(status, 0);
	peer_push_metadata(&peer, TRACE, 0, preamble);
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	free(peer_read_file(&peer, "channel0_0", &len));
	cr_expect_eq(len, 0);
	peer_describe_channel(&peer, TRACE, roomy.channel.stream_class);
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	free(peer_read_file(&peer, "channel0_0", &len));
	cr_expect_eq(len, 4096, "one empty packet");
	peer_stop(&peer);
}

Test(consumer_road, packets_without_files_are_counted_as_lost)
{
	struct peer peer;
	struct app app;
	struct rf_frame frame;
	uint64_t discarded;
	uint64_t lost;

	peer_start(&peer);
	peer.refuse_streams = true;
	app_start(&app, &peer, 100, "x");
	peer_create_trace(&peer, TRACE, SESSION, trace_uuid);

	int32_t status;
	int handover = peer_create_channel(&peer, &roomy, &status);

	cr_assert_eq(status, 0);
	peer_push_metadata(&peer, TRACE, 0, preamble);
	app_trace(&app, handover);
	app_record(&app);
	peer_tell(&peer, RF_CONSUMER_END_TRACE, TRACE);
	while (!peer.ended) {
		cr_assert_eq(peer_receive(&peer, &frame), 1);
		peer_note(&peer, &frame);
	}
	statistics(&peer, &discarded, &lost);
	cr_assert(lost >= (uint64_t)lttng_ust_ctl_get_nr_stream_per_channel());
	cr_assert_eq(peer.failed, (unsigned int)lttng_ust_ctl_get_nr_stream_per_channel());
	app_stop(&app);
	peer_stop(&peer);
}

Test(consumer_road, nonsense_is_refused)
{
	struct rf_consumer_create_channel odd = roomy;
	struct peer peer;
	struct rf_frame frame;
	int32_t status;

	peer_start(&peer);
	close(peer_create_channel(&peer, &roomy, &status));
	cr_assert_eq(status, -ENOENT);
	peer_create_trace(&peer, TRACE, SESSION, trace_uuid);
	odd.subbuf_size = 5000;
	close(peer_create_channel(&peer, &odd, &status));
	cr_assert_eq(status, -EINVAL);
	odd.subbuf_size = 1ull << 40;
	close(peer_create_channel(&peer, &odd, &status));
	cr_assert_eq(status, -EINVAL);
	peer_request(&peer, 99, SESSION, &frame);
	cr_assert_eq(frame.status, -ENOSYS);
	peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, 12345, &frame);
	cr_assert_eq(frame.status, 0);
	peer_request(&peer, RF_CONSUMER_DESTROY_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	peer_stop(&peer);
}
