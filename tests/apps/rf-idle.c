/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers, then waits for SIGTERM. Each SIGUSR1 emits one rf_idle:alive with the process id; with -e US one
 * is emitted every so many microseconds, so that the first one in a trace tells when recording began.
 */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_idle_tp.h"

#include <signal.h>

#include "app_common.h"

static int next_signal(const sigset_t *set, uint64_t every_us)
{
	struct timespec ts = {.tv_sec = (time_t)(every_us / 1000000U), .tv_nsec = (long)(every_us % 1000000U) * 1000};

	return every_us != 0 ? sigtimedwait(set, NULL, &ts) : sigwaitinfo(set, NULL);
}

int main(int argc, char **argv)
{
	const char *ready = NULL;
	uint64_t every_us = 0;
	uint32_t beat = 0;
	sigset_t set;
	int sig;
	const struct app_option options[] = {
		{'r', .text = &ready},
		{'e', .number = &every_us},
		{0},
	};

	app_options(argc, argv, options, "rf-idle [-r READY_FILE] [-e EVERY_US]");
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	app_ready(ready);
	while ((sig = next_signal(&set, every_us)) != SIGTERM && sig != SIGINT) {
		if (sig == -1 && errno == EINTR)
			continue;
		lttng_ust_tracepoint(rf_idle, alive, (int)getpid(), beat++);
	}
	printf("emitted %u\n", beat);
	return 0;
}
