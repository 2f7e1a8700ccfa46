/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace trees, each with its run-as worker, and the directories in them that were granted to consumers. A request that
 * a worker must carry out is passed on as it is; the reply goes back to who asked when the worker has answered, so a
 * worker that hangs on its file system holds up nobody but those who need it. Loop thread.
 */
#ifndef RF_POLICY_BROKER_TREES_H
#define RF_POLICY_BROKER_TREES_H

#include "common/proto_broker.h"
#include "policy/broker/passed.h"
#include "policy/broker/state.h"

struct rf_tree;

struct rf_dir {
	struct rf_list node;
	uint32_t id;
	uint32_t consumer; /* the only one that gets files in it */
	enum rf_dir_purpose purpose;
	bool revoked; /* that one is gone: nobody gets any */
	struct rf_tree *tree;
};

/* Forks the worker. NULL with ERR set on failure. */
struct rf_tree *rf_tree_open(struct rf_broker *broker, uint32_t id, uid_t uid, gid_t gid, int *err);
struct rf_tree *rf_tree_find(struct rf_broker *broker, uint32_t id);
/* The worker ends when it has done what it was asked. */
void rf_tree_close(struct rf_tree *tree);
/* A worker that has not ended after so many nanoseconds is killed; what it was asked has failed with -ETIMEDOUT. */
void rf_tree_limit(struct rf_tree *tree, uint64_t time);
/* Of UID, how many trees have this id: those that workers for one request share. */
unsigned int rf_trees_of(const struct rf_broker *broker, uint32_t id, uid_t uid);
/*
 * Passes the request FRAME of PEER on as BODY (freed here) with the descriptor FD (-1: none); its reply goes to PEER as
 * long as that lives. OP and OBJECT (`key=value` pairs, at most RF_OBJECT_SIZE) are for the audit line that the
 * worker's answer gives. 0 or a negative errno.
 */
int rf_tree_pass(struct rf_tree *tree, struct rf_peer *peer, const struct rf_frame *frame, struct rf_writer *body,
	int fd, const char *op, const char *object);
/* PEER is gone: nothing is sent to it any more. */
void rf_trees_forget_peer(struct rf_broker *broker, const struct rf_peer *peer);
/* A worker exited. True when PID was one. */
bool rf_trees_reap(struct rf_broker *broker, pid_t pid, int status);
void rf_trees_close_all(struct rf_broker *broker);

int rf_dir_grant(
	struct rf_broker *broker, uint32_t id, struct rf_tree *tree, uint32_t consumer, enum rf_dir_purpose purpose);
struct rf_dir *rf_dir_find(struct rf_broker *broker, uint32_t id);
void rf_dir_close(struct rf_dir *dir);
/* The same, and the worker deletes what it made in it. */
void rf_dir_remove(struct rf_dir *dir);
/*
 * CONSUMER is gone: its directories are closed; if it was killed, torn ends are taken off the files in them. Those of
 * ring buffers wait for the session daemon, who alone knows when they may be deleted; nobody gets files in them.
 */
void rf_dirs_of_dead_consumer(struct rf_broker *broker, uint32_t consumer, bool killed);

#endif
