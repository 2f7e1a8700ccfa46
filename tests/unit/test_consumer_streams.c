/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams: what they count, lose and give up, and where a packet goes when its directory or its file changes. */
#include "consumerd/stream_copy.h"
#include "tests/unit/consumer_fake.h"

#include <criterion/criterion.h>
#include <errno.h>

static void flush(struct fake *fake, uint64_t epoch)
{
	cr_assert(rf_stream_flush(fake->stream, &(struct rf_stream_pass){0}, epoch));
}

static void finish(struct fake *fake, uint64_t epoch)
{
	cr_assert(rf_stream_finish(fake->stream, &(struct rf_stream_pass){0}, epoch));
}

Test(consumer_streams, a_stream_counts_and_goes_on_after_a_full_disk)
{
	struct fake fake;

	fake_begin(&fake, false);
	fake.count = 3;
	cr_assert_eq(rf_stream_drain(fake.stream, 2), RF_DRAINED_MORE);
	cr_assert_eq(rf_stream_drain(fake.stream, 8), RF_DRAINED_DRY);
	cr_assert_eq(fake.written, 3);
	cr_assert_eq(fake.puts, 3);
	cr_assert_eq(fake.counted.discarded, 4); /* two a packet after the first */
	fake.refuse = -ENOSPC;
	fake.count = 6;
	rf_stream_drain(fake.stream, 8);
	cr_assert_eq(fake.counted.lost, 3);
	cr_assert_eq(fake.reports, 1);
	fake.refuse = 0;
	fake.count = 7;
	rf_stream_drain(fake.stream, 8);
	cr_assert_eq(fake.written, 4);
	fake.refuse = -EIO;
	fake.count = 8;
	rf_stream_drain(fake.stream, 8);
	cr_assert_eq(fake.reports, 2);
	cr_assert_eq(fake.counted.lost, 4);
	fake.stuck = 2;
	flush(&fake, 1);
	flush(&fake, 1);
	cr_assert_eq(fake.flushes, 1);
	finish(&fake, 2);
	cr_assert_eq(fake.flushes, 2);
	cr_assert_eq(fake.counted.lost, 6);
	fake_end(&fake);
}

Test(consumer_streams, gaps_are_lost_packets_of_overwrite_channels)
{
	static const uint8_t body[4096];
	struct fake fake;

	fake_begin(&fake, true);
	fake.packets[1] = make_packet(5, 4096, body);
	fake.count = 2;
	cr_assert_eq(rf_stream_drain(fake.stream, 8), RF_DRAINED_DRY);
	cr_assert_eq(fake.counted.lost, 4);
	cr_assert_eq(fake.counted.discarded, 0);
	fake_end(&fake);
}

Test(consumer_streams, nonsense_ends_one_stream)
{
	static const uint8_t body[4096];
	struct fake fake;

	fake_begin(&fake, false);
	fake.packets[1] = make_packet(0, 4096, body); /* a sequence number again */
	fake.count = 4;
	cr_assert_eq(rf_stream_drain(fake.stream, 8), RF_DRAINED_FAILED);
	cr_assert_eq(fake.written, 1);
	cr_assert_eq(fake.reports, 1);
	cr_assert_eq(rf_stream_drain(fake.stream, 8), RF_DRAINED_FAILED);
	finish(&fake, 1);
	cr_assert_eq(fake.at, 2);
	cr_assert_eq(fake.flushes, 0);
	fake_end(&fake);
}

Test(consumer_streams, what_cannot_be_read_now_goes_to_the_new_directory)
{
	struct other_sink other = {.sink = {.ops = &other_sink_ops}};
	struct fake fake;

	fake_begin(&fake, false);
	/* The fourth has an interrupted writer. */
	fake.count = 3;
	cr_assert(rf_stream_leave(fake.stream, &(struct rf_stream_pass){0}, false));
	cr_assert_eq(fake.written, 3);
	cr_assert_eq(fake.closed, 1);
	fake.count = 4;
	rf_stream_enter(fake.stream, 2, &other.sink, 0);
	cr_assert_eq(fake.flushes, 0, "a ring that holds something gets no empty packet");
	cr_assert_eq(rf_stream_drain(fake.stream, 8), RF_DRAINED_DRY);
	cr_assert_eq(fake.written, 3);
	cr_assert_eq(other.written, 1);
	cr_assert_eq(other.first, 3);
	/* An empty one does. */
	cr_assert(rf_stream_leave(fake.stream, &(struct rf_stream_pass){0}, false));
	rf_stream_enter(fake.stream, 3, &fake.sink, 0);
	cr_assert_eq(other.closed, 1);
	cr_assert_eq(fake.flushes, 1);
	fake_end(&fake);
}

Test(consumer_streams, a_writer_that_never_stops_does_not_hold_a_move)
{
	struct fake fake;

	fake_begin(&fake, false);
	fake.count = 16;
	cr_assert(rf_stream_leave(fake.stream, &(struct rf_stream_pass){0}, false));
	cr_assert_eq(fake.written, 5); /* what a ring holds, and the packet that was closed */
	fake_end(&fake);
}

Test(consumer_streams, what_is_dropped_is_accounted)
{
	struct fake fake;

	fake_begin(&fake, false);
	fake.count = 4;
	cr_assert(rf_stream_leave(fake.stream, &(struct rf_stream_pass){0}, true));
	cr_assert_eq(fake.written, 0);
	cr_assert_eq(fake.counted.lost, 0);
	cr_assert_eq(fake.counted.discarded, 6);
	cr_assert_eq(fake.counted.written, 0);
	fake.count = 5;
	rf_stream_drain(fake.stream, 8);
	cr_assert_eq(fake.written, 1);
	cr_assert_eq(fake.counted.discarded, 8);
	cr_assert_eq(fake.counted.written, 4096);
	fake_end(&fake);
}

static void fake_want(struct rf_output *output)
{
	struct fake *fake = output->stream->owner;

	fake->wanted++;
	cr_assert_null(output->sink, "the file must not be open when it is emptied");
}

Test(consumer_streams, a_packet_waits_for_its_file)
{
	struct rf_stream_pass pass = {0};
	struct fake fake;

	fake_begin(&fake, false);
	fake.stream->file_size = 8192;
	fake.stream->file_count = 2;
	fake.stream->want_file = fake_want;
	fake.count = 5;
	cr_assert(!rf_stream_flush(fake.stream, &pass, 1));
	cr_assert(!rf_stream_flush(fake.stream, &pass, 1));
	cr_assert_eq(rf_stream_drain(fake.stream, 8), RF_DRAINED_WAITING);
	cr_assert_eq(fake.written, 2);
	cr_assert_eq(fake.puts, 2);
	cr_assert_eq(fake.wanted, 1);
	cr_assert_eq(fake.stream->out.number, 1);
	fake.stream->out.sink = &fake.sink;
	fake.stream->out.wanting = false;
	cr_assert(!rf_stream_flush(fake.stream, &pass, 1));
	cr_assert_eq(fake.written, 4);
	cr_assert_eq(fake.stream->out.number, 0);
	fake.stream->out.sink = &fake.sink;
	fake.stream->out.wanting = false;
	cr_assert(rf_stream_flush(fake.stream, &pass, 1));
	cr_assert_eq(fake.written, 5);
	cr_assert_eq(fake.flushes, 1);
	cr_assert_eq(fake.counted.lost, 0);
	fake_end(&fake);
}

Test(consumer_streams, a_copy_skips_what_was_overwritten)
{
	static const uint8_t body[4096];
	struct rf_stream_copy copy;
	struct other_sink other = {.sink = {.ops = &other_sink_ops}};
	struct fake fake;

	fake_begin(&fake, true);
	fake.count = 4;
	fake.packets[0].header_len = 0;
	rf_stream_copy_begin(fake.stream, &copy, 0, 2, &other.sink);
	cr_assert_eq(fake.flushes, 1);
	cr_assert_eq(rf_stream_copy_some(fake.stream, &copy), RF_COPIED_ALL);
	rf_stream_copy_end(&copy);
	cr_assert_eq(other.written, 3);
	cr_assert_eq(other.closed, 1);
	cr_assert_eq(fake.puts, 0);
	cr_assert_eq(fake.counted.lost, 0);
	/* Nothing was written since: no flush. Nonsense ends the copy, and is no failure of it. */
	fake.packets[2] = make_packet(1, 4096, body);
	other = (struct other_sink){.sink = {.ops = &other_sink_ops}};
	rf_stream_copy_begin(fake.stream, &copy, 3, 2, &other.sink);
	cr_assert_eq(rf_stream_copy_some(fake.stream, &copy), RF_COPIED_ALL);
	rf_stream_copy_end(&copy);
	cr_assert_eq(fake.flushes, 1);
	cr_assert_eq(other.written, 1);
	cr_assert_eq(fake.reports, 1);
	cr_assert_eq(copy.error, 0);
	fake.listed = 0;
	fake_end(&fake);
}
