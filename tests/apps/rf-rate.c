/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One thread on each CPU calls getppid so many times a second, for a time: two kernel events each. Every millisecond
 * has its share; a thread that was held up catches up at once. Says how many calls there were.
 */
#define _GNU_SOURCE /* CPU sets, memory files */
#include "app_common.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#define CPUS_MAX 256

static uint64_t rate = 100000, time_ms = 1000;
static const char *gate;

struct caller {
	pthread_t thread;
	int cpu;
	uint64_t calls;
};

static void *call(void *arg)
{
	struct caller *caller = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(caller->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) == -1) {
		perror("a CPU");
		exit(2);
	}
	app_gate(gate);
	uint64_t begin = app_now_ns(), end = begin + time_ms * 1000000U;
	for (uint64_t now = begin; now < end; now = app_now_ns()) {
		uint64_t due = (now - begin) / 1000000U * rate / 1000U;

		for (; caller->calls < due; caller->calls++)
			(void)syscall(SYS_getppid);
		app_sleep_us(200);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct caller callers[CPUS_MAX];
	uint64_t cpus = 1, calls = 0;
	const struct app_option options[] = {
		{'c', .number = &cpus},
		{'n', .number = &rate},
		{'t', .number = &time_ms},
		{'g', .text = &gate},
		{0},
	};

	app_options(argc, argv, options, "rf-rate [-c CPUS] [-n CALLS_PER_SECOND_AND_CPU] [-t MS] [-g GATE]");
	if (cpus > CPUS_MAX)
		app_usage("at most 256 CPUs");
	for (uint64_t i = 0; i < cpus; i++) {
		callers[i].cpu = (int)i;
		if (pthread_create(&callers[i].thread, NULL, call, &callers[i]) != 0) {
			fprintf(stderr, "no thread\n");
			return 2;
		}
	}
	for (uint64_t i = 0; i < cpus; i++) {
		pthread_join(callers[i].thread, NULL);
		calls += callers[i].calls;
	}
	printf("calls=%llu\n", (unsigned long long)calls);
	return 0;
}
