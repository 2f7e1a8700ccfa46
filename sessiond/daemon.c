/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/daemon.h"

#include "common/log.h"
#include "policy/seccomp/sandbox.h"
#include "sessiond/client/server.h"
#include "sessiond/health_parts.h"
#include "sessiond/kernel/domain.h"
#include "sessiond/kernel/system_name.h"
#include "sessiond/ust/domain_state.h"
#include "sessiond/ust/trace_clock.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <urcu.h>

struct daemon {
	struct rf_loop *loop;
	struct rf_broker_client broker;
	struct rf_sessions sessions;
	struct rf_recorder *recorder;
	struct rf_client_server *clients;
	struct rf_health *health;
	struct rf_health_parts health_parts;
	int notification_sock; /* listened on, nothing is served there yet */
	bool stopping;
};

static void sessions_gone(void *data)
{
	struct daemon *daemon = data;

	rf_loop_stop(daemon->loop);
}

static void shut_down(void *data, bool broker_gone)
{
	struct daemon *daemon = data;

	/* Without the broker there is nobody left to open anything: consumers write what they have on their own. */
	if (broker_gone)
		rf_loop_stop(daemon->loop);
	if (daemon->stopping)
		return;
	daemon->stopping = true;
	if (!broker_gone)
		rf_client_server_shutdown(daemon->clients, sessions_gone, daemon);
}

static void consumer_gone(void *data, uint32_t consumer, int wait_status)
{
	struct daemon *daemon = data;

	rf_consumers_gone(&daemon->recorder->consumers, consumer, wait_status);
}

static void policy_came(void *data, const struct rf_broker_policy *policy)
{
	struct daemon *daemon = data;

	rf_kernel_set_policy(daemon->recorder, policy);
}

static void signalled(void *data, int signo)
{
	(void)signo;
	shut_down(data, false);
}

static int take_signals(struct daemon *daemon)
{
	sigset_t signals;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	return rf_loop_signals(daemon->loop, &signals, signalled, daemon);
}

static int set_up_health(struct daemon *daemon, const struct rf_start *start)
{
	struct rf_ust_domain *ust = daemon->recorder->ust;

	daemon->health = rf_health_create();
	if (!daemon->health ||
		rf_health_parts_init(&daemon->health_parts, daemon->loop, &daemon->recorder->consumers, ust->pool,
			ust->notifier, daemon->recorder->kernel) < 0)
		return -ENOMEM;

	int err = rf_health_serve_sessiond(daemon->health, start->fds[RF_START_FD_HEALTH], &daemon->health_parts);

	if (!err)
		err = rf_health_serve_consumers(
			daemon->health, start->fds[RF_START_FD_CONSUMER_HEALTH], &daemon->health_parts);
	if (!err && start->fds[RF_START_FD_KERNEL_HEALTH] >= 0)
		err = rf_health_serve_kernel_consumer(
			daemon->health, start->fds[RF_START_FD_KERNEL_HEALTH], &daemon->health_parts);
	return err < 0 ? err : rf_health_start(daemon->health);
}

/* Everything that needs more than the sandbox allows happens here: threads, clock and time zone files. */
static int set_up(struct daemon *daemon, int broker_fd, const struct rf_start *start)
{
	uint32_t timeout = start->settings.app_timeout_ms;

	tzset();
	/* One arena: to bound their number the allocator counts the processors, and to shrink any but the first it asks
	 * for the overcommit policy, both by opening files. It also saves memory. */
	mallopt(M_ARENA_MAX, 1);
	rcu_register_thread();
	daemon->loop = rf_loop_create();
	if (!daemon->loop || take_signals(daemon) < 0)
		return -1;
	daemon->broker.owner = daemon;
	daemon->broker.on_consumer_gone = consumer_gone;
	daemon->broker.on_policy = policy_came;
	daemon->broker.on_shutdown = shut_down;
	rf_sessions_init(&daemon->sessions, start->settings.hostname);
	rf_system_name_init();
	if (rf_trace_clock_init() < 0 || rf_broker_client_init(&daemon->broker, daemon->loop, broker_fd) < 0)
		return -1;
	daemon->recorder = rf_recorder_create(daemon->loop, &daemon->broker, start->settings.hostname);
	if (!daemon->recorder)
		return -1;
	daemon->recorder->ust = rf_ust_domain_create(
		daemon->recorder, start->fds[RF_START_FD_APPS], start->settings.rootless, timeout);
	daemon->recorder->kernel = rf_kernel_domain_create(daemon->recorder, start->fds[RF_START_FD_KERNEL]);
	if (!daemon->recorder->ust || !daemon->recorder->kernel)
		return -1;
	daemon->clients = rf_client_server_create(daemon->loop, start->fds[RF_START_FD_CLIENT], &daemon->sessions,
		daemon->recorder, &daemon->broker, start->settings.rootless);
	if (!daemon->clients || set_up_health(daemon, start) < 0)
		return -1;
	daemon->notification_sock = start->fds[RF_START_FD_NOTIFICATION];
	return 0;
}

static void take_down(struct daemon *daemon)
{
	/* In this order: no more questions, then nobody is left who could answer one. */
	rf_health_stop(daemon->health);
	rf_health_parts_fini(&daemon->health_parts);
	/* Whoever waits for the broker is still there to hear that it will not answer. */
	rf_requests_fail_all(&daemon->broker.requests, -EPIPE);
	rf_ust_domain_destroy(daemon->recorder->ust);
	rf_kernel_domain_destroy(daemon->recorder->kernel);
	rf_recorder_destroy(daemon->recorder);
	rf_health_destroy(daemon->health);
	rf_client_server_destroy(daemon->clients);
	rf_sessions_fini(&daemon->sessions);
	rf_broker_client_fini(&daemon->broker);
	close(daemon->notification_sock);
	rf_loop_destroy(daemon->loop);
	rcu_unregister_thread();
}

int rf_daemon_run(int broker_fd)
{
	struct daemon daemon = {0};
	struct rf_start start;

	rf_log_init("ringfence-sessiond", RF_LOG_WARNING);

	int err = rf_broker_client_wait_start(broker_fd, &start);

	if (err < 0) {
		rf_error("no start message on descriptor %d: %s; this program is started by ringfenced", broker_fd,
			strerror(-err));
		return EXIT_FAILURE;
	}
	rf_log_init("ringfence-sessiond", (enum rf_log_level)start.settings.log_level);
	prctl(PR_SET_DUMPABLE, 0);
	if (set_up(&daemon, broker_fd, &start) < 0) {
		rf_error("cannot start");
		return EXIT_FAILURE;
	}
	/* From here on bytes of clients and applications are read. */
	if (rf_sandbox_enter(RF_ROLE_SESSIOND) < 0) {
		rf_error("cannot enter the sandbox: not serving anybody without it");
		return EXIT_FAILURE;
	}
	rf_broker_ready(&daemon.broker);
	err = rf_loop_run(daemon.loop);
	take_down(&daemon);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
