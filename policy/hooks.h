/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test builds with protections switched off, so that the attack tests can show that each of them is what stops an
 * attack: `make HOOKS=no-seccomp` defines RF_HOOK_NO_SECCOMP, and so on; `HOOKS=no-seccomp+keep-root` takes two away,
 * where one alone still stops it. A build for use defines none.
 *
 *   no-seccomp      processes do not lock themselves in with a filter
 *   no-landlock     processes may open what their identity may
 *   keep-root       children keep the broker's uid, gid and capabilities
 *   keep-caps       the broker keeps every capability that root has, and so do children that keep root
 *   no-new-privs    (off) children may gain privileges by exec
 *   follow-links    the run-as worker follows links whoever made them, and leaves its tree; the kernel worker, too
 *   worker-root     the run-as worker does not change its identity
 *   no-names        names of channels, events and symbols are not checked
 *   no-roles        the broker answers every request to every peer
 *   no-grants       the broker opens files of any directory, and rings of any instance, for any consumer
 *   no-kernel-owner the broker makes instances for users who may not trace the kernel
 *   no-kernel-users the session daemon lets every user trace the kernel
 *   no-seals        applications may change the size of ring buffers
 *   keep-positions  a channel's end looks at positions that applications may have written
 *   die-of-rings    a failed assertion about a ring buffer ends the consumer
 */
#ifndef RF_POLICY_HOOKS_H
#define RF_POLICY_HOOKS_H

#ifdef RF_HOOK_NO_SECCOMP
#define RF_USE_SECCOMP 0
#else
#define RF_USE_SECCOMP 1
#endif

#ifdef RF_HOOK_NO_LANDLOCK
#define RF_USE_LANDLOCK 0
#else
#define RF_USE_LANDLOCK 1
#endif

#ifdef RF_HOOK_KEEP_ROOT
#define RF_DROP_IDENTITY 0
#else
#define RF_DROP_IDENTITY 1
#endif

#ifdef RF_HOOK_KEEP_CAPS
#define RF_REDUCE_CAPS 0
#else
#define RF_REDUCE_CAPS 1
#endif

#ifdef RF_HOOK_NO_NEW_PRIVS
#define RF_NO_NEW_PRIVS 0
#else
#define RF_NO_NEW_PRIVS 1
#endif

#ifdef RF_HOOK_FOLLOW_LINKS
#define RF_CHECK_LINKS 0
#else
#define RF_CHECK_LINKS 1
#endif

#ifdef RF_HOOK_WORKER_ROOT
#define RF_WORKER_IDENTITY 0
#else
#define RF_WORKER_IDENTITY 1
#endif

#ifdef RF_HOOK_NO_NAMES
#define RF_CHECK_NAMES 0
#else
#define RF_CHECK_NAMES 1
#endif

#ifdef RF_HOOK_NO_ROLES
#define RF_CHECK_ROLES 0
#else
#define RF_CHECK_ROLES 1
#endif

#ifdef RF_HOOK_NO_GRANTS
#define RF_CHECK_GRANTS 0
#else
#define RF_CHECK_GRANTS 1
#endif

#ifdef RF_HOOK_NO_KERNEL_OWNER
#define RF_CHECK_KERNEL_OWNER 0
#else
#define RF_CHECK_KERNEL_OWNER 1
#endif

#ifdef RF_HOOK_NO_KERNEL_USERS
#define RF_CHECK_KERNEL_USERS 0
#else
#define RF_CHECK_KERNEL_USERS 1
#endif

#ifdef RF_HOOK_NO_SEALS
#define RF_SEAL_BUFFERS 0
#else
#define RF_SEAL_BUFFERS 1
#endif

#ifdef RF_HOOK_DIE_OF_RINGS
#define RF_SURVIVE_ASSERTIONS 0
#else
#define RF_SURVIVE_ASSERTIONS 1
#endif

#ifdef RF_HOOK_KEEP_POSITIONS
#define RF_RESTORE_BUFFERS 0
#else
#define RF_RESTORE_BUFFERS 1
#endif

#endif
