/* SPDX-License-Identifier: GPL-2.0-only */
/* hostile_client SOCKET ATTACK [ARGUMENT]: what no client of the stock library does to a session daemon. */
#include "tests/attack/hostile_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNDEFINED_COMMAND 12
#define NO_SUCH_SESSION 32
#define DONE 10
#define DEADLINE 5000 /* ms that a client has for its request */
#define SLACK 1500

static bool refused(long code)
{
	printf("code %ld\n", code);
	return code == ENDED || (code > 0 && code != DONE);
}

/* It may hang up early, but it must not keep us longer than its deadline. */
static bool ends_at_deadline(int sock, bool early)
{
	long ms = hostile_wait_end(sock, DEADLINE + SLACK);

	printf("closed after %ld ms\n", ms);
	return ms >= 0 && (early || ms >= DEADLINE - SLACK);
}

static bool garbage(const char *argument)
{
	static uint8_t bytes[3 * RF_ENVELOPE_SIZE];

	(void)argument;
	for (int i = 0; i < 200; i++) {
		int sock = hostile_connect();
		size_t len;

		hostile_fill((uint8_t *)&len, sizeof(len));
		len %= sizeof(bytes);
		hostile_fill(bytes, len);
		/* Half of them look like a real command. */
		if (i % 2)
			hostile_put32(bytes, (uint32_t)i % RF_CMD_COUNT);
		hostile_send(sock, bytes, len);
		shutdown(sock, SHUT_WR);
		if (hostile_wait_end(sock, DEADLINE + SLACK) < 0) {
			printf("connection %d was kept\n", i);
			return false;
		}
		close(sock);
	}
	return true;
}

static bool half_envelope(const char *argument)
{
	int sock = hostile_connect();

	(void)argument;
	hostile_send(sock, hostile_envelope(RF_CMD_LIST_SESSIONS, ""), RF_ENVELOPE_SIZE / 2);
	return ends_at_deadline(sock, false);
}

static bool silence(const char *argument)
{
	(void)argument;
	return ends_at_deadline(hostile_connect(), false);
}

/* A byte now and then shall not buy time. */
static bool drip(const char *argument)
{
	const struct hostile_envelope *e = hostile_envelope(RF_CMD_LIST_SESSIONS, "");
	uint64_t begin = hostile_now_ms();
	int sock = hostile_connect();
	char byte;

	(void)argument;
	for (size_t at = 0; hostile_now_ms() - begin < DEADLINE + SLACK; at++) {
		if (!hostile_send(sock, e->bytes + at, 1) || hostile_read(sock, &byte, 1, 300) == ENDED) {
			printf("closed after %lu ms\n", (unsigned long)(hostile_now_ms() - begin));
			return true;
		}
	}
	return false;
}

static bool payload_of(uint32_t command, size_t at, uint32_t len)
{
	struct hostile_envelope *e = hostile_envelope(command, "hostile");

	hostile_put32(e->bytes + RF_ENVELOPE_ARGS + at, len);
	return refused(hostile_ask(e, NULL, 0, -1));
}

static bool payload_endless(const char *argument)
{
	(void)argument;
	return payload_of(RF_CMD_ENABLE_CHANNEL, 0, UINT32_MAX) && payload_of(RF_CMD_ENABLE_EVENT, 256, UINT32_MAX) &&
		payload_of(RF_CMD_ADD_CONTEXT, 256, UINT32_MAX) && payload_of(RF_CMD_SET_URI, 0, UINT32_MAX) &&
		payload_of(RF_CMD_TRACKER_ADD, 16, UINT32_MAX) && payload_of(RF_CMD_ERROR_QUERY, 0, UINT32_MAX) &&
		payload_of(RF_CMD_CREATE_SESSION, 2, UINT32_MAX) && payload_of(RF_CMD_REGISTER_TRIGGER, 0, UINT32_MAX);
}

static bool payload_large(const char *argument)
{
	(void)argument;
	return payload_of(RF_CMD_ENABLE_CHANNEL, 0, RF_PAYLOAD_MAX + 1);
}

static bool payload_missing(const char *argument)
{
	struct hostile_envelope *e = hostile_envelope(RF_CMD_ENABLE_CHANNEL, "hostile");
	int sock = hostile_connect();

	(void)argument;
	hostile_put32(e->bytes + RF_ENVELOPE_ARGS, RF_PAYLOAD_MAX);
	hostile_send(sock, e, sizeof(*e));
	return ends_at_deadline(sock, false);
}

/* Right length, senseless content, for every command. */
static bool payload_garbage(const char *argument)
{
	static uint8_t bytes[20000];

	(void)argument;
	for (uint32_t i = 0; i < 4 * RF_CMD_COUNT; i++) {
		struct hostile_envelope *e = hostile_envelope(i % RF_CMD_COUNT, "hostile");
		int sock = hostile_connect();

		hostile_fill(bytes, sizeof(bytes));
		if (i % 2)
			hostile_fill(e->bytes + RF_ENVELOPE_ARGS, RF_ENVELOPE_ARGS_SIZE);
		hostile_put32(e->bytes + RF_ENVELOPE_ARGS, 1000);
		hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 256, 1000);
		hostile_send(sock, e, sizeof(*e));
		hostile_send(sock, bytes, sizeof(bytes));
		shutdown(sock, SHUT_WR);
		if (hostile_wait_end(sock, DEADLINE + SLACK) < 0) {
			printf("command %u was kept\n", i % RF_CMD_COUNT);
			return false;
		}
		close(sock);
	}
	return true;
}

static long send_descriptors(uint32_t promised, int sent)
{
	struct hostile_envelope *e = hostile_envelope(RF_CMD_ENABLE_EVENT, "hostile");
	union {
		char bytes[CMSG_SPACE(253 * sizeof(int))];
		struct cmsghdr align;
	} room = {.bytes = {0}};
	int sock = hostile_connect();
	struct iovec part = {"", 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = CMSG_SPACE((size_t)sent * sizeof(int))};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 256, 8);
	hostile_put32(e->bytes + RF_ENVELOPE_FD_COUNT, promised);
	hostile_send(sock, e, sizeof(*e));
	hostile_send(sock, "payload", 8);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN((size_t)sent * sizeof(int));
	for (int i = 0; i < sent; i++)
		memcpy(CMSG_DATA(rights) + (size_t)i * sizeof(int), &(int){STDOUT_FILENO}, sizeof(int));
	if (sent && sendmsg(sock, &message, MSG_NOSIGNAL) < 0)
		printf("%d descriptors: %s\n", sent, strerror(errno));

	long code = hostile_answer(sock, SOON);

	close(sock);
	return code;
}

static bool descriptors(const char *argument)
{
	(void)argument;
	return refused(send_descriptors(UINT32_MAX, 1)) && refused(send_descriptors(1, 253)) &&
		refused(send_descriptors(253, 1)) && refused(send_descriptors(254, 253));
}

static bool descriptors_missing(const char *argument)
{
	struct hostile_envelope *e = hostile_envelope(RF_CMD_ENABLE_EVENT, "hostile");
	int sock = hostile_connect();

	(void)argument;
	hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 256, 8);
	hostile_put32(e->bytes + RF_ENVELOPE_FD_COUNT, 1);
	hostile_send(sock, e, sizeof(*e));
	hostile_send(sock, "payload", 8);
	return ends_at_deadline(sock, false);
}

static bool close_unread(const char *argument)
{
	(void)argument;
	for (uint32_t i = 0; i < 500; i++) {
		int sock = hostile_connect();

		hostile_send(sock, hostile_envelope(i % 2 ? RF_CMD_LIST_SESSIONS : RF_CMD_LIST_TRACEPOINTS, ""),
			RF_ENVELOPE_SIZE);
		close(sock);
	}
	return true;
}

/* Unassigned numbers are looked at after the session, so they name one of the caller's own. */
static bool unknown_commands(const char *session)
{
	static const uint32_t unknown[] = {1, 7, 8, 19, 20, 22, 23, 29, 30, 37, 38, 39, 53, 54, 1000, UINT32_MAX};

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		long code = hostile_ask(hostile_envelope(unknown[i], session), NULL, 0, -1);

		if (code != UNDEFINED_COMMAND) {
			printf("command %u: code %ld\n", unknown[i], code);
			return false;
		}
	}
	return true;
}

/* Every command that names a session, on one of somebody else. */
static bool session_of_other(const char *session)
{
	static const uint32_t commands[] = {RF_CMD_ADD_CONTEXT, RF_CMD_ENABLE_CHANNEL, RF_CMD_ENABLE_EVENT,
		RF_CMD_DESTROY_SESSION, RF_CMD_LIST_CHANNELS, RF_CMD_LIST_DOMAINS, RF_CMD_LIST_EVENTS, RF_CMD_START,
		RF_CMD_STOP, RF_CMD_DATA_PENDING, RF_CMD_REGENERATE_METADATA, RF_CMD_REGENERATE_STATEDUMP, RF_CMD_CLEAR,
		RF_CMD_ROTATE, RF_CMD_TRACKER_GET_POLICY, RF_CMD_SNAPSHOT_LIST_OUTPUTS};
	bool good = true;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct hostile_envelope *e = hostile_envelope(commands[i], session);
		int sock = hostile_connect();

		hostile_put32(e->bytes + RF_ENVELOPE_ARGS + (commands[i] == RF_CMD_ENABLE_CHANNEL ? 0 : 256), 8);
		hostile_send(sock, e, sizeof(*e));
		hostile_send(sock, "payload", 8);

		long code = hostile_answer(sock, SOON);

		close(sock);
		if (code == NO_SUCH_SESSION)
			continue;
		printf("command %u: code %ld\n", commands[i], code);
		good = false;
	}
	return good;
}

/* What rotates, clears, takes snapshots, saves, tracks and schedules. */
static const uint32_t newer_commands[] = {RF_CMD_SNAPSHOT_ADD_OUTPUT, RF_CMD_SNAPSHOT_DEL_OUTPUT,
	RF_CMD_SNAPSHOT_LIST_OUTPUTS, RF_CMD_SNAPSHOT_RECORD, RF_CMD_SAVE, RF_CMD_TRACKER_ADD, RF_CMD_TRACKER_REMOVE,
	RF_CMD_TRACKER_GET_POLICY, RF_CMD_TRACKER_SET_POLICY, RF_CMD_TRACKER_GET_SET, RF_CMD_SET_SHM_PATH,
	RF_CMD_ROTATE, RF_CMD_ROTATION_INFO, RF_CMD_ROTATION_SET_SCHEDULE, RF_CMD_ROTATION_LIST_SCHEDULES,
	RF_CMD_CREATE_SESSION, RF_CMD_CLEAR, RF_CMD_REGENERATE_METADATA, RF_CMD_REGENERATE_STATEDUMP};
#define NEWER_COUNT (sizeof(newer_commands) / sizeof(newer_commands[0]))

/*
 * Random arguments and payloads of every length that is promised, on a session of the caller's own: the decoders see
 * them, not only the look-up of the session. Texts lack their end in half of them.
 */
static bool arguments_garbage(const char *session)
{
	static uint8_t payload[1024];
	unsigned int answered = 0;

	for (uint32_t i = 0; i < 20 * NEWER_COUNT; i++) {
		uint32_t command = newer_commands[i % NEWER_COUNT];
		struct hostile_envelope *e = hostile_envelope(command, session);
		uint32_t len = i % 7 * 100;
		int sock = hostile_connect();

		hostile_fill(e->bytes + RF_ENVELOPE_ARGS, RF_ENVELOPE_ARGS_SIZE);
		hostile_fill(payload, sizeof(payload));
		if (i % 2)
			memset(e->bytes + RF_ENVELOPE_ARGS + 300, 'x', RF_ENVELOPE_ARGS_SIZE - 300);
		/* Where trackers and the making of sessions have lengths; a session of garbage is made of what is sent.
		 */
		if (command == RF_CMD_TRACKER_ADD || command == RF_CMD_TRACKER_REMOVE)
			hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 16, len);
		if (command == RF_CMD_CREATE_SESSION) {
			memset(e->bytes + RF_ENVELOPE_ARGS, 0, 10);
			hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 2, len);
		}
		if (i % 3 == 0) /* numbers of kinds and types that there are */
			memset(e->bytes + RF_ENVELOPE_ARGS, (int)(i / 3 % 6), 8);
		hostile_send(sock, e, sizeof(*e));
		hostile_send(sock, payload, len);
		shutdown(sock, SHUT_WR);

		long ms = hostile_wait_end(sock, 3 * DEADLINE);

		close(sock);
		if (ms < 0) {
			printf("command %u was kept\n", command);
			return false;
		}
		answered++;
	}
	printf("%u requests ended\n", answered);
	return true;
}

/* Of what changes a session all at once, and gone before there is an answer: the commands go on without. */
static bool leave_at_once(const char *session)
{
	static const uint32_t changes[] = {
		RF_CMD_ROTATE, RF_CMD_CLEAR, RF_CMD_REGENERATE_STATEDUMP, RF_CMD_REGENERATE_METADATA};

	for (uint32_t i = 0; i < 400; i++) {
		int sock = hostile_connect();

		hostile_send(sock, hostile_envelope(changes[i % 4], session), RF_ENVELOPE_SIZE);
		close(sock);
	}
	return true;
}

#define BURST 48 /* below what one user may have */

/* Bursts of one command on many connections at a time; every one of them is answered. */
static bool bursts(const char *session)
{
	static const uint32_t bursting[] = {RF_CMD_ROTATE, RF_CMD_CLEAR, RF_CMD_SAVE, RF_CMD_TRACKER_ADD,
		RF_CMD_SNAPSHOT_RECORD, RF_CMD_REGENERATE_STATEDUMP, RF_CMD_ROTATION_SET_SCHEDULE};
	unsigned int good = 0;
	unsigned int bad = 0;

	for (uint32_t i = 0; i < sizeof(bursting) / sizeof(bursting[0]); i++) {
		struct hostile_envelope *e = hostile_envelope(bursting[i], session);
		int socks[BURST];

		if (bursting[i] == RF_CMD_SAVE) {
			snprintf((char *)e->bytes + RF_ENVELOPE_ARGS, RF_SESSION_NAME_FIELD, "%s", session);
			snprintf(
				(char *)e->bytes + RF_ENVELOPE_ARGS + RF_SESSION_NAME_FIELD, 256, "%s", getenv("HOME"));
		}
		if (bursting[i] == RF_CMD_TRACKER_ADD) {
			hostile_put32(e->bytes + RF_ENVELOPE_ARGS, 3);     /* user ids, */
			hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 4, 2); /* by name */
			hostile_put32(e->bytes + RF_ENVELOPE_ARGS + 16, 8);
		}
		for (int n = 0; n < BURST; n++) {
			socks[n] = hostile_connect();
			hostile_send(socks[n], e, sizeof(*e));
			if (bursting[i] == RF_CMD_TRACKER_ADD)
				hostile_send(socks[n], "nobody?", 8);
		}
		for (int n = 0; n < BURST; n++) {
			long code = hostile_answer(socks[n], 60000);

			close(socks[n]);
			if (code <= 0) {
				printf("command %u: no answer\n", bursting[i]);
				return false;
			}
			*(code == DONE ? &good : &bad) += 1;
		}
	}
	printf("%u done, %u refused\n", good, bad);
	return good > 0;
}

/* Holds as many connections as it gets until it is killed; says when it has them. */
static bool flood(const char *count)
{
	long want = strtol(count, NULL, 10);
	long kept = 0;

	for (long i = 0; i < want; i++) {
		int sock = hostile_try_connect();

		if (sock >= 0 && hostile_send(sock, "x", 1))
			kept++;
	}
	printf("%ld connections\n", kept);
	fflush(stdout);
	pause();
	return true;
}

static bool knock(const char *count)
{
	long want = strtol(count, NULL, 10);

	for (long i = 0; i < want; i++)
		close(hostile_connect());
	return true;
}

static const struct hostile_attack attacks[] = {
	{"garbage", garbage},
	{"half-envelope", half_envelope},
	{"silence", silence},
	{"drip", drip},
	{"payload-endless", payload_endless},
	{"payload-large", payload_large},
	{"payload-missing", payload_missing},
	{"payload-garbage", payload_garbage},
	{"descriptors", descriptors},
	{"descriptors-missing", descriptors_missing},
	{"close-unread", close_unread},
	{"unknown-commands", unknown_commands},
	{"session-of-other", session_of_other},
	{"arguments-garbage", arguments_garbage},
	{"leave-at-once", leave_at_once},
	{"bursts", bursts},
	{"flood", flood},
	{"knock", knock},
};

int main(int argc, char **argv)
{
	return hostile_main(argc, argv, attacks, sizeof(attacks) / sizeof(attacks[0]));
}
