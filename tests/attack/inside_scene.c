/* SPDX-License-Identifier: GPL-2.0-only */
/* The scratch directory of one attempt: two users' files, and the traps that one has planted for the other. */
#include "tests/attack/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct scene scene;

enum kind {
	DIRECTORY,
	REGULAR,
	LINK,      /* symbolic, to the target below the scratch directory */
	HARD_LINK, /* of the target */
};

static const struct {
	enum kind kind;
	const char *name;
	const char *target;
	mode_t mode;
	uid_t owner;
} things[] = {
	{DIRECTORY, ".", NULL, 0755, 0},
	{DIRECTORY, "alice", NULL, 0755, ALICE_UID},
	{DIRECTORY, "alice/tree", NULL, 0770, ALICE_UID},
	{DIRECTORY, "alice/private", NULL, 0700, ALICE_UID},
	{DIRECTORY, "alice/private/empty", NULL, 0770, ALICE_UID},
	{REGULAR, "alice/precious", NULL, 0600, ALICE_UID},
	{LINK, "alice/tree/trap", "alice/private", 0, BOB_UID},
	{HARD_LINK, "alice/tree/hard-link", "alice/precious", 0, 0},
	{REGULAR, "alice/tree/bobs-file", NULL, 0666, BOB_UID},
	{DIRECTORY, "bob", NULL, 0700, BOB_UID},
	{REGULAR, "bob/secret", NULL, 0600, BOB_UID},
	{DIRECTORY, "shared", NULL, 01777, 0},
	{LINK, "shared/trap", "alice/private", 0, BOB_UID},
	{DIRECTORY, "open", NULL, 0777, 0},
	{REGULAR, "open/doomed", NULL, 0600, 0},
	{REGULAR, "open/writable", NULL, 0666, 0},
	{DIRECTORY, "tracefs", NULL, 0755, 0},
	{DIRECTORY, "tracefs/instance", NULL, 0755, 0},
	{REGULAR, "tracefs/set_event", NULL, 0640, 0},
	{LINK, "tracefs/instance/trap", "tracefs/set_event", 0, 0},
	{LINK, "tracefs/instance/events", "tracefs", 0, 0},
	{DIRECTORY, "rootonly", NULL, 0755, 0},
	{DIRECTORY, "mount-here", NULL, 0755, 0},
};

const char *scratch_path(const char *path)
{
	static char joined[2][PATH_MAX];
	static unsigned int turn;
	char *out = joined[turn++ % 2];

	snprintf(out, PATH_MAX, "%s/%s", scene.scratch, path);
	return out;
}

static int make_thing(size_t i)
{
	char path[PATH_MAX];
	char target[PATH_MAX];
	bool made;

	snprintf(path, sizeof(path), "%s", scratch_path(things[i].name));
	snprintf(target, sizeof(target), "%s", scratch_path(things[i].target ? things[i].target : ""));
	if (things[i].kind == DIRECTORY) {
		made = mkdir(path, 0700) == 0 || errno == EEXIST;
	} else if (things[i].kind == REGULAR) {
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		made = fd >= 0 && close(fd) == 0;
	} else {
		made = (things[i].kind == LINK ? symlink(target, path) : link(target, path)) == 0;
	}
	if (made && things[i].kind != HARD_LINK)
		made = lchown(path, things[i].owner, things[i].owner) == 0;
	if (made && things[i].mode)
		made = chmod(path, things[i].mode) == 0;
	return made ? 0 : -errno;
}

static int listen_at(const char *name, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_path(name));
	if (sock < 0 || bind(sock, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		chmod(address.sun_path, 0777) < 0 || (type == SOCK_STREAM && listen(sock, 8) < 0))
		return -errno;
	return 0;
}

int make_scene(void)
{
	int pair[2];
	int err = 0;

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]) && !err; i++)
		err = make_thing(i);
	if (!err)
		err = listen_at("listener", SOCK_STREAM);
	if (!err)
		err = listen_at("datagrams", SOCK_DGRAM);
	scene.stray_socket = socket(AF_UNIX, SOCK_STREAM, 0);
	if (scene.stray_socket < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
		return -errno;
	scene.stray_datagram = pair[0];
	return err;
}
