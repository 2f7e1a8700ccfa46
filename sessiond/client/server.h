/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client socket: accepts connections of liblttng-ctl programs, each with its own state machine and deadline, so
 * that half a message costs only its sender. Identity is what the kernel says of the connection.
 *
 * A connection takes a slot of its user and one of the whole until its call is over (also when the client left before).
 * Both are limited: a slot can hold RF_PAYLOAD_MAX bytes and a descriptor, and nobody may keep others out by opening
 * many. A user above its limit is hung up on; with all slots taken new connections wait in the socket's backlog.
 *
 * Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_SERVER_H
#define RF_SESSIOND_CLIENT_SERVER_H

#include "common/loop.h"
#include "sessiond/broker_client.h"
#include "sessiond/model/session.h"
#include "sessiond/ust/domain.h"

#include <stdbool.h>

#define RF_CLIENTS_PER_UID 64u
#define RF_CLIENTS_TOTAL 1024u
#define RF_CLIENT_DEADLINE (5 * RF_SECOND) /* for a whole request; for each progress of its answer */

struct rf_client_server;

/*
 * Takes LISTEN_FD (non-blocking mode is set). SESSIONS, UST_DOMAIN and BROKER stay the caller's. NULL: errno says why.
 * To be called before the sandbox is entered.
 */
struct rf_client_server *rf_client_server_create(struct rf_loop *loop, int listen_fd, struct rf_sessions *sessions,
	struct rf_recorder *recorder, struct rf_broker_client *broker, bool rootless);
/*
 * Orderly end: takes no more clients, hangs up on those that have not sent their request yet, stops and destroys all
 * sessions behind the commands that already run, then calls DONE (possibly before it returns). Once.
 */
void rf_client_server_shutdown(struct rf_client_server *server, void (*done)(void *data), void *data);
/*
 * Closes everything at once and ends all calls, answered or not: the user-space domain that might complete them is gone
 * before. The sessions stay the caller's.
 */
void rf_client_server_destroy(struct rf_client_server *server);

#endif
