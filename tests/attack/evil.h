/* SPDX-License-Identifier: GPL-2.0-only */
/* What the evil child of the broker (evil_child.c) and its attacks share. */
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
 * Before an attack consumer 1, tree 1 and directory 1 are alice's, consumer 2, tree 2 and directory 2 bob's. For those
 * on the kernel there are consumers 3 and 4 of the kernel, too, with an instance of one tracing buffer each: 1 is for
 * consumer 3, 2 for consumer 4. Attacks are made by a consumer or by the session daemon.
 */
#define EVIL_KERNEL_CONSUMER 3u
#define EVIL_OTHER_KERNEL_CONSUMER 4u
#define EVIL_INSTANCE 1u
#define EVIL_OTHER_INSTANCE 2u

struct attack {
	const char *name;
	uint32_t by;            /* a consumer; 0: the session daemon */
	unsigned int instances; /* attacks on the kernel: how many there are of these */
	/* >= 0: granted; -ENOTCONN: the broker ended the connection; other negative errno: refused. */
	int (*run)(void);
	/* Session daemon: for a request without reply, whether it had its effect; may be NULL. */
	int (*seen)(void);
};

/* By kind, in a file each. */
struct attack_table {
	const struct attack *attacks;
	size_t count;
};
extern const struct attack_table evil_grants;
extern const struct attack_table evil_forms;
extern const struct attack_table evil_trees;
extern const struct attack_table evil_kernel;

/* Requests as honest programs make them. Negative errno or 0. Paths are below EVIL_DIR. */
struct rf_writer evil_body(void);
int evil_ask(uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count);
/* On another link. REPLY (may be NULL): with its descriptors, to be closed. */
int evil_ask_on(
	int sock, uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count, struct rf_frame *reply);
int evil_ask_id(uint32_t type, uint32_t id);
int evil_reply(int sock, uint32_t serial, struct rf_frame *frame);
/* UID: EVIL_KERNEL for a consumer of the kernel. */
#define EVIL_KERNEL UINT32_MAX
int evil_spawn(uint32_t id, uint32_t uid, int control);
/* And its first chunk, the root itself. */
int evil_make_tree(uint32_t id, uint32_t uid, const char *path);
int evil_make_dir(uint32_t id, uint32_t tree, uint32_t consumer, uint32_t uid, uint8_t kind, const char *procname);
int evil_open_metadata(uint32_t dir);
/* Session daemon: the link of its kernel thread. */
extern int evil_kernel_link;
/* Session daemon: the instances. Says the name of their events' group. */
int evil_set_up_kernel(unsigned int instances);
bool evil_kernel_answers(void);
/* Session daemon: until a consumer's end was told, or the time is over. */
int evil_wait_gone(uint32_t consumer);

#endif
