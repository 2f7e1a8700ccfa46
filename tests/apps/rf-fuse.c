/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user who keeps others waiting by a file system of his own.
 *
 *     rf-fuse serve DIR UID PROGRAM    mounts one on DIR, of UID and for everybody, as root; PROGRAM is what its one
 *                                      file, `program`, holds. Once that was opened, nobody is told what is in it, how
 *                                      large the file system is, or that it may be closed.
 *     rf-fuse send SOCKET FILE         asks the session daemon for its sessions, sends FILE along, which is not asked
 *                                      for, and prints the code of the answer
 */
#define _GNU_SOURCE /* limits of paths, close-on-exec */
#include "tests/apps/fuse_server.h"

#include "sessiond/client/protocol.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static int serve(const char *dir, const char *uid, const char *program)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	struct fuse_served fs = {.silent = FUSE_SILENT(FUSE_READ) | FUSE_SILENT(FUSE_STATFS) | FUSE_SILENT(FUSE_FLUSH)};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(program);
	fs.size = (size_t)st.st_size;
	fs.content = mmap(NULL, fs.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fs.content == MAP_FAILED)
		die(program);
	fs.dev = fuse_mount_on(dir, (uid_t)strtoul(uid, NULL, 10), true);
	if (fs.dev < 0) {
		errno = -fs.dev;
		die("FUSE");
	}
	puts("mounted");
	fflush(stdout);
	fuse_serve(&fs);
	return EXIT_SUCCESS;
}

static void send_file(int sock, int file)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {.bytes = {0}};
	struct iovec part = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};

	control.head = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
	memcpy(CMSG_DATA(&control.head), &file, sizeof(file));
	if (sendmsg(sock, &message, MSG_NOSIGNAL) != 1)
		die("send");
}

static int send_along(const char *path, const char *program)
{
	static uint8_t envelope[RF_ENVELOPE_SIZE];
	const uint32_t number = RF_CMD_LIST_SESSIONS;
	const uint32_t count = 1;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int file = open(program, O_RDONLY | O_CLOEXEC);
	uint32_t answer[2];

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (file < 0 || connect(sock, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(program);
	memcpy(envelope, &number, sizeof(number));
	memcpy(envelope + RF_ENVELOPE_FD_COUNT, &count, sizeof(count));
	if (send(sock, envelope, sizeof(envelope), MSG_NOSIGNAL) != (ssize_t)sizeof(envelope))
		die("send");
	send_file(sock, file);
	if (recv(sock, answer, sizeof(answer), MSG_WAITALL) != (ssize_t)sizeof(answer))
		die("answer");
	printf("%u\n", answer[1]);
	/* The end of this process waits for the file system. */
	fflush(stdout);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "serve"))
		return serve(argv[2], argv[3], argv[4]);
	if (argc == 4 && !strcmp(argv[1], "send"))
		return send_along(argv[2], argv[3]);
	fprintf(stderr, "usage: rf-fuse serve DIR UID PROGRAM | rf-fuse send SOCKET FILE\n");
	return EXIT_FAILURE;
}
