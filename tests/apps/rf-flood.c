/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events at full speed, for a count (-n) or a time (-t, milliseconds), or until SIGTERM, which never strikes in the
 * middle of an event. Prints "emitted=N elapsed_ns=N".
 */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_flood_tp.h"

#include <signal.h>

#include "app_common.h"

/* The clock is read once in so many events, so that it does not count as tracing cost. */
#define CLOCK_EVERY 256

static volatile sig_atomic_t ended;

static void on_term(int sig)
{
	(void)sig;
	ended = 1;
}

static uint64_t flood(uint64_t count, uint64_t end_ns, const char *text)
{
	uint64_t seq = 0;

	while (seq < count && !ended) {
		lttng_ust_tracepoint(rf_flood, tick, seq, text);
		seq++;
		if (end_ns != 0 && seq % CLOCK_EVERY == 0 && app_now_ns() >= end_ns)
			break;
	}
	return seq;
}

static const char usage[] = "rf-flood (-n COUNT | -t MILLISECONDS) [-s TEXT_SIZE] [-g GATE] [-r READY_FILE]";

int main(int argc, char **argv)
{
	uint64_t count = 0, ms = 0, size = 16;
	const char *gate = NULL, *ready = NULL;
	char text[1025] = {0};
	const struct app_option options[] = {
		{'n', .number = &count},
		{'t', .number = &ms},
		{'s', .number = &size},
		{'g', .text = &gate},
		{'r', .text = &ready},
		{0},
	};

	app_options(argc, argv, options, usage);
	if ((count == 0) == (ms == 0) || size >= sizeof(text))
		app_usage(usage);
	for (uint64_t i = 0; i < size; i++)
		text[i] = 'x';
	signal(SIGTERM, on_term);
	app_ready_and_gate(ready, gate);
	uint64_t start = app_now_ns();
	uint64_t emitted = flood(count != 0 ? count : UINT64_MAX, ms != 0 ? start + ms * 1000000U : 0, text);
	printf("emitted=%llu elapsed_ns=%llu\n", (unsigned long long)emitted,
		(unsigned long long)(app_now_ns() - start));
	return 0;
}
