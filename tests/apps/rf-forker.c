/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emits -n events, forks; the child emits as many, or with -x PROGRAM becomes PROGRAM (its arguments follow --);
 * the parent waits for it and emits as many again. With -d it becomes a daemon instead and emits as such.
 * Run it with liblttng-ust-fork.so.1 preloaded.
 */
#define _DEFAULT_SOURCE
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_sample_tp.h"

#include <sys/wait.h>

#include "app_common.h"

static void emit(uint64_t count, const char *who)
{
	for (uint64_t seq = 0; seq < count; seq++)
		lttng_ust_tracepoint(rf_sample, tick, seq, who);
}

static int become_daemon(uint64_t count)
{
	if (daemon(0, 0) == -1) {
		perror("daemon");
		return 2;
	}
	emit(count, "daemon");
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t count = 10;
	const char *program = NULL;
	int opt, status = 0, daemonise = 0;

	while ((opt = getopt(argc, argv, "n:x:d")) != -1) {
		if (opt == 'n') {
			count = app_number(optarg);
		} else if (opt == 'x') {
			program = optarg;
		} else if (opt == 'd') {
			daemonise = 1;
		} else {
			fprintf(stderr, "usage: rf-forker [-n COUNT] [-d] [-x PROGRAM [-- ARGUMENT...]]\n");
			return 2;
		}
	}
	emit(count, "before");
	if (daemonise)
		return become_daemon(count);
	pid_t child = fork();
	if (child == -1) {
		perror("fork");
		return 2;
	}
	if (child == 0) {
		if (program != NULL) {
			argv[optind - 1] = (char *)program;
			execv(program, argv + optind - 1);
			perror(program);
			_exit(2);
		}
		emit(count, "child");
		/* Without the preloaded library, a lock that the tracer's threads held at the fork is never free again.
		 */
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		return 1;
	emit(count, "after");
	return 0;
}
