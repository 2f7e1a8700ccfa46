/* SPDX-License-Identifier: GPL-2.0-only */
/* hostile_app SOCKET ATTACK [ARGUMENT]: what no application linked with the tracer does to a session daemon. */
#include "tests/attack/hostile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC 0xC57C57C5u
#define SOON 1000
#define DEADLINE 5000 /* ms for a registration, a notification, and an answer to a command */
#define SLACK 2500
#define NOTIFY_EVENT 0u
#define NOTIFY_CHANNEL 1u
#define NOTIFY_ENUM 2u

/* As the tracer sends it; all integers of the sender's byte order. */
struct registration {
	uint32_t magic;
	uint32_t major;
	uint32_t minor;
	uint32_t pid;
	uint32_t ppid;
	uint32_t uid;
	uint32_t gid;
	uint32_t bits_per_long;
	uint32_t align8;
	uint32_t align16;
	uint32_t align32;
	uint32_t align64;
	uint32_t align_long;
	uint32_t type; /* 0 commands, 1 notifications */
	char name[16];
	char padding[64];
};

_Static_assert(sizeof(struct registration) == 136, "the message of the application protocol");

static struct registration honest(uint32_t type)
{
	return (struct registration){.magic = MAGIC,
		.major = 9,
		.pid = (uint32_t)getpid(),
		.ppid = (uint32_t)getppid(),
		.uid = getuid(),
		.gid = getgid(),
		.bits_per_long = 64,
		.align8 = 8,
		.align16 = 8,
		.align32 = 8,
		.align64 = 8,
		.align_long = 8,
		.type = type,
		.name = "hostile"};
}

static bool ends_within(int sock, int least_ms, int most_ms)
{
	long ms = hostile_wait_end(sock, most_ms);

	printf("closed after %ld ms\n", ms);
	return ms >= least_ms;
}

static bool refused_at_once(const struct registration *r)
{
	int sock = hostile_connect();
	bool good = hostile_send(sock, r, sizeof(*r)) && ends_within(sock, 0, SOON);

	close(sock);
	return good;
}

static bool registrations(const char *argument)
{
	struct registration magic = honest(0);
	struct registration swapped = honest(0);
	struct registration older = honest(0);
	struct registration newer = honest(0);
	struct registration type = honest(5);
	struct registration bits = honest(0);
	struct registration align = honest(0);
	struct registration lonely = honest(1);

	(void)argument;
	magic.magic = 0xdeadbeef;
	swapped.magic = __builtin_bswap32(MAGIC);
	older.major = 7;
	newer.major = 10;
	bits.bits_per_long = 13;
	align.align64 = 7;
	return refused_at_once(&magic) && refused_at_once(&swapped) && refused_at_once(&older) &&
		refused_at_once(&newer) && refused_at_once(&type) && refused_at_once(&bits) &&
		refused_at_once(&align) && refused_at_once(&lonely);
}

static bool garbage(const char *argument)
{
	(void)argument;
	for (int i = 0; i < 300; i++) {
		struct registration r = honest(0);
		int sock = hostile_connect();

		hostile_fill((uint8_t *)&r + (i % 2 ? sizeof(uint32_t) : 0), sizeof(r) - sizeof(uint32_t));
		hostile_send(sock, &r, sizeof(r));
		shutdown(sock, SHUT_WR);
		if (hostile_wait_end(sock, DEADLINE + SLACK) < 0)
			return false;
		close(sock);
	}
	return true;
}

static bool silence(const char *argument)
{
	(void)argument;
	return ends_within(hostile_connect(), DEADLINE - SLACK, DEADLINE + SLACK);
}

static bool half_registration(const char *argument)
{
	struct registration r = honest(0);
	int sock = hostile_connect();

	(void)argument;
	hostile_send(sock, &r, sizeof(r) / 2);
	return ends_within(sock, DEADLINE - SLACK, DEADLINE + SLACK);
}

static bool registration_drip(const char *argument)
{
	struct registration r = honest(0);
	uint64_t begin = hostile_now_ms();
	int sock = hostile_connect();
	char byte;

	(void)argument;
	for (size_t at = 0; hostile_now_ms() - begin < DEADLINE + SLACK; at++) {
		if (!hostile_send(sock, (char *)&r + at, 1) || hostile_read(sock, &byte, 1, 300) == ENDED) {
			printf("closed after %lu ms\n", (unsigned long)(hostile_now_ms() - begin));
			return true;
		}
	}
	return false;
}

/* Half an application: a connection for commands, none for notifications. */
static bool no_notify(const char *argument)
{
	struct registration r = honest(0);
	int sock = hostile_connect();

	(void)argument;
	hostile_send(sock, &r, sizeof(r));
	return ends_within(sock, DEADLINE - SLACK, DEADLINE + SLACK);
}

struct app {
	int command;
	int notify;
};

static struct app become_app(void)
{
	const struct registration first = honest(0);
	const struct registration second = honest(1);
	struct app app = {.command = hostile_connect()};

	hostile_send(app.command, &first, sizeof(first));
	app.notify = hostile_connect();
	hostile_send(app.notify, &second, sizeof(second));
	return app;
}

/* The first bytes of the first command; false when none comes. */
static bool commanded(const struct app *app)
{
	char bytes[8];

	if (hostile_read(app->command, bytes, sizeof(bytes), SOON) == sizeof(bytes))
		return true;
	printf("no command came\n");
	return false;
}

static bool never_replies(const char *argument)
{
	struct app app = become_app();

	(void)argument;
	return commanded(&app) && ends_within(app.command, DEADLINE - SLACK, DEADLINE + SLACK);
}

static bool replies_garbage(const char *argument)
{
	(void)argument;
	for (int i = 0; i < 20; i++) {
		uint8_t bytes[8192];
		struct app app = become_app();

		if (!commanded(&app))
			return false;
		hostile_fill(bytes, sizeof(bytes));
		hostile_send(app.command, bytes, sizeof(bytes));
		if (!ends_within(app.command, 0, DEADLINE + SLACK))
			return false;
		close(app.command);
		close(app.notify);
	}
	return true;
}

/* One byte a second: each is in time for a limit on the single receive, never for the command. */
static bool reply_drips(const char *argument)
{
	struct app app = become_app();
	uint64_t begin = hostile_now_ms();
	char byte;

	(void)argument;
	if (!commanded(&app))
		return false;
	while (hostile_now_ms() - begin < DEADLINE + SLACK) {
		if (!hostile_send(app.command, "", 1))
			break;
		for (uint64_t until = hostile_now_ms() + 900; hostile_now_ms() < until;) {
			if (hostile_read(app.command, &byte, 1, 900) != ENDED)
				continue;
			printf("closed after %lu ms\n", (unsigned long)(hostile_now_ms() - begin));
			return true;
		}
	}
	return hostile_now_ms() - begin < DEADLINE + SLACK;
}

static bool hangs_up(const char *argument)
{
	(void)argument;
	for (int i = 0; i < 100; i++) {
		struct app app = become_app();

		if (i % 2 && !commanded(&app))
			return false;
		if (i % 3)
			hostile_send(app.command, "half of a reply", 15);
		close(app.command);
		close(app.notify);
	}
	return true;
}

static size_t put(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
	return sizeof(value);
}

/* The notify connection comes into service a moment after the registration; only its end counts. */
static bool notify_ends(const void *bytes, size_t len, int least, int most)
{
	struct app app = become_app();

	hostile_send(app.notify, bytes, len);
	return ends_within(app.notify, least, most);
}

static bool notify_half(const char *argument)
{
	uint8_t bytes[12] = {0};

	(void)argument;
	return notify_ends(bytes, sizeof(bytes), 0, DEADLINE + SLACK);
}

static bool notify_kind(const char *argument)
{
	uint8_t bytes[512] = {0};

	(void)argument;
	put(bytes, 77);
	return notify_ends(bytes, sizeof(bytes), 0, SOON);
}

/* Every length as large as it can be, so that their sum wraps. */
static bool notify_lengths(const char *argument)
{
	uint8_t bytes[512] = {0};
	size_t lengths = 3 * sizeof(uint32_t) + 256 + sizeof(uint32_t);

	(void)argument;
	put(bytes, NOTIFY_EVENT);
	for (size_t i = 0; i < 3; i++)
		put(bytes + lengths + i * sizeof(uint32_t), UINT32_MAX);
	if (!notify_ends(bytes, sizeof(bytes), 0, SOON))
		return false;
	memset(bytes, 0, sizeof(bytes));
	put(bytes, NOTIFY_CHANNEL);
	put(bytes + 3 * sizeof(uint32_t), 0xfffffff0u);
	if (!notify_ends(bytes, sizeof(bytes), 0, SOON))
		return false;
	memset(bytes, 0, sizeof(bytes));
	put(bytes, NOTIFY_ENUM);
	put(bytes + 2 * sizeof(uint32_t) + 256, 0x80000000u);
	return notify_ends(bytes, sizeof(bytes), 0, SOON);
}

static bool notify_garbage(const char *argument)
{
	static uint8_t bytes[100000];

	(void)argument;
	for (int i = 0; i < 50; i++) {
		hostile_fill(bytes, sizeof(bytes));
		put(bytes, (uint32_t)i % 3);
		/* Without huge lengths it is decoded to its end. */
		if (i % 2)
			for (size_t at = 4; at + 1 < 600; at += 2)
				bytes[at] = 0;
		if (!notify_ends(bytes, sizeof(bytes), 0, DEADLINE + SLACK))
			return false;
	}
	return true;
}

/* Complete notifications about objects that do not exist, as fast as they go, and no answer is read. */
static bool notify_flood(const char *argument)
{
	uint8_t bytes[3 * 4 + 256 + 4 + 12 + 32] = {0};
	struct app app = become_app();
	uint64_t end = hostile_now_ms() + 2000;
	long sent = 0;

	(void)argument;
	snprintf((char *)bytes + 12, 256, "hostile:event");
	while (hostile_now_ms() < end && hostile_send(app.notify, bytes, sizeof(bytes)))
		sent++;
	printf("%ld notifications\n", sent);
	return sent > 0;
}

/* Holds as many connections as it gets until it is killed; says when it has them. */
/* It could wait for anything when it is closed, and whoever reads the message with it. */
static bool descriptor(const char *argument)
{
	int sock = hostile_connect();
	bool sent = hostile_send_fd(sock, STDIN_FILENO);

	(void)argument;
	printf("%s\n", sent ? "sent" : strerror(errno));
	return !sent && errno == EPERM;
}

static bool flood(const char *count)
{
	long want = strtol(count, NULL, 10);
	struct rlimit files;
	long kept = 0;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (long i = 0; i < want; i++)
		kept += hostile_try_connect() >= 0;
	printf("%ld connections\n", kept);
	fflush(stdout);
	pause();
	return true;
}

static const struct hostile_attack attacks[] = {
	{"registrations", registrations},
	{"garbage", garbage},
	{"silence", silence},
	{"half-registration", half_registration},
	{"registration-drip", registration_drip},
	{"no-notify", no_notify},
	{"never-replies", never_replies},
	{"replies-garbage", replies_garbage},
	{"reply-drips", reply_drips},
	{"hangs-up", hangs_up},
	{"notify-half", notify_half},
	{"notify-kind", notify_kind},
	{"notify-lengths", notify_lengths},
	{"notify-garbage", notify_garbage},
	{"notify-flood", notify_flood},
	{"descriptor", descriptor},
	{"flood", flood},
};

int main(int argc, char **argv)
{
	return hostile_main(argc, argv, attacks, sizeof(attacks) / sizeof(attacks[0]));
}
