/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sample applications share: options, the start gate, the ready file and the clock.
 * Header only, one thread, every failure ends the program with status 2.
 */
#ifndef TESTS_APPS_APP_COMMON_H
#define TESTS_APPS_APP_COMMON_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t app_number(const char *text)
{
	char *end = NULL;

	errno = 0;
	uint64_t value = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *text == '-') {
		fprintf(stderr, "not a number: %s\n", text);
		exit(2);
	}
	return value;
}

/* A letter and where its value goes: one of the three. A flag takes no argument and becomes 1. */
struct app_option {
	char letter;
	uint64_t *number;
	const char **text;
	int *flag;
};

static inline __attribute__((noreturn)) void app_usage(const char *usage)
{
	fprintf(stderr, "usage: %s\n", usage);
	exit(2);
}

/* OPTIONS ends with an entry of zeros. Afterwards optind is the first operand. */
static inline void app_options(int argc, char **argv, const struct app_option *options, const char *usage)
{
	char letters[64] = "";
	size_t at = 0;
	int opt;

	for (const struct app_option *o = options; o->letter != 0 && at + 2 < sizeof(letters); o++) {
		letters[at++] = o->letter;
		if (o->flag == NULL)
			letters[at++] = ':';
	}
	while ((opt = getopt(argc, argv, letters)) != -1) {
		const struct app_option *o = options;

		while (o->letter != 0 && o->letter != opt)
			o++;
		if (o->letter == 0)
			app_usage(usage);
		if (o->flag != NULL)
			*o->flag = 1;
		else if (o->number != NULL)
			*o->number = app_number(optarg);
		else
			*o->text = optarg;
	}
}

static inline uint64_t app_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static inline void app_sleep_us(uint64_t us)
{
	struct timespec ts = {.tv_sec = (time_t)(us / 1000000U), .tv_nsec = (long)(us % 1000000U) * 1000};

	while (us != 0 && nanosleep(&ts, &ts) == -1 && errno == EINTR)
		continue;
}

/* Says "I am in main", that is: registration is over, well or not. */
static inline void app_ready(const char *path)
{
	if (path == NULL)
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		perror(path);
		exit(2);
	}
	close(fd);
}

/* Waits until the gate opens: a fifo until somebody opens it for writing, any other path until it exists. */
static inline void app_gate(const char *path)
{
	struct stat st;

	if (path == NULL)
		return;
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode)) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		return;
	}
	while (access(path, F_OK) == -1)
		app_sleep_us(5000);
}

/* Both: it says that it is ready before it waits. */
static inline void app_ready_and_gate(const char *ready, const char *gate)
{
	app_ready(ready);
	app_gate(gate);
}

#endif
