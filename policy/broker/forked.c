/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/forked.h"

#include "common/proto_broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

pid_t rf_forked_start(struct rf_loop *loop, struct rf_link *link, rf_link_frame_fn on_frame, rf_link_gone_fn on_gone,
	void *owner, int *sock)
{
	int ends[2];
	pid_t pid;
	int err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	/* Before the fork: there is no child then that nobody knows. */
	err = rf_link_init(link, ends[0], on_frame, on_gone, owner);
	if (!err)
		err = rf_link_attach(link, loop);
	pid = err < 0 ? err : fork();
	if (pid == 0) {
		*sock = ends[1];
		return 0;
	}
	if (pid < 0 && !err)
		pid = -errno;
	close(ends[1]);
	if (pid < 0)
		rf_link_fini(link);
	return pid;
}

int rf_forked_begin(int sock, int kept, pid_t broker)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	/* Out of the way first: it may be where the link goes. */
	if (kept >= 0)
		kept = fcntl(kept, F_DUPFD_CLOEXEC, 10);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(sock, RF_BROKER_FD) < 0)
		return -errno;
	if (getppid() != broker)
		return -ESRCH;
	if (kept >= 0 && dup2(kept, RF_FORKED_KEPT_FD) < 0)
		return -errno;
	if (close_range(kept >= 0 ? RF_FORKED_KEPT_FD + 1 : RF_FORKED_KEPT_FD, ~0u, 0) < 0)
		return -errno;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

static int send_reply(int sock, const struct rf_frame *request, int status, const void *body, size_t body_len,
	const int *fds, unsigned int fd_count)
{
	struct pollfd writable = {.fd = sock, .events = POLLOUT};
	int err;

	/* The broker is the only one to wait for, and it always reads. */
	while ((err = rf_frame_send(sock, request->type | RF_FRAME_REPLY, request->serial, status, body, body_len, fds,
			fd_count)) == -EAGAIN)
		poll(&writable, 1, -1);
	return err;
}

void rf_forked_reply(int sock, const struct rf_frame *request, int status, const void *body, size_t body_len,
	const int *fds, unsigned int fd_count)
{
	int err = send_reply(sock, request, status, body, body_len, fds, fd_count);

	if (err < 0)
		err = send_reply(sock, request, err, NULL, 0, NULL, 0);
	if (err < 0)
		shutdown(sock, SHUT_RDWR);
}
