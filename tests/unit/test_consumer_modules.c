/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Streams of lttng-modules that are none, and messages about them that make no sense: the consumer goes on. That it
 * reads real ones is for a kernel that has them, see tests/kernel-vm.
 */
#include "tests/unit/consumer_peer.h"

#include <sys/eventfd.h>

TestSuite(consumer_modules, .timeout = 60);

static const uint8_t uuid[RF_UUID_SIZE] = {7};

static void add_streams(struct peer *peer, uint64_t trace, uint32_t first, const int *fds, unsigned int count)
{
	const struct rf_consumer_add_streams message = {
		.trace = trace, .channel = {.number = 1, .name = "c"}, .first = first};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_add_streams_encode(&w, &message);
	cr_assert(rf_writer_ok(&w));
	cr_assert_eq(rf_frame_send(peer->control, RF_CONSUMER_ADD_STREAMS, 0, 0, w.base, w.at, fds, count), 0);
	rf_writer_free(&w);
}

static unsigned int open_fds(const struct peer *peer)
{
	char path[64];
	unsigned int count = 0;

	for (int fd = 0; fd < 200; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", peer->consumer, fd);
		count += readlink(path, (char[1]){0}, 1) > 0;
	}
	return count;
}

static void check_life(struct peer *peer, bool kernel)
{
	const int fds[] = {eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC)};
	struct rf_frame frame;

	peer_start_as(peer, kernel, NULL);
	peer_create_trace_in(peer, 5, 9, uuid, 0, 0);
	peer_request(peer, RF_CONSUMER_FLUSH_SESSION, 9, &frame);

	unsigned int before = open_fds(peer);

	add_streams(peer, 5, 0, fds, 2);
	add_streams(peer, 5, 0, NULL, 0);
	add_streams(peer, 5, 3, fds, 1);
	add_streams(peer, 6, 0, fds, 1);
	peer_request(peer, RF_CONSUMER_FLUSH_SESSION, 9, &frame);
	cr_assert_eq(frame.status, 0);
	cr_assert_eq(open_fds(peer), before);
	peer_request(peer, RF_CONSUMER_DESTROY_SESSION, 9, &frame);
	cr_assert_eq(frame.status, 0);
	peer_stop(peer);
	close(fds[0]);
	close(fds[1]);
}

Test(consumer_modules, streams_that_are_none)
{
	struct peer peer;

	check_life(&peer, true);
}

Test(consumer_modules, not_in_a_consumer_of_applications)
{
	struct peer peer;

	check_life(&peer, false);
}
