/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/frame.h"
#include "common/link.h"
#include "common/proto_broker.h"
#include "common/proto_consumer.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct rf_frame_buffer buffer;

static void make_pair(int ends[2])
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

Test(frame, carries_body_and_descriptors)
{
	int ends[2];
	int pipe_ends[2];
	struct rf_frame frame;

	make_pair(ends);
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_assert_eq(rf_frame_send(ends[0], 7, 8, -9, "body", 4, pipe_ends, 2), 0);
	cr_assert_eq(rf_frame_recv(ends[1], &buffer, &frame, 0), 1);
	cr_assert_eq(frame.type, 7);
	cr_assert_eq(frame.serial, 8);
	cr_assert_eq(frame.status, -9);
	cr_assert_eq(frame.fd_count, 2);
	cr_assert_eq(rf_reader_left(&frame.body), 4);

	int taken = rf_frame_take_fd(&frame, 1);

	cr_assert_eq(write(taken, "x", 1), 1);
	cr_assert(fcntl(taken, F_GETFD) & FD_CLOEXEC, "received descriptors do not survive exec");
	cr_assert_eq(rf_frame_take_fd(&frame, 2), -1);
	rf_frame_close_fds(&frame);
}

Test(frame, malformed_ones_are_refused)
{
	int ends[2];
	struct rf_frame frame;
	uint32_t header[4] = {1, 2, 0, 5};

	make_pair(ends);
	cr_assert_eq(send(ends[0], header, sizeof(header), 0), 16);
	cr_assert_eq(rf_frame_recv(ends[1], &buffer, &frame, 0), -EPROTO, "length without body");
	cr_assert_eq(send(ends[0], header, 7, 0), 7);
	cr_assert_eq(rf_frame_recv(ends[1], &buffer, &frame, 0), -EPROTO, "half a header");
	close(ends[0]);
	cr_assert_eq(rf_frame_recv(ends[1], &buffer, &frame, 0), 0);
}

Test(frame, too_large_is_not_sent)
{
	static uint8_t big[RF_FRAME_MAX_BODY + 1];
	int ends[2];

	make_pair(ends);
	cr_assert_eq(rf_frame_send(ends[0], 1, 1, 0, big, sizeof(big), NULL, 0), -EMSGSIZE);
	cr_assert_eq(rf_frame_send(ends[0], 1, 1, 0, big, sizeof(big) - 1, NULL, 0), 0);
}

Test(message, round_trip_and_exact_length)
{
	struct rf_broker_make_dir in = {.dir = 1,
		.tree = 2,
		.consumer = 3,
		.kind = RF_DIR_UST_PID,
		.uid = 1000,
		.abi_bits = 64,
		.pid = 77,
		.since = -1,
		.procname = "demo"};
	struct rf_broker_make_dir out;
	struct rf_writer w;
	struct rf_reader r;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_broker_make_dir_encode(&w, &in);
	cr_assert(rf_writer_ok(&w));
	rf_reader_init(&r, w.base, w.at, RF_HOST_ORDER);
	cr_assert(rf_broker_make_dir_decode(&r, &out));
	cr_assert_str_eq(out.procname, "demo");
	cr_assert_eq(out.since, -1);
	rf_reader_init(&r, w.base, w.at - 1, RF_HOST_ORDER);
	cr_assert_not(rf_broker_make_dir_decode(&r, &out));
	rf_write_u8(&w, 0);
	rf_reader_init(&r, w.base, w.at, RF_HOST_ORDER);
	cr_assert_not(rf_broker_make_dir_decode(&r, &out), "trailing bytes");
	rf_writer_free(&w);
}

Test(message, text_must_be_text)
{
	struct rf_broker_place out;
	struct rf_reader r;

	rf_reader_init(&r,
		"\x03\x00"
		"a\0b",
		5, RF_LITTLE_ENDIAN);
	cr_assert_not(rf_broker_place_decode(&r, &out), "NUL inside");
	rf_reader_init(&r,
		"\xff\xff"
		"ab",
		4, RF_LITTLE_ENDIAN);
	cr_assert_not(rf_broker_place_decode(&r, &out), "longer than the body");
}

struct end {
	struct rf_link link;
	unsigned int frames;
	unsigned int expected;
	int gone;
	struct rf_loop *loop;
};

static void count_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct end *end = link->owner;

	cr_assert_eq(frame->serial, end->frames, "frames stay in order");
	if (++end->frames == end->expected)
		rf_loop_stop(end->loop);
}

static void note_gone(struct rf_link *link, int status)
{
	struct end *end = link->owner;

	(void)status;
	end->gone++;
	rf_link_close(link);
	rf_loop_stop(end->loop);
}

Test(link, queues_what_the_socket_cannot_take, .timeout = 20)
{
	static uint8_t body[4096];
	int ends[2];
	struct rf_loop *loop = rf_loop_create();
	struct end a = {.loop = loop};
	struct end b = {.loop = loop, .expected = 2000};

	make_pair(ends);
	cr_assert_eq(rf_link_init(&a.link, ends[0], count_frame, note_gone, &a), 0);
	cr_assert_eq(rf_link_init(&b.link, ends[1], count_frame, note_gone, &b), 0);
	cr_assert_eq(rf_link_attach(&a.link, loop), 0);
	/* Far more than a socket holds, before anybody reads. */
	for (uint32_t i = 0; i < b.expected; i++)
		cr_assert_eq(rf_link_send(&a.link, 1, i, 0, body, sizeof(body), NULL, 0), 0);
	cr_assert_eq(rf_link_attach(&b.link, loop), 0);
	rf_loop_run(loop);
	cr_assert_eq(b.frames, b.expected);
	rf_link_close(&a.link);
	cr_assert_eq(rf_link_send(&a.link, 1, 0, 0, NULL, 0, NULL, 0), -EPIPE);
	rf_loop_run(loop);
	cr_assert_eq(b.gone, 1);
	rf_link_fini(&a.link);
	rf_link_fini(&b.link);
	rf_loop_destroy(loop);
}

Test(link, a_peer_that_never_reads_is_given_up, .timeout = 20)
{
	static uint8_t body[RF_FRAME_MAX_BODY];
	int ends[2];
	struct rf_loop *loop = rf_loop_create();
	struct end a = {.loop = loop};
	int err = 0;

	make_pair(ends);
	cr_assert_eq(rf_link_init(&a.link, ends[0], count_frame, note_gone, &a), 0);
	cr_assert_eq(rf_link_attach(&a.link, loop), 0);
	for (unsigned int i = 0; i < 2 * RF_LINK_QUEUE_BYTES / sizeof(body) && !err; i++)
		err = rf_link_send(&a.link, 1, i, 0, body, sizeof(body), NULL, 0);
	cr_assert_eq(err, -EPIPE);
	rf_loop_run(loop);
	cr_assert_eq(a.gone, 1);
	rf_link_fini(&a.link);
	rf_loop_destroy(loop);
	close(ends[1]);
}
