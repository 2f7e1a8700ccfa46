/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session daemon's side of its link to the broker: the only way to anything that needs a privilege or a path.
 * Loop thread only. Ids are allocated here and count up, so none is ever used twice.
 */
#ifndef RF_SESSIOND_BROKER_CLIENT_H
#define RF_SESSIOND_BROKER_CLIENT_H

#include "common/proto_broker.h"
#include "sessiond/requests.h"

#include <sys/types.h>

/* The broker says that a consumer ended. */
typedef void (*rf_consumer_gone_fn)(void *data, uint32_t consumer, int wait_status);
/* The policy is this from now on. */
typedef void (*rf_policy_fn)(void *data, const struct rf_broker_policy *policy);
/* A program that a client sent, the callee's from then on; or a negative errno. */
typedef void (*rf_program_fn)(void *data, int program);
/* The broker asks for an orderly end, or went away (then everything is over at once). */
typedef void (*rf_shutdown_fn)(void *data, bool broker_gone);

struct rf_broker_client {
	struct rf_link link;
	struct rf_requests requests;
	struct rf_loop *loop;
	uint32_t next_id;
	rf_consumer_gone_fn on_consumer_gone;
	rf_policy_fn on_policy;
	rf_shutdown_fn on_shutdown;
	void *owner;
};

/* What the broker hands over first; descriptors belong to the caller. -1: not for this daemon. */
struct rf_start {
	struct rf_broker_start settings;
	int fds[RF_START_FD_COUNT];
};

/* Blocking, before the loop runs: waits for RF_BROKER_START on SOCK. */
int rf_broker_client_wait_start(int sock, struct rf_start *start);
/* Takes SOCK. */
int rf_broker_client_init(struct rf_broker_client *client, struct rf_loop *loop, int sock);
void rf_broker_client_fini(struct rf_broker_client *client);

uint32_t rf_broker_new_id(struct rf_broker_client *client);
int rf_broker_ready(struct rf_broker_client *client);
/* CONTROL_FD: the consumer's end of its control link; stays the caller's. */
int rf_broker_spawn_consumer(struct rf_broker_client *client, const struct rf_broker_spawn_consumer *request,
	int control_fd, rf_reply_fn done, void *data);
int rf_broker_make_tree(
	struct rf_broker_client *client, const struct rf_broker_make_tree *request, rf_reply_fn done, void *data);
int rf_broker_make_dir(
	struct rf_broker_client *client, const struct rf_broker_make_dir *request, rf_reply_fn done, void *data);
int rf_broker_make_chunk(
	struct rf_broker_client *client, const struct rf_broker_make_chunk *request, rf_reply_fn done, void *data);
/* TYPE: RF_BROKER_RETIRE_CHUNK, RF_BROKER_ARCHIVE_CHUNK, RF_BROKER_REMOVE_CHUNK. */
int rf_broker_end_chunk(struct rf_broker_client *client, uint32_t type, const struct rf_broker_chunk *request,
	rf_reply_fn done, void *data);
/* TEXT_FD: a sealed memory file, stays the caller's. */
int rf_broker_save_session(struct rf_broker_client *client, const struct rf_broker_save_session *request, int text_fd,
	rf_reply_fn done, void *data);
int rf_broker_lookup_account(
	struct rf_broker_client *client, enum rf_account_kind kind, const char *name, rf_reply_fn done, void *data);
/* Takes the descriptor that waits in SOCK, a client's, which stays the caller's. */
int rf_broker_receive_program(struct rf_broker_client *client, int sock, rf_program_fn done, void *data);
/* RF_BROKER_CLOSE_DIR, RF_BROKER_REMOVE_DIR, RF_BROKER_CLOSE_TREE, RF_BROKER_STOP_CONSUMER. */
int rf_broker_send_id(struct rf_broker_client *client, uint32_t type, uint32_t id);

#endif
