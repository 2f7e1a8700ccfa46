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
	int opt, sig;

	while ((opt = getopt(argc, argv, "r:e:")) != -1) {
		switch (opt) {
		case 'r':
			ready = optarg;
			break;
		case 'e':
			every_us = app_number(optarg);
			break;
		default:
			fprintf(stderr, "usage: rf-idle [-r READY_FILE] [-e EVERY_US]\n");
			return 2;
		}
	}
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
