/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/client_request.h"

#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void put(struct bytes *b, const void *data, size_t len)
{
	if (len > sizeof(b->data) - b->len)
		abort();
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

void put8(struct bytes *b, int v)
{
	uint8_t byte = (uint8_t)v;

	put(b, &byte, sizeof(byte));
}

void put16(struct bytes *b, unsigned int v)
{
	uint16_t word = (uint16_t)v;

	put(b, &word, sizeof(word));
}

void put32(struct bytes *b, int64_t v)
{
	uint32_t word = (uint32_t)v;

	put(b, &word, sizeof(word));
}

void put64(struct bytes *b, uint64_t v)
{
	put(b, &v, sizeof(v));
}

void put_zeros(struct bytes *b, size_t len)
{
	while (len--)
		put8(b, 0);
}

void put_cstr(struct bytes *b, const char *text)
{
	put(b, text, strlen(text) + 1);
}

void put_field(struct bytes *b, const char *text, size_t size)
{
	put(b, text, strlen(text));
	put_zeros(b, size - strlen(text));
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

void put_hex(struct bytes *b, const char *digits)
{
	for (; *digits; digits += 2) {
		while (*digits == ' ')
			digits++;
		if (!*digits)
			return;
		put8(b, digit(digits[0]) << 4 | digit(digits[1]));
	}
}

void envelope(const struct message *m, uint8_t out[RF_ENVELOPE_SIZE])
{
	memset(out, 0, RF_ENVELOPE_SIZE);
	memcpy(out, &m->number, 4);
	if (m->session)
		strncpy((char *)out + 4, m->session, 255);
	memcpy(out + 4380, &m->domain, 4);
	memcpy(out + 4384, &m->buffers, 4);
	memcpy(out + 4400, &m->echo, 4);
	memcpy(out + 4688, m->args.data, m->args.len);
	memcpy(out + 13152, &m->fd_count, 4);
}

void bench_init(struct bench *bench)
{
	rf_sessions_init(&bench->sessions, "host");
	fake_ust_init(&bench->ust);
	fake_broker_init(&bench->broker);
	bench->loop = rf_loop_create();
	if (!bench->loop)
		abort();
	rf_client_context_init(
		&bench->context, bench->loop, &bench->sessions, &bench->ust, &bench->broker.client, false);
}

void bench_fini(struct bench *bench)
{
	if (fake_ust_pending(&bench->ust))
		abort();
	rf_sessions_fini(&bench->sessions);
	fake_broker_fini(&bench->broker);
	rf_loop_destroy(bench->loop);
}

static void take_answer(void *data, struct rf_answer *given)
{
	const uint8_t *message = given->message;
	size_t len = given->len;
	struct answer *answer = data;
	uint32_t header[6];

	if (answer->given || !message || len < sizeof(header) || len > sizeof(answer->bytes))
		abort();
	memcpy(header, message, sizeof(header));
	memcpy(answer->bytes, message, len);
	answer->given = true;
	answer->number = header[0];
	answer->code = header[1];
	answer->echo = header[2];
	answer->header_len = header[3];
	answer->data_len = header[4];
	answer->fd_count = header[5];
	answer->total = len;
	if (answer->fd_count != given->fd_count)
		abort();
	for (unsigned int i = 0; i < given->fd_count; i++) {
		struct stat of;

		if (fstat(given->fds[i], &of))
			abort();
		answer->inode = of.st_ino;
	}
	rf_answer_clear(given);
	if (len != sizeof(header) + answer->header_len + answer->data_len)
		abort();
}

void send_as(struct bench *bench, uid_t uid, const struct message *m, struct answer *answer)
{
	struct rf_request request = {.uid = uid, .gid = uid};

	answer->given = false;
	request.envelope = malloc(RF_ENVELOPE_SIZE);
	request.payload = m->payload.len ? malloc(m->payload.len) : NULL;
	if (!request.envelope || (m->payload.len && !request.payload))
		abort();
	envelope(m, request.envelope);
	if (m->payload.len)
		memcpy(request.payload, m->payload.data, m->payload.len);
	request.payload_len = m->payload.len;
	request.has_fd = m->fd_count == 1;
	request.fd = request.has_fd ? fcntl(m->fd, F_DUPFD_CLOEXEC, 0) : -1;
	rf_request_read_envelope(&request);

	struct rf_call *call = rf_call_new(&bench->context, &request, take_answer, answer);

	if (!call)
		abort();
	rf_call_start(call);
}

const struct answer *answer_of(struct bench *bench, const struct message *m)
{
	static struct answer answer;

	send_as(bench, 0, m, &answer);
	while (fake_ust_complete(&bench->ust, LTTNG_OK) || fake_broker_answer(&bench->broker))
		;
	if (!answer.given)
		abort();
	return &answer;
}

uint32_t code_of(struct bench *bench, const struct message *m)
{
	return answer_of(bench, m)->code;
}

const uint8_t *answer_header(const struct answer *answer)
{
	return answer->bytes + RF_REPLY_HEADER_SIZE;
}

const uint8_t *answer_data(const struct answer *answer)
{
	return answer_header(answer) + answer->header_len;
}

struct message simple(uint32_t number, const char *session)
{
	return (struct message){.number = number, .session = session};
}

struct message ust_message(uint32_t number, const char *session)
{
	return (struct message){.number = number, .session = session, .domain = 2, .buffers = 1};
}

struct message kernel_message(uint32_t number, const char *session)
{
	return (struct message){.number = number, .session = session, .domain = 1, .buffers = 2};
}

static struct message creation(int type, const char *name, const char *path)
{
	struct message m = {.number = 49};
	struct bytes *p = &m.payload;

	put8(p, type);
	put8(p, path ? 1 : 0);
	put32(p, name[0] ? (int64_t)strlen(name) + 1 : 0);
	put8(p, path ? 1 : 0);
	if (name[0])
		put_cstr(p, name);
	if (path) {
		put32(p, 3);
		put_zeros(p, 14 + 4096);
		put_field(p, path, 4096);
	}
	put16(&m.args, 0);
	put64(&m.args, p->len);
	return m;
}

struct message create_message(const char *name, const char *path)
{
	return creation(1, name, path);
}

struct message create_snapshot_message(const char *name, const char *path)
{
	return creation(2, name, path);
}

struct message channel_message(const char *session, const struct channel_spec *spec)
{
	struct message m = ust_message(5, session);
	struct bytes *p = &m.payload;

	put32(p, (int64_t)strlen(spec->name) + 1);
	put8(p, 1);
	put8(p, spec->overwrite);
	put64(p, spec->size);
	put64(p, spec->count);
	put32(p, 0);
	put32(p, 0);
	put8(p, spec->output);
	put64(p, spec->file_size);
	put64(p, spec->file_count);
	put32(p, -1);
	put_zeros(p, 16);
	put64(p, 1000000);
	put64(p, 0);
	put_cstr(p, spec->name);
	put32(&m.args, (int64_t)p->len);
	return m;
}

static void put_exclusions(struct bytes *p, const struct event_spec *spec)
{
	for (size_t i = 0; i < 4 && spec->exclusions[i]; i++) {
		put32(p, (int64_t)strlen(spec->exclusions[i]) + 1);
		put_cstr(p, spec->exclusions[i]);
	}
}

struct message event_message(uint32_t number, const char *session, const char *channel, const struct event_spec *spec)
{
	struct message m = ust_message(number, session);
	struct bytes *p = &m.payload;
	struct bytes program = {.len = 0};
	int64_t exclusions = 0;

	while (exclusions < 4 && spec->exclusions[exclusions])
		exclusions++;
	if (spec->program)
		put_hex(&program, spec->program);
	put8(p, spec->type);
	put8(p, spec->loglevel_type);
	put32(p, spec->loglevel);
	put8(p, spec->enabled);
	put32(p, spec->pid);
	put32(p, 0);
	put32(p, (int64_t)strlen(spec->name) + 1);
	put32(p, exclusions);
	put32(p, spec->filter ? (int64_t)strlen(spec->filter) + 1 : 0);
	put32(p, spec->program ? (int64_t)program.len + 48 : 0);
	put_zeros(p, 12);
	put_cstr(p, spec->name);
	put_exclusions(p, spec);
	if (spec->filter)
		put_cstr(p, spec->filter);
	if (spec->program) {
		put32(p, (int64_t)program.len);
		put32(p, spec->reloc);
		put_zeros(p, 40);
		put(p, program.data, program.len);
	}
	put_field(&m.args, channel, 256);
	put32(&m.args, (int64_t)p->len);
	return m;
}

struct message context_message(const char *session, const char *channel, uint32_t type)
{
	struct message m = ust_message(0, session);

	put32(&m.payload, type);
	if (type == 1 || type == 13 || type == 14) {
		put_zeros(&m.payload, 12);
		put32(&m.payload, 4);
		put_cstr(&m.payload, "abc");
	} else if (type == 15) {
		put32(&m.payload, 2);
		put32(&m.payload, 2);
		put_cstr(&m.payload, "p");
		put_cstr(&m.payload, "n");
	}
	put_field(&m.args, channel, 256);
	put32(&m.args, (int64_t)m.payload.len);
	return m;
}
