/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/daemon.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "consumerd/control.h"
#include "consumerd/session.h"
#include "consumerd/sigbus.h"
#include "consumerd/ust_buffers.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define START_WAIT_MS 10000

void rf_daemon_trace_gone(struct rf_daemon *daemon)
{
	if (daemon->ending && !daemon->trace_count)
		rf_loop_stop(daemon->loop);
}

/* Everything that was asked for so far is done; then all traces are ended, and the loop with the last of them. */
static void end_all(struct rf_daemon *daemon)
{
	if (daemon->ending)
		return;
	rf_link_drain(&daemon->control);
	daemon->end_wanted = true;
	if (rf_hold_active(&daemon->hold))
		return;
	daemon->ending = true;
	rf_list_for_each_safe(node, tmp, &daemon->sessions)
		rf_session_end_traces(rf_container_of(node, struct rf_session, node));
	rf_daemon_trace_gone(daemon);
}

static void control_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_daemon *daemon = link->owner;

	if (rf_hold_frame(&daemon->hold, frame) < 0)
		rf_error("no memory for a message of the session daemon");
}

static void serve_frame(void *data, struct rf_frame *frame)
{
	rf_control_serve(data, frame);
}

static void hold_released(void *data)
{
	struct rf_daemon *daemon = data;

	if (!daemon->serving)
		rf_catch_up_end(&daemon->catch_up);
	if (daemon->end_wanted)
		end_all(daemon);
}

static void control_gone(struct rf_link *link, int status)
{
	struct rf_daemon *daemon = link->owner;

	rf_info("the session daemon is gone (%s)", status ? strerror(-status) : "closed its link");
	/* A failed sending is noticed before what it sent last was read: end_all() reads that. */
	end_all(daemon);
	rf_catch_up_stop(&daemon->catch_up);
	rf_link_close(&daemon->control);
}

static void control_ready(struct rf_watch *watch, uint32_t events)
{
	struct rf_daemon *daemon = rf_container_of(watch, struct rf_daemon, control.watch);

	rf_catch_up_begin(&daemon->catch_up);
	daemon->serving = true;
	daemon->serve_control(watch, events);
	daemon->serving = false;
	if (!rf_hold_active(&daemon->hold))
		rf_catch_up_end(&daemon->catch_up);
}

static void broker_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_daemon *daemon = link->owner;

	if (frame->type & RF_FRAME_REPLY)
		rf_opener_reply(&daemon->opener, frame);
	else
		rf_warning("unknown message %u from the broker", frame->type);
}

static void broker_gone(struct rf_link *link, int status)
{
	struct rf_daemon *daemon = link->owner;

	rf_info("the broker is gone (%s)", status ? strerror(-status) : "closed its link");
	rf_link_close(link);
	rf_opener_fail_all(&daemon->opener, -EPIPE);
	end_all(daemon);
}

static void jobs_ready(struct rf_watch *watch, uint32_t events)
{
	(void)events;
	rf_job_run_all(&rf_container_of(watch, struct rf_daemon, jobs_watch)->jobs);
}

static void on_signal(void *data, int signo)
{
	rf_info("signal %d: ending", signo);
	end_all(data);
}

/* The broker says first what this consumer is for. */
static int receive_start(struct rf_daemon *daemon, int broker_fd)
{
	struct pollfd ready = {.fd = broker_fd, .events = POLLIN};
	struct rf_frame_buffer *buffer = malloc(sizeof(*buffer));
	struct rf_broker_consumer_start start;
	struct rf_frame frame;
	int got = -ENOMEM;

	if (buffer)
		got = poll(&ready, 1, START_WAIT_MS) == 1 ? rf_frame_recv(broker_fd, buffer, &frame, MSG_DONTWAIT)
							  : -ETIMEDOUT;
	if (got == 1) {
		bool ok = frame.type == RF_BROKER_CONSUMER_START &&
			rf_broker_consumer_start_decode(&frame.body, &start) &&
			(start.abi_bits == 32 || start.abi_bits == 64);

		rf_frame_close_fds(&frame);
		got = ok ? 1 : -EPROTO;
	}
	free(buffer);
	if (got != 1)
		return got ? got : -EPIPE;
	daemon->id = start.consumer;
	daemon->uid = start.uid;
	daemon->abi_bits = start.abi_bits;
	daemon->kernel = start.kernel;
	rf_log_init("ringfence-consumerd", start.log_level <= RF_LOG_DEBUG ? start.log_level : RF_LOG_WARNING);
	return 0;
}

/* A stream of every CPU takes seven descriptors; there may be hundreds of applications with buffers of their own. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		rf_warning("cannot raise the limit of open files: %s", strerror(errno));
}

static int start_signals(struct rf_daemon *daemon)
{
	sigset_t signals;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGINT, SIG_IGN) == SIG_ERR)
		return -errno;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);

	int err = rf_loop_signals(daemon->loop, &signals, on_signal, daemon);

	return err ? err : rf_sigbus_install();
}

static int start_threads(struct rf_daemon *daemon)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int want = cpus < 2 ? 2 : cpus > RF_DATA_THREADS_MAX ? RF_DATA_THREADS_MAX : (unsigned int)cpus;

	for (; daemon->thread_count < want; daemon->thread_count++) {
		int err = rf_data_thread_start(&daemon->threads[daemon->thread_count]);

		if (err)
			return err;
	}
	/* The library's own thread, too. */
	return daemon->kernel ? 0 : rf_ust_buffers_warm_up();
}

static int start_links(struct rf_daemon *daemon)
{
	int err = rf_link_attach(&daemon->broker, daemon->loop);

	if (!err)
		err = rf_link_attach(&daemon->control, daemon->loop);
	if (!err)
		err = rf_watch_add(daemon->loop, &daemon->jobs_watch, daemon->jobs.event_fd, EPOLLIN, jobs_ready);
	daemon->serve_control = daemon->control.watch.callback;
	daemon->control.watch.callback = control_ready;
	return err;
}

static int start(struct rf_daemon *daemon, int (*confine)(bool kernel))
{
	raise_file_limit();

	int err = start_signals(daemon);

	if (!err)
		err = start_threads(daemon);
	if (!err && confine)
		err = confine(daemon->kernel);
	if (!err)
		err = start_links(daemon);
	return err;
}

static void stop(struct rf_daemon *daemon)
{
	while (daemon->thread_count)
		rf_data_thread_stop(&daemon->threads[--daemon->thread_count]);
	rf_list_for_each_safe(node, tmp, &daemon->sessions)
		rf_session_free(rf_container_of(node, struct rf_session, node));
	rf_health_fini(daemon);
	rf_hold_fini(&daemon->hold);
	rf_watch_remove(&daemon->jobs_watch);
	rf_catch_up_fini(&daemon->catch_up);
	rf_link_fini(&daemon->control);
	rf_link_fini(&daemon->broker);
	rf_job_queue_fini(&daemon->jobs);
	rf_loop_destroy(daemon->loop);
}

/* What needs no system call that could be refused later, and what stop() expects to be there. */
static int prepare(struct rf_daemon *daemon, int broker_fd, int control_fd)
{
	rf_list_init(&daemon->sessions);
	for (unsigned int i = 0; i < RF_TRACE_BUCKETS; i++)
		rf_list_init(&daemon->traces[i]);
	rf_health_init(daemon);
	rf_hold_init(&daemon->hold, serve_frame, hold_released, daemon);
	rf_catch_up_init(&daemon->catch_up, control_fd);

	int err = rf_link_init(&daemon->broker, broker_fd, broker_frame, broker_gone, daemon);
	int second = rf_link_init(&daemon->control, control_fd, control_frame, control_gone, daemon);
	int third = rf_job_queue_init(&daemon->jobs);

	rf_opener_init(&daemon->opener, &daemon->broker);
	daemon->loop = rf_loop_create();
	if (!daemon->loop)
		return -ENOMEM;
	return err ? err : second ? second : third;
}

int rf_daemon_run(int broker_fd, int control_fd, int (*confine)(bool kernel))
{
	struct rf_daemon *daemon = calloc(1, sizeof(*daemon));

	if (!daemon)
		return EXIT_FAILURE;

	int err = receive_start(daemon, broker_fd);
	const char *what = "no start message from the broker";

	if (!err) {
		err = prepare(daemon, broker_fd, control_fd);
		if (!err)
			err = start(daemon, confine);
		what = "cannot start";
		if (!err) {
			if (daemon->kernel)
				rf_debug("consumer %u serves the kernel", daemon->id);
			else
				rf_debug("consumer %u serves uid %u", daemon->id, daemon->uid);
			err = rf_loop_run(daemon->loop);
			what = "event loop failed";
		}
		if (daemon->loop)
			stop(daemon);
	}
	if (err)
		rf_error("%s: %s", what, strerror(-err));
	free(daemon);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
