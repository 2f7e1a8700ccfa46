/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracer of lttng-modules from the session daemon's calls to files that babeltrace2 reads: this program is the
 * kernel thread, plays the broker, and runs a consumer. Root, on a kernel with lttng-modules; elsewhere it skips.
 *
 * usage: modules_road CONSUMERD DIR    (TAP); in a virtual machine:
 *   tests/kernel-vm/run.sh -c 2 -- build/tests/kernel-vm/modules_road build/bin/ringfence-consumerd /tmp/road
 */
#include "common/log.h"
#include "policy/seccomp/sandbox.h"
#include "sessiond/kernel/modules.h"
#include "tests/kernel-vm/road_checks.h"
#include "tests/kernel-vm/road_scene.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The calls that a session daemon makes, locked in as one. */
static int drive_confined(const struct rf_kernel_trace_def *def)
{
	struct rf_kernel_trace *trace;
	struct rf_kernel_names names;

	if (rf_sandbox_enter(RF_ROLE_SESSIOND) < 0)
		return 2;
	if (tracer->ops->list_syscalls(tracer, &names) != LTTNG_OK ||
		tracer->ops->trace_new(tracer, def, &trace) != LTTNG_OK ||
		add_channel(trace, 64 << 10, 4, false) != LTTNG_OK || add_context(trace, 2, 0, 0, "") != LTTNG_OK ||
		add_rule(trace, 1, filtered_rule(77)) != LTTNG_OK || tracer->ops->start(trace) != LTTNG_OK)
		return 3;
	set_tracker(trace, RF_TRACK_SET, 1, (uint32_t)getpid());
	tracer->ops->trace_readable(trace);
	if (tracer->ops->dump_state(trace) != LTTNG_OK ||
		tracer->ops->enable_rule(trace, CHANNEL, 1, false) != LTTNG_OK ||
		tracer->ops->regenerate_metadata(trace, 1) != LTTNG_OK || tracer->ops->stop(trace) != LTTNG_OK)
		return 4;
	tracer->ops->trace_free(trace);
	rf_kernel_names_free(&names);
	return 0;
}

static void confined(void)
{
	struct rf_frame reply;
	int status = 0;
	uint64_t number = ++traces;
	const struct rf_kernel_trace_def def = {
		.trace = number, .session = number, .consumer = &road.consumer, .session_name = "confined"};

	road_create_trace(&road, number, number, ++dirs);
	fflush(NULL);

	pid_t child = fork();

	if (!child)
		_exit(drive_confined(&def));
	check(waitpid(child, &status, 0) == child && status == 0, "a session daemon with its filter: %#x", status);
	check_code(road_request(&road, RF_CONSUMER_DESTROY_SESSION, def.session, &reply), 0, "its session ends");
}

int main(int argc, char **argv)
{
	int control = open("/proc/lttng", O_RDWR | O_CLOEXEC);
	int code;

	if (argc == 2 && !strcmp(argv[1], "--probed")) {
		road_be_probed();
		return 0;
	}
	if (argc != 3)
		errx(2, "usage: modules_road CONSUMERD DIR");
	if (control < 0) {
		printf("1..0 # SKIP no lttng-modules: %s\n", strerror(errno));
		return 0;
	}
	setlinebuf(stdout);
	rf_log_init("modules_road", RF_LOG_INFO);
	road_start(&road, argv[1], argv[2]);
	tracer = rf_modules_tracer_new(NULL, control, &code);
	if (!tracer)
		errx(1, "no tracer: %d", code);
	/* First: what a library does once only is done in there. */
	tzset(); /* as session daemons do */
	confined();
	road_lists();
	road_record();
	road_every_context();
	road_filters();
	road_trackers();
	road_snapshots();
	road_full();
	road_orphan();
	road_probes(argv[0]);
	road_hotplug();
	tracer->ops->destroy(tracer);
	check(road.failed == 0, "every stream could be written");
	check(road_stop(&road) == 0, "the consumer ends in order");
	return end_checks();
}
