/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attacks from inside: what a process could do that is wholly in an attacker's hands after it has locked itself in. One
 * attempt is one forbidden thing; the table says which roles try it and which protections stop it.
 */
#ifndef RF_TESTS_ATTACK_INSIDE_H
#define RF_TESTS_ATTACK_INSIDE_H

#include <stddef.h>
#include <sys/types.h>

/* Roles that try an attempt. */
#define IN_SESSIOND 1u
#define IN_CONSUMER 2u
#define IN_WORKER 4u
#define IN_KERNEL_CONSUMER 8u
#define IN_KERNEL_WORKER 16u /* uid 0 without a capability: what root may is not refused to it for its identity */
#define IN_STATE 32u         /* reader of the machine's state: may open to read */
#define IN_PROGRAM 64u       /* taker of a client's program */
/* Those that open nothing at all. */
#define IN_DAEMON (IN_SESSIOND | IN_CONSUMER | IN_KERNEL_CONSUMER | IN_PROGRAM)
#define IN_ACCOUNT (IN_DAEMON | IN_WORKER | IN_STATE) /* all that are not root */
#define IN_ALL (IN_ACCOUNT | IN_KERNEL_WORKER)

/* What Landlock stops besides, in the roles that have it: where the kernel has it, or is as new as that. */
#define BY_PATHS 256u
#define BY_SCOPES 512u

/* Who the roles are, and their tenants. */
#define SESSIOND_UID 64001
#define CONSUMER_UID 64002
#define ALICE_UID 64101 /* the owner of the worker's tree */
#define BOB_UID 64102   /* another user */

/*
 * What must be switched off for an attempt to succeed: the name of a set of hooks, see run.sh. The sets of one ladder
 * contain each other, and at every step below the named one the attempt must still fail: that is what shows that the
 * second and third protection hold when the first is gone.
 *
 *   seccomp < identity < caps
 *   seccomp < privs
 *   worker < worker-caps
 *   links
 *   landlock
 *
 * To those of attempts that are BY_PATHS or BY_SCOPES, "+landlock" is added: Landlock alone must stop them, too, and
 * they succeed when it is gone with the rest.
 *
 * "kernel" is like caps, but what the kernel itself says below that is its configuration's matter.
 * "never" has no protection of ours that could be switched off.
 */
struct attempt {
	const char *name;
	const char *needs;
	unsigned int roles;
	/* 0: it succeeded. Negative errno: refused. Killed: refused. */
	int (*run)(void);
};

/* What was there before the process locked itself in. */
struct scene {
	const char *scratch;
	const char *self;        /* path of this program, executable by all */
	const char *setuid_self; /* a copy that belongs to root and has the set-user-id bit */
	pid_t open_victim;       /* process of the same identity, dumpable */
	pid_t shut_victim;       /* process of the same identity, not dumpable: as our own processes are */
	pid_t broker;            /* the parent, root */
	int stray_socket;        /* unconnected stream socket */
	int stray_datagram;      /* end of a datagram socket pair */
};

extern struct scene scene;

/* Fills the scratch directory and opens the sockets; as root. 0 or negative errno. */
int make_scene(void);

extern const struct attempt system_attempts[];
extern const size_t system_attempt_count;
extern const struct attempt process_attempts[];
extern const size_t process_attempt_count;
extern const struct attempt file_attempts[];
extern const size_t file_attempt_count;
extern const struct attempt kernel_attempts[];
extern const size_t kernel_attempt_count;

/* PATH below the scratch directory; one of two static buffers in turn. */
const char *scratch_path(const char *path);

#endif
