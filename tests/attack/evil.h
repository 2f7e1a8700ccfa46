/* SPDX-License-Identifier: GPL-2.0-only */
/* What the evil child of the broker (evil_child.c) and its attacks (evil_attacks.c) share. */
#ifndef RF_TESTS_ATTACK_EVIL_H
#define RF_TESTS_ATTACK_EVIL_H

#include "common/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVIL_DIR "/run/attack/evil"
#define EVIL_ALICE 64101u
#define EVIL_BOB 64102u

/*
 * Before an attack consumer 1, tree 1 and directory 1 are alice's, consumer 2, tree 2 and directory 2 bob's. Attacks
 * are made by consumer 1 or by the session daemon.
 */
struct attack {
	const char *name;
	bool by_consumer;
	/* >= 0: granted; -ENOTCONN: the broker ended the connection; other negative errno: refused. */
	int (*run)(void);
	/* Session daemon: for a request without reply, whether it had its effect; may be NULL. */
	int (*seen)(void);
};

extern const struct attack attacks[];
extern const size_t attack_count;

/* Requests as honest programs make them. Negative errno or 0. Paths are below EVIL_DIR. */
int evil_ask(uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count);
int evil_reply(uint32_t serial, struct rf_frame *frame);
int evil_spawn(uint32_t id, uint32_t uid, int control);
/* And its first chunk, the root itself. */
int evil_make_tree(uint32_t id, uint32_t uid, const char *path);
int evil_make_dir(uint32_t id, uint32_t tree, uint32_t consumer, uint32_t uid, uint8_t kind, const char *procname);
int evil_open_metadata(uint32_t dir);
/* Session daemon: until a consumer's end was told, or the time is over. */
int evil_wait_gone(uint32_t consumer);

#endif
