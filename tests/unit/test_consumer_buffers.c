/* SPDX-License-Identifier: GPL-2.0-only */
/* Ring buffers that are files, and the consumer's word on its own health. */
#include "tests/unit/consumer_app.h"
#include "tests/unit/consumer_packets.h"

#define BUFFERS 1000u

Test(consumer_buffers, what_is_in_the_files_can_be_recovered)
{
	struct peer peer;
	struct app app;
	char command[2048];
	char expected[8192];
	char path[512];
	unsigned long count = 0;
	size_t len;

	begin_in(&peer, &app, &roomy, 100, "some text", 0, BUFFERS);
	app_record(&app);
	peer_push_version(&peer, TRACE, 0, strlen(preamble) + strlen(event_block), "/* more */\n");
	flush(&peer);
	snprintf(expected, sizeof(expected), "%s%s/* more */\n", preamble, event_block);
	peer_path(&peer, BUFFERS, "metadata", path);

	uint8_t *text = peer_read_file(&peer, path + strlen(peer.dir) + 1, &len);

	cr_assert_eq(len, strlen(expected));
	cr_assert_arr_eq(text, expected, len);
	free(text);
	peer_path(&peer, BUFFERS, "", path);
	snprintf(command, sizeof(command),
		"rmdir %2$sindex && lttng-crash -x %1$s/crash %2$s >%1$s/.crash 2>&1 && "
		"babeltrace2 %1$s/crash 2>%1$s/.stderr | wc -l",
		peer.dir, path);

	FILE *out = popen(command, "r");

	cr_assert_eq(fscanf(out, "%lu", &count), 1);
	cr_assert_eq(pclose(out), 0);
	cr_assert_eq(count, 100, "%lu events recovered", count);
	/* A new version takes the place of the text. */
	peer_push_version(&peer, TRACE, 1, 0, preamble);
	flush(&peer);
	peer_path(&peer, BUFFERS, "metadata", path);
	free(peer_read_file(&peer, path + strlen(peer.dir) + 1, &len));
	cr_assert_eq(len, strlen(preamble));
	finish(&peer, &app);
}

Test(consumer_buffers, they_are_drained_as_others)
{
	struct peer peer;
	struct app app;

	begin_in(&peer, &app, &roomy, 50000, "some text", 1, BUFFERS);
	app_record(&app);
	flush(&peer);
	expect_accounted(&peer, 50000);
	finish(&peer, &app);
}

/* Channels that are on their way when the trace ends, or whose files cannot be had. */
Test(consumer_buffers, what_comes_too_late_is_refused)
{
	struct rf_consumer_create_channel odd = roomy;
	struct peer peer;
	struct rf_frame frame;
	int32_t status;

	peer_start(&peer);
	peer_create_trace_in(&peer, TRACE, SESSION, trace_uuid, 1, BUFFERS);
	odd.subbuf_size = 5000;
	close(peer_create_channel(&peer, &odd, &status));
	cr_assert_eq(status, -EINVAL);
	/* Its files are there by now. */
	odd = roomy;
	close(peer_create_channel(&peer, &odd, &status));
	cr_assert_eq(status, -EEXIST);
	peer_tell(&peer, RF_CONSUMER_END_TRACE, TRACE);
	peer_request(&peer, RF_CONSUMER_SETTLE_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	cr_assert_eq(peer.ended, 1);
	peer_stop(&peer);
}

/* Files cannot be sealed: who cuts one ends the reading of that one. */
Test(consumer_buffers, a_cut_file_ends_its_own_stream)
{
	static const off_t sizes[] = {0, 4096, 70000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct peer peer;
		struct app app;
		struct rf_frame frame;
		struct packets packets;
		char path[512];

		begin_in(&peer, &app, &roomy, 5000, "some text", 1, BUFFERS);
		app_record(&app);
		/* It would die of it, too. */
		kill(app.pid, SIGSTOP);
		peer_path(&peer, BUFFERS, "channel0_0", path);
		cr_assert_eq(truncate(path, sizes[i]), 0);
		peer_request(&peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
		cr_assert_eq(frame.status, 0);
		cr_assert(peer.failed <= 1, "%u streams failed", peer.failed);
		cr_assert(peer.failed || sizes[i]);
		for (int cpu = 1; cpu < cpus(); cpu++) {
			read_packets(&peer, 1, "channel0", cpu, -1, &packets);
			cr_assert(packets.count > 0, "stream %d has nothing", cpu);
			free(packets.at);
		}
		read_packets(&peer, 1, "channel0", 0, -1, &packets);
		free(packets.at);
		finish(&peer, &app);
	}
}

/* Positions lie in the application's memory, which here is a file. Whatever they say, everything gets its answer. */
static void spoil_positions(uint64_t write, uint64_t consumed, bool overwrite)
{
	struct rf_consumer_create_channel channel = roomy;
	struct peer peer;
	struct app app;
	struct rf_frame frame;
	char path[512];

	channel.channel.overwrite = overwrite;
	begin_in(&peer, &app, &channel, 5000, "some text", overwrite ? 0 : 1, BUFFERS);
	app_record(&app);
	kill(app.pid, SIGSTOP);
	for (int cpu = 0; cpu < cpus(); cpu++) {
		char name[32];

		snprintf(name, sizeof(name), "channel0_%d", cpu);
		peer_path(&peer, BUFFERS, name, path);

		int fd = open(path, O_RDWR | O_CLOEXEC);

		cr_assert(fd >= 0);
		cr_assert_eq(pwrite(fd, &write, sizeof(write), 0x80), (ssize_t)sizeof(write));
		cr_assert_eq(pwrite(fd, &consumed, sizeof(consumed), 0x98), (ssize_t)sizeof(consumed));
		close(fd);
	}
	peer_snapshot(&peer, TRACE, 2, 0);
	peer_move(&peer, TRACE, 3, false);
	peer_request(&peer, RF_CONSUMER_SETTLE_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	peer_move(&peer, TRACE, 0, true);
	peer_request(&peer, RF_CONSUMER_SETTLE_SESSION, SESSION, &frame);
	flush(&peer);
	finish(&peer, &app);
}

Test(consumer_buffers, positions_may_be_nonsense)
{
	static const uint64_t values[] = {0, 65536, 1ull << 40, 1ull << 63, UINT64_MAX - 65535};
	static const size_t count = sizeof(values) / sizeof(values[0]);

	for (size_t i = 0; i < count; i++) {
		spoil_positions(values[i], 0, false);
		spoil_positions(values[i], 0, true);
		spoil_positions(values[i], values[(i + 2) % count], true);
		spoil_positions(84, values[i], false);
	}
}

static uint64_t health(struct peer *peer)
{
	struct rf_consumer_id parts;
	struct rf_frame frame;

	peer_request(peer, RF_CONSUMER_HEALTH, 0, &frame);
	cr_assert_eq(frame.status, 0);
	cr_assert(rf_consumer_id_decode(&frame.body, &parts));
	return parts.id;
}

Test(consumer_buffers, health_is_answered)
{
	struct peer peer;
	struct app app;

	begin(&peer, &app, &roomy, 300000, "x");
	cr_assert_eq(health(&peer), 0);
	app_begin_to_record(&app);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(health(&peer), 0);
	app_wait(&app);
	finish(&peer, &app);
}
