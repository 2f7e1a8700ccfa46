/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client's connection: receives an envelope, the payload whose length the envelope gives, a descriptor; starts the
 * call; sends its answer, and the descriptors that go with it; closes. A descriptor may be on a file system of the
 * client's, where even close(2) waits for ever: only a command that needs it, of somebody who may give it, gets one,
 * through the broker (RF_BROKER_RECEIVE_PROGRAM). Frees itself. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_CONNECTION_H
#define RF_SESSIOND_CLIENT_CONNECTION_H

#include "common/list.h"
#include "common/loop.h"
#include "sessiond/client/call.h"

#include <sys/types.h>

struct rf_connection;

/* The connection's slot is free again: its socket is closed and its call over. */
typedef void (*rf_slot_free_fn)(void *data, uid_t uid);

/*
 * Takes FD, which is non-blocking, and links the connection into ALL. On failure FD is closed, SLOT_FREE is not called
 * and a negative errno returned.
 */
int rf_connection_open(struct rf_loop *loop, struct rf_list *all, int fd, uid_t uid, gid_t gid,
	struct rf_client_context *context, rf_slot_free_fn slot_free, void *slot_data);
/* Hangs up and unlinks; a running call goes on without a listener. */
void rf_connection_close(struct rf_connection *connection);
struct rf_connection *rf_connection_of(struct rf_list *node);
/* True while the request is not complete. */
bool rf_connection_receiving(const struct rf_connection *connection);

#endif
