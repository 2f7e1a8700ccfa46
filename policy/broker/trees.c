/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/trees.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/accounts.h"
#include "policy/broker/children.h"
#include "policy/broker/forked.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/reaped.h"
#include "policy/broker/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TREES_MAX 4096u
#define DIRS_MAX 65536u
/* One user's applications leave room for those of others. */
#define DIRS_OF_CONSUMER_MAX (DIRS_MAX / 4)

struct rf_tree {
	struct rf_list node;
	struct rf_broker *broker;
	uint32_t id;
	uid_t uid;
	pid_t pid;
	bool closing;
	struct rf_list passed;
	struct rf_link link;
	struct rf_timer limit;
};

static void answer(struct rf_tree *tree, struct rf_passed *passed, int status, const void *body, size_t len,
	const int *fds, unsigned int fd_count)
{
	char by[64];

	snprintf(by, sizeof(by), " tree=%u uid=%u", tree->id, tree->uid);
	rf_passed_answer(passed, by, status, body, len, fds, fd_count);
}

static void worker_answered(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_tree *tree = link->owner;

	if (!rf_list_linked(&tree->passed))
		return;

	struct rf_passed *first = rf_container_of(tree->passed.next, struct rf_passed, node);

	bool no_tree = first->type == RF_BROKER_MAKE_TREE && frame->status < 0;

	answer(tree, first, frame->status, frame->body.base, frame->body.size, frame->fds, frame->fd_count);
	if (no_tree)
		rf_tree_close(tree);
}

static void free_dir(struct rf_dir *dir)
{
	struct rf_broker *broker = dir->tree->broker;
	struct rf_peer *peer = rf_children_find_consumer(broker, dir->consumer);

	broker->dir_count--;
	/* Not of another that had the same number before. */
	if (peer && peer->dir_count)
		peer->dir_count--;
	rf_list_remove(&dir->node);
	free(dir);
}

static void drop_dirs(struct rf_tree *tree)
{
	rf_list_for_each_safe(node, tmp, &tree->broker->dirs) {
		struct rf_dir *dir = rf_container_of(node, struct rf_dir, node);

		if (dir->tree == tree)
			free_dir(dir);
	}
}

static void answer_all(struct rf_tree *tree, int status)
{
	while (rf_list_linked(&tree->passed))
		answer(tree, rf_container_of(tree->passed.next, struct rf_passed, node), status, NULL, 0, NULL, 0);
}

static void tree_free(struct rf_tree *tree)
{
	rf_timer_cancel(&tree->limit);
	answer_all(tree, -EIO);
	drop_dirs(tree);
	rf_list_remove(&tree->node);
	tree->broker->tree_count--;
	rf_link_fini(&tree->link);
	free(tree);
}

static void worker_gone(struct rf_link *link, int status)
{
	struct rf_tree *tree = link->owner;

	(void)status;
	struct rf_broker *broker = tree->broker;

	if (!tree->closing)
		rf_audit("op=worker tree=%u uid=%u result=lost", tree->id, tree->uid);
	tree_free(tree);
	rf_lifecycle_worker_over(broker);
}

static _Noreturn void become_worker(int sock, struct rf_identity *owner, pid_t broker)
{
	if (rf_forked_begin(sock, -1, broker) < 0)
		_exit(EXIT_FAILURE);
	/* Here, not in the broker: account data bases may be slow, and only this session is to wait for them. */
	int err = rf_account_complete(owner);

	if (err < 0) {
		rf_error("cannot find out the groups of uid %u: %s", owner->uid, strerror(-err));
		_exit(EXIT_FAILURE);
	}
	rf_worker_run(RF_BROKER_FD, owner, broker);
}

struct rf_tree *rf_tree_open(struct rf_broker *broker, uint32_t id, uid_t uid, gid_t gid, int *err)
{
	struct rf_identity owner = {.uid = uid, .gid = gid};
	struct rf_tree *tree = broker->tree_count < TREES_MAX ? calloc(1, sizeof(*tree)) : NULL;
	pid_t self = getpid();
	int sock;

	*err = broker->tree_count < TREES_MAX ? -ENOMEM : -EUSERS;
	if (!tree)
		return NULL;
	tree->broker = broker;
	tree->id = id;
	tree->uid = uid;
	rf_list_init(&tree->passed);
	tree->pid = rf_forked_start(broker->loop, &tree->link, worker_answered, worker_gone, tree, &sock);
	if (tree->pid == 0)
		become_worker(sock, &owner, self);
	if (tree->pid < 0) {
		*err = tree->pid;
		free(tree);
		return NULL;
	}
	rf_list_append(&broker->trees, &tree->node);
	broker->tree_count++;
	return tree;
}

struct rf_tree *rf_tree_find(struct rf_broker *broker, uint32_t id)
{
	rf_list_for_each(node, &broker->trees) {
		struct rf_tree *tree = rf_container_of(node, struct rf_tree, node);

		if (tree->id == id && !tree->closing)
			return tree;
	}
	return NULL;
}

void rf_tree_close(struct rf_tree *tree)
{
	if (tree->closing)
		return;
	tree->closing = true;
	drop_dirs(tree);
	/* A message, since it comes after all that may still wait in the link's queue. */
	rf_link_send(&tree->link, RF_WORKER_END, 0, 0, NULL, 0, NULL, 0);
}

/* One that hangs in a file system may not even die; who asked need not wait for that. */
static void limit_reached(struct rf_timer *timer)
{
	struct rf_tree *tree = rf_container_of(timer, struct rf_tree, limit);

	answer_all(tree, -ETIMEDOUT);
	/* Its hang-up frees the tree. */
	if (tree->pid > 0)
		kill(tree->pid, SIGKILL);
}

void rf_tree_limit(struct rf_tree *tree, uint64_t time)
{
	rf_timer_arm(tree->broker->loop, &tree->limit, time, limit_reached);
}

unsigned int rf_trees_of(const struct rf_broker *broker, uint32_t id, uid_t uid)
{
	unsigned int count = 0;

	rf_list_for_each(node, &broker->trees) {
		const struct rf_tree *tree = rf_container_of(node, struct rf_tree, node);

		count += tree->id == id && tree->uid == uid;
	}
	return count;
}

int rf_tree_pass(struct rf_tree *tree, struct rf_peer *peer, const struct rf_frame *frame, struct rf_writer *body,
	int fd, const char *op, const char *object)
{
	struct rf_passed *passed = rf_passed_new(peer, frame, op, object);

	if (!passed) {
		rf_writer_free(body);
		return -ENOMEM;
	}

	int err = rf_link_send_writer(&tree->link, frame->type, frame->serial, 0, body, &fd, fd < 0 ? 0 : 1);

	if (err < 0)
		free(passed);
	else
		rf_list_append(&tree->passed, &passed->node);
	return err;
}

void rf_trees_forget_peer(struct rf_broker *broker, const struct rf_peer *peer)
{
	rf_list_for_each(node, &broker->trees)
		rf_passed_forget_peer(&rf_container_of(node, struct rf_tree, node)->passed, peer);
}

bool rf_trees_reap(struct rf_broker *broker, pid_t pid, int status)
{
	rf_list_for_each(node, &broker->trees) {
		struct rf_tree *tree = rf_container_of(node, struct rf_tree, node);

		if (tree->pid != pid)
			continue;
		(void)rf_audit_killed(status, "op=worker tree=%u uid=%u", tree->id, tree->uid);
		tree->pid = -1; /* its hang-up frees it */
		return true;
	}
	/* Its hang-up came first. */
	(void)rf_audit_killed(status, "op=worker pid=%d", (int)pid);
	return false;
}

void rf_trees_close_all(struct rf_broker *broker)
{
	rf_list_for_each_safe(node, tmp, &broker->trees)
		rf_tree_close(rf_container_of(node, struct rf_tree, node));
}

struct rf_dir *rf_dir_find(struct rf_broker *broker, uint32_t id)
{
	rf_list_for_each(node, &broker->dirs) {
		struct rf_dir *dir = rf_container_of(node, struct rf_dir, node);

		if (dir->id == id)
			return dir;
	}
	return NULL;
}

int rf_dir_grant(
	struct rf_broker *broker, uint32_t id, struct rf_tree *tree, uint32_t consumer, enum rf_dir_purpose purpose)
{
	struct rf_peer *peer = rf_children_find_consumer(broker, consumer);
	bool room = broker->dir_count < DIRS_MAX && (!peer || peer->dir_count < DIRS_OF_CONSUMER_MAX);
	struct rf_dir *dir = room ? calloc(1, sizeof(*dir)) : NULL;

	if (!dir)
		return room ? -ENOMEM : -EUSERS;
	broker->dir_count++;
	if (peer)
		peer->dir_count++;
	dir->id = id;
	dir->tree = tree;
	dir->consumer = consumer;
	dir->purpose = purpose;
	/* In front: the newest are asked for next. */
	rf_list_insert_after(&broker->dirs, &dir->node);
	return 0;
}

static void tell_worker(struct rf_dir *dir, uint32_t type)
{
	const struct rf_broker_id message = {.id = dir->id};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_id_encode(&w, &message);
	rf_link_send_writer(&dir->tree->link, type, 0, 0, &w, NULL, 0);
}

static void end_dir(struct rf_dir *dir, uint32_t type)
{
	tell_worker(dir, type);
	free_dir(dir);
}

void rf_dir_close(struct rf_dir *dir)
{
	end_dir(dir, RF_BROKER_CLOSE_DIR);
}

void rf_dir_remove(struct rf_dir *dir)
{
	end_dir(dir, RF_BROKER_REMOVE_DIR);
}

void rf_dirs_of_dead_consumer(struct rf_broker *broker, uint32_t consumer, bool killed)
{
	rf_list_for_each_safe(node, tmp, &broker->dirs) {
		struct rf_dir *dir = rf_container_of(node, struct rf_dir, node);

		if (dir->consumer != consumer || dir->revoked)
			continue;
		if (dir->purpose == RF_DIR_BUFFERS) {
			dir->revoked = true;
			continue;
		}
		if (killed) {
			rf_audit("op=trim-dir role=broker dir=%u consumer=%u tree=%u uid=%u result=granted", dir->id,
				consumer, dir->tree->id, dir->tree->uid);
			tell_worker(dir, RF_WORKER_TRIM);
		}
		rf_dir_close(dir);
	}
}
