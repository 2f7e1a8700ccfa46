/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/worker.h"

#include "common/frame.h"
#include "common/log.h"
#include "common/names.h"
#include "policy/broker/forked.h"
#include "policy/broker/save.h"
#include "policy/broker/trim.h"
#include "policy/broker/worker_tree.h"
#include "policy/hooks.h"
#include "policy/seccomp/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct worker {
	int sock;
	const struct rf_identity *owner;
	struct rf_worker_tree tree;
	struct rf_frame_buffer buffer;
};

static void reply(struct worker *worker, const struct rf_frame *frame, int status, struct rf_writer *body,
	const int *fds, unsigned int fd_count)
{
	rf_forked_reply(worker->sock, frame, status, body ? body->base : NULL, body ? body->at : 0, fds, fd_count);
	if (body)
		rf_writer_free(body);
}

static void reply_place(struct worker *worker, const struct rf_frame *frame, int status, const char *path)
{
	struct rf_broker_place place = {0};
	struct rf_writer w;

	snprintf(place.where, sizeof(place.where), "%s", path);
	rf_frame_body(&w);
	rf_broker_place_encode(&w, &place);
	reply(worker, frame, status, &w, NULL, 0);
}

static void make_tree(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_make_tree request;
	int err = -EINVAL;

	if (rf_broker_make_tree_decode(&frame->body, &request))
		err = rf_worker_tree_make(&worker->tree, &request);
	reply_place(worker, frame, err, worker->tree.root_path);
}

static void make_chunk(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_make_chunk request;
	char where[RF_PATH_SIZE] = "";
	int err = -EINVAL;

	if (rf_broker_make_chunk_decode(&frame->body, &request))
		err = rf_worker_chunk_make(&worker->tree, &request, where);
	reply_place(worker, frame, err, where);
}

static void end_chunk(struct worker *worker, struct rf_frame *frame,
	int (*end)(struct rf_worker_tree *tree, const struct rf_broker_chunk *request, char where[RF_PATH_SIZE]))
{
	struct rf_broker_chunk request;
	char where[RF_PATH_SIZE] = "";
	int err = -EINVAL;

	if (rf_broker_chunk_decode(&frame->body, &request) && worker->tree.root >= 0)
		err = end(&worker->tree, &request, where);
	reply_place(worker, frame, err, where);
}

static void retire_chunk(struct worker *worker, struct rf_frame *frame)
{
	end_chunk(worker, frame, rf_worker_chunk_retire);
}

static void archive_chunk(struct worker *worker, struct rf_frame *frame)
{
	end_chunk(worker, frame, rf_worker_chunk_archive);
}

static void remove_chunk(struct worker *worker, struct rf_frame *frame)
{
	end_chunk(worker, frame, rf_worker_chunk_remove);
}

static void make_dir(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_make_dir request;
	char where[RF_PATH_SIZE] = "";
	int err = -EINVAL;

	if (rf_broker_make_dir_decode(&frame->body, &request))
		err = rf_worker_dir_make(&worker->tree, &request, where);
	reply_place(worker, frame, err, where);
}

static void reply_files(
	struct worker *worker, const struct rf_frame *frame, int err, const int *fds, unsigned int count)
{
	reply(worker, frame, err, NULL, fds, err ? 0 : count);
	while (count)
		close(fds[--count]);
}

/* What open-streams and open-buffers have in common. The broker has checked it, too. */
static bool streams_ok(const char *channel, uint32_t cpu_count)
{
	return (!RF_CHECK_NAMES || rf_channel_name_ok(channel)) && cpu_count && cpu_count <= RF_OPEN_STREAMS_MAX;
}

static void open_streams(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_open_streams request;
	int fds[2 * RF_OPEN_STREAMS_MAX];
	unsigned int count = 0;
	int err = -EINVAL;

	if (rf_broker_open_streams_decode(&frame->body, &request) && streams_ok(request.channel, request.cpu_count)) {
		struct rf_worker_dir *dir = rf_worker_dir_find(&worker->tree, request.dir);

		err = dir ? rf_worker_open_streams(&worker->tree, dir, &request, fds, &count) : -ENOENT;
	}
	reply_files(worker, frame, err, fds, count);
}

static void open_buffers(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_open_buffers request;
	int fds[RF_OPEN_STREAMS_MAX];
	unsigned int count = 0;
	int err = -EINVAL;

	if (rf_broker_open_buffers_decode(&frame->body, &request) && streams_ok(request.channel, request.cpu_count)) {
		struct rf_worker_dir *dir = rf_worker_dir_find(&worker->tree, request.dir);

		err = dir ? rf_worker_open_buffers(&worker->tree, dir, &request, fds, &count) : -ENOENT;
	}
	reply_files(worker, frame, err, fds, count);
}

static struct rf_worker_dir *named_dir(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_id request;

	return rf_broker_id_decode(&frame->body, &request) ? rf_worker_dir_find(&worker->tree, request.id) : NULL;
}

static void open_metadata(struct worker *worker, struct rf_frame *frame)
{
	struct rf_worker_dir *dir = named_dir(worker, frame);
	int fd = dir ? rf_worker_open_metadata(&worker->tree, dir) : -ENOENT;

	reply_files(worker, frame, fd < 0 ? fd : 0, &fd, fd < 0 ? 0 : 1);
}

static void close_dir(struct worker *worker, struct rf_frame *frame)
{
	struct rf_worker_dir *dir = named_dir(worker, frame);

	if (dir)
		rf_worker_dir_close(&worker->tree, dir);
}

static void remove_dir(struct worker *worker, struct rf_frame *frame)
{
	struct rf_worker_dir *dir = named_dir(worker, frame);

	if (dir)
		rf_worker_dir_remove(&worker->tree, dir);
}

static void trim(struct worker *worker, struct rf_frame *frame)
{
	const struct rf_worker_dir *dir = named_dir(worker, frame);

	/* What a killed consumer leaves in ring buffers is what they are files for. */
	if (!dir || dir->purpose != RF_DIR_TRACE)
		return;
	rf_trim_trace(dir->fd);
	rf_made_files_trim(&dir->files, dir->fd);
}

static void save_session(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_save_session request;
	struct rf_broker_saved saved = {0};
	struct rf_writer w;
	int err = -EINVAL;

	if (rf_broker_save_session_decode(&frame->body, &request) && frame->fd_count == 1)
		err = rf_save_session(worker->owner, &request, frame->fds[0], &saved);
	rf_frame_body(&w);
	rf_broker_saved_encode(&w, &saved);
	reply(worker, frame, err, &w, NULL, 0);
}

static void end(struct worker *worker, struct rf_frame *frame)
{
	(void)worker;
	(void)frame;
	_exit(EXIT_SUCCESS);
}

static const struct {
	uint32_t type;
	void (*handle)(struct worker *worker, struct rf_frame *frame);
} handlers[] = {
	{RF_BROKER_MAKE_TREE, make_tree},
	{RF_BROKER_MAKE_CHUNK, make_chunk},
	{RF_BROKER_RETIRE_CHUNK, retire_chunk},
	{RF_BROKER_ARCHIVE_CHUNK, archive_chunk},
	{RF_BROKER_REMOVE_CHUNK, remove_chunk},
	{RF_BROKER_MAKE_DIR, make_dir},
	{RF_BROKER_OPEN_STREAMS, open_streams},
	{RF_BROKER_OPEN_BUFFERS, open_buffers},
	{RF_BROKER_OPEN_METADATA, open_metadata},
	{RF_BROKER_CLOSE_DIR, close_dir},
	{RF_BROKER_REMOVE_DIR, remove_dir},
	{RF_BROKER_SAVE_SESSION, save_session},
	{RF_WORKER_TRIM, trim},
	{RF_WORKER_END, end},
};

_Noreturn void rf_worker_run(int sock, const struct rf_identity *owner, pid_t broker)
{
	static struct worker worker;
	struct rf_frame frame;

	rf_log_init("ringfence-worker", rf_log_get_level());
	tzset();
	prctl(PR_SET_NAME, "rf-run-as");
	umask(0);
	worker.sock = sock;
	worker.owner = owner;
	rf_worker_tree_init(&worker.tree, owner->uid);

	int err = rf_identity_run_as(owner);

	prctl(PR_SET_DUMPABLE, 0);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != broker)
		_exit(EXIT_FAILURE);
	if (!err)
		err = rf_sandbox_enter(RF_ROLE_WORKER);
	if (err < 0) {
		rf_error("cannot become uid %u for its trace tree: %s", owner->uid, strerror(-err));
		_exit(EXIT_FAILURE);
	}
	while (rf_frame_recv(sock, &worker.buffer, &frame, 0) > 0) {
		for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
			if (handlers[i].type == frame.type)
				handlers[i].handle(&worker, &frame);
		rf_frame_close_fds(&frame);
	}
	_exit(EXIT_SUCCESS);
}
