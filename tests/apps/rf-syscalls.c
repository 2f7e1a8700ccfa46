/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes system calls that can be counted, and says which: getppid; openat with close; lseek, numbered from 0 by its
 * offset; and round trips of a byte between two threads, on two CPUs where there are so many, which are switches.
 *
 * The C library makes none of these between the gate and the last line, except what the threads need to end.
 */
#define _GNU_SOURCE /* CPU sets, memory files */
#include "app_common.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct partner {
	int from, to; /* ends of pipes */
	uint64_t rounds;
	pid_t tid;
	pthread_barrier_t ready;
};

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* A machine with one CPU, or one that we may not use: anywhere else is as good. */
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static void must(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

static void *answer(void *arg)
{
	struct partner *partner = arg;
	char byte;

	on_cpu(1);
	partner->tid = (pid_t)syscall(SYS_gettid);
	pthread_barrier_wait(&partner->ready);
	for (uint64_t i = 0; i < partner->rounds; i++) {
		must(read(partner->from, &byte, 1) == 1, "read");
		must(write(partner->to, &byte, 1) == 1, "write");
	}
	return NULL;
}

static void ping(uint64_t rounds, int to, int from)
{
	char byte = 'x';

	for (uint64_t i = 0; i < rounds; i++) {
		must(write(to, &byte, 1) == 1, "write");
		must(read(from, &byte, 1) == 1, "read");
	}
}

int main(int argc, char **argv)
{
	uint64_t getppids = 0, opens = 0, seeks = 0, delay_us = 0;
	const char *gate = NULL, *ready = NULL;
	struct partner partner = {0};
	const struct app_option options[] = {
		{'n', .number = &getppids},
		{'o', .number = &opens},
		{'l', .number = &seeks},
		{'p', .number = &partner.rounds},
		{'d', .number = &delay_us},
		{'g', .text = &gate},
		{'r', .text = &ready},
		{0},
	};
	int there[2], back[2];
	pthread_t thread;

	app_options(argc, argv, options,
		"rf-syscalls [-n GETPPIDS] [-o OPENS] [-l SEEKS] [-p ROUND_TRIPS] [-d DELAY_US] [-g GATE] [-r "
		"READY_FILE]");
	int memory = memfd_create("rf-syscalls", MFD_CLOEXEC);
	must(memory >= 0 && pipe2(there, O_CLOEXEC) == 0 && pipe2(back, O_CLOEXEC) == 0, "memory and pipes");
	partner.from = there[0];
	partner.to = back[1];
	pthread_barrier_init(&partner.ready, NULL, 2);
	must(pthread_create(&thread, NULL, answer, &partner) == 0, "a thread");
	on_cpu(0);
	pthread_barrier_wait(&partner.ready);
	printf("tid=%d partner=%d\n", (int)syscall(SYS_gettid), (int)partner.tid);
	fflush(stdout);
	app_ready_and_gate(ready, gate);
	ping(partner.rounds, there[1], back[0]);
	for (uint64_t i = 0; i < getppids; i++)
		(void)syscall(SYS_getppid);
	for (uint64_t i = 0; i < opens; i++) {
		int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);
		must(fd >= 0, "/dev/null");
		syscall(SYS_close, fd);
	}
	for (uint64_t i = 0; i < seeks; i++) {
		must(syscall(SYS_lseek, memory, (off_t)i, SEEK_SET) == (off_t)i, "lseek");
		app_sleep_us(delay_us);
	}
	pthread_join(thread, NULL);
	return 0;
}
