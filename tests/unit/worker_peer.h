/* SPDX-License-Identifier: GPL-2.0-only */
/* The broker's end of a real run-as worker, with its identity and filter, in a scratch directory. For unit tests. */
#ifndef RF_TESTS_UNIT_WORKER_PEER_H
#define RF_TESTS_UNIT_WORKER_PEER_H

#include "common/frame.h"
#include "common/proto_broker.h"
#include "policy/broker/worker.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker_peer {
	int sock;
	pid_t pid;
	char dir[64];
	/* Of the last answer. */
	char where[RF_PATH_SIZE];
	uint8_t at_file;
	unsigned int fd_count;
	int fds[RF_FRAME_MAX_FDS];
};

static inline void worker_start(struct worker_peer *peer, const struct rf_identity *owner)
{
	pid_t self = getpid();
	int ends[2];

	memset(peer, 0, sizeof(*peer));
	strcpy(peer->dir, "/tmp/rf-unit-XXXXXX");
	cr_assert(mkdtemp(peer->dir));
	cr_assert_eq(chown(peer->dir, owner->uid, owner->gid), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	peer->pid = fork();
	if (peer->pid == 0) {
		close(ends[0]);
		rf_worker_run(ends[1], owner, self);
	}
	cr_assert_gt(peer->pid, 0);
	close(ends[1]);
	peer->sock = ends[0];
}

/* It must have lived until now: a call that its filter does not know would have killed it. */
static inline void worker_end(struct worker_peer *peer)
{
	char command[128];
	int status;

	cr_expect_eq(rf_frame_send(peer->sock, RF_WORKER_END, 0, 0, NULL, 0, NULL, 0), 0);
	cr_expect_eq(waitpid(peer->pid, &status, 0), peer->pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "worker ended with %#x", (unsigned int)status);
	close(peer->sock);
	snprintf(command, sizeof(command), "rm -rf '%s'", peer->dir);
	cr_expect_eq(system(command), 0);
}

static inline struct rf_writer worker_body(void)
{
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	return w;
}

static inline void worker_tell(struct worker_peer *peer, uint32_t type, struct rf_writer *body, int fd)
{
	cr_assert_eq(rf_frame_send(peer->sock, type, 9, 0, body->base, body->at, &fd, fd < 0 ? 0 : 1), 0);
	rf_writer_free(body);
}

/* Sends BODY (freed) and waits for the answer; its status. */
static inline int worker_ask(struct worker_peer *peer, uint32_t type, struct rf_writer *body, int fd)
{
	static struct rf_frame_buffer buffer;
	struct rf_broker_place place;
	struct rf_broker_saved saved;
	struct rf_frame frame;

	worker_tell(peer, type, body, fd);
	cr_assert_eq(rf_frame_recv(peer->sock, &buffer, &frame, 0), 1, "no answer to %u", type);
	cr_assert_eq(frame.type, type | RF_FRAME_REPLY);
	cr_assert_eq(frame.serial, 9);
	peer->fd_count = frame.fd_count;
	for (unsigned int i = 0; i < frame.fd_count; i++)
		peer->fds[i] = rf_frame_take_fd(&frame, i);
	if (type == RF_BROKER_SAVE_SESSION) {
		cr_assert(rf_broker_saved_decode(&frame.body, &saved));
		memcpy(peer->where, saved.where, sizeof(peer->where));
		peer->at_file = saved.at_file;
	} else if (frame.body.size) {
		cr_assert(rf_broker_place_decode(&frame.body, &place));
		memcpy(peer->where, place.where, sizeof(peer->where));
	}
	return frame.status;
}

static inline void worker_close_fds(struct worker_peer *peer)
{
	while (peer->fd_count)
		close(peer->fds[--peer->fd_count]);
}

static inline int worker_tree_at(struct worker_peer *peer, const char *root)
{
	struct rf_broker_make_tree request = {.tree = 1};
	struct rf_writer w = worker_body();

	snprintf(request.root, sizeof(request.root), "%s", root);
	rf_broker_make_tree_encode(&w, &request);
	return worker_ask(peer, RF_BROKER_MAKE_TREE, &w, -1);
}

static inline int worker_chunk(
	struct worker_peer *peer, uint32_t chunk, enum rf_chunk_kind kind, uint64_t number, const char *name)
{
	struct rf_broker_make_chunk request = {
		.tree = 1, .chunk = chunk, .kind = (uint8_t)kind, .parts = RF_CHUNK_UST, .number = number};
	struct rf_writer w = worker_body();

	snprintf(request.name, sizeof(request.name), "%s", name);
	rf_broker_make_chunk_encode(&w, &request);
	return worker_ask(peer, RF_BROKER_MAKE_CHUNK, &w, -1);
}

static inline int worker_end_chunk(struct worker_peer *peer, uint32_t type, uint32_t chunk, bool with_root)
{
	const struct rf_broker_chunk request = {.tree = 1, .chunk = chunk, .end = 60, .with_root = with_root};
	struct rf_writer w = worker_body();

	rf_broker_chunk_encode(&w, &request);
	return worker_ask(peer, type, &w, -1);
}

/* PID: of the process that the directory is for, where it is for one. */
static inline int worker_dir_of(
	struct worker_peer *peer, uint32_t dir, uint32_t chunk, uint8_t purpose, uint8_t kind, uint32_t pid)
{
	const struct rf_broker_make_dir request = {.dir = dir,
		.tree = 1,
		.chunk = chunk,
		.purpose = purpose,
		.kind = kind,
		.uid = 1000,
		.abi_bits = 64,
		.pid = pid,
		.procname = "app"};
	struct rf_writer w = worker_body();

	rf_broker_make_dir_encode(&w, &request);
	return worker_ask(peer, RF_BROKER_MAKE_DIR, &w, -1);
}

static inline int worker_dir(struct worker_peer *peer, uint32_t dir, uint32_t chunk, uint8_t purpose, uint8_t kind)
{
	return worker_dir_of(peer, dir, chunk, purpose, kind, 5);
}

static inline void worker_tell_id(struct worker_peer *peer, uint32_t type, uint32_t id)
{
	const struct rf_broker_id request = {.id = id};
	struct rf_writer w = worker_body();

	rf_broker_id_encode(&w, &request);
	worker_tell(peer, type, &w, -1);
}

static inline int worker_streams(struct worker_peer *peer, uint32_t dir, const char *channel, uint32_t first_cpu,
	uint32_t cpus, uint32_t number, bool without_index)
{
	struct rf_broker_open_streams request = {.dir = dir,
		.first_cpu = first_cpu,
		.cpu_count = cpus,
		.file_number = number,
		.without_index = without_index};
	struct rf_writer w = worker_body();

	snprintf(request.channel, sizeof(request.channel), "%s", channel);
	rf_broker_open_streams_encode(&w, &request);
	return worker_ask(peer, RF_BROKER_OPEN_STREAMS, &w, -1);
}

static inline int worker_buffers(
	struct worker_peer *peer, uint32_t dir, const char *channel, uint32_t first_cpu, uint32_t cpus)
{
	struct rf_broker_open_buffers request = {.dir = dir, .first_cpu = first_cpu, .cpu_count = cpus};
	struct rf_writer w = worker_body();

	snprintf(request.channel, sizeof(request.channel), "%s", channel);
	rf_broker_open_buffers_encode(&w, &request);
	return worker_ask(peer, RF_BROKER_OPEN_BUFFERS, &w, -1);
}

static inline int worker_metadata(struct worker_peer *peer, uint32_t dir)
{
	const struct rf_broker_id request = {.id = dir};
	struct rf_writer w = worker_body();

	rf_broker_id_encode(&w, &request);
	return worker_ask(peer, RF_BROKER_OPEN_METADATA, &w, -1);
}

/* Below the scratch directory; of a few names at a time. */
static inline const char *worker_path(const struct worker_peer *peer, const char *name)
{
	static char full[4][512];
	static unsigned int next;
	char *out = full[next++ % 4];

	snprintf(out, 512, "%s/%s", peer->dir, name);
	return out;
}

static inline bool worker_has(const struct worker_peer *peer, const char *name)
{
	struct stat st;

	return lstat(worker_path(peer, name), &st) == 0;
}

/* A file of somebody: of the test. */
static inline void worker_put(const struct worker_peer *peer, const char *name, const char *text)
{
	FILE *file = fopen(worker_path(peer, name), "w");

	cr_assert(file, "%s", name);
	fputs(text, file);
	fclose(file);
}

#endif
