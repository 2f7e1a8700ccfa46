/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel thread's link: what is asked, what is answered, and an end that goes away. */
#include "sessiond/kernel/link.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static int broker;
static struct rf_kernel_link *kernel_link;

static void begin(void)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	broker = ends[0];
	kernel_link = rf_kernel_link_new(ends[1]);
	cr_assert(kernel_link);
}

static void end(void)
{
	rf_kernel_link_free(kernel_link);
	close(broker);
}

TestSuite(kernel_link, .init = begin, .fini = end, .timeout = 20);

static int call(uint32_t type, uint32_t id, struct rf_frame **reply)
{
	const struct rf_broker_id request = {.id = id};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_broker_id_encode(&w, &request);
	return rf_kernel_link_call(kernel_link, type, &w, -1, reply);
}

static void answer(uint32_t type, uint32_t serial, int32_t status, uint32_t id, int fd)
{
	cr_assert_eq(rf_frame_send(broker, type | RF_FRAME_REPLY, serial, status, &id, sizeof(id), &fd, fd >= 0), 0);
}

/* Answers one request: a stale answer first, then the right one with a descriptor. */
static void *serve(void *data)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	(void)data;
	cr_assert_eq(rf_frame_recv(broker, &buffer, &frame, 0), 1);

	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	uint32_t id = rf_read_u32(&frame.body);

	answer(frame.type, frame.serial - 1, -EIO, 0, fd);
	answer(frame.type, frame.serial, 0, id + 1, fd);
	close(fd);
	return NULL;
}

Test(kernel_link, the_answer_to_the_request)
{
	struct rf_frame *reply;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
	cr_assert_eq(call(RF_BROKER_REMOVE_INSTANCE, 41, &reply), 0);
	pthread_join(thread, NULL);
	cr_expect_eq(rf_read_u32(&reply->body), 42);
	cr_expect_eq(reply->fd_count, 1);

	int fd = rf_frame_take_fd(reply, 0);

	cr_expect_geq(fd, 0);
	close(fd);
}

static void *hang_up(void *data)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	(void)data;
	cr_assert_eq(rf_frame_recv(broker, &buffer, &frame, 0), 1);
	shutdown(broker, SHUT_RDWR);
	return NULL;
}

Test(kernel_link, an_end_that_goes_away)
{
	struct rf_frame *reply;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, hang_up, NULL), 0);
	cr_expect_eq(call(RF_BROKER_TRACK, 1, &reply), -EPIPE);
	pthread_join(thread, NULL);
	cr_expect_eq(reply->fd_count, 0);
	cr_expect_eq(rf_reader_left(&reply->body), 0);
	cr_expect_eq(call(RF_BROKER_TRACK, 1, &reply), -EPIPE);
}

static void *refuse(void *data)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	(void)data;
	cr_assert_eq(rf_frame_recv(broker, &buffer, &frame, 0), 1);
	answer(frame.type, frame.serial, -ENOSPC, 0, -1);
	return NULL;
}

Test(kernel_link, status_of_the_answer)
{
	struct rf_frame *reply;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, refuse, NULL), 0);
	cr_expect_eq(call(RF_BROKER_MAKE_INSTANCE, 1, &reply), -ENOSPC);
	pthread_join(thread, NULL);
}

Test(kernel_link, a_body_that_could_not_be_written)
{
	struct rf_writer w;
	struct rf_frame *reply;

	rf_writer_init_growing(&w, 4, RF_HOST_ORDER);
	rf_write_u64(&w, 1);
	cr_expect_eq(rf_kernel_link_call(kernel_link, RF_BROKER_TRACK, &w, -1, &reply), -EMSGSIZE);
}
