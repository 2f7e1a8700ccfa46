/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/lifecycle.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/autoload.h"
#include "policy/broker/children.h"
#include "policy/broker/kernel_peer.h"
#include "policy/broker/kernel_service.h"
#include "policy/broker/lookups.h"
#include "policy/broker/modules.h"
#include "policy/broker/notify_manager.h"
#include "policy/broker/programs.h"
#include "policy/broker/trees.h"
#include "policy/seccomp/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SESSIOND_GRACE (30 * RF_SECOND)
#define CONSUMER_GRACE (10 * RF_SECOND)
/* One that lived this long gets a new start without delay. */
#define LIVED_LONG (30 * RF_SECOND)
#define RESTART_DELAY_MAX (8 * RF_SECOND)
#define WORKER_GRACE (10 * RF_SECOND)

/* A worker that hangs in its file system cannot be waited for. */
static void workers_late(struct rf_timer *timer)
{
	struct rf_broker *broker = rf_container_of(timer, struct rf_broker, stop_deadline);

	rf_audit("op=worker result=left reason=\"did not end in time\"");
	rf_loop_stop(broker->loop);
}

static void maybe_over(struct rf_broker *broker)
{
	if (!broker->stopping || broker->sessiond || rf_list_linked(&broker->consumers))
		return;
	/* They may still have torn packets to cut off. */
	rf_trees_close_all(broker);
	rf_kernel_end(broker);
	if (!rf_list_linked(&broker->trees) && rf_kernel_ended(broker) && rf_modules_end(broker))
		rf_loop_stop(broker->loop);
	else if (!rf_timer_armed(&broker->stop_deadline))
		rf_timer_arm(broker->loop, &broker->stop_deadline, WORKER_GRACE, workers_late);
}

void rf_lifecycle_worker_over(struct rf_broker *broker)
{
	maybe_over(broker);
}

static void restart(struct rf_timer *timer)
{
	struct rf_broker *broker = rf_container_of(timer, struct rf_broker, restart);
	int err = broker->stopping ? 0 : rf_children_start_sessiond(broker);

	if (err < 0) {
		rf_error("cannot start the session daemon: %s", strerror(-err));
		rf_timer_arm(broker->loop, &broker->restart, RESTART_DELAY_MAX, restart);
	}
}

static void plan_restart(struct rf_broker *broker)
{
	uint64_t delay = 0;

	if (rf_now() - broker->started > LIVED_LONG)
		broker->restarts = 0;
	if (broker->restarts) {
		delay = (RF_SECOND / 8) << (broker->restarts < 8 ? broker->restarts : 8);
		if (delay > RESTART_DELAY_MAX)
			delay = RESTART_DELAY_MAX;
	}
	broker->restarts++;
	rf_error("the session daemon died; its sessions are lost, what was recorded stays; starting it again%s",
		delay ? " after a while" : "");
	rf_timer_arm(broker->loop, &broker->restart, delay, restart);
}

/* Nothing of the old session daemon is left: its ids mean nothing any more. */
static void maybe_restart(struct rf_broker *broker)
{
	if (broker->stopping || broker->sessiond || rf_list_linked(&broker->consumers))
		return;
	rf_trees_close_all(broker);
	rf_kernel_end(broker);
	if (!broker->serving) {
		/* Whoever started us is waiting to hear that it works; it does not. */
		rf_error("the session daemon did not come up");
		broker->stopping = true;
		broker->failed = true;
		return;
	}
	if (!rf_timer_armed(&broker->restart))
		plan_restart(broker);
}

/* The links of the old one to its consumers are gone: they finish what they have and exit, or are made to. */
static void sessiond_exited(struct rf_broker *broker)
{
	rf_list_for_each(node, &broker->consumers)
		rf_child_end(rf_container_of(node, struct rf_peer, node), CONSUMER_GRACE);
}

static void tell_consumer_gone(struct rf_peer *consumer, int wait_status)
{
	struct rf_peer *sessiond = consumer->broker->sessiond;
	const struct rf_broker_consumer_gone message = {.consumer = consumer->id, .wait_status = wait_status};
	struct rf_writer w;

	if (!sessiond || !sessiond->linked)
		return;
	rf_frame_body(&w);
	rf_broker_consumer_gone_encode(&w, &message);
	rf_link_send_writer(&sessiond->link, RF_BROKER_CONSUMER_GONE, 0, 0, &w, NULL, 0);
}

void rf_lifecycle_peer_exited(struct rf_peer *peer, int wait_status)
{
	struct rf_broker *broker = peer->broker;

	if (peer->role == RF_PEER_SESSIOND) {
		sessiond_exited(broker);
		return;
	}
	rf_dirs_of_dead_consumer(broker, peer->id, WIFSIGNALED(wait_status));
	tell_consumer_gone(peer, wait_status);
}

static void free_peer(struct rf_timer *timer)
{
	struct rf_peer *peer = rf_container_of(timer, struct rf_peer, deadline);
	struct rf_broker *broker = peer->broker;

	rf_trees_forget_peer(broker, peer);
	rf_lookups_forget_peer(broker, peer);
	rf_programs_forget_peer(broker, peer);
	rf_kernel_forget_peer(broker, peer);
	rf_modules_forget_peer(broker, peer);
	rf_link_fini(&peer->link);
	rf_list_remove(&peer->node);
	if (broker->sessiond == peer) {
		rf_kernel_peer_free(broker);
		broker->sessiond = NULL;
	}
	free(peer);
	maybe_restart(broker);
	maybe_over(broker);
}

void rf_lifecycle_peer_over(struct rf_peer *peer)
{
	/* From the loop: the caller may be serving the peer's link. */
	rf_timer_arm(peer->broker->loop, &peer->deadline, 0, free_peer);
}

/* A link of the session daemon has no life of its own. */
static struct rf_peer *child_of(struct rf_peer *peer)
{
	return peer->role == RF_PEER_KERNEL ? peer->broker->sessiond : peer;
}

static void execute_sentence(struct rf_timer *timer)
{
	rf_child_kill(rf_container_of(timer, struct rf_peer, deadline), "broke the protocol");
}

void rf_lifecycle_condemn(struct rf_peer *peer, const char *why)
{
	struct rf_broker *broker = peer->broker;
	struct rf_peer *child = child_of(peer);

	peer->linked = false;
	/* It may be condemned already, for what it said on its other link. */
	if (!child || (child != peer && !child->linked))
		return;
	rf_error("%s %d is killed: %s", child->role == RF_PEER_SESSIOND ? "session daemon" : "consumer",
		(int)child->pid, why);
	/* Nothing it says is heard any more; the rest from the loop. */
	child->linked = false;
	if (child->role == RF_PEER_SESSIOND && broker->kernel)
		broker->kernel->linked = false;
	kill(child->pid, SIGKILL);
	rf_timer_arm(broker->loop, &child->deadline, 0, execute_sentence);
}

static void ready(struct rf_broker *broker)
{
	broker->ready = true;
	rf_info("ready");
	rf_notify_manager("READY=1");
	if (broker->starter > 0)
		kill(broker->starter, SIGUSR1);
	if (broker->ready_fd >= 0) {
		(void)!write(broker->ready_fd, "", 1);
		close(broker->ready_fd);
		broker->ready_fd = -1;
	}
}

static void begin_stop(struct rf_broker *broker)
{
	if (broker->stopping)
		return;
	broker->stopping = true;
	rf_autoload_stop(broker);
	rf_notify_manager("STOPPING=1");
	rf_timer_cancel(&broker->restart);
	if (broker->sessiond && broker->sessiond->linked) {
		rf_link_send(&broker->sessiond->link, RF_BROKER_SHUTDOWN, 0, 0, NULL, 0, NULL, 0);
		rf_child_end(broker->sessiond, SESSIOND_GRACE);
	}
	maybe_over(broker);
}

static void fail(struct rf_broker *broker)
{
	broker->failed = true;
	begin_stop(broker);
}

void rf_lifecycle_serving(struct rf_broker *broker)
{
	int err;

	if (broker->serving || broker->stopping)
		return;
	broker->serving = true;
	rf_runtime_ready(broker->runtime);
	err = rf_autoload_start(broker);
	if (err < 0) {
		rf_error("cannot load sessions: %s", strerror(-err));
		fail(broker);
	}
}

void rf_lifecycle_loaded(struct rf_broker *broker, bool ok)
{
	if (broker->stopping)
		return;
	if (ok) {
		ready(broker);
		return;
	}
	rf_error("sessions that are to be there from the start could not be loaded");
	fail(broker);
}

static void signalled(void *data, int signo)
{
	struct rf_broker *broker = data;

	if (signo == SIGCHLD)
		rf_children_reap(broker);
	else if (signo == SIGHUP && !broker->runtime->rootless)
		rf_policy_read(broker);
	else if (signo == SIGTERM || signo == SIGINT)
		begin_stop(broker);
}

int rf_lifecycle_run(struct rf_broker *broker)
{
	sigset_t signals;
	int err;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	rf_list_init(&broker->consumers);
	rf_list_init(&broker->trees);
	rf_list_init(&broker->dirs);
	rf_list_init(&broker->lookups);
	rf_list_init(&broker->programs);
	rf_list_init(&broker->state_reads);
	broker->loop = rf_loop_create();
	err = broker->loop ? rf_loop_signals(broker->loop, &signals, signalled, broker) : -ENOMEM;
	if (broker->options->consumer32)
		rf_sandbox_allow_32bit();
	if (!err)
		err = rf_sandbox_enter(RF_ROLE_BROKER);
	if (!err && !broker->runtime->rootless)
		rf_policy_read(broker);
	/* What others left in the kernel goes, also when nobody traces it now. */
	if (!err && broker->module_sock >= 0)
		err = rf_modules_attach(broker, broker->module_sock);
	if (!err && broker->kernel_service)
		err = rf_kernel_start(broker);
	if (!err)
		err = rf_children_start_sessiond(broker);
	if (err < 0) {
		rf_error("cannot start: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	err = rf_loop_run(broker->loop);
	return err < 0 || broker->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
