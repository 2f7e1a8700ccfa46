/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emits -n events, forks; the child emits as many, or with -x PROGRAM becomes PROGRAM (its arguments follow --);
 * the parent waits for it and emits as many again. With -d FILE it becomes a daemon instead, emits as such
 * and makes the file.
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

static int become_daemon(uint64_t count, const char *done)
{
	if (daemon(0, 0) == -1) {
		perror("daemon");
		return 2;
	}
	emit(count, "daemon");
	app_ready(done);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t count = 10;
	const char *program = NULL, *done = NULL;
	const struct app_option options[] = {
		{'n', .number = &count},
		{'x', .text = &program},
		{'d', .text = &done},
		{0},
	};
	int status = 0;

	app_options(argc, argv, options, "rf-forker [-n COUNT] [-d FILE] [-x PROGRAM [-- ARGUMENT...]]");
	emit(count, "before");
	if (done != NULL)
		return become_daemon(count, done);
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
