/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/save.h"

#include "common/names.h"
#include "policy/broker/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)
#define FILE_MODE 0660
#define DEFAULT_DIRECTORY ".lttng/sessions"
#define SUFFIX ".lttng"
/* Left over by one that was killed, with our very process id. */
#define LEFT_OVER_MAX 100
#define BLOCK 65536

/* Its size, if it is one whose text and size are settled. */
static off_t text_size(int text)
{
	int seals = fcntl(text, F_GET_SEALS);
	struct stat st;

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(text, &st) < 0 || !S_ISREG(st.st_mode))
		return -EINVAL;
	return st.st_size > (off_t)RF_SAVE_SIZE_MAX ? -EFBIG : st.st_size;
}

static int write_all(int file, const char *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(file, bytes, len);

		if (done < 0)
			return -errno;
		bytes += done;
		len -= (size_t)done;
	}
	return 0;
}

static int copy(int text, off_t size, int file)
{
	static char block[BLOCK];
	off_t at = 0;

	while (at < size) {
		ssize_t got = pread(text, block, sizeof(block), at);
		int err = got <= 0 ? -EIO : write_all(file, block, (size_t)got);

		if (err < 0)
			return err;
		at += got;
	}
	return fsync(file) < 0 ? -errno : 0;
}

/* A new file of no meaning, which gets its name when it is whole. */
static int open_draft(int dir, char *name, size_t size)
{
	int fd = -EEXIST;

	for (int i = 0; fd == -EEXIST && i < LEFT_OVER_MAX; i++) {
		snprintf(name, size, ".ringfence-save-%d-%d", (int)getpid(), i);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
		if (fd < 0)
			fd = -errno;
	}
	return fd;
}

/* The draft gets its name. */
static int publish(int dir, const char *draft, const char *name, bool overwrite)
{
	if (overwrite)
		return renameat(dir, draft, dir, name) < 0 ? -errno : 0;
	if (renameat2(dir, draft, dir, name, RENAME_NOREPLACE) == 0)
		return 0;
	/* Not every file system knows the flag; a second name never replaces a file either. */
	if (errno != EINVAL || linkat(dir, draft, dir, name, 0) < 0)
		return -errno;
	unlinkat(dir, draft, 0);
	return 0;
}

static int save_in(int dir, const char *name, bool overwrite, int text)
{
	off_t size = text_size(text);
	char draft[64];
	int file = size < 0 ? (int)size : open_draft(dir, draft, sizeof(draft));
	int err;

	if (file < 0)
		return file;
	err = copy(text, size, file);
	if (close(file) < 0 && !err)
		err = -errno;
	if (!err)
		err = publish(dir, draft, name, overwrite);
	if (err < 0)
		unlinkat(dir, draft, 0);
	return err;
}

static int find_directory(const struct rf_identity *owner, const char *given, char *directory, size_t size)
{
	int len;

	if (!given[0] && !owner->home)
		return -ENOENT;
	len = given[0] ? snprintf(directory, size, "%s", given)
		       : snprintf(directory, size, "%s/" DEFAULT_DIRECTORY, owner->home);
	return len < (int)size ? 0 : -ENAMETOOLONG;
}

int rf_save_session(const struct rf_identity *owner, const struct rf_broker_save_session *request, int text,
	struct rf_broker_saved *saved)
{
	char name[RF_NAME_SIZE + sizeof(SUFFIX)];
	int err = find_directory(owner, request->directory, saved->where, sizeof(saved->where));
	int dir;

	if (err < 0)
		return err;
	if (!rf_session_name_ok(request->name))
		return -EINVAL;
	dir = rf_resolve_root(saved->where, owner->uid);
	if (dir < 0)
		return dir;
	saved->at_file = 1;
	snprintf(name, sizeof(name), "%s" SUFFIX, request->name);

	size_t len = strlen(saved->where);

	snprintf(saved->where + len, sizeof(saved->where) - len, "/%s", name);
	err = save_in(dir, name, request->overwrite, text);
	close(dir);
	return err;
}
