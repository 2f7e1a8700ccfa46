/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding and making directories in the run-as worker, with the session owner's rights.
 *
 * The output root is the one path that a client composed. It is walked from "/" component by component without ever
 * letting the kernel follow a link: a symbolic link is followed only when root or the session owner made it, since
 * anybody else's says where *he* wants the owner's files to go. ".." is refused. Missing directories are made, 0770.
 *
 * Below the root nothing is followed at all (openat2 beneath, no links), and names come from fields, not from paths.
 */
#ifndef RF_POLICY_BROKER_RESOLVE_H
#define RF_POLICY_BROKER_RESOLVE_H

#include <stddef.h>
#include <sys/types.h>

/* A descriptor of the directory at the absolute path ROOT, made as needed, or a negative errno. */
int rf_resolve_root(const char *root, uid_t owner);
/*
 * The directory at PATH (relative, components separated by '/') below DIR, made as needed; a descriptor or a negative
 * errno. NEW: the last component must not exist (-EEXIST).
 */
int rf_resolve_below(int dir, const char *path, int new_only);
/*
 * A file for writing in DIR: new, or an existing regular file of OWNER with one name only, which is emptied. NAME may
 * hold '/'. A descriptor or a negative errno.
 */
int rf_resolve_file(int dir, const char *name, uid_t owner);

#endif
