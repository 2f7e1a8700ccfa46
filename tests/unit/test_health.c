/* SPDX-License-Identifier: GPL-2.0-only */
/* Health sockets: what clients are told when everybody answers, when somebody does not, and when there is nobody. */
#include "sessiond/health_parts.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct rf_health *health;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_len;

static int listening(void)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	address_len = (socklen_t)(sizeof(sa_family_t) + 1 +
		(size_t)snprintf(address.sun_path + 1, 100, "rf-health-%d", (int)getpid()));
	cr_assert_eq(bind(sock, (const struct sockaddr *)&address, address_len), 0);
	cr_assert_eq(listen(sock, 64), 0);
	return sock;
}

static int connected(void)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(connect(sock, (const struct sockaddr *)&address, address_len), 0);
	return sock;
}

/* The answer to LEN bytes, or UINT64_MAX when the connection is reset. It never just ends. */
static uint64_t ask(size_t len)
{
	static const uint8_t bytes[64];
	int sock = connected();
	uint64_t mask;
	ssize_t got;

	cr_assert_eq(write(sock, bytes, len), (ssize_t)len);
	got = recv(sock, &mask, sizeof(mask), MSG_WAITALL);
	if (got < 0)
		cr_assert_eq(errno, ECONNRESET);
	else
		cr_assert_eq(got, (ssize_t)sizeof(mask));
	close(sock);
	return got < 0 ? UINT64_MAX : mask;
}

static void comes_back_well(struct rf_health_probe *probe)
{
	rf_health_back(probe, 0);
}

static void comes_back_bad(struct rf_health_probe *probe)
{
	rf_health_back(probe, 0x20);
}

static void never_comes_back(struct rf_health_probe *probe)
{
	(void)probe;
}

static struct rf_health_probe well = {.bits = 0x1, .send = comes_back_well};
static struct rf_health_probe bad = {.bits = 0x30, .send = comes_back_bad};
static struct rf_health_probe hung = {.bits = 0x4, .send = never_comes_back};

static void serve(struct rf_health_probe *const *probes, unsigned int count)
{
	health = rf_health_create();
	cr_assert_not_null(health);
	cr_assert_eq(rf_health_serve(health, listening(), probes, count), 0);
	cr_assert_eq(rf_health_start(health), 0);
}

static void finish(void)
{
	rf_health_stop(health);
	rf_health_destroy(health);
}

TestSuite(health, .timeout = 60);

Test(health, what_comes_back_is_told)
{
	struct rf_health_probe *const probes[] = {&well, &bad};

	serve(probes, 1);
	cr_assert_eq(ask(4), 0);
	cr_assert_eq(ask(64), 0, "more than is asked for takes no answer back");
	finish();
	serve(probes, 2);
	cr_assert_eq(ask(4), 0x20);
	finish();
}

Test(health, what_does_not_come_back_is_bad)
{
	struct rf_health_probe *const probes[] = {&well, &hung};
	uint64_t began = rf_now();

	serve(probes, 2);
	cr_assert_eq(ask(4), 0x4);
	cr_assert_geq(rf_now() - began, RF_HEALTH_PATIENCE);
	/* It is still out: nothing more is sent, and the answer is the same. */
	cr_assert_eq(ask(4), 0x4);
	finish();
}

Test(health, silent_and_short_clients)
{
	struct rf_health_probe *const probes[] = {&well};
	int silent[8];
	char byte;

	serve(probes, 1);
	for (size_t i = 0; i < 8; i++)
		silent[i] = connected();
	cr_assert_eq(ask(4), 0, "others are served meanwhile");
	cr_assert_eq(write(silent[0], "abc", 3), 3);
	shutdown(silent[0], SHUT_WR);
	cr_assert_eq(read(silent[0], &byte, 1), 0, "three bytes are no question");
	cr_assert_eq(read(silent[1], &byte, 1), 0, "silence is not waited for");
	for (size_t i = 0; i < 8; i++)
		close(silent[i]);
	finish();
}

Test(health, crowds_are_answered)
{
	struct rf_health_probe *const probes[] = {&well};

	serve(probes, 1);
	for (unsigned int i = 0; i < 1000; i++)
		cr_assert_eq(ask(4), 0);
	finish();
}

/* Consumers that answer as they are told: fakes at the other end of control links. */
struct fake {
	struct rf_consumer consumer;
	struct rf_link far;
	bool silent;
	uint64_t mask;
};

static struct rf_loop *loop;
static struct rf_consumers consumers;
static struct rf_health_parts parts;

static void near_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_consumer *consumer = link->owner;

	rf_requests_reply(&consumer->requests, frame);
}

static void far_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct fake *fake = link->owner;
	const struct rf_consumer_id mask = {.id = fake->mask};
	struct rf_writer w;

	cr_assert_eq(frame->type, RF_CONSUMER_HEALTH);
	cr_assert_eq(rf_reader_left(&frame->body), 0);
	if (fake->silent)
		return;
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_id_encode(&w, &mask);
	rf_link_send_writer(link, RF_CONSUMER_HEALTH | RF_FRAME_REPLY, frame->serial, 0, &w, NULL, 0);
}

static void is_gone(struct rf_link *link, int status)
{
	(void)link;
	(void)status;
}

static void add_fake(struct fake *fake)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	rf_requests_init(&fake->consumer.requests, &fake->consumer.link, loop);
	cr_assert_eq(rf_link_init(&fake->consumer.link, ends[0], near_frame, is_gone, &fake->consumer), 0);
	cr_assert_eq(rf_link_init(&fake->far, ends[1], far_frame, is_gone, fake), 0);
	cr_assert_eq(rf_link_attach(&fake->consumer.link, loop), 0);
	cr_assert_eq(rf_link_attach(&fake->far, loop), 0);
	rf_list_append(&consumers.list, &fake->consumer.node);
}

static atomic_bool told_all;

static void *client(void *data)
{
	uint64_t *mask = data;

	*mask = ask(4);
	atomic_store(&told_all, true);
	return NULL;
}

static void tick(struct rf_timer *timer)
{
	if (atomic_load(&told_all))
		rf_loop_stop(loop);
	else
		rf_timer_arm(loop, timer, 10 * RF_MS, tick);
}

/* What a client is told while the main loop turns. */
static uint64_t told(void)
{
	struct rf_timer timer = {0};
	pthread_t thread;
	uint64_t mask;

	atomic_store(&told_all, false);
	tick(&timer);
	cr_assert_eq(pthread_create(&thread, NULL, client, &mask), 0);
	rf_loop_run(loop);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	rf_timer_cancel(&timer);
	return mask;
}

static void serve_consumers(void)
{
	loop = rf_loop_create();
	rf_consumers_init(&consumers, loop, NULL);
	cr_assert_eq(rf_health_parts_init(&parts, loop, &consumers, NULL, NULL, NULL), 0);
	health = rf_health_create();
	cr_assert_not_null(health);
	cr_assert_eq(rf_health_serve_consumers(health, listening(), &parts), 0);
	cr_assert_eq(rf_health_start(health), 0);
}

Test(health, consumers_of_the_kernel_are_asked_apart)
{
	static struct fake one;
	static struct fake of_kernel;

	serve_consumers();
	add_fake(&of_kernel);
	of_kernel.consumer.kernel = true;
	of_kernel.mask = 0x2;
	cr_assert_eq(told(), UINT64_MAX, "there is no other");
	add_fake(&one);
	cr_assert_eq(told(), 0);
}

Test(health, consumers)
{
	static struct fake one;
	static struct fake two;

	serve_consumers();
	cr_assert_eq(told(), UINT64_MAX, "without a consumer there is no answer");
	add_fake(&one);
	add_fake(&two);
	cr_assert_eq(told(), 0);
	one.mask = 0x4;
	two.mask = 0xffffffff00000001;
	cr_assert_eq(told(), 0x5, "only what there are bits for");
	two.silent = true;

	uint64_t began = rf_now();

	cr_assert_eq(told(), 0x1f, "one that does not answer is all bad");
	cr_assert_geq(rf_now() - began, RF_HEALTH_CONSUMER_WAIT);
	cr_assert_lt(rf_now() - began, RF_HEALTH_PATIENCE);
	rf_health_stop(health);
	rf_health_parts_fini(&parts);
	rf_requests_fail_all(&one.consumer.requests, -1);
	rf_requests_fail_all(&two.consumer.requests, -1);
	rf_health_destroy(health);
}
