/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/worker.h"

#include "common/frame.h"
#include "common/list.h"
#include "common/log.h"
#include "common/names.h"
#include "policy/broker/resolve.h"
#include "policy/broker/trim.h"
#include "policy/hooks.h"
#include "policy/seccomp/sandbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Directories of one name: a process that registers again in the same second, a trace that is begun anew. */
#define SAME_NAME_MAX 1000

struct dir {
	struct rf_list node;
	uint32_t id;
	int fd;
};

struct made {
	struct rf_list node;
	char path[];
};

struct worker {
	int sock;
	uid_t owner;
	int root;
	char root_path[RF_PATH_SIZE];
	struct rf_list dirs;
	struct rf_list made; /* paths of all directories of the tree, the closed ones, too */
	struct rf_frame_buffer buffer;
};

static struct dir *find_dir(struct worker *worker, uint32_t id)
{
	rf_list_for_each(node, &worker->dirs) {
		struct dir *dir = rf_container_of(node, struct dir, node);

		if (dir->id == id)
			return dir;
	}
	return NULL;
}

static void reply(struct worker *worker, const struct rf_frame *frame, int status, struct rf_writer *body,
	const int *fds, unsigned int fd_count)
{
	struct pollfd writable = {.fd = worker->sock, .events = POLLOUT};

	/* The broker is the only one to wait for, and it always reads. */
	while (rf_frame_send(worker->sock, frame->type | RF_FRAME_REPLY, frame->serial, status,
		       body ? body->base : NULL, body ? body->at : 0, fds, fd_count) == -EAGAIN)
		poll(&writable, 1, -1);
	if (body)
		rf_writer_free(body);
}

static void reply_place(struct worker *worker, const struct rf_frame *frame, int status, const char *path)
{
	struct rf_broker_place place = {0};
	struct rf_writer w;

	snprintf(place.where, sizeof(place.where), "%s", path);
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_broker_place_encode(&w, &place);
	reply(worker, frame, status, &w, NULL, 0);
}

static void make_tree(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_make_tree request;
	int err = rf_broker_make_tree_decode(&frame->body, &request) && worker->root < 0 ? 0 : -EINVAL;

	if (!err) {
		memcpy(worker->root_path, request.root, sizeof(worker->root_path));
		worker->root = rf_resolve_root(request.root, worker->owner);
		err = worker->root < 0 ? worker->root : 0;
	}
	if (!err && (request.parts & RF_TREE_UST)) {
		int part = rf_resolve_below(worker->root, "ust", 0);

		if (part >= 0)
			close(part);
		else
			err = part;
	}
	reply_place(worker, frame, err, worker->root_path);
}

static void name_dir(const struct rf_broker_make_dir *request, char *path, size_t size)
{
	char procname[RF_NAME_SIZE];
	char date[32];

	if (request->kind == RF_DIR_UST_UID) {
		snprintf(path, size, "ust/uid/%u/%u-bit", request->uid, request->abi_bits);
		return;
	}
	rf_path_component(procname, sizeof(procname), request->procname);
	rf_format_date(date, sizeof(date), (time_t)request->since);
	snprintf(path, size, "ust/pid/%s-%u-%s", procname, request->pid, date);
}

static bool was_made(const struct worker *worker, const char *path)
{
	rf_list_for_each(node, &worker->made)
		if (!strcmp(rf_container_of(node, struct made, node)->path, path))
			return true;
	return false;
}

static int note_made(struct worker *worker, const char *path)
{
	struct made *made = malloc(sizeof(*made) + strlen(path) + 1);

	if (!made)
		return -ENOMEM;
	memcpy(made->path, path, strlen(path) + 1);
	rf_list_append(&worker->made, &made->node);
	return 0;
}

/*
 * A user's directory may be there from an earlier session on the same path. One of this very session holds what an
 * earlier consumer wrote: it is kept, and the next gets a companion.
 */
static int make_once(struct worker *worker, char *path, size_t size)
{
	size_t len = strlen(path);

	for (int i = 1; was_made(worker, path); i++) {
		if (i == SAME_NAME_MAX)
			return -EEXIST;
		snprintf(path + len, size - len, "-%d", i);
	}

	int err = note_made(worker, path);

	return err < 0 ? err : rf_resolve_below(worker->root, path, 0);
}

/* A process's directory is its own: one that is there belongs to an earlier trace of it, and gets a companion. */
static int make_numbered(struct worker *worker, char *path, size_t size)
{
	size_t len = strlen(path);
	int fd = rf_resolve_below(worker->root, path, 1);

	for (int i = 1; fd == -EEXIST && i < SAME_NAME_MAX; i++) {
		snprintf(path + len, size - len, "-%d", i);
		fd = rf_resolve_below(worker->root, path, 1);
	}
	return fd;
}

static void make_dir(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_make_dir request;
	char path[RF_NAME_SIZE + 128] = "";
	char full[RF_PATH_SIZE];
	struct dir *dir = NULL;
	int fd = -EINVAL;

	if (rf_broker_make_dir_decode(&frame->body, &request) && worker->root >= 0) {
		name_dir(&request, path, sizeof(path));
		fd = request.kind == RF_DIR_UST_UID ? make_once(worker, path, sizeof(path))
						    : make_numbered(worker, path, sizeof(path));
	}
	if (fd >= 0) {
		int index = rf_resolve_below(fd, "index", 0);

		dir = calloc(1, sizeof(*dir));
		if (index < 0 || !dir) {
			close(fd);
			free(dir);
			dir = NULL;
			fd = index < 0 ? index : -ENOMEM;
		}
		if (index >= 0)
			close(index);
	}
	if (dir) {
		dir->id = request.dir;
		dir->fd = fd;
		rf_list_append(&worker->dirs, &dir->node);
	}
	snprintf(full, sizeof(full), "%.3500s/%s", worker->root_path, path);
	reply_place(worker, frame, fd < 0 ? fd : 0, full);
}

/* One CPU's data and index file. */
static int open_pair(struct worker *worker, const struct dir *dir, const struct rf_broker_open_streams *request,
	uint32_t cpu, int *fds)
{
	char name[RF_NAME_SIZE + 64];
	char index[RF_NAME_SIZE + 80];

	if (request->file_number == RF_NO_FILE_NUMBER)
		snprintf(name, sizeof(name), "%s_%u", request->channel, cpu);
	else
		snprintf(name, sizeof(name), "%s_%u_%u", request->channel, cpu, request->file_number);
	snprintf(index, sizeof(index), "index/%s.idx", name);
	fds[0] = rf_resolve_file(dir->fd, name, worker->owner);
	if (fds[0] < 0)
		return fds[0];
	fds[1] = rf_resolve_file(dir->fd, index, worker->owner);
	if (fds[1] < 0) {
		close(fds[0]);
		return fds[1];
	}
	return 0;
}

static void open_streams(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_open_streams request;
	int fds[2 * RF_OPEN_STREAMS_MAX];
	unsigned int count = 0;
	struct dir *dir = NULL;
	int err = -EINVAL;

	if (rf_broker_open_streams_decode(&frame->body, &request) &&
		(!RF_CHECK_NAMES || rf_channel_name_ok(request.channel)) && request.cpu_count &&
		request.cpu_count <= RF_OPEN_STREAMS_MAX) {
		dir = find_dir(worker, request.dir);
		err = dir ? 0 : -ENOENT;
	}
	for (uint32_t i = 0; !err && i < request.cpu_count; i++) {
		err = open_pair(worker, dir, &request, request.first_cpu + i, fds + count);
		if (!err)
			count += 2;
	}
	reply(worker, frame, err, NULL, fds, err ? 0 : count);
	while (count)
		close(fds[--count]);
}

static void open_metadata(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_id request;
	struct dir *dir = rf_broker_id_decode(&frame->body, &request) ? find_dir(worker, request.id) : NULL;
	int fd = dir ? rf_resolve_file(dir->fd, "metadata", worker->owner) : -ENOENT;

	reply(worker, frame, fd < 0 ? fd : 0, NULL, &fd, fd < 0 ? 0 : 1);
	if (fd >= 0)
		close(fd);
}

static void close_dir(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_id request;
	struct dir *dir = rf_broker_id_decode(&frame->body, &request) ? find_dir(worker, request.id) : NULL;

	if (!dir)
		return;
	rf_list_remove(&dir->node);
	close(dir->fd);
	free(dir);
}

static void trim(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_id request;
	struct dir *dir = rf_broker_id_decode(&frame->body, &request) ? find_dir(worker, request.id) : NULL;

	if (dir)
		rf_trim_trace(dir->fd);
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
	{RF_BROKER_MAKE_DIR, make_dir},
	{RF_BROKER_OPEN_STREAMS, open_streams},
	{RF_BROKER_OPEN_METADATA, open_metadata},
	{RF_BROKER_CLOSE_DIR, close_dir},
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
	worker.owner = owner->uid;
	worker.root = -1;
	rf_list_init(&worker.dirs);
	rf_list_init(&worker.made);

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
