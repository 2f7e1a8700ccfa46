/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plays broker and session daemon for a consumer in a child process. The broker opens plain files in one directory; the
 * session daemon's messages are sent by the test. Everything waits with a deadline. For one test program each: static.
 */
#ifndef RF_TESTS_CONSUMER_PEER_H
#define RF_TESTS_CONSUMER_PEER_H

#include "common/ctf.h"
#include "common/frame.h"
#include "common/log.h"
#include "common/proto_broker.h"
#include "common/proto_consumer.h"
#include "consumerd/confine.h"
#include "consumerd/daemon.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PEER_WAIT_MS 10000
#define PEER_BUFFER_DIRS 1000u

struct peer {
	char dir[64];
	pid_t consumer;
	int broker;
	int control;
	pthread_t broker_thread;
	pthread_barrier_t broker_runs; /* a program that forks while a thread starts has its locks locked for ever */
	bool refuse_streams;           /* the broker answers -EACCES */
	bool kernel;                   /* it is the consumer of the kernel */
	/* Of that one, the answer to RF_BROKER_OPEN_RINGS: descriptors, and their number; negative errno. */
	int (*open_rings)(const struct rf_broker_open_rings *wanted, int *fds);
	bool backwards; /* the broker waits for a pause, then answers what came last first */
	uint32_t serial;
	unsigned int ended;  /* RF_CONSUMER_TRACE_ENDED seen */
	unsigned int failed; /* RF_CONSUMER_STREAM_FAILED seen */
	struct rf_frame_buffer buffer;
};

/*
 * Directory 1 is the peer's own, others are made in it when something is opened in them: dN for traces, bN (from 1000
 * on) for buffers.
 */
static void peer_path(const struct peer *peer, uint32_t dir, const char *name, char path[512])
{
	if (dir == 1)
		snprintf(path, 512, "%s/%s", peer->dir, name);
	else
		snprintf(path, 512, "%s/%c%u/%s", peer->dir, dir < PEER_BUFFER_DIRS ? 'd' : 'b', dir, name);
}

static int peer_open(const struct peer *peer, uint32_t dir, const char *name, int flags)
{
	char path[512];

	if (dir != 1) {
		peer_path(peer, dir, "", path);
		mkdir(path, 0770);
		peer_path(peer, dir, "index", path);
		mkdir(path, 0770);
	}
	peer_path(peer, dir, name, path);
	return open(path, flags | O_CREAT | O_CLOEXEC, 0660);
}

static unsigned int peer_open_streams(const struct peer *peer, struct rf_frame *frame, int *fds)
{
	struct rf_broker_open_streams wanted;
	unsigned int count = 0;
	char number[16] = "";
	char name[300];
	int flags = O_WRONLY | O_EXCL;

	cr_assert(rf_broker_open_streams_decode(&frame->body, &wanted));
	if (wanted.file_number != RF_NO_FILE_NUMBER) {
		snprintf(number, sizeof(number), "_%u", wanted.file_number);
		flags = O_WRONLY | O_TRUNC;
	}
	for (uint32_t cpu = wanted.first_cpu; cpu < wanted.first_cpu + wanted.cpu_count; cpu++) {
		snprintf(name, sizeof(name), "%s_%u%s", wanted.channel, cpu, number);
		fds[count++] = peer_open(peer, wanted.dir, name, flags);
		if (wanted.without_index)
			continue;
		snprintf(name, sizeof(name), "index/%s_%u%s.idx", wanted.channel, cpu, number);
		fds[count++] = peer_open(peer, wanted.dir, name, flags);
	}
	return count;
}

static unsigned int peer_open_buffers(const struct peer *peer, struct rf_frame *frame, int *fds)
{
	struct rf_broker_open_buffers wanted;
	char name[300];

	cr_assert(rf_broker_open_buffers_decode(&frame->body, &wanted));
	for (uint32_t i = 0; i < wanted.cpu_count; i++) {
		snprintf(name, sizeof(name), "%s_%u", wanted.channel, wanted.first_cpu + i);
		fds[i] = peer_open(peer, wanted.dir, name, O_RDWR | O_EXCL);
	}
	return wanted.cpu_count;
}

static int peer_open_rings(const struct peer *peer, struct rf_frame *frame, int *fds)
{
	struct rf_broker_open_rings wanted;

	cr_assert(rf_broker_open_rings_decode(&frame->body, &wanted));
	return peer->open_rings ? peer->open_rings(&wanted, fds) : -ENOENT;
}

static void peer_answer_open(const struct peer *peer, struct rf_frame *frame)
{
	int fds[2 * RF_OPEN_STREAMS_MAX];
	struct rf_broker_id dir;
	unsigned int count = 0;
	int status = 0;

	if (frame->type == RF_BROKER_OPEN_METADATA) {
		cr_assert(rf_broker_id_decode(&frame->body, &dir));
		fds[count++] = peer_open(peer, dir.id, "metadata", O_WRONLY | O_EXCL);
	} else if (frame->type == RF_BROKER_OPEN_BUFFERS) {
		count = peer_open_buffers(peer, frame, fds);
	} else if (frame->type == RF_BROKER_OPEN_RINGS) {
		int opened = peer_open_rings(peer, frame, fds);

		status = opened < 0 ? opened : 0;
		count = opened < 0 ? 0 : (unsigned int)opened;
	} else {
		count = peer_open_streams(peer, frame, fds);
	}
	for (unsigned int i = 0; i < count; i++)
		status = fds[i] < 0 ? -EEXIST : status;
	if (!status && peer->refuse_streams && frame->type == RF_BROKER_OPEN_STREAMS)
		status = -EACCES;
	rf_frame_send(
		peer->broker, frame->type | RF_FRAME_REPLY, frame->serial, status, NULL, 0, fds, status ? 0 : count);
	for (unsigned int i = 0; i < count; i++)
		close(fds[i]);
}

/* Requests that are not answered yet. */
struct peer_stash {
	struct rf_frame_buffer buffers[32];
	struct rf_frame frames[32];
	unsigned int count;
};

static void *peer_broker(void *data)
{
	struct peer *peer = data;
	struct peer_stash *stash = calloc(1, sizeof(*stash));
	struct pollfd ready = {.fd = peer->broker, .events = POLLIN};

	pthread_barrier_wait(&peer->broker_runs);
	for (;;) {
		struct rf_frame *frame = &stash->frames[stash->count];
		bool hold = peer->backwards && stash->count < 31;

		if (stash->count && (!hold || poll(&ready, 1, 5) == 0)) {
			frame = &stash->frames[--stash->count];
			peer_answer_open(peer, frame);
			rf_frame_close_fds(frame);
			continue;
		}
		if (rf_frame_recv(peer->broker, &stash->buffers[stash->count], frame, 0) != 1)
			break;
		stash->count++;
	}
	free(stash);
	return NULL;
}

static void peer_send(struct peer *peer, uint32_t type, uint32_t serial, struct rf_writer *body, int fd)
{
	cr_assert(rf_writer_ok(body));
	cr_assert_eq(rf_frame_send(peer->control, type, serial, 0, body->base, body->at, &fd, fd >= 0 ? 1 : 0), 0);
	rf_writer_free(body);
}

static void peer_start_as(
	struct peer *peer, bool kernel, int (*open_rings)(const struct rf_broker_open_rings *wanted, int *fds))
{
	const struct rf_broker_consumer_start start = {
		.consumer = 1, .uid = 0, .abi_bits = 64, .kernel = kernel, .log_level = RF_LOG_INFO};
	int broker[2];
	int control[2];
	char index[80];
	struct rf_writer w;

	memset(peer, 0, sizeof(*peer));
	peer->kernel = kernel;
	peer->open_rings = open_rings;
	strcpy(peer->dir, "/tmp/ringfence-test-XXXXXX");
	cr_assert(mkdtemp(peer->dir));
	snprintf(index, sizeof(index), "%s/index", peer->dir);
	cr_assert_eq(mkdir(index, 0770), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, broker), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control), 0);
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_broker_consumer_start_encode(&w, &start);
	cr_assert_eq(rf_frame_send(broker[0], RF_BROKER_CONSUMER_START, 0, 0, w.base, w.at, NULL, 0), 0);
	rf_writer_free(&w);
	fflush(NULL);
	peer->consumer = fork();
	if (!peer->consumer) {
		close(broker[0]);
		close(control[0]);
		/* Another build of the program, for example one with a sanitiser that cannot follow a fork. */
		const char *program = getenv("RINGFENCE_CONSUMERD");

		if (program) {
			int ends[2] = {fcntl(broker[1], F_DUPFD_CLOEXEC, 10), fcntl(control[1], F_DUPFD_CLOEXEC, 10)};

			dup2(ends[0], RF_BROKER_FD);
			dup2(ends[1], RF_CONSUMER_CONTROL_FD);
			execl(program, program, (char *)NULL);
			_exit(127);
		}
		_exit(rf_daemon_run(broker[1], control[1], rf_confine));
	}
	cr_assert(peer->consumer > 0);
	close(broker[1]);
	close(control[1]);
	peer->broker = broker[0];
	peer->control = control[0];
	pthread_barrier_init(&peer->broker_runs, NULL, 2);
	cr_assert_eq(pthread_create(&peer->broker_thread, NULL, peer_broker, peer), 0);
	pthread_barrier_wait(&peer->broker_runs);
}

__attribute__((unused)) static void peer_start(struct peer *peer)
{
	peer_start_as(peer, false, NULL);
}

/* The next frame; 0 when the consumer closed its end. */
static int peer_receive(struct peer *peer, struct rf_frame *frame)
{
	struct pollfd ready = {.fd = peer->control, .events = POLLIN};

	cr_assert_eq(poll(&ready, 1, PEER_WAIT_MS), 1, "the consumer said nothing");
	return rf_frame_recv(peer->control, &peer->buffer, frame, MSG_DONTWAIT);
}

static void peer_note(struct peer *peer, const struct rf_frame *frame)
{
	if (frame->type == RF_CONSUMER_TRACE_ENDED)
		peer->ended++;
	if (frame->type == RF_CONSUMER_STREAM_FAILED)
		peer->failed++;
}

/* A request whose body is an id; the reply is in *FRAME. */
static void peer_request(struct peer *peer, uint32_t type, uint64_t id, struct rf_frame *frame)
{
	const struct rf_consumer_id message = {.id = id};
	uint32_t serial = ++peer->serial;
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_id_encode(&w, &message);
	peer_send(peer, type, serial, &w, -1);
	while (peer_receive(peer, frame) == 1) {
		peer_note(peer, frame);
		if (frame->type == (type | RF_FRAME_REPLY) && frame->serial == serial)
			return;
	}
	cr_assert_fail("the consumer closed its link");
}

__attribute__((unused)) static void peer_tell(struct peer *peer, uint32_t type, uint64_t id)
{
	const struct rf_consumer_id message = {.id = id};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_id_encode(&w, &message);
	peer_send(peer, type, 0, &w, -1);
}

static void peer_create_trace_in(struct peer *peer, uint64_t trace, uint64_t session, const uint8_t uuid[RF_UUID_SIZE],
	uint32_t dir, uint32_t buffer_dir)
{
	struct rf_consumer_create_trace create = {
		.trace = trace, .session = session, .dir = dir, .buffer_dir = buffer_dir, .packet_size = 4096};
	struct rf_writer w;

	memcpy(create.uuid, uuid, RF_UUID_SIZE);
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_trace_encode(&w, &create);
	peer_send(peer, RF_CONSUMER_CREATE_TRACE, 0, &w, -1);
}

__attribute__((unused)) static void peer_create_trace(
	struct peer *peer, uint64_t trace, uint64_t session, const uint8_t uuid[RF_UUID_SIZE])
{
	peer_create_trace_in(peer, trace, session, uuid, 1, 0);
}

__attribute__((unused)) static void peer_move(struct peer *peer, uint64_t trace, uint32_t dir, bool discard)
{
	const struct rf_consumer_move_trace move = {.trace = trace, .dir = dir, .discard = discard};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_move_trace_encode(&w, &move);
	peer_send(peer, RF_CONSUMER_MOVE_TRACE, 0, &w, -1);
}

__attribute__((unused)) static void peer_snapshot(struct peer *peer, uint64_t trace, uint32_t dir, uint32_t max)
{
	const struct rf_consumer_snapshot_trace snapshot = {.trace = trace, .dir = dir, .max_packets = max};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_snapshot_trace_encode(&w, &snapshot);
	peer_send(peer, RF_CONSUMER_SNAPSHOT_TRACE, 0, &w, -1);
}

static void peer_describe_channel(struct peer *peer, uint64_t trace, uint32_t stream_class)
{
	const struct rf_consumer_describe_channel message = {.trace = trace, .stream_class = stream_class};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_describe_channel_encode(&w, &message);
	peer_send(peer, RF_CONSUMER_DESCRIBE_CHANNEL, 0, &w, -1);
}

/* The socket on which the channel comes, not described yet; its status is in *STATUS. */
static int peer_create_bare_channel(struct peer *peer, const struct rf_consumer_create_channel *create, int32_t *status)
{
	struct timeval wait = {.tv_sec = PEER_WAIT_MS / 1000};
	struct rf_writer w;
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_channel_encode(&w, create);
	peer_send(peer, RF_CONSUMER_CREATE_CHANNEL, 0, &w, ends[1]);
	close(ends[1]);
	cr_assert_eq(recv(ends[0], status, sizeof(*status), MSG_WAITALL), (ssize_t)sizeof(*status));
	return ends[0];
}

/* The same, described. */
__attribute__((unused)) static int peer_create_channel(
	struct peer *peer, const struct rf_consumer_create_channel *create, int32_t *status)
{
	int sock = peer_create_bare_channel(peer, create, status);

	if (*status == 0)
		peer_describe_channel(peer, create->trace, create->channel.stream_class);
	return sock;
}

static void peer_push_version(struct peer *peer, uint64_t trace, uint32_t version, uint64_t offset, const char *text)
{
	const struct rf_consumer_push_metadata push = {.trace = trace,
		.version = version,
		.offset = offset,
		.text = {.data = (const uint8_t *)text, .len = strlen(text)}};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_push_metadata_encode(&w, &push);
	peer_send(peer, RF_CONSUMER_PUSH_METADATA, 0, &w, -1);
}

__attribute__((unused)) static void peer_push_metadata(
	struct peer *peer, uint64_t trace, uint64_t offset, const char *text)
{
	peer_push_version(peer, trace, 0, offset, text);
}

__attribute__((unused)) static bool peer_has_file(const struct peer *peer, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", peer->dir, name);
	return access(path, F_OK) == 0;
}

/* The file's content, malloc'd. */
__attribute__((unused)) static uint8_t *peer_read_file(const struct peer *peer, const char *name, size_t *len)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", peer->dir, name);

	int fd = open(path, O_RDONLY | O_CLOEXEC);

	cr_assert(fd >= 0, "no file %s", path);
	cr_assert_eq(fstat(fd, &st), 0);

	uint8_t *content = malloc((size_t)st.st_size + 1);

	*len = (size_t)st.st_size;
	cr_assert_eq(pread(fd, content, *len, 0), st.st_size);
	close(fd);
	return content;
}

/* The consumer ended by itself, with status 0. */
static void peer_expect_exit(struct peer *peer)
{
	int status = -1;

	for (int waited = 0; waited < PEER_WAIT_MS; waited += 5) {
		if (waitpid(peer->consumer, &status, WNOHANG) == peer->consumer) {
			peer->consumer = 0;
			cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "consumer ended with %x", status);
			return;
		}
		poll(NULL, 0, 5);
	}
	cr_assert_fail("the consumer does not end");
}

static void peer_stop(struct peer *peer)
{
	char command[128];

	if (peer->control >= 0)
		close(peer->control);
	if (peer->consumer)
		peer_expect_exit(peer);
	shutdown(peer->broker, SHUT_RDWR);
	pthread_join(peer->broker_thread, NULL);
	close(peer->broker);
	snprintf(command, sizeof(command), "rm -rf '%s'", peer->dir);
	cr_assert_eq(system(command), 0);
}

#endif
