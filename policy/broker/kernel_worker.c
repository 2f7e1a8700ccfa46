/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/kernel_worker.h"

#include "common/frame.h"
#include "common/log.h"
#include "common/loop.h"
#include "policy/broker/forked.h"
#include "policy/broker/tracefs.h"
#include "policy/broker/tracefs_instance.h"
#include "policy/broker/tracefs_leftovers.h"
#include "policy/broker/tracefs_probe.h"
#include "policy/broker/worker.h"
#include "policy/landlock/paths.h"
#include "policy/seccomp/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define RETRY_PAUSE (250 * RF_MS)
/* At the end, for those who still have files of our instances open. */
#define END_PATIENCE (6 * RF_SECOND)

struct worker {
	int sock;
	enum rf_tracer_choice choice;
	uint32_t cpus;
	bool said; /* that there is no tracer */
	struct rf_tracefs fs;
	struct rf_leftovers leftovers;
	bool busy; /* instances wait to be removed */
	struct rf_frame_buffer buffer;
};

static void reply(const struct worker *worker, const struct rf_frame *frame, int status, struct rf_writer *body,
	const int *fds, unsigned int fd_count)
{
	rf_forked_reply(worker->sock, frame, status, body && !status ? body->base : NULL,
		body && !status ? body->at : 0, fds, status ? 0 : fd_count);
	if (body)
		rf_writer_free(body);
}

static void close_fds(const int *fds, unsigned int count)
{
	while (count)
		close(fds[--count]);
}

/* The descriptor to program it by, and which it is. */
static int open_tracer(struct worker *worker, struct rf_broker_kernel *found)
{
	int fd = -ENODEV;

	if (worker->choice != RF_TRACER_CHOOSE_TRACEFS) {
		fd = open(RF_MODULES_FILE, O_RDWR | O_CLOEXEC);
		if (fd >= 0) {
			found->tracer = RF_TRACER_MODULES;
			return fd;
		}
	}
	if (worker->choice != RF_TRACER_CHOOSE_MODULES && worker->fs.instances >= 0) {
		fd = rf_tracefs_open(worker->fs.root, "available_events", O_RDONLY);
		found->tracer = RF_TRACER_TRACEFS;
		found->features = rf_probe_features(worker->fs.root);
	}
	return fd < 0 ? -ENODEV : fd;
}

static void say_none(struct worker *worker)
{
	static const char *const what[] = {
		[RF_TRACER_CHOOSE_ANY] = "neither " RF_MODULES_FILE " nor tracefs can",
		[RF_TRACER_CHOOSE_MODULES] = RF_MODULES_FILE " cannot (see --kernel-tracer), and tracefs may not",
		[RF_TRACER_CHOOSE_TRACEFS] = "tracefs cannot (see --kernel-tracer), and " RF_MODULES_FILE " may not",
	};

	if (!worker->said)
		rf_warning("the kernel cannot be traced: %s be opened; load lttng-modules, or boot a kernel that has "
			   "tracing and is not in lockdown mode confidentiality",
			what[worker->choice]);
	worker->said = true;
}

static void kernel_open(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_kernel found = {.cpus = worker->cpus};
	struct rf_writer w;
	int fd = open_tracer(worker, &found);

	rf_frame_body(&w);
	if (fd < 0)
		say_none(worker);
	rf_broker_kernel_encode(&w, &found);
	reply(worker, frame, fd < 0 ? fd : 0, &w, &fd, 1);
	if (fd >= 0)
		close(fd);
}

static void make_instance(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_make_instance request;
	struct rf_broker_instance made = {0};
	struct rf_writer w;
	int fds[2];
	int err = -EINVAL;

	rf_frame_body(&w);
	if (rf_broker_make_instance_decode(&frame->body, &request))
		err = rf_tracefs_make(&worker->fs, &request, &made, fds);
	rf_broker_instance_encode(&w, &made);
	reply(worker, frame, err, &w, fds, 2);
	if (!err)
		close_fds(fds, 2);
}

static void remove_instance(struct worker *worker, struct rf_frame *frame)
{
	struct rf_tracefs_instance *instance = NULL;
	struct rf_broker_id request;

	if (rf_broker_id_decode(&frame->body, &request))
		instance = rf_tracefs_find(&worker->fs, request.id);
	reply(worker, frame, instance ? rf_tracefs_remove(&worker->fs, instance) : -ENOENT, NULL, NULL, 0);
}

static void open_events(struct worker *worker, struct rf_frame *frame)
{
	const char *names[RF_OPEN_EVENTS_MAX];
	struct rf_broker_events_opened opened = {0};
	struct rf_broker_open_events request;
	struct rf_tracefs_instance *instance;
	struct rf_writer w;
	int fds[RF_OPEN_EVENTS_MAX];
	unsigned int count;
	int err = -EINVAL;

	rf_frame_body(&w);
	if (rf_broker_open_events_decode(&frame->body, &request) &&
		rf_tracefs_event_names(&request.events, names, &count)) {
		instance = rf_tracefs_find(&worker->fs, request.instance);
		err = instance ? rf_tracefs_open_events(
					 instance, (enum rf_event_file)request.file, names, count, &opened.present, fds)
			       : -ENOENT;
	}
	count = err ? 0 : (unsigned int)__builtin_popcountll(opened.present);
	rf_broker_events_opened_encode(&w, &opened);
	reply(worker, frame, err, &w, fds, count);
	close_fds(fds, count);
}

static void track(struct worker *worker, struct rf_frame *frame)
{
	struct rf_tracefs_instance *instance;
	struct rf_broker_track request;
	int err = -EINVAL;

	if (rf_broker_track_decode(&frame->body, &request)) {
		instance = rf_tracefs_find(&worker->fs, request.instance);
		err = instance ? rf_tracefs_track(instance, &request) : -ENOENT;
	}
	reply(worker, frame, err, NULL, NULL, 0);
}

static void add_probe(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_probe_group group = {0};
	struct rf_tracefs_instance *instance;
	struct rf_broker_add_probe request;
	struct rf_writer w;
	int err = -EINVAL;

	rf_frame_body(&w);
	if (rf_broker_add_probe_decode(&frame->body, &request)) {
		instance = rf_tracefs_find(&worker->fs, request.instance);
		err = instance ? rf_probe_add(worker->fs.root, instance, &request, frame->fd_count ? frame->fds[0] : -1)
			       : -ENOENT;
		if (instance)
			snprintf(group.system, sizeof(group.system), "%s", instance->group);
	}
	rf_broker_probe_group_encode(&w, &group);
	reply(worker, frame, err, &w, NULL, 0);
}

static void remove_probe(struct worker *worker, struct rf_frame *frame)
{
	struct rf_broker_remove_probe request;
	struct rf_tracefs_instance *instance;
	int err = -EINVAL;

	if (rf_broker_remove_probe_decode(&frame->body, &request)) {
		instance = rf_tracefs_find(&worker->fs, request.instance);
		err = instance ? rf_probe_remove(worker->fs.root, instance, request.probe) : -ENOENT;
	}
	reply(worker, frame, err, NULL, NULL, 0);
}

static void open_rings(struct worker *worker, struct rf_frame *frame)
{
	struct rf_tracefs_instance *instance;
	struct rf_broker_open_rings request;
	int fds[1 + 2 * RF_OPEN_RINGS_MAX];
	unsigned int count = 0;
	int err = -EINVAL;

	if (rf_broker_open_rings_decode(&frame->body, &request) && request.cpu_count <= RF_OPEN_RINGS_MAX) {
		instance = rf_tracefs_find(&worker->fs, request.instance);
		err = instance ? rf_tracefs_open_rings(instance, &request, fds, &count) : -ENOENT;
	}
	reply(worker, frame, err, NULL, fds, count);
	close_fds(fds, count);
}

static const struct {
	uint32_t type;
	void (*handle)(struct worker *worker, struct rf_frame *frame);
} handlers[] = {
	{RF_BROKER_KERNEL_OPEN, kernel_open},
	{RF_BROKER_MAKE_INSTANCE, make_instance},
	{RF_BROKER_REMOVE_INSTANCE, remove_instance},
	{RF_BROKER_OPEN_EVENTS, open_events},
	{RF_BROKER_TRACK, track},
	{RF_BROKER_ADD_PROBE, add_probe},
	{RF_BROKER_REMOVE_PROBE, remove_probe},
	{RF_BROKER_OPEN_RINGS, open_rings},
};

/* Nothing can be asked of us any more. */
static _Noreturn void end(struct worker *worker)
{
	uint64_t until = rf_now() + END_PATIENCE;

	rf_list_for_each(node, &worker->fs.all)
		rf_container_of(node, struct rf_tracefs_instance, node)->removing = true;
	while (!rf_tracefs_retry(&worker->fs)) {
		if (rf_now() > until) {
			rf_warning("%u instances of tracefs could not be removed: somebody has their files open; the "
				   "next start tries again",
				worker->fs.count);
			break;
		}
		poll(NULL, 0, (int)(RETRY_PAUSE / RF_MS));
	}
	_exit(EXIT_SUCCESS);
}

static void serve(struct worker *worker)
{
	struct rf_frame frame;

	if (rf_frame_recv(worker->sock, &worker->buffer, &frame, 0) <= 0 || frame.type == RF_WORKER_END)
		end(worker);
	if (worker->busy)
		worker->busy = !rf_tracefs_retry(&worker->fs);
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == frame.type)
			handlers[i].handle(worker, &frame);
	rf_frame_close_fds(&frame);
	if (frame.type == RF_BROKER_REMOVE_INSTANCE || frame.type == RF_BROKER_MAKE_INSTANCE)
		worker->busy = !rf_tracefs_retry(&worker->fs);
}

/* Milliseconds until something is to be tried again; -1: never. */
static int pause_for(const struct worker *worker)
{
	uint64_t now = rf_now();
	uint64_t pause = UINT64_MAX;

	if (worker->busy)
		pause = RETRY_PAUSE;
	if (worker->leftovers.next) {
		uint64_t left = worker->leftovers.next > now ? worker->leftovers.next - now : 0;

		pause = left < pause ? left : pause;
	}
	return pause == UINT64_MAX ? -1 : (int)(pause / RF_MS) + 1;
}

/* CPUs that the machine may ever have: `0-7`. */
static uint32_t possible_cpus(void)
{
	int fd = open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	size_t last;

	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	for (last = strlen(text); last && text[last - 1] >= '0' && text[last - 1] <= '9'; last--)
		;
	return (uint32_t)strtoul(text + last, NULL, 10) + 1;
}

static int confine(int tracefs, enum rf_tracer_choice choice, pid_t broker)
{
	/* No group either; uid 0 is what the kernel's files ask for. */
	const struct rf_identity root = {0};
	/* It stays open: a file of /proc that nobody holds may be made anew by the kernel, and is another one then. */
	const int given[] = {
		[RF_GIVEN_TRACEFS] = tracefs,
		[RF_GIVEN_MODULES] = choice == RF_TRACER_CHOOSE_TRACEFS ? -1
									: open(RF_MODULES_FILE, O_PATH | O_CLOEXEC),
	};
	int err = rf_identity_confine(&root);

	prctl(PR_SET_NAME, "rf-kernel");
	prctl(PR_SET_DUMPABLE, 0);
	/* It outlives the broker by what it has to remove, and ends by itself. */
	prctl(PR_SET_PDEATHSIG, 0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (getppid() != broker)
		return -ESRCH;
	if (!err)
		err = rf_paths_enter(RF_PATHS_KERNEL_WORKER, given);
	return err < 0 ? err : rf_sandbox_enter(RF_ROLE_KERNEL);
}

_Noreturn void rf_kernel_worker_run(int sock, int tracefs, enum rf_tracer_choice choice, pid_t broker)
{
	static struct worker worker;
	int err;

	rf_log_init("ringfence-kernel", rf_log_get_level());
	worker.sock = sock;
	worker.choice = choice;
	worker.cpus = possible_cpus();
	err = confine(tracefs, choice, broker);
	if (err < 0) {
		rf_error("cannot confine the kernel worker: %s", strerror(-err));
		_exit(EXIT_FAILURE);
	}
	if (rf_tracefs_init(&worker.fs, tracefs) == 0)
		rf_leftovers_begin(&worker.leftovers);
	for (;;) {
		struct pollfd readable = {.fd = sock, .events = POLLIN};
		int got = poll(&readable, 1, pause_for(&worker));

		if (got > 0)
			serve(&worker);
		else if (worker.busy)
			worker.busy = !rf_tracefs_retry(&worker.fs);
		if (worker.leftovers.next && rf_now() >= worker.leftovers.next)
			rf_leftovers_look(&worker.leftovers, &worker.fs);
	}
}
