/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/programs.h"

#include "common/log.h"
#include "policy/broker/forked.h"
#include "policy/broker/passed.h"
#include "policy/broker/reaped.h"
#include "policy/seccomp/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct program {
	struct rf_list node;
	struct rf_passed *passed; /* NULL: answered */
	uid_t uid;                /* of the client */
	pid_t pid;                /* -1: reaped */
	bool linked;
	struct rf_link link;
	struct rf_timer deadline;
};

int rf_program_check(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == FUSE_SUPER_MAGIC ? -EOPNOTSUPP : 0;
}

static void answer(struct program *program, int status, const int *fds, unsigned int fd_count)
{
	struct rf_passed *passed = program->passed;

	program->passed = NULL;
	if (passed)
		rf_passed_answer(passed, "", status, NULL, 0, fds, status < 0 ? 0 : fd_count);
}

/* Not before it is reaped: it counts for its user as long as it is there. */
static void free_ended(struct program *program)
{
	if (program->linked || program->pid > 0)
		return;
	rf_timer_cancel(&program->deadline);
	rf_list_remove(&program->node);
	free(program);
}

static void answered(struct rf_link *link, struct rf_frame *frame)
{
	int status = frame->status;

	if (status >= 0 && frame->fd_count != 1)
		status = -EIO;
	answer(link->owner, status, frame->fds, frame->fd_count);
}

static void gone(struct rf_link *link, int status)
{
	struct program *program = link->owner;

	(void)status;
	answer(program, -EIO, NULL, 0);
	program->linked = false;
	rf_link_fini(&program->link);
	free_ended(program);
}

static void too_late(struct rf_timer *timer)
{
	struct program *program = rf_container_of(timer, struct program, deadline);

	answer(program, -ETIMEDOUT, NULL, 0);
	if (program->pid < 0)
		return;
	rf_audit("op=receive-program role=sessiond uid=%u pid=%d result=late", (unsigned int)program->uid,
		(int)program->pid);
	kill(program->pid, SIGKILL);
}

/* Whether LINE of mountinfo is the overlay that the file is on: mounts of other name spaces have other ids. */
static bool is_overlay_of(const char *line, const struct statx *file)
{
	unsigned int major;
	unsigned int minor;
	unsigned int id;

	if (sscanf(line, "%u %*u %u:%u", &id, &major, &minor) != 3 || !strstr(line, " - overlay "))
		return false;
	return (file->stx_mask & STATX_MNT_ID && file->stx_mnt_id == id) ||
		(file->stx_dev_major == major && file->stx_dev_minor == minor);
}

/*
 * An overlay takes its files from other file systems, also from those in user space, and a user may mount one in a name
 * space of his own. What is mounted where we are is the administrator's.
 */
static int check_overlay(const struct statx *file, int mounts)
{
	FILE *lines = mounts < 0 ? NULL : fdopen(mounts, "r");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (lines && !found && getline(&line, &size, lines) > 0)
		found = is_overlay_of(line, file);
	free(line);
	if (lines)
		fclose(lines);
	return found ? 0 : -EOPNOTSUPP;
}

static int check(int fd, int mounts)
{
	int err = rf_program_check(fd);
	struct statx file;
	struct statfs fs;

	if (err < 0)
		return err;
	if (fstatfs(fd, &fs) < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID, &file) < 0)
		return -errno;
	/* Others have their own ideas of what close(2) waits for, as sockets do. */
	if (!S_ISREG(file.stx_mode))
		return -ENOEXEC;
	return fs.f_type == OVERLAYFS_SUPER_MAGIC ? check_overlay(&file, mounts) : 0;
}

/* The byte that waits in the client's socket FROM, with the one descriptor that there is room for. */
static int take(int from, int mounts, int *fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_LEN(sizeof(int))};
	ssize_t got = recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	const struct cmsghdr *rights = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;

	int err = got < 0 ? -errno : 0;

	/* Its client sees the end of the connection, however long this goes on. */
	close(from);
	if (err < 0)
		return err;
	if (!rights || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS ||
		rights->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EPROTO;
	memcpy(fd, CMSG_DATA(rights), sizeof(*fd));
	return message.msg_flags & MSG_CTRUNC ? -EPROTO : check(*fd, mounts);
}

static _Noreturn void receive(int sock, int from, const struct rf_identity *identity, pid_t broker)
{
	static const struct rf_frame request = {.type = RF_BROKER_RECEIVE_PROGRAM};
	int mounts;
	int err;
	int fd;

	if (rf_forked_begin(sock, from, broker) < 0 || rf_identity_confine(identity) < 0)
		_exit(EXIT_FAILURE);
	mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "rf-program");
	prctl(PR_SET_DUMPABLE, 0);
	if (rf_sandbox_enter(RF_ROLE_PROGRAM) < 0)
		_exit(EXIT_FAILURE);
	err = take(RF_FORKED_KEPT_FD, mounts, &fd);
	rf_forked_reply(RF_BROKER_FD, &request, err, NULL, 0, &fd, err < 0 ? 0 : 1);
	_exit(EXIT_SUCCESS);
}

static bool is_room(const struct rf_broker *broker, uid_t uid)
{
	unsigned int all = 0;
	unsigned int of_user = 0;

	rf_list_for_each(node, &broker->programs) {
		all++;
		of_user += rf_container_of(node, struct program, node)->uid == uid;
	}
	return all < RF_PROGRAMS_MAX && of_user < RF_PROGRAMS_OF_USER_MAX;
}

int rf_program_receive(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame, uid_t uid)
{
	struct program *program = is_room(broker, uid) ? calloc(1, sizeof(*program)) : NULL;
	char object[64];
	pid_t self = getpid();
	int sock;

	if (!program)
		return is_room(broker, uid) ? -ENOMEM : -EAGAIN;
	snprintf(object, sizeof(object), "role=sessiond uid=%u", (unsigned int)uid);
	program->uid = uid;
	program->passed = rf_passed_new(peer, frame, "receive-program", object);
	program->pid = program->passed ? rf_forked_start(broker->loop, &program->link, answered, gone, program, &sock)
				       : -ENOMEM;
	if (program->pid == 0)
		receive(sock, frame->fds[0], &broker->sessiond_identity, self);
	if (program->pid < 0) {
		int err = program->pid;

		free(program->passed);
		free(program);
		return err;
	}
	program->linked = true;
	rf_list_append(&broker->programs, &program->node);
	rf_timer_arm(broker->loop, &program->deadline, RF_PROGRAM_DEADLINE, too_late);
	return 0;
}

void rf_programs_forget_peer(struct rf_broker *broker, const struct rf_peer *peer)
{
	rf_list_for_each(node, &broker->programs) {
		struct program *program = rf_container_of(node, struct program, node);

		if (program->passed && program->passed->peer == peer)
			program->passed->peer = NULL;
	}
}

bool rf_programs_reap(struct rf_broker *broker, pid_t pid, int status)
{
	rf_list_for_each(node, &broker->programs) {
		struct program *program = rf_container_of(node, struct program, node);

		if (program->pid != pid)
			continue;
		(void)rf_audit_killed(status, "op=receive-program pid=%d", (int)pid);
		program->pid = -1;
		free_ended(program);
		return true;
	}
	return false;
}
