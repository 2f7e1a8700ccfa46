/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An instance of the mainline kernel's tracer, made by hand, that records getppid() of the calling thread. Needs root
 * and tracefs. For one test program each: static.
 */
#ifndef RF_TESTS_RING_INSTANCE_H
#define RF_TESTS_RING_INSTANCE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INSTANCES "/sys/kernel/tracing/instances"
#define INSTANCE_PREFIX "rf-unit-rings-"
#define INSTANCE_EVENT "syscalls/sys_enter_getppid"

struct instance {
	char dir[128];
	size_t page_size;
	uint64_t ring_size;
	uint16_t record; /* of getppid() */
};

static bool instance_write(const struct instance *instance, const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", instance->dir, file);

	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static long instance_number(const struct instance *instance, const char *file)
{
	char path[256];
	long number = -1;

	snprintf(path, sizeof(path), "%s/%s", instance->dir, file);

	FILE *from = fopen(path, "re");

	if (from && fscanf(from, "%ld", &number) != 1)
		number = -1;
	if (from)
		fclose(from);
	return number;
}

static void instance_end(const struct instance *instance)
{
	(void)instance_write(instance, "events/enable", "0");
	for (int i = 0; i < 1000 && rmdir(instance->dir) < 0 && errno == EBUSY; i++)
		usleep(10000);
}

/* Of a test that was killed. */
static void instance_remove_old(void)
{
	DIR *dir = opendir(INSTANCES);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct instance old;

		if (strncmp(entry->d_name, INSTANCE_PREFIX, strlen(INSTANCE_PREFIX)) != 0 ||
			kill(atoi(entry->d_name + strlen(INSTANCE_PREFIX)), 0) == 0)
			continue;
		snprintf(old.dir, sizeof(old.dir), INSTANCES "/%.64s", entry->d_name);
		instance_end(&old);
	}
	if (dir)
		closedir(dir);
}

/* Sizes of a CPU's ring and of its pages, KiB. False where there is no tracefs, or no right to it. */
static bool instance_begin(struct instance *instance, unsigned int ring_kb, unsigned int page_kb, bool overwrite)
{
	char text[32];

	*instance = (struct instance){.page_size = 4096};
	if (geteuid() != 0 || access(INSTANCES, W_OK) < 0)
		return false;
	instance_remove_old();
	snprintf(instance->dir, sizeof(instance->dir), INSTANCES "/" INSTANCE_PREFIX "%d", getpid());
	if (mkdir(instance->dir, 0700) < 0)
		return false;
	snprintf(text, sizeof(text), "%u", page_kb);

	bool ok = instance_write(instance, "tracing_on", "0") && instance_write(instance, "trace_clock", "mono") &&
		instance_write(instance, "buffer_size_kb", "4");

	/* Older kernels have pages of 4 KiB. */
	if (ok && instance_write(instance, "buffer_subbuf_size_kb", text))
		instance->page_size = (size_t)page_kb * 1024;
	snprintf(text, sizeof(text), "%u", ring_kb);
	ok = ok && instance_write(instance, "buffer_size_kb", text) &&
		instance_write(instance, "options/overwrite", overwrite ? "1" : "0") &&
		instance_write(instance, "buffer_percent", "25");
	snprintf(text, sizeof(text), "%ld", syscall(SYS_gettid));
	ok = ok && instance_write(instance, "set_event_pid", text) &&
		instance_write(instance, "events/" INSTANCE_EVENT "/enable", "1");
	instance->ring_size = (uint64_t)instance_number(instance, "per_cpu/cpu0/buffer_size_kb") * 1024;
	instance->record = (uint16_t)instance_number(instance, "events/" INSTANCE_EVENT "/id");
	if (!ok)
		instance_end(instance);
	return ok;
}

/* FILE of a CPU, as the broker opens it. */
__attribute__((unused)) static int instance_open(const struct instance *instance, unsigned int cpu, const char *file)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%u/%s", instance->dir, cpu, file);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static void instance_on(const struct instance *instance, bool on)
{
	(void)instance_write(instance, "tracing_on", on ? "1" : "0");
}

/* So many events on CPU. */
static void record(unsigned int cpu, unsigned int count)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (unsigned int i = 0; i < count; i++)
		syscall(SYS_getppid);
}

#endif
