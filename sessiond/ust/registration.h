/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Applications knocking: accepts connections on the application socket, reads their registration messages without ever
 * waiting for one of them, and pairs the command and the notify connection of a process.
 *
 * A registration message is 136 bytes in the sender's byte order: u32 magic, ABI major, minor, pid, ppid, uid, gid,
 * bits per long, alignments (in bits) of 8, 16, 32, 64-bit integers and long, socket type (0 command, 1 notify), 16
 * bytes of process name, 64 zero bytes. Of pid, uid and gid only what the kernel says of the peer is used.
 *
 * Who cannot be served is hung up on and named in the log, not too often (complaints.h).
 *
 * Bounds: a connection has RF_REGISTRATION_TIMEOUT to say who it is and to be paired; one uid has at most
 * RF_REGISTRATION_PER_UID of them. Loop thread only.
 */
#ifndef RF_SESSIOND_UST_REGISTRATION_H
#define RF_SESSIOND_UST_REGISTRATION_H

#include "common/loop.h"
#include "sessiond/ust/app.h"
#include "sessiond/ust/complaints.h"

#define RF_REGISTRATION_SIZE 136u
#define RF_REGISTRATION_MAGIC 0xC57C57C5u
#define RF_REGISTRATION_TIMEOUT (5 * RF_SECOND)
#define RF_REGISTRATION_PER_UID 2048u
#define RF_REGISTRATION_MAX 16384u

enum rf_registration_type {
	RF_REGISTRATION_COMMAND = 0,
	RF_REGISTRATION_NOTIFY = 1,
};

/* A process registered completely. The callee takes both sockets (both non-blocking). */
typedef void (*rf_registered_fn)(void *data, const struct rf_app_facts *facts, int command_sock, int notify_sock);

struct rf_registration {
	struct rf_loop *loop;
	struct rf_watch watch;
	int sock;
	struct rf_list knocking; /* connections that have not said who they are */
	struct rf_list waiting;  /* command connections without their notify one */
	unsigned int count;
	struct rf_timer resume;
	struct rf_complaints complaints;
	rf_registered_fn registered;
	void *data;
};

/* Decodes a message; 0 or -EPROTO. pid, uid and gid are not filled from it. */
int rf_registration_parse(const uint8_t bytes[static RF_REGISTRATION_SIZE], struct rf_app_facts *facts, uint32_t *type);

/* Takes SOCK, the listening socket. */
int rf_registration_init(
	struct rf_registration *registration, struct rf_loop *loop, int sock, rf_registered_fn registered, void *data);
void rf_registration_fini(struct rf_registration *registration);

#endif
