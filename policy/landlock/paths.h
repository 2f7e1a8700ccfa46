/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process may still open, make and remove, one list each with the reason beside each entry (tables.c). The
 * kernel's Landlock holds it to that, whoever it is: a system call filter cannot see paths. What was opened before
 * stays open; files can be looked up, and asked what they are, as before.
 *
 * It is there since Linux 5.13, where it is not left out of the kernel or its list of security modules. Newer kernels
 * (6.7, 6.12) also keep the process from TCP ports, from abstract addresses of sockets and from signalling others.
 */
#ifndef RF_POLICY_LANDLOCK_PATHS_H
#define RF_POLICY_LANDLOCK_PATHS_H

#include <stddef.h>
#include <stdint.h>

enum rf_paths_of {
	RF_PATHS_KERNEL_WORKER,
	RF_PATHS_STATE_READER,
	RF_PATHS_MODULE_HELPER,
};

/* Descriptors that a process of ours has instead of a path. */
enum rf_path_given {
	RF_GIVEN_TRACEFS,
	RF_GIVEN_MODULES, /* the file of lttng-modules */
	RF_GIVEN_COUNT,
};

struct rf_path_rule {
	const char *path; /* NULL: the descriptor; what is not there is passed over */
	enum rf_path_given given;
	uint64_t
		rights; /* LANDLOCK_ACCESS_FS_*, for it and all beneath; those a kernel does not know it lets be done */
	const char *reason;
};

struct rf_path_table {
	const struct rf_path_rule *rules;
	size_t count;
};

const struct rf_path_table *rf_paths_table(enum rf_paths_of who);

/*
 * Holds the calling thread, which has no_new_privs, to the list. GIVEN: the descriptors, -1 for those it has not; NULL:
 * none. Irrevocable. 0, also where the kernel has no Landlock, which it says; negative errno on failure: the caller
 * must not go on then.
 */
int rf_paths_enter(enum rf_paths_of who, const int given[RF_GIVEN_COUNT]);
/* The version of the kernel's Landlock; 0: there is none. Negative errno on failure. */
int rf_paths_version(void);

#endif
