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
/* The same for a file that must not exist yet (-EEXIST), 0600. ACCESS: O_RDWR or O_WRONLY. */
int rf_resolve_private_file(int dir, const char *name, int access);
/* An existing directory below DIR. */
int rf_resolve_existing(int dir, const char *path);

/* Moves a directory; an existing TO is never replaced (-EEXIST), but for an empty one where the file system cannot
 * tell. */
int rf_resolve_move(int from_dir, const char *from, int to_dir, const char *to);
/* Deletes NAME in DIR if it is a regular file of OWNER. */
void rf_resolve_delete(int dir, const char *name, uid_t owner);
/* Removes the directory at PATH below DIR and then those above it, up to but without DIR, as long as they are empty. */
void rf_resolve_prune(int dir, const char *path);
/* Removes the directory at the absolute path ROOT, that DIR is a descriptor of, if it is empty. */
void rf_resolve_prune_root(const char *root, int dir, uid_t owner);

#endif
