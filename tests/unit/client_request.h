/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of the client protocol, built byte by byte from what the protocol says (not with the daemon's own codecs),
 * and their answers, for tests of the session daemon's client side. Failures abort the test.
 */
#ifndef RF_TESTS_UNIT_CLIENT_REQUEST_H
#define RF_TESTS_UNIT_CLIENT_REQUEST_H

#include "sessiond/client/call.h"
#include "tests/unit/fake_broker.h"
#include "tests/unit/fake_ust.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t data[70000];
	size_t len;
};

void put(struct bytes *b, const void *data, size_t len);
void put8(struct bytes *b, int v);
void put16(struct bytes *b, unsigned int v);
void put32(struct bytes *b, int64_t v);
void put64(struct bytes *b, uint64_t v);
void put_zeros(struct bytes *b, size_t len);
void put_cstr(struct bytes *b, const char *text);
void put_field(struct bytes *b, const char *text, size_t size);
/* "0a0b 0c": hexadecimal digits, spaces ignored. */
void put_hex(struct bytes *b, const char *digits);

struct message {
	uint32_t number;
	const char *session;
	uint32_t domain;
	uint32_t buffers;
	struct bytes args;
	struct bytes payload;
	uint32_t fd_count;
	int fd; /* when there is one: a duplicate of it goes with the message */
	uint32_t echo;
};

void envelope(const struct message *m, uint8_t out[RF_ENVELOPE_SIZE]);

struct answer {
	bool given;
	uint32_t number, code, echo, header_len, data_len, fd_count;
	size_t total;
	uint64_t inode; /* of the last descriptor */
	uint8_t bytes[140000];
};

struct bench {
	struct rf_sessions sessions;
	struct rf_recorder ust;
	struct fake_broker broker;
	struct rf_loop *loop; /* runs only when a test runs it */
	struct rf_client_context context;
};

void bench_init(struct bench *bench);
/* Frees the sessions; nothing may be pending. */
void bench_fini(struct bench *bench);

/* Sends M as UID without a socket. The answer may come later; it must outlive its call. */
void send_as(struct bench *bench, uid_t uid, const struct message *m, struct answer *answer);
/* Sends it as root, completes whatever it leaves pending, gives the code. */
uint32_t code_of(struct bench *bench, const struct message *m);
/* The same; the answer is valid until the next one. */
const struct answer *answer_of(struct bench *bench, const struct message *m);
const uint8_t *answer_header(const struct answer *answer);
const uint8_t *answer_data(const struct answer *answer);

/* Messages. */
struct message simple(uint32_t number, const char *session);
struct message ust_message(uint32_t number, const char *session);
struct message kernel_message(uint32_t number, const char *session);
struct message create_message(const char *name, const char *path);
struct message create_snapshot_message(const char *name, const char *path);

struct channel_spec {
	const char *name;
	int overwrite;
	uint64_t size, count;
	uint8_t output;
	uint64_t file_size, file_count;
};

#define CHANNEL(n) ((struct channel_spec){.name = (n), .size = 65536, .count = 4, .output = 1})
struct message channel_message(const char *session, const struct channel_spec *spec);

struct event_spec {
	const char *name;
	int type, loglevel_type, loglevel;
	const char *exclusions[4];
	const char *filter;
	const char *program; /* hexadecimal */
	uint32_t reloc;
	int enabled, pid;
};

#define EVENT(n) ((struct event_spec){.name = (n), .loglevel = -1})
struct message event_message(uint32_t number, const char *session, const char *channel, const struct event_spec *spec);
struct message context_message(const char *session, const char *channel, uint32_t type);

#endif
