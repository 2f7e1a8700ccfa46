/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/landlock/paths.h"

#include "common/log.h"
#include "policy/hooks.h"
#include "policy/landlock/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers may know the first member only; a kernel that does so takes zeroes for the others. */
struct ruleset_attr {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* What a kernel of the first version knows. */
#define FIRST_RIGHTS (LANDLOCK_ACCESS_FS_MAKE_SYM | (LANDLOCK_ACCESS_FS_MAKE_SYM - 1))
/* Of these alone a rule for a file that is no directory may consist. */
#define FILE_RIGHTS                                                                                                    \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |                   \
		LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

int rf_paths_version(void)
{
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version >= 0)
		return version;
	/* It is not built in, or not switched on. */
	return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -errno;
}

/* All that the kernel can refuse, and that a rule could allow again. */
static struct ruleset_attr refuse_all(int version)
{
	struct ruleset_attr all = {.fs = FIRST_RIGHTS};

	if (version >= RF_LANDLOCK_REFER)
		all.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= RF_LANDLOCK_TRUNCATE)
		all.fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (version >= RF_LANDLOCK_TCP)
		all.net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
	if (version >= RF_LANDLOCK_IOCTL_DEV)
		all.fs |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	if (version >= RF_LANDLOCK_SCOPES)
		all.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
	return all;
}

static int allow_fd(int ruleset, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr beneath = {.parent_fd = fd, .allowed_access = rights};
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		beneath.allowed_access &= FILE_RIGHTS;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0 ? -errno : 0;
}

static int allow_path(int ruleset, const char *path, uint64_t rights)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	err = allow_fd(ruleset, fd, rights);
	close(fd);
	return err;
}

static int allow(int ruleset, const struct rf_path_rule *rule, const int *given, uint64_t known)
{
	int fd = given ? given[rule->given] : -1;

	if (rule->path)
		return allow_path(ruleset, rule->path, rule->rights & known);
	return fd < 0 ? 0 : allow_fd(ruleset, fd, rule->rights & known);
}

static int enter(const struct rf_path_table *table, const int *given, int version)
{
	const struct ruleset_attr attr = refuse_all(version);
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	int err = ruleset < 0 ? -errno : 0;

	for (size_t i = 0; i < table->count && !err; i++) {
		err = allow(ruleset, &table->rules[i], given, attr.fs);
		if (err < 0)
			rf_error("cannot allow %s: %s",
				table->rules[i].path ? table->rules[i].path : table->rules[i].reason, strerror(-err));
	}
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		err = -errno;
	if (ruleset >= 0)
		close(ruleset);
	return err;
}

int rf_paths_enter(enum rf_paths_of who, const int given[RF_GIVEN_COUNT])
{
	int version = RF_USE_LANDLOCK ? rf_paths_version() : 0;

	if (version > 0)
		return enter(rf_paths_table(who), given, version);
	if (RF_USE_LANDLOCK && !version)
		rf_info("this kernel has no Landlock, or it is not switched on: this process could open all that its "
			"identity may");
	return version;
}
