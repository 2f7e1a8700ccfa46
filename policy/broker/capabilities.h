/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities of the broker and identities of its children. With root only; without root all of these succeed and
 * change nothing but no_new_privs.
 *
 * After rf_caps_reduce() the broker holds, of everything root has:
 *   setuid, setgid  children and run-as workers take other identities
 *   setpcap         drops the bounding set of children
 *   kill            ends children of other uids
 *   dac_override    permitted only: effective in the worker of a tree that root owns, nowhere else
 *   sys_nice        permitted only: effective in a child that becomes the consumer of the kernel, until it is that
 */
#ifndef RF_POLICY_BROKER_CAPABILITIES_H
#define RF_POLICY_BROKER_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rf_identity {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary; malloc'd by who fills it */
	size_t group_count;
	char *home; /* malloc'd by who fills it, NULL when it is not known */
};

/*
 * First of all: what is above, and for the time until the sockets exist chown, fowner and dac_override (other owners'
 * leftovers in shared memory) and sys_resource (limit of open files). Root's magic ends here: neither exec nor a change
 * of uid gives anything back. Negative errno.
 */
int rf_caps_begin(void);
/* Once the sockets and files of the runtime directory exist: only what is above is left. */
int rf_caps_reduce(void);
/* In a fresh child, before what follows: the highest scheduling priority that is no real-time one. */
int rf_priority_raise(void);
/* Whether the next can succeed: containers and service managers take it away. */
bool rf_caps_have_modules(void);
/*
 * In the module helper, with all that root has, irrevocable: uid 0 and the capability sys_module, which a program that
 * it runs has, too. Negative errno.
 */
int rf_caps_keep_modules(void);
/* In a fresh child, irrevocable: IDENTITY and nothing else; no capability in any set, no_new_privs. */
int rf_identity_confine(const struct rf_identity *identity);
/* In a run-as worker, irrevocable: IDENTITY; uid 0 keeps dac_override, everybody else nothing. */
int rf_identity_run_as(const struct rf_identity *identity);

#endif
