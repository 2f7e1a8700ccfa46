/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system call filters, one allow-list a role with the reason beside each call (tables.c). A call that is not in the
 * list kills the process; the broker sees SIGSYS and audits it. Filters of a parent hold for its children, too: the
 * broker's list therefore contains what its children need until they have locked themselves in.
 */
#ifndef RF_POLICY_SECCOMP_SANDBOX_H
#define RF_POLICY_SECCOMP_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

enum rf_role {
	RF_ROLE_BROKER,
	RF_ROLE_WORKER,
	RF_ROLE_SESSIOND,
	RF_ROLE_CONSUMER,
	RF_ROLE_KERNEL_CONSUMER,
	RF_ROLE_AUTOLOAD,
	RF_ROLE_KERNEL,
	RF_ROLE_STATE,
	RF_ROLE_PROGRAM,
};

/* What an argument must be for the call to be allowed. */
enum rf_argument_test {
	RF_ARG_ANY,
	RF_ARG_EQUAL,   /* argument == value */
	RF_ARG_NO_BITS, /* (argument & value) == 0 */
	RF_ARG_OWN_PID, /* argument == getpid() */
	/* socketpair() only: AF_UNIX and no datagram socket, which could reach any address that files allow */
	RF_ARG_CONNECTED_UNIX,
	RF_ARG_BIT_SET,  /* (argument & value) == value */
	RF_ARG_IOCTL_OF, /* numbers of ioctl(2): the type byte, which a driver has of its own, == value */
};

struct rf_call_rule {
	const char *call; /* a name that the architecture does not have is skipped */
	const char *reason;
	enum rf_argument_test test;
	unsigned int argument;
	uint64_t value;
};

struct rf_call_table {
	const struct rf_call_rule *rules;
	size_t count;
};

/* The lists of a role, in order; NULL-terminated. For the filter and for documentation tests. */
const struct rf_call_table *const *rf_sandbox_tables(enum rf_role role);

/*
 * The broker's filter lets 32-bit children run, too, as long as they have no filter of their own. What is in memory
 * cannot be looked at: of 32-bit socket calls, the address family. Before rf_sandbox_enter().
 */
void rf_sandbox_allow_32bit(void);

/*
 * Sets no_new_privs and locks the whole process (all threads) in. Irrevocable. Negative errno on failure: the caller
 * must not go on then.
 */
int rf_sandbox_enter(enum rf_role role);

#endif
