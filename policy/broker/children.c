/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/children.h"

#include "common/log.h"
#include "policy/broker/autoload.h"
#include "policy/broker/exec.h"
#include "policy/broker/forked.h"
#include "policy/broker/kernel_peer.h"
#include "policy/broker/kernel_service.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/lookups.h"
#include "policy/broker/programs.h"
#include "policy/broker/reaped.h"
#include "policy/broker/requests.h"
#include "policy/broker/state_reads.h"
#include "policy/broker/trees.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSUMER_SEND_BUFFER 8192 /* bytes; every frame to a consumer is much smaller */
#define CONSUMERS_MAX 1024u
/* One that closed its link is at its end; it is of no use if not. */
#define HANG_UP_GRACE (10 * RF_SECOND)

/* What children may know of our environment besides what all may. */
static const char *const passed_on[] = {
	"LTTNG_UST_CLOCK_PLUGIN", /* daemons and applications must read the same clock */
	NULL,
};

/*
 * The allocator's caches, one a thread, keep what was allocated by one thread and freed by another out of the heap's
 * free space: with two dozen threads a heap grows on for thousands of applications although nothing is held.
 */
static const char tunables[] = "GLIBC_TUNABLES=glibc.malloc.tcache_count=0";

/* Descriptors of a new child, by the number they get. -1: none. */
struct child_fds {
	int broker;
	int control;
};

static int arrange_fds(const struct child_fds *fds)
{
	/* Out of the way first: the source of one may be the place of the other. */
	int broker = fcntl(fds->broker, F_DUPFD_CLOEXEC, 10);
	int control = fds->control < 0 ? -1 : fcntl(fds->control, F_DUPFD_CLOEXEC, 10);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (broker < 0 || (fds->control >= 0 && control < 0) || null < 0)
		return -errno;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(broker, RF_BROKER_FD) < 0 ||
		(control >= 0 && dup2(control, RF_CONSUMER_CONTROL_FD) < 0))
		return -errno;
	return close_range(control >= 0 ? RF_CONSUMER_CONTROL_FD + 1 : RF_BROKER_FD + 1, ~0u, 0) < 0 ? -errno : 0;
}

struct start {
	const char *program; /* one of ours by name, or an absolute path */
	enum rf_peer_role role;
	const struct rf_identity *identity;
	bool urgent;    /* what it reads is lost when others keep it from running */
	int control_fd; /* -1: none */
};

static _Noreturn void become_child(const char *path, const struct start *how, const struct child_fds *fds, pid_t broker)
{
	char *argv[] = {(char *)(uintptr_t)path, NULL};
	const struct rf_program program = {
		.path = path, .argv = argv, .passed_on = passed_on, .setting = tunables, .death_signal = SIGTERM};
	int err;

	setsid();
	umask(077);
	err = arrange_fds(fds);
	if (!err && how->urgent && rf_priority_raise() < 0)
		rf_warning("%s has no higher scheduling priority (capability sys_nice is missing): on a busy machine "
			   "events of the kernel will be lost",
			path);
	if (!err)
		rf_exec_confined(&program, how->identity, broker);
	rf_error("cannot start %s: %s", path, strerror(-err));
	_exit(127);
}

static void deadline_passed(struct rf_timer *timer)
{
	struct rf_peer *peer = rf_container_of(timer, struct rf_peer, deadline);

	if (peer->exited)
		return;
	rf_audit("op=kill pid=%d result=granted reason=\"did not end in time\"", (int)peer->pid);
	kill(peer->pid, SIGKILL);
}

static void peer_gone(struct rf_link *link, int status)
{
	struct rf_peer *peer = link->owner;

	if (status < 0 && status != -ECONNRESET && status != -EPIPE) {
		rf_child_kill(peer, strerror(-status));
		if (peer->exited)
			rf_lifecycle_peer_over(peer);
		return;
	}
	peer->linked = false;
	rf_trees_forget_peer(peer->broker, peer);
	rf_kernel_forget_peer(peer->broker, peer);
	rf_link_close(link);
	if (peer->exited)
		rf_lifecycle_peer_over(peer);
	else if (!rf_timer_armed(&peer->deadline))
		rf_timer_arm(peer->broker->loop, &peer->deadline, HANG_UP_GRACE, deadline_passed);
}

static void peer_frame(struct rf_link *link, struct rf_frame *frame)
{
	rf_requests_serve(link->owner, frame);
}

/*
 * Descriptors on the way to a consumer that does not read count against the broker's account, and there is a limit for
 * all of that account's together. Few frames fit into this much; the rest waits in the link, which is bounded.
 */
static void bound_socket(int sock, enum rf_peer_role role)
{
	if (role == RF_PEER_CONSUMER)
		setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &(int){CONSUMER_SEND_BUFFER}, sizeof(int));
}

static struct rf_peer *start(struct rf_broker *broker, const struct start *how, int *err)
{
	const char *program = how->program;
	const char *dir = program[0] == '/' ? "" : broker->helper_dir;
	const char *slash = program[0] == '/' ? "" : "/";
	struct rf_peer *peer = calloc(1, sizeof(*peer));
	char path[PATH_MAX];
	pid_t self = getpid();
	struct child_fds fds = {.control = how->control_fd};

	*err = -ENOMEM;
	if (!peer)
		return NULL;
	*err = snprintf(path, sizeof(path), "%s%s%s", dir, slash, program) < (int)sizeof(path) ? 0 : -ENAMETOOLONG;
	peer->broker = broker;
	peer->role = how->role;
	rf_list_init(&peer->node);
	if (!*err)
		peer->pid = rf_forked_start(broker->loop, &peer->link, peer_frame, peer_gone, peer, &fds.broker);
	if (!*err && peer->pid == 0)
		become_child(path, how, &fds, self);
	if (peer->pid < 0)
		*err = peer->pid;
	if (*err < 0) {
		free(peer);
		return NULL;
	}
	bound_socket(peer->link.sock, how->role);
	peer->linked = true;
	rf_audit("op=start program=%s pid=%d uid=%u gid=%u result=granted", program, (int)peer->pid, how->identity->uid,
		how->identity->gid);
	return peer;
}

int rf_children_start_sessiond(struct rf_broker *broker)
{
	struct rf_broker_start message = {
		.rootless = broker->runtime->rootless,
		.log_level = (uint8_t)rf_log_get_level(),
		.app_timeout_ms = broker->options->app_timeout_ms,
	};
	const struct start how = {
		.program = "ringfence-sessiond",
		.role = RF_PEER_SESSIOND,
		.identity = &broker->sessiond_identity,
		.control_fd = -1,
	};
	const unsigned int listening = rf_runtime_sockets(broker->runtime);
	int fds[RF_START_FD_COUNT];
	struct rf_writer w;
	int err;

	broker->sessiond = start(broker, &how, &err);
	if (!broker->sessiond)
		return err;
	broker->started = rf_now();
	memcpy(fds, broker->runtime->socks, sizeof(broker->runtime->socks));
	err = rf_kernel_peer_new(broker, &fds[listening]);
	if (err < 0) {
		rf_child_kill(broker->sessiond, strerror(-err));
		return err;
	}
	snprintf(message.hostname, sizeof(message.hostname), "%s", broker->hostname);
	rf_frame_body(&w);
	rf_broker_start_encode(&w, &message);
	err = rf_link_send_writer(&broker->sessiond->link, RF_BROKER_START, 0, 0, &w, fds, listening + 1);
	close(fds[listening]);
	rf_policy_tell_new(broker);
	return err;
}

static unsigned int count_consumers(const struct rf_broker *broker)
{
	unsigned int count = 0;

	rf_list_for_each(node, &broker->consumers)
		count++;
	return count;
}

int rf_children_start_consumer(struct rf_broker *broker, const struct rf_broker_spawn_consumer *request, int control_fd)
{
	const struct rf_broker_consumer_start message = {.consumer = request->consumer,
		.uid = request->uid,
		.abi_bits = request->abi_bits,
		.kernel = request->kernel,
		.log_level = (uint8_t)rf_log_get_level()};
	const struct start how = {
		.program = request->abi_bits == 32 ? broker->options->consumer32 : "ringfence-consumerd",
		.role = RF_PEER_CONSUMER,
		.identity = &broker->consumer_identity,
		.urgent = request->kernel,
		.control_fd = control_fd,
	};
	struct rf_writer w;
	int err;

	if (!how.program) {
		rf_error("no consumer for 32-bit applications of uid %u: name the program with --consumerd32-path",
			request->uid);
		return -ENOENT;
	}
	if (count_consumers(broker) >= CONSUMERS_MAX)
		return -EUSERS;

	struct rf_peer *peer = start(broker, &how, &err);

	if (!peer)
		return err;
	peer->id = request->consumer;
	peer->uid = request->uid;
	peer->kernel = request->kernel;
	rf_list_append(&broker->consumers, &peer->node);
	rf_frame_body(&w);
	rf_broker_consumer_start_encode(&w, &message);
	return rf_link_send_writer(&peer->link, RF_BROKER_CONSUMER_START, 0, 0, &w, NULL, 0);
}

struct rf_peer *rf_children_find_consumer(struct rf_broker *broker, uint32_t id)
{
	rf_list_for_each(node, &broker->consumers) {
		struct rf_peer *peer = rf_container_of(node, struct rf_peer, node);

		if (peer->id == id)
			return peer;
	}
	return NULL;
}

void rf_child_end(struct rf_peer *peer, uint64_t grace)
{
	if (peer->exited)
		return;
	kill(peer->pid, SIGTERM);
	rf_timer_arm(peer->broker->loop, &peer->deadline, grace, deadline_passed);
}

void rf_child_kill(struct rf_peer *peer, const char *why)
{
	rf_audit("op=kill pid=%d result=granted reason=\"%s\"", (int)peer->pid, why);
	if (!peer->exited)
		kill(peer->pid, SIGKILL);
	peer->linked = false;
	rf_trees_forget_peer(peer->broker, peer);
	rf_kernel_forget_peer(peer->broker, peer);
	rf_link_close(&peer->link);
}

static void peer_exited(struct rf_peer *peer, int status)
{
	const char *what = peer->role == RF_PEER_SESSIOND ? "ringfence-sessiond" : "ringfence-consumerd";

	peer->exited = true;
	rf_timer_cancel(&peer->deadline);
	if (!rf_audit_killed(status, "op=end program=%s pid=%d", what, (int)peer->pid))
		rf_audit("op=end program=%s pid=%d result=exited status=%d", what, (int)peer->pid, WEXITSTATUS(status));
	rf_lifecycle_peer_exited(peer, status);
	if (!peer->linked)
		rf_lifecycle_peer_over(peer);
}

static struct rf_peer *find_pid(struct rf_broker *broker, pid_t pid)
{
	if (broker->sessiond && broker->sessiond->pid == pid)
		return broker->sessiond;
	rf_list_for_each(node, &broker->consumers) {
		struct rf_peer *peer = rf_container_of(node, struct rf_peer, node);

		if (peer->pid == pid)
			return peer;
	}
	return NULL;
}

void rf_children_reap(struct rf_broker *broker)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct rf_peer *peer = find_pid(broker, pid);
		bool loaded;

		if (peer)
			peer_exited(peer, status);
		else if (rf_autoload_reap(broker, pid, status, &loaded))
			rf_lifecycle_loaded(broker, loaded);
		else if (!rf_lookups_reap(broker, pid, status) && !rf_programs_reap(broker, pid, status) &&
			!rf_kernel_reap(broker, pid, status) && !rf_state_reads_reap(broker, pid, status) &&
			!rf_policy_reap(broker, pid, status))
			rf_trees_reap(broker, pid, status);
	}
}
