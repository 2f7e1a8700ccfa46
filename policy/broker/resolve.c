/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/resolve.h"

#include "policy/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel's own limit */
#define DIR_MODE 0770
#define FILE_MODE 0660
#define PRIVATE_MODE 0600

/* A walk: where we are, and what is left to go. */
struct walk {
	int at;
	char rest[PATH_MAX];
	uid_t owner;
	bool make; /* directories that are missing */
	unsigned int links;
};

static int open_beneath(int dir, const char *name, uint64_t flags, uint64_t mode)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	if (!RF_CHECK_LINKS)
		how.resolve = 0;

	long fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static void move_to(struct walk *walk, int fd)
{
	close(walk->at);
	walk->at = fd;
}

/* Takes the next component off the rest; false when there is none. */
static bool next_component(struct walk *walk, char name[NAME_MAX + 1], int *err)
{
	char *start = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(start, "/");

	if (!len)
		return false;
	if (len > NAME_MAX) {
		*err = -ENAMETOOLONG;
		return false;
	}
	memcpy(name, start, len);
	name[len] = '\0';
	memmove(walk->rest, start + len, strlen(start + len) + 1);
	return true;
}

/* LINK is a descriptor of a symbolic link: its target goes in front of the rest, if its maker may say so. */
static int follow(struct walk *walk, int link, uid_t maker)
{
	char target[PATH_MAX];
	char rest[PATH_MAX];

	if (RF_CHECK_LINKS && maker != 0 && maker != walk->owner)
		return -EPERM;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;

	ssize_t len = readlinkat(link, "", target, sizeof(target) - 1);

	if (len <= 0)
		return len < 0 ? -errno : -ENOENT;
	target[len] = '\0';
	memcpy(rest, walk->rest, sizeof(rest));
	if ((size_t)len + 1 + strlen(rest) >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memcpy(walk->rest, target, (size_t)len);
	walk->rest[len] = '/';
	memcpy(walk->rest + len + 1, rest, strlen(rest) + 1);
	if (target[0] == '/') {
		int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (top < 0)
			return -errno;
		move_to(walk, top);
	}
	return 0;
}

static int step(struct walk *walk, const char *name)
{
	struct stat st;
	int fd = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && walk->make) {
		if (mkdirat(walk->at, name, DIR_MODE) < 0 && errno != EEXIST)
			return -errno;
		fd = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return -EIO;
	}
	if (S_ISLNK(st.st_mode)) {
		int err = follow(walk, fd, st.st_uid);

		close(fd);
		return err;
	}
	if (!S_ISDIR(st.st_mode)) {
		close(fd);
		return -ENOTDIR;
	}
	move_to(walk, fd);
	return 0;
}

static int resolve(const char *root, uid_t owner, bool make)
{
	struct walk walk = {.owner = owner, .make = make};
	char name[NAME_MAX + 1];
	int err = 0;

	if (root[0] != '/' || strlen(root) >= sizeof(walk.rest))
		return -EINVAL;
	memcpy(walk.rest, root, strlen(root) + 1);
	walk.at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.at < 0)
		return -errno;
	while (!err && next_component(&walk, name, &err)) {
		/* In the path itself ".." is refused; a trusted link may contain it. */
		if (!strcmp(name, "..") && !walk.links)
			err = -EINVAL;
		else if (strcmp(name, ".") != 0)
			err = step(&walk, name);
	}
	if (err < 0) {
		close(walk.at);
		return err;
	}
	return walk.at;
}

int rf_resolve_root(const char *root, uid_t owner)
{
	return resolve(root, owner, true);
}

int rf_resolve_below(int dir, const char *path, int new_only)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t end = strcspn(path, "/");; end += 1 + strcspn(path + end + 1, "/")) {
		memcpy(part, path, end);
		part[end] = '\0';

		/* The parent is opened beneath first: mkdirat() alone would walk links on the way. */
		char *slash = strrchr(part, '/');
		int parent;

		if (slash)
			*slash = '\0';
		parent = open_beneath(dir, slash ? part : ".", O_PATH | O_DIRECTORY, 0);
		if (parent < 0)
			return parent;

		int made = mkdirat(parent, slash ? slash + 1 : part, DIR_MODE) < 0 ? -errno : 0;

		close(parent);
		if (made < 0 && (made != -EEXIST || (new_only && end == len)))
			return made;
		if (end == len)
			break;
	}
	return open_beneath(dir, path, O_PATH | O_DIRECTORY, 0);
}

static int reuse(int dir, const char *name, uid_t owner)
{
	struct stat st;
	int fd = open_beneath(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		(RF_CHECK_LINKS && (st.st_uid != owner || st.st_nlink != 1))) {
		close(fd);
		return -EEXIST;
	}
	if (ftruncate(fd, 0) < 0 || fcntl(fd, F_SETFL, 0) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int rf_resolve_file(int dir, const char *name, uid_t owner)
{
	int fd = open_beneath(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);

	return fd == -EEXIST ? reuse(dir, name, owner) : fd;
}

int rf_resolve_private_file(int dir, const char *name, int access)
{
	return open_beneath(dir, name, (uint64_t)access | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_MODE);
}

int rf_resolve_existing(int dir, const char *path)
{
	return open_beneath(dir, path, O_PATH | O_DIRECTORY, 0);
}

int rf_resolve_move(int from_dir, const char *from, int to_dir, const char *to)
{
	if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	/* Not every file system knows the flag. A directory replaces at most an empty one. */
	if (errno == EINVAL && renameat(from_dir, from, to_dir, to) == 0)
		return 0;
	return errno == ENOTEMPTY || errno == ENOTDIR ? -EEXIST : -errno;
}

void rf_resolve_delete(int dir, const char *name, uid_t owner)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		(!RF_CHECK_LINKS || st.st_uid == owner))
		unlinkat(dir, name, 0);
}

void rf_resolve_prune(int dir, const char *path)
{
	char part[PATH_MAX];
	char *slash;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return;
	do {
		slash = strrchr(part, '/');
		if (slash)
			*slash = '\0';

		/* The parent is opened beneath first: unlinkat() alone would walk links on the way. */
		int parent = open_beneath(dir, slash ? part : ".", O_PATH | O_DIRECTORY, 0);
		int gone = parent < 0 ? -1 : unlinkat(parent, slash ? slash + 1 : part, AT_REMOVEDIR);

		if (parent >= 0)
			close(parent);
		if (gone < 0)
			return;
	} while (slash);
}

void rf_resolve_prune_root(const char *root, int dir, uid_t owner)
{
	char above[PATH_MAX];
	size_t len = strlen(root);
	struct stat here;
	struct stat named;

	while (len > 1 && root[len - 1] == '/')
		len--;
	if (len <= 1 || len >= sizeof(above))
		return;
	memcpy(above, root, len);
	above[len] = '\0';

	char *slash = strrchr(above, '/');
	int parent;

	*slash = '\0';
	parent = resolve(slash == above ? "/" : above, owner, false);
	if (parent < 0)
		return;
	/* It may have been moved away, and another put in its place. */
	if (fstat(dir, &here) == 0 && fstatat(parent, slash + 1, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		here.st_dev == named.st_dev && here.st_ino == named.st_ino)
		unlinkat(parent, slash + 1, AT_REMOVEDIR);
	close(parent);
}
