/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/runtime.h"

#include "common/log.h"
#include "policy/broker/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif
#define BACKLOG 128 /* several applications a core may start at once */

/* Of little use to us; health clients and scripts look for them. The first is root's only. */
static const char *const consumer_dirs[RF_CONSUMER_DIRS] = {"kconsumerd", "ustconsumerd64", "ustconsumerd32"};
#define ROOT_DIRS 1

static const struct {
	const char *name;
	mode_t mode;
	bool for_group;   /* root's daemon: belongs to the tracing group */
	bool umask_mode;  /* not root's: as the umask has it */
	bool descriptors; /* may come with what is sent to it */
} sockets[RF_RUNTIME_SOCKETS] = {
	[RF_START_FD_CLIENT] = {"client-lttng-sessiond", 0660, true, false, true},
	[RF_START_FD_APPS] = {"lttng-ust-sock-8", 0666, false, false, false},
	[RF_START_FD_HEALTH] = {"sessiond-health", 0660, true, true, false},
	[RF_START_FD_NOTIFICATION] = {"sessiond-notification", 0660, true, false, false},
	[RF_START_FD_CONSUMER_HEALTH] = {"ustconsumerd64/health", 0660, true, true, false},
	[RF_START_FD_KERNEL_HEALTH] = {"kconsumerd/health", 0660, true, true, false},
};

const char *rf_runtime_home(void)
{
	const char *home = secure_getenv("LTTNG_HOME");

	if (!home)
		home = secure_getenv("HOME");
	if (home)
		return home;

	const struct passwd *account = getpwuid(getuid());

	return account ? account->pw_dir : NULL;
}

static int join(char *out, const char *dir, const char *name)
{
	if (snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX)
		return 0;
	rf_error("path too long: %s/%s", dir, name);
	return -ENAMETOOLONG;
}

static int make_dir(const char *path, mode_t mode, gid_t gid)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		rf_error("cannot make directory %s: %s", path, strerror(errno));
		return -errno;
	}
	if (gid != (gid_t)-1 && chown(path, 0, gid) < 0)
		rf_warning("cannot give directory %s to group %u: %s", path, gid, strerror(errno));
	if (mode && chmod(path, mode) < 0)
		rf_warning("cannot set the mode of directory %s: %s", path, strerror(errno));
	return 0;
}

static int make_runtime_dir(struct rf_runtime *runtime, gid_t group)
{
	const char *home = runtime->rootless ? rf_runtime_home() : NULL;

	if (runtime->rootless && !home) {
		rf_error("no home directory: set LTTNG_HOME or HOME");
		return -ENOENT;
	}

	int err = runtime->rootless ? join(runtime->dir, home, ".lttng") : join(runtime->dir, "/var/run", "lttng");

	if (!err)
		err = make_dir(runtime->dir, runtime->rootless ? 0 : 0755, group);
	return err;
}

/* A daemon that answers on the default socket is one, whatever locks say. */
static bool somebody_listens(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path))
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1);

	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* A full queue of connections is somebody, too. */
	bool listens = sock >= 0 &&
		(connect(sock, (struct sockaddr *)&address, sizeof(address)) == 0 || errno == EAGAIN);

	if (sock >= 0)
		close(sock);
	return listens;
}

static bool in_group(gid_t group)
{
	int count = getgroups(0, NULL);
	gid_t *groups = count > 0 ? calloc((size_t)count, sizeof(*groups)) : NULL;
	bool found = false;

	count = groups ? getgroups(count, groups) : 0;
	for (int i = 0; i < count; i++)
		found |= groups[i] == group;
	free(groups);
	return found;
}

/* While there is a daemon of root, the clients of its group's members ask nobody else. */
static bool root_serves_us(gid_t group)
{
	return group != (gid_t)-1 && in_group(group) && somebody_listens("/var/run/lttng/client-lttng-sessiond");
}

/* A daemon that ended removes its lock file: what we locked may have no name any more. */
static bool is_file_at(int fd, const char *path)
{
	struct stat here;
	struct stat there;

	return fstat(fd, &here) == 0 && stat(path, &there) == 0 && here.st_dev == there.st_dev &&
		here.st_ino == there.st_ino;
}

/* Both kinds of lock: older and newer daemons each know one of them. */
static int take_lock(struct rf_runtime *runtime)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[PATH_MAX];
	int err = join(path, runtime->dir, "lttng-sessiond.lck");

	if (err < 0)
		return err;
	for (;;) {
		runtime->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
		if (runtime->lock_fd < 0) {
			err = -errno;
			rf_error("cannot open lock file %s: %s", path, strerror(-err));
			return err;
		}
		if (fcntl(runtime->lock_fd, F_SETLK, &whole) < 0 || flock(runtime->lock_fd, LOCK_EX | LOCK_NB) < 0)
			return -EBUSY;
		if (is_file_at(runtime->lock_fd, path))
			return 0;
		close(runtime->lock_fd);
	}
}

/*
 * Whoever may send descriptors may send one that waits when it is closed, as a socket that lingers does, and nobody
 * needs to take it for that. Since Linux 6.16 they can be kept from being sent, also over connections that are made
 * later.
 */
static void refuse_descriptors(int sock)
{
	const int none = 0;

	if (setsockopt(sock, SOL_SOCKET, SO_PASSRIGHTS, &none, sizeof(none)) < 0 && errno != ENOPROTOOPT)
		rf_warning("descriptors that are sent to it are not refused: %s", strerror(errno));
}

static int listen_on(const char *path, mode_t mode, gid_t group, bool descriptors, int *sock)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path)) {
		rf_error("socket path too long: %s", path);
		return -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	unlink(path);
	*sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*sock >= 0 && !descriptors)
		refuse_descriptors(*sock);
	if (*sock < 0 || bind(*sock, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		(group != (gid_t)-1 && chown(path, 0, group) < 0) || (mode && chmod(path, mode) < 0) ||
		listen(*sock, BACKLOG) < 0) {
		int err = -errno;

		rf_error("cannot listen on %s: %s", path, strerror(-err));
		return err;
	}
	return 0;
}

unsigned int rf_runtime_sockets(const struct rf_runtime *runtime)
{
	return RF_RUNTIME_SOCKETS - (runtime->rootless ? 1 : 0);
}

static int make_sockets(struct rf_runtime *runtime, const struct rf_options *options, gid_t group)
{
	for (unsigned int i = 0; i < rf_runtime_sockets(runtime); i++) {
		const char *given = i == RF_START_FD_CLIENT ? options->client_sock
			: i == RF_START_FD_APPS             ? options->apps_sock
							    : NULL;
		int err = 0;

		if (given)
			snprintf(runtime->paths[i], PATH_MAX, "%s", given);
		else
			err = join(runtime->paths[i], runtime->dir, sockets[i].name);
		if (!err)
			err = listen_on(runtime->paths[i],
				runtime->rootless && sockets[i].umask_mode ? 0 : sockets[i].mode,
				sockets[i].for_group ? group : (gid_t)-1, sockets[i].descriptors, &runtime->socks[i]);
		if (err < 0)
			return err;
	}
	return 0;
}

static int make_consumer_dirs(struct rf_runtime *runtime, gid_t group)
{
	int err = 0;

	for (size_t i = runtime->rootless ? ROOT_DIRS : 0; i < RF_CONSUMER_DIRS && !err; i++) {
		char path[PATH_MAX];
		char error[PATH_MAX];

		err = join(path, runtime->dir, consumer_dirs[i]);
		if (!err)
			err = make_dir(path, 0750, group);
		if (!err)
			err = join(error, path, "error");
		if (!err)
			err = listen_on(error, 0660, (gid_t)-1, false, &runtime->error_socks[i]);
	}
	return err;
}

/* Without it applications that wait for a daemon find us a little later, on their own. */
static void map_wait_word(struct rf_runtime *runtime)
{
	char name[64] = "/lttng-ust-wait-8";
	mode_t mode = runtime->rootless ? 0660 : 0664;

	if (runtime->rootless)
		snprintf(name, sizeof(name), "/lttng-ust-wait-8-%u", getuid());

	mode_t old = umask(0);
	int fd = shm_open(name, O_RDWR | O_CREAT, mode);

	/* In a sticky directory not even root may create over somebody else's file. */
	if (fd < 0 && errno == EACCES)
		fd = shm_open(name, O_RDWR, mode);
	umask(old);
	if (fd < 0 || ftruncate(fd, sysconf(_SC_PAGESIZE)) < 0) {
		rf_warning("cannot make /dev/shm%s: %s; waiting applications notice this daemon late", name,
			strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	if ((!runtime->rootless && fchown(fd, 0, 0) < 0) || fchmod(fd, mode) < 0)
		rf_warning("cannot own /dev/shm%s: %s", name, strerror(errno));

	void *map = mmap(NULL, sizeof(int32_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED) {
		close(fd);
		return;
	}
	runtime->wait_word = map;
	runtime->wait_fd = fd;
}

int rf_runtime_create(struct rf_runtime *runtime, const struct rf_options *options)
{
	*runtime = (struct rf_runtime){.rootless = getuid() != 0, .lock_fd = -1};
	for (unsigned int i = 0; i < RF_RUNTIME_SOCKETS; i++)
		runtime->socks[i] = -1;
	memset(runtime->error_socks, -1, sizeof(runtime->error_socks));

	gid_t group = rf_group_find(options->group);

	if (runtime->rootless && root_serves_us(group)) {
		rf_error("a session daemon of root is already running, and serves group %s", options->group);
		return -EBUSY;
	}
	if (runtime->rootless) {
		group = (gid_t)-1;
	} else if (group == (gid_t)-1) {
		rf_warning("there is no group %s: only root may connect", options->group);
		group = 0;
	}

	char default_client[PATH_MAX];
	int err = make_runtime_dir(runtime, group);

	if (!err)
		err = join(default_client, runtime->dir, sockets[RF_START_FD_CLIENT].name);
	if (!err && somebody_listens(default_client))
		err = -EBUSY;
	if (!err)
		err = take_lock(runtime);
	if (err == -EBUSY)
		rf_error("another session daemon is already running for %s", runtime->dir);
	runtime->owned = !err;
	if (!err && options->pidfile)
		snprintf(runtime->pidfile, PATH_MAX, "%s", options->pidfile);
	else if (!err)
		err = join(runtime->pidfile, runtime->dir, "lttng-sessiond.pid");
	if (!err)
		err = make_consumer_dirs(runtime, group);
	if (!err)
		err = make_sockets(runtime, options, group);
	if (!err)
		map_wait_word(runtime);
	return err;
}

static void set_wait_word(struct rf_runtime *runtime, int32_t value)
{
	if (!runtime->wait_word)
		return;
	/* Anybody may have made the file before us and may cut it: we never touch its memory ourselves. */
	if (pwrite(runtime->wait_fd, &value, sizeof(value), 0) != sizeof(value))
		return;
	/* Shared between processes: not the private kind. */
	if (value)
		syscall(SYS_futex, runtime->wait_word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void rf_runtime_ready(struct rf_runtime *runtime)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	unlink(runtime->pidfile);

	int fd = open(runtime->pidfile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0 || write(fd, text, (size_t)len) != len)
		rf_warning("cannot write pid file %s: %s", runtime->pidfile, strerror(errno));
	if (fd >= 0) {
		fchmod(fd, 0644);
		close(fd);
	}
	set_wait_word(runtime, 1);
}

void rf_runtime_remove(struct rf_runtime *runtime)
{
	char path[PATH_MAX];

	if (!runtime->owned)
		return;
	set_wait_word(runtime, 0);
	for (unsigned int i = 0; i < RF_RUNTIME_SOCKETS; i++)
		if (runtime->socks[i] >= 0)
			unlink(runtime->paths[i]);
	unlink(runtime->pidfile);
	/* Of a start that failed half-way, too: a directory may be there without its socket. */
	for (size_t i = runtime->rootless ? ROOT_DIRS : 0; i < RF_CONSUMER_DIRS; i++) {
		char error[PATH_MAX];

		if (join(path, runtime->dir, consumer_dirs[i]) < 0)
			continue;
		if (join(error, path, "error") == 0)
			unlink(error);
		rmdir(path);
	}
	/* The lock goes last: whoever takes it next finds nothing of ours. */
	if (runtime->lock_fd >= 0 && join(path, runtime->dir, "lttng-sessiond.lck") == 0)
		unlink(path);
}
