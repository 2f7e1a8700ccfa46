/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about trace trees: what belongs in files. */
#include "common/log.h"
#include "common/names.h"
#include "common/proto_broker.h"
#include "policy/broker/children.h"
#include "policy/broker/request_handlers.h"
#include "policy/broker/requests.h"
#include "policy/broker/trees.h"
#include "policy/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CPU_MAX 65536u
/* Saving has turns, which one file system that hangs may not keep from others; nor may workers that hang there pile up.
 */
#define SAVE_DEADLINE (30 * RF_SECOND)
#define SAVES_OF_USER_MAX 4u
#define SAVES_TREE 0u

/* The same body again, for a worker: what was decoded is what is passed on. */
int rf_request_make_tree(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker *broker = peer->broker;
	struct rf_broker_make_tree request;
	struct rf_writer w;
	char object[RF_OBJECT_SIZE];
	char safe[512];

	if (!rf_broker_make_tree_decode(&frame->body, &request))
		return -EPROTO;
	if (!rf_output_path_ok(request.root))
		return -EINVAL;
	/* Nobody else's identity can be had without root; nor another group, whatever that of the client is. */
	if (broker->runtime->rootless && request.uid != getuid())
		return -EPERM;
	if (rf_tree_find(broker, request.tree))
		return -EEXIST;

	int err;
	struct rf_tree *tree = rf_tree_open(broker, request.tree, request.uid, request.gid, &err);

	if (!tree)
		return err;
	snprintf(object, sizeof(object), "role=sessiond gid=%u path=\"%s\"", request.gid,
		rf_log_safe(safe, sizeof(safe), request.root));
	rf_frame_body(&w);
	rf_broker_make_tree_encode(&w, &request);
	err = rf_tree_pass(tree, peer, frame, &w, -1, "make-tree", object);
	/* As when its worker refuses: there is none. */
	if (err < 0)
		rf_tree_close(tree);
	return err;
}

int rf_request_make_chunk(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_make_chunk request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;
	char safe[512];

	if (!rf_broker_make_chunk_decode(&frame->body, &request))
		return -EPROTO;
	if (!request.chunk || request.kind < RF_CHUNK_BASE || request.kind > RF_CHUNK_SNAPSHOT)
		return -EINVAL;
	/* Others have no name. */
	if (RF_CHECK_NAMES &&
		(request.kind == RF_CHUNK_SNAPSHOT ? !rf_session_name_ok(request.name) : request.name[0] != '\0'))
		return -EINVAL;

	struct rf_tree *tree = rf_tree_find(peer->broker, request.tree);

	if (!tree)
		return -ENOENT;
	snprintf(object, sizeof(object), "role=sessiond chunk=%u kind=%u name=\"%s\"", request.chunk, request.kind,
		rf_log_safe(safe, sizeof(safe), request.name));
	rf_frame_body(&w);
	rf_broker_make_chunk_encode(&w, &request);
	return rf_tree_pass(tree, peer, frame, &w, -1, "make-chunk", object);
}

/* Retire, archive, remove: which chunks there are and what may be done with each, the worker knows. */
int rf_request_end_chunk(struct rf_peer *peer, struct rf_frame *frame)
{
	const char *op = rf_request_find(frame->type, peer->role)->name;
	struct rf_broker_chunk request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_chunk_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_tree *tree = rf_tree_find(peer->broker, request.tree);

	if (!tree || !request.chunk)
		return -ENOENT;
	snprintf(object, sizeof(object), "role=sessiond chunk=%u", request.chunk);
	rf_frame_body(&w);
	rf_broker_chunk_encode(&w, &request);
	return rf_tree_pass(tree, peer, frame, &w, -1, op, object);
}

static const char *const dir_kinds[] = {[RF_DIR_UST_UID] = "uid", [RF_DIR_UST_PID] = "pid", [RF_DIR_KERNEL] = "kernel"};

static bool dir_makes_sense(const struct rf_broker_make_dir *request)
{
	if (request->kind == RF_DIR_KERNEL)
		return request->purpose == RF_DIR_TRACE;
	return (request->kind == RF_DIR_UST_UID || request->kind == RF_DIR_UST_PID) &&
		(request->abi_bits == 64 || request->abi_bits == 32) &&
		(request->purpose == RF_DIR_TRACE || request->purpose == RF_DIR_BUFFERS);
}

int rf_request_make_dir(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker *broker = peer->broker;
	struct rf_broker_make_dir request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_make_dir_decode(&frame->body, &request))
		return -EPROTO;
	if (!dir_makes_sense(&request))
		return -EINVAL;

	struct rf_tree *tree = rf_tree_find(broker, request.tree);
	const struct rf_peer *consumer = rf_children_find_consumer(broker, request.consumer);

	if (!tree || !consumer || !request.chunk)
		return -ENOENT;
	/* A consumer sees one uid's buffers, or the kernel's; it gets files for no other. */
	if (RF_CHECK_GRANTS &&
		(consumer->kernel != (request.kind == RF_DIR_KERNEL) ||
			(!consumer->kernel && consumer->uid != request.uid)))
		return -EPERM;
	if (rf_dir_find(broker, request.dir))
		return -EEXIST;

	int err = rf_dir_grant(broker, request.dir, tree, request.consumer, (enum rf_dir_purpose)request.purpose);

	if (err < 0)
		return err;
	snprintf(object, sizeof(object), "role=sessiond dir=%u chunk=%u kind=%s purpose=%s traced-uid=%u consumer=%u",
		request.dir, request.chunk, dir_kinds[request.kind],
		request.purpose == RF_DIR_BUFFERS ? "buffers" : "trace", request.uid, request.consumer);
	rf_frame_body(&w);
	rf_broker_make_dir_encode(&w, &request);
	return rf_tree_pass(tree, peer, frame, &w, -1, "make-dir", object);
}

int rf_request_close_dir(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_id request;

	if (!rf_broker_id_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_dir *dir = rf_dir_find(peer->broker, request.id);

	if (dir)
		rf_dir_close(dir);
	return 0;
}

int rf_request_remove_dir(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_id request;

	if (!rf_broker_id_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_dir *dir = rf_dir_find(peer->broker, request.id);

	if (dir) {
		rf_audit("op=remove-dir role=sessiond dir=%u result=granted", request.id);
		rf_dir_remove(dir);
	}
	return 0;
}

int rf_request_close_tree(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_id request;

	if (!rf_broker_id_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_tree *tree = rf_tree_find(peer->broker, request.id);

	if (tree) {
		rf_audit("op=close-tree role=sessiond tree=%u result=granted", request.id);
		rf_tree_close(tree);
	}
	return 0;
}

static bool save_names_ok(const struct rf_broker_save_session *request)
{
	return rf_session_name_ok(request->name) && strcmp(request->name, ".") != 0 &&
		strcmp(request->name, "..") != 0 && (!request->directory[0] || rf_output_path_ok(request->directory));
}

/* A worker for this alone: it becomes the owner, writes the file, ends. */
int rf_request_save_session(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker *broker = peer->broker;
	struct rf_broker_save_session request;
	char object[RF_OBJECT_SIZE];
	struct rf_tree *worker;
	struct rf_writer w;
	char name[RF_NAME_SIZE];
	char safe[256];
	int err;

	if (!rf_broker_save_session_decode(&frame->body, &request) || frame->fd_count != 1)
		return -EPROTO;
	if (!save_names_ok(&request))
		return -EINVAL;
	/* Nobody else's identity can be had without root; nor another group, whatever that of the client is. */
	if (broker->runtime->rootless && request.uid != getuid())
		return -EPERM;
	if (rf_trees_of(broker, SAVES_TREE, request.uid) >= SAVES_OF_USER_MAX)
		return -EUSERS;
	worker = rf_tree_open(broker, SAVES_TREE, request.uid, request.gid, &err);
	if (!worker)
		return err;
	rf_tree_limit(worker, SAVE_DEADLINE);
	snprintf(object, sizeof(object), "role=sessiond gid=%u name=\"%s\" directory=\"%s\"", request.gid,
		rf_log_safe(name, sizeof(name), request.name), rf_log_safe(safe, sizeof(safe), request.directory));
	rf_frame_body(&w);
	rf_broker_save_session_encode(&w, &request);
	err = rf_tree_pass(worker, peer, frame, &w, frame->fds[0], "save-session", object);
	rf_tree_close(worker);
	return err;
}

/* The directory, if it was granted to this very consumer. */
static struct rf_dir *granted(struct rf_peer *peer, uint32_t id)
{
	struct rf_dir *dir = rf_dir_find(peer->broker, id);

	return dir && !dir->revoked && (!RF_CHECK_GRANTS || dir->consumer == peer->id) ? dir : NULL;
}

/* What open-streams and open-buffers have in common. */
static int check_streams(const char *channel, uint32_t first_cpu, uint32_t cpu_count)
{
	if ((RF_CHECK_NAMES && !rf_channel_name_ok(channel)) || !cpu_count || cpu_count > RF_OPEN_STREAMS_MAX ||
		first_cpu > CPU_MAX)
		return -EINVAL;
	return 0;
}

static void describe_streams(char object[RF_OBJECT_SIZE], const struct rf_peer *peer, uint32_t dir, const char *channel,
	uint32_t first_cpu, uint32_t cpu_count)
{
	char safe[RF_NAME_SIZE];

	snprintf(object, RF_OBJECT_SIZE, "role=consumer consumer=%u dir=%u channel=\"%s\" cpus=%u+%u", peer->id, dir,
		rf_log_safe(safe, sizeof(safe), channel), first_cpu, cpu_count);
}

int rf_request_open_streams(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_open_streams request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_open_streams_decode(&frame->body, &request))
		return -EPROTO;

	int err = check_streams(request.channel, request.first_cpu, request.cpu_count);
	struct rf_dir *dir = granted(peer, request.dir);

	if (err < 0)
		return err;
	if (!dir || dir->purpose != RF_DIR_TRACE)
		return -EACCES;
	describe_streams(object, peer, request.dir, request.channel, request.first_cpu, request.cpu_count);
	rf_frame_body(&w);
	rf_broker_open_streams_encode(&w, &request);
	return rf_tree_pass(dir->tree, peer, frame, &w, -1, "open-streams", object);
}

int rf_request_open_buffers(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_open_buffers request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_open_buffers_decode(&frame->body, &request))
		return -EPROTO;

	int err = check_streams(request.channel, request.first_cpu, request.cpu_count);
	struct rf_dir *dir = granted(peer, request.dir);

	if (err < 0)
		return err;
	if (!dir || dir->purpose != RF_DIR_BUFFERS)
		return -EACCES;
	describe_streams(object, peer, request.dir, request.channel, request.first_cpu, request.cpu_count);
	rf_frame_body(&w);
	rf_broker_open_buffers_encode(&w, &request);
	return rf_tree_pass(dir->tree, peer, frame, &w, -1, "open-buffers", object);
}

int rf_request_open_metadata(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_id request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_id_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_dir *dir = granted(peer, request.id);

	if (!dir)
		return -EACCES;
	snprintf(object, sizeof(object), "role=consumer consumer=%u dir=%u", peer->id, request.id);
	rf_frame_body(&w);
	rf_broker_id_encode(&w, &request);
	return rf_tree_pass(dir->tree, peer, frame, &w, -1, "open-metadata", object);
}
