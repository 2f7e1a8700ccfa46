/* SPDX-License-Identifier: GPL-2.0-only */
/* The notify thread, by applications that are sockets. */
#include "sessiond/ust/notify.h"
#include "sessiond/ust/notify_wire.h"
#include "tests/unit/ust_fields.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>
#include <urcu.h>

#define APPS 4
#define EVENTS 50
#define ANSWER_MS 10000

static struct rf_notifier *notifier;
static struct rf_registry *registry;
static atomic_uint pushes;
static uint32_t number;

static int push(void *data, uint64_t trace, uint64_t offset, uint32_t version, const char *text, size_t len)
{
	(void)data;
	(void)trace;
	(void)offset;
	(void)version;
	(void)text;
	(void)len;
	atomic_fetch_add(&pushes, 1);
	return 0;
}

static void setup(void)
{
	const struct rf_trace_facts facts = {.app.layout = {.abi_bits = 64}};
	const struct rf_registry_output output = {.push = push};

	rcu_register_thread();
	notifier = rf_notifier_create();
	registry = rf_registry_create(&facts, &output);
	cr_assert(notifier && registry);
	cr_assert_eq(rf_registry_add_channel(registry, &number), 0);
}

static void teardown(void)
{
	rf_registry_unref(registry);
	rf_notifier_destroy(notifier);
	rcu_unregister_thread();
}

TestSuite(notify, .init = setup, .fini = teardown, .timeout = 60);

/* The application's end. Its session is handle 10, its channel 11. */
static int start_app(uint64_t app)
{
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	cr_assert_eq(rf_notifier_bind_session(notifier, app, 10, registry), 0);
	cr_assert_eq(rf_notifier_bind_channel(notifier, app, 11, registry, number), 0);
	cr_assert_eq(rf_notifier_add_app(notifier, app, pair[1], 1000), 0);
	return pair[0];
}

static void end_app(uint64_t app, int fd)
{
	rf_notifier_unbind_channel(notifier, app, 11);
	rf_notifier_unbind_session(notifier, app, 10);
	rf_notifier_remove_app(notifier, app);
	close(fd);
}

/* Bytes of an answer; 0 when the socket was closed, negative when nothing came. */
static ssize_t answer(int fd, uint8_t reply[static RF_NOTIFY_REPLY_MAX])
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, ANSWER_MS) != 1)
		return -ETIMEDOUT;

	ssize_t got = recv(fd, reply, RF_NOTIFY_REPLY_MAX, 0);

	return got < 0 && errno == ECONNRESET ? 0 : got;
}

static void give(int fd, const struct rf_writer *w, size_t from, size_t len)
{
	cr_assert(rf_writer_ok(w));
	cr_assert_eq(send(fd, w->base + from, len, MSG_NOSIGNAL), (ssize_t)len);
}

static uint32_t word(const uint8_t *reply, size_t at)
{
	uint32_t v;

	memcpy(&v, reply + at, sizeof(v));
	return v;
}

Test(notify, answers_all_kinds)
{
	const struct lttng_ust_ctl_field f = integer_field("a", 32, 1, 10);
	const struct lttng_ust_ctl_enum_entry e = enum_entry("A", 1, 1, 1);
	uint8_t reply[RF_NOTIFY_REPLY_MAX];
	int fd = start_app(1);
	struct rf_writer w;

	/* All at once: they are answered in order. */
	rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
	write_enum(&w, 10, "p_e", &e, 1);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 48);
	cr_assert_eq(word(reply, 0), LTTNG_UST_CTL_NOTIFY_CMD_ENUM);
	cr_assert_eq(word(reply, 4), 0);
	w.at = 0;
	write_event(&w, 10, 11, "p:a", 12, "sig", &f, 1, NULL);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 44);
	cr_assert_eq(word(reply, 4), 0);
	cr_assert_eq(word(reply, 8), 0);
	/* The description was pushed before the answer came. */
	cr_assert_eq(atomic_load(&pushes), 2);
	w.at = 0;
	write_channel(&w, 10, 11, &f, 1);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 48);
	cr_assert_eq(word(reply, 4), 0);
	cr_assert_eq(word(reply, 8), number);
	cr_assert_eq(word(reply, 12), LTTNG_UST_CTL_CHANNEL_HEADER_LARGE);
	rf_writer_free(&w);
	end_app(1, fd);
}

Test(notify, unknown_handles_are_refused)
{
	uint8_t reply[RF_NOTIFY_REPLY_MAX];
	int fd = start_app(1);
	struct rf_writer w;

	rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
	write_event(&w, 10, 99, "p:a", 12, "sig", NULL, 0, NULL);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 44);
	cr_assert_lt((int32_t)word(reply, 4), 0);
	/* A session is no channel. */
	w.at = 0;
	write_channel(&w, 10, 10, NULL, 0);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 48);
	cr_assert_lt((int32_t)word(reply, 4), 0);
	/* It goes on. */
	w.at = 0;
	write_event(&w, 10, 11, "p:a", 12, "sig", NULL, 0, NULL);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 44);
	cr_assert_eq(word(reply, 4), 0);
	rf_writer_free(&w);
	end_app(1, fd);
}

Test(notify, half_a_message_costs_only_its_sender)
{
	static struct lttng_ust_ctl_field fields[100];
	uint8_t reply[RF_NOTIFY_REPLY_MAX];
	int slow = start_app(1);
	int fd = start_app(2);
	struct rf_writer w;

	for (unsigned int i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		fields[i] = integer_field(name, 32, 1, 10);
	}
	rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
	write_event(&w, 10, 11, "p:a", 12, "sig", fields, 100, NULL);
	give(slow, &w, 0, 5000);
	give(fd, &w, 0, w.at);
	cr_assert_eq(answer(fd, reply), 44);
	cr_assert_eq(word(reply, 4), 0);
	/* The deadline closes its socket; nothing was answered. */
	cr_assert_eq(answer(slow, reply), 0);
	/* In pieces, but in time. */
	give(fd, &w, 0, 3);
	give(fd, &w, 3, 400);
	give(fd, &w, 403, w.at - 403);
	cr_assert_eq(answer(fd, reply), 44);
	cr_assert_eq(word(reply, 4), 0);
	rf_writer_free(&w);
	end_app(1, slow);
	end_app(2, fd);
}

Test(notify, garbage_closes_the_socket)
{
	static const uint32_t garbage[100] = {77};
	static const uint32_t length[12] = {LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL, 10, 11, 0x7fffffff};
	uint8_t reply[RF_NOTIFY_REPLY_MAX];
	int fd = start_app(1);
	int other = start_app(2);

	cr_assert_eq(send(fd, garbage, sizeof(garbage), 0), sizeof(garbage));
	cr_assert_eq(answer(fd, reply), 0);
	cr_assert_eq(send(other, length, sizeof(length), 0), sizeof(length));
	cr_assert_eq(answer(other, reply), 0);
	end_app(1, fd);
	end_app(2, other);
}

/* Who floods and never reads is closed, whoever asks meanwhile is answered. */
Test(notify, who_does_not_read_is_not_waited_for)
{
	uint8_t reply[RF_NOTIFY_REPLY_MAX];
	int flood = start_app(1);
	int fd = start_app(2);
	struct pollfd p = {.fd = flood, .events = POLLOUT};
	struct rf_writer w;
	ssize_t sent = 0;

	rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
	for (int i = 0; i < 100; i++)
		write_channel(&w, 10, 11, NULL, 0);
	for (int i = 0; i < 100000 && sent >= 0 && poll(&p, 1, ANSWER_MS) == 1 && !(p.revents & POLLHUP); i++) {
		/* The answers that nobody reads fill the socket. */
		sent = send(flood, w.base, 48, MSG_NOSIGNAL);
	}
	cr_assert(sent < 0 || (p.revents & POLLHUP));
	give(fd, &w, 0, 48);
	cr_assert_eq(answer(fd, reply), 48);
	cr_assert_eq(word(reply, 4), 0);
	rf_writer_free(&w);
	end_app(1, flood);
	end_app(2, fd);
}

/* Comes, asks and goes, again and again, while others do. */
static void *busy_app(void *data)
{
	uint64_t app = (uint64_t)(uintptr_t)data;
	uintptr_t wrong = 0;

	rcu_register_thread();
	for (unsigned int i = 0; i < EVENTS; i++) {
		uint8_t reply[RF_NOTIFY_REPLY_MAX];
		int fd = start_app(app + i * 100);
		struct rf_writer w;
		char name[32];

		snprintf(name, sizeof(name), "p:e%u", i);
		rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
		write_event(&w, 10, 11, name, 12, "sig", NULL, 0, NULL);
		give(fd, &w, 0, w.at);
		wrong += answer(fd, reply) != 44 || word(reply, 4) != 0 || word(reply, 8) >= EVENTS;
		rf_writer_free(&w);
		end_app(app + i * 100, fd);
	}
	rcu_unregister_thread();
	return (void *)wrong;
}

Test(notify, applications_come_and_go)
{
	pthread_t threads[APPS];

	for (uintptr_t i = 0; i < APPS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, busy_app, (void *)(i + 1)), 0);
	for (size_t i = 0; i < APPS; i++) {
		void *wrong;

		cr_assert_eq(pthread_join(threads[i], &wrong), 0);
		cr_assert_null(wrong);
	}
	cr_assert_eq(atomic_load(&pushes), 1 + EVENTS);
}
