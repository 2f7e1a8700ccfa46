/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ringfence-autoload [PATH]
 *
 * Loads sessions' configurations into a session daemon that has just been started, as an ordinary client of it: the
 * files are read here, with the rights of the daemon's user and no privilege, and what they say arrives as commands
 * like anybody's. PATH is a file or a directory; without it the user's and the system's directories are used, where
 * they are. Sessions of the same name are replaced. Exits with 0 when everything was loaded.
 */
#include "common/log.h"
#include "policy/seccomp/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <lttng/lttng.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".lttng"
#define USER_DIRECTORY ".lttng/sessions/auto"
#define SYSTEM_DIRECTORY "/etc/lttng/sessions/auto"
/* A group that nobody is in: liblttng-ctl then never looks for another daemon than the user's own. */
#define NO_GROUP ":"

static bool load_file(const char *path)
{
	struct lttng_load_session_attr *attr = lttng_load_session_attr_create();
	int err = attr ? lttng_load_session_attr_set_input_url(attr, path) : -LTTNG_ERR_NOMEM;

	if (!err)
		err = lttng_load_session_attr_set_overwrite(attr, 1);
	if (!err)
		err = lttng_load_session(attr);
	if (attr)
		lttng_load_session_attr_destroy(attr);
	if (err < 0)
		rf_error("cannot load %s: %s", path, lttng_strerror(err));
	return err >= 0;
}

static int is_configuration(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(SUFFIX) && !strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX);
}

static bool load_directory(const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_configuration, alphasort);
	bool ok = count >= 0;

	if (!ok)
		rf_error("cannot read %s: %s", directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];

		if (snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name) >= (int)sizeof(path))
			ok = false;
		ok = ok && load_file(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return ok;
}

static bool load_given(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		rf_error("cannot load %s: %s", path, strerror(errno));
		return false;
	}
	return S_ISDIR(st.st_mode) ? load_directory(path) : load_file(path);
}

/* One that is not there is no error, one that is somebody else's is none of ours. */
static bool load_if_ours(const char *directory)
{
	struct stat st;

	if (stat(directory, &st) < 0 || !S_ISDIR(st.st_mode))
		return true;
	if (getuid() != 0 && st.st_uid != getuid())
		return true;
	return load_directory(directory);
}

static bool load_defaults(const char *home)
{
	char directory[PATH_MAX];

	if (home && snprintf(directory, sizeof(directory), "%s/" USER_DIRECTORY, home) < (int)sizeof(directory) &&
		!load_if_ours(directory))
		return false;
	return load_if_ours(SYSTEM_DIRECTORY);
}

int main(int argc, char **argv)
{
	const char *home = getenv("LTTNG_HOME");

	rf_log_init("ringfence-autoload", RF_LOG_WARNING);
	prctl(PR_SET_DUMPABLE, 0);
	if (getuid() != 0) {
		/* Now: the filter lets no account module in any more. */
		(void)getgrnam(NO_GROUP);
		lttng_set_tracing_group(NO_GROUP);
	}
	if (rf_sandbox_enter(RF_ROLE_AUTOLOAD) < 0) {
		rf_error("cannot enter the sandbox: not reading anything without it");
		return EXIT_FAILURE;
	}
	return (argc > 1 ? load_given(argv[1]) : load_defaults(home ? home : getenv("HOME"))) ? EXIT_SUCCESS
											      : EXIT_FAILURE;
}
