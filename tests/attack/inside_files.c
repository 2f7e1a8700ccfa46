/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attempts on files. Daemons have no business with paths at all; a worker has its tree, with traps in
 * it that another user may have planted, and goes there with the worker's own functions.
 */
#include "policy/broker/resolve.h"
#include "tests/attack/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define IN_READERS (IN_KERNEL_WORKER | IN_STATE) /* opening is their work */

static int outcome(long result)
{
	return result < 0 ? -errno : 0;
}

static int read_passwd(void)
{
	return outcome(open("/etc/passwd", O_RDONLY));
}

static int read_passwd_at(void)
{
	return outcome(openat(AT_FDCWD, "/etc/passwd", O_RDONLY));
}

static int read_shadow(void)
{
	return outcome(openat(AT_FDCWD, "/etc/shadow", O_RDONLY));
}

static int read_of_bob(void)
{
	return outcome(openat(AT_FDCWD, scratch_path("bob/secret"), O_RDONLY));
}

static int write_new(void)
{
	return outcome(openat(AT_FDCWD, scratch_path("open/new"), O_WRONLY | O_CREAT, 0600));
}

static int write_existing(void)
{
	return outcome(openat(AT_FDCWD, scratch_path("open/writable"), O_WRONLY));
}

static int change_mode(void)
{
	return outcome(fchmodat(AT_FDCWD, scratch_path("open/doomed"), 04755, 0));
}

static int change_owner(void)
{
	return outcome(fchownat(AT_FDCWD, scratch_path("bob/secret"), 0, 0, 0));
}

static int make_where_root_may(void)
{
	return outcome(mkdirat(AT_FDCWD, scratch_path("rootonly/new"), 0700));
}

static int remove_file(void)
{
	return outcome(unlinkat(AT_FDCWD, scratch_path("open/doomed"), 0));
}

static int rename_file(void)
{
	return outcome(renameat(AT_FDCWD, scratch_path("open/doomed"), AT_FDCWD, scratch_path("open/renamed")));
}

static int remove_of_bob(void)
{
	return outcome(unlinkat(AT_FDCWD, scratch_path("bob/secret"), 0));
}

static int rename_of_bob(void)
{
	return outcome(renameat(AT_FDCWD, scratch_path("bob/secret"), AT_FDCWD, scratch_path("bob/renamed")));
}

static int make_link(void)
{
	return outcome(symlinkat("/etc", AT_FDCWD, scratch_path("open/link")));
}

static int hard_link(void)
{
	return outcome(linkat(AT_FDCWD, scratch_path("open/doomed"), AT_FDCWD, scratch_path("open/linked"), 0));
}

/* What belongs to root: nothing is written to it. */
static int write_passwd(void)
{
	return outcome(openat(AT_FDCWD, "/etc/passwd", O_WRONLY | O_APPEND));
}

static int write_sysctl(void)
{
	return outcome(openat(AT_FDCWD, "/proc/sys/kernel/core_pattern", O_WRONLY));
}

static int create_in_root(void)
{
	static const char path[] = "/root/.made-by-attack";
	int fd = openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd >= 0)
		unlinkat(AT_FDCWD, path, 0);
	return outcome(fd);
}

static int remove_dir(void)
{
	return outcome(unlinkat(AT_FDCWD, scratch_path("mount-here"), AT_REMOVEDIR));
}

/* Whatever comes after the planted link would be made where the link's maker wants, with the victim's rights. */
static int root_through_link(void)
{
	int root = rf_resolve_root(scratch_path("shared/trap/made-by-attack"), ALICE_UID);

	return root < 0 ? root : 0;
}

static int tree(void)
{
	return rf_resolve_root(scratch_path("alice/tree"), ALICE_UID);
}

static int part_through_link(void)
{
	int part = rf_resolve_below(tree(), "trap/made-by-attack", 0);

	return part < 0 ? part : 0;
}

static int file_through_link(void)
{
	int file = rf_resolve_file(tree(), "trap/x_0", ALICE_UID);

	return file < 0 ? file : 0;
}

static int file_above(void)
{
	int file = rf_resolve_file(tree(), "../above", ALICE_UID);

	return file < 0 ? file : 0;
}

static int file_absolute(void)
{
	int file = rf_resolve_file(tree(), scratch_path("alice/private/absolute"), ALICE_UID);

	return file < 0 ? file : 0;
}

/* The file's other name is precious: opening it for a trace would empty it. */
static int file_hard_link(void)
{
	int file = rf_resolve_file(tree(), "hard-link", ALICE_UID);

	return file < 0 ? file : 0;
}

/* Somebody else made the file first, and holds it open. */
static int file_of_bob(void)
{
	int file = rf_resolve_file(tree(), "bobs-file", ALICE_UID);

	return file < 0 ? file : 0;
}

/* What should still be there. */
static int gone(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, scratch_path(path), &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT ? 0 : -EPERM;
}

static int prune_through_link(void)
{
	rf_resolve_prune(tree(), "trap/empty");
	return gone("alice/private/empty");
}

static int find_through_link(void)
{
	int dir = rf_resolve_existing(tree(), "trap/empty");

	return dir < 0 ? dir : 0;
}

/* In alice's directory she could: it is not hers to delete all the same. */
static int delete_of_bob(void)
{
	rf_resolve_delete(tree(), "bobs-file", ALICE_UID);
	return gone("alice/tree/bobs-file");
}

static int root_of_bob(void)
{
	int root = rf_resolve_root(scratch_path("bob/made-by-attack"), ALICE_UID);

	return root < 0 ? root : 0;
}

static int root_of_root(void)
{
	int root = rf_resolve_root(scratch_path("rootonly/made-by-attack"), ALICE_UID);

	return root < 0 ? root : 0;
}

const struct attempt file_attempts[] = {
	{"open", "seccomp", IN_DAEMON, read_passwd},
	{"openat", "seccomp", IN_DAEMON, read_passwd_at},
	{"open-shadow", "identity", IN_DAEMON | IN_STATE | BY_PATHS, read_shadow},
	{"open-of-user", "caps", IN_DAEMON | IN_READERS | BY_PATHS, read_of_bob},
	{"create", "seccomp", IN_DAEMON | IN_STATE | BY_PATHS, write_new},
	{"open-to-write", "seccomp", IN_DAEMON | IN_STATE | BY_PATHS, write_existing},
	{"mkdir-as-root", "identity", IN_DAEMON | IN_STATE | BY_PATHS, make_where_root_may},
	{"unlink", "seccomp", IN_DAEMON | IN_STATE | BY_PATHS, remove_file},
	{"unlink-of-user", "caps", IN_READERS | BY_PATHS, remove_of_bob},
	{"rename", "seccomp", IN_DAEMON | IN_READERS | BY_PATHS, rename_file},
	{"rename-of-user", "caps", IN_READERS | BY_PATHS, rename_of_bob},
	{"chmod", "seccomp", IN_KERNEL_WORKER, change_mode},
	{"chown", "caps", IN_KERNEL_WORKER, change_owner},
	{"symlink", "seccomp", IN_ALL | BY_PATHS, make_link},
	{"link", "identity", IN_ACCOUNT | BY_PATHS, hard_link},
	{"link", "seccomp", IN_KERNEL_WORKER | BY_PATHS, hard_link},
	{"openat", "landlock", IN_READERS, read_passwd_at},
	{"open-shadow", "landlock", IN_KERNEL_WORKER, read_shadow},
	{"open-to-write", "landlock", IN_KERNEL_WORKER, write_existing},
	{"open-to-write-in-etc", "landlock", IN_KERNEL_WORKER, write_passwd},
	{"open-to-write-sysctl", "landlock", IN_KERNEL_WORKER, write_sysctl},
	{"create", "landlock", IN_KERNEL_WORKER, write_new},
	{"create-in-root", "landlock", IN_KERNEL_WORKER, create_in_root},
	{"mkdir-as-root", "landlock", IN_KERNEL_WORKER, make_where_root_may},
	{"rmdir", "landlock", IN_KERNEL_WORKER, remove_dir},
	{"unlink", "landlock", IN_KERNEL_WORKER, remove_file},
	{"open-shadow", "worker", IN_WORKER, read_shadow},
	{"open-of-user", "worker-caps", IN_WORKER, read_of_bob},
	{"unlink-of-user", "worker-caps", IN_WORKER, remove_of_bob},
	{"rename-of-user", "worker-caps", IN_WORKER, rename_of_bob},
	{"mkdir-as-root", "worker", IN_WORKER, make_where_root_may},
	{"root-of-user", "worker-caps", IN_WORKER, root_of_bob},
	{"root-of-root", "worker", IN_WORKER, root_of_root},
	{"root-through-link", "links", IN_WORKER, root_through_link},
	{"part-through-link", "links", IN_WORKER, part_through_link},
	{"file-through-link", "links", IN_WORKER, file_through_link},
	{"file-above-tree", "links", IN_WORKER, file_above},
	{"file-absolute", "links", IN_WORKER, file_absolute},
	{"file-hard-link", "links", IN_WORKER, file_hard_link},
	{"file-of-user", "links", IN_WORKER, file_of_bob},
	{"prune-through-link", "links", IN_WORKER, prune_through_link},
	{"find-through-link", "links", IN_WORKER, find_through_link},
	{"delete-of-user", "links", IN_WORKER, delete_of_bob},
};
const size_t file_attempt_count = sizeof(file_attempts) / sizeof(file_attempts[0]);
