/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/tracefs.h"

#include "policy/hooks.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MOUNTED_AT "/sys/kernel/tracing"
#define NAME_LONGEST 127u
#define SYMBOL_LONGEST 254u

static bool is_tracefs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == TRACEFS_MAGIC;
}

/* It ends with the last descriptor below it. */
static int mount_detached(void)
{
	int fs = fsopen("tracefs", FSOPEN_CLOEXEC);
	int mount = -1;

	if (fs < 0)
		return -ENODEV;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mount = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	close(fs);
	return mount < 0 ? -ENODEV : mount;
}

int rf_tracefs_root(void)
{
	int fd = open(MOUNTED_AT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && is_tracefs(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	return mount_detached();
}

int rf_tracefs_open(int dir, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};
	int fd;

	if (!RF_CHECK_LINKS) {
		how.resolve = 0;
		how.flags &= ~(uint64_t)O_NOFOLLOW;
	}
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

static int put(int dir, const char *path, int flags, const char *text)
{
	size_t len = strlen(text);
	int fd = rf_tracefs_open(dir, path, flags);
	ssize_t put;
	int err;

	if (fd < 0)
		return fd;
	put = write(fd, text, len);
	err = put < 0 ? -errno : (size_t)put < len ? -EIO : 0;
	close(fd);
	return err;
}

int rf_tracefs_put(int dir, const char *path, const char *text)
{
	return put(dir, path, O_WRONLY, text);
}

int rf_tracefs_append(int dir, const char *path, const char *text)
{
	return put(dir, path, O_WRONLY | O_APPEND, text);
}

int rf_tracefs_number(int dir, const char *path, uint64_t *value)
{
	int fd = rf_tracefs_open(dir, path, O_RDONLY);
	char text[64];
	char *end;

	if (fd < 0)
		return fd;

	ssize_t got = read(fd, text, sizeof(text) - 1);
	int err = got < 0 ? -errno : 0;

	close(fd);
	if (err < 0)
		return err;
	text[got] = '\0';
	*value = strtoull(text, &end, 10);
	return end == text ? -EINVAL : 0;
}

char *rf_tracefs_text(int dir, const char *path, size_t limit)
{
	int fd = rf_tracefs_open(dir, path, O_RDONLY);
	char *text = fd < 0 ? NULL : malloc(limit + 1);
	size_t at = 0;
	ssize_t got = -1;

	while (text && at < limit && (got = read(fd, text + at, limit - at)) > 0)
		at += (size_t)got;
	if (fd >= 0)
		close(fd);
	if (!text || got != 0) {
		free(text);
		return NULL;
	}
	text[at] = '\0';
	return text;
}

bool rf_tracefs_name_ok(const char *name, size_t len)
{
	bool dots = true;

	if (!len || len > NAME_LONGEST)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c > 0x7f || (!isalnum(c) && !strchr("_.:-", c)))
			return false;
		dots &= c == '.';
	}
	return !dots;
}

bool rf_tracefs_symbol_ok(const char *symbol)
{
	const char *colon = strchr(symbol, ':');
	size_t len = strlen(symbol);

	if (!len || len > SYMBOL_LONGEST || isdigit((unsigned char)symbol[0]))
		return false;
	if (colon && (colon == symbol || !colon[1] || isdigit((unsigned char)colon[1]) || strchr(colon + 1, ':')))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)symbol[i];

		if (c > 0x7f || (!isalnum(c) && !strchr("_.:", c)))
			return false;
	}
	return true;
}

bool rf_tracefs_event_names(const struct rf_blob *blob, const char *names[RF_OPEN_EVENTS_MAX], unsigned int *count)
{
	const char *at = (const char *)blob->data;
	const char *end = at + blob->len;

	*count = 0;
	if (!blob->len || end[-1] != '\0')
		return false;
	for (; at < end; at += strlen(at) + 1) {
		const char *slash = strchr(at, '/');

		if (*count == RF_OPEN_EVENTS_MAX || !slash ||
			(RF_CHECK_NAMES &&
				(!rf_tracefs_name_ok(at, (size_t)(slash - at)) ||
					!rf_tracefs_name_ok(slash + 1, strlen(slash + 1)))))
			return false;
		names[(*count)++] = at;
	}
	return true;
}
