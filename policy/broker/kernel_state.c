/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/kernel_state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* The records of so many threads as a machine can have are less. */
#define STATE_MAX (256u * 1024 * 1024)
#define TEXT_MAX (8u * 1024 * 1024)
#define STAT_SIZE 1024u

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The size is put in when the body is there. */
static size_t begin_record(struct rf_writer *state, enum rf_state_kind kind)
{
	size_t at = state->at;

	rf_write_u32(state, 0);
	rf_write_u32(state, kind);
	rf_write_u64(state, now_ns());
	return at;
}

static void end_record(struct rf_writer *state, size_t at)
{
	rf_write_u32_at(state, at, (uint32_t)(state->at - at - RF_STATE_HEADER));
}

static size_t read_some(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = 0;

	while (fd >= 0 && len < size - 1 && (got = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	if (fd >= 0)
		close(fd);
	text[len] = '\0';
	return len;
}

static bool is_number(const char *name)
{
	return name[0] >= '1' && name[0] <= '9';
}

static void add_thread(struct rf_writer *state, int tasks, const char *tid, int32_t pid)
{
	struct rf_state_process thread;
	char path[300];
	char stat[STAT_SIZE];

	snprintf(path, sizeof(path), "%s/stat", tid);
	/* One that has ended meanwhile is none any more. */
	if (!read_some(tasks, path, stat, sizeof(stat)) || !rf_state_parse_thread(stat, pid, &thread))
		return;

	size_t at = begin_record(state, RF_STATE_PROCESS);

	rf_state_process_encode(state, &thread);
	end_record(state, at);
}

static void add_process(struct rf_writer *state, const char *pid)
{
	char path[300];
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);

	DIR *tasks = opendir(path);

	while (tasks && (entry = readdir(tasks)))
		if (is_number(entry->d_name))
			add_thread(state, dirfd(tasks), entry->d_name, (int32_t)strtol(pid, NULL, 10));
	if (tasks)
		closedir(tasks);
}

static void add_processes(struct rf_writer *state)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (is_number(entry->d_name))
			add_process(state, entry->d_name);
	if (proc)
		closedir(proc);
}

/* CPUs that have a column in /proc/interrupts, whose first line names them. */
static unsigned int count_columns(const char *line)
{
	unsigned int count = 0;

	for (const char *at = line; (at = strstr(at, "CPU")); at += 3)
		count++;
	return count;
}

static void add_interrupt(struct rf_writer *state, const char *line, void *data)
{
	unsigned int *cpus = data;
	struct rf_state_interrupt interrupt;

	if (!*cpus)
		*cpus = count_columns(line);
	else if (rf_state_parse_interrupt(line, *cpus, &interrupt)) {
		size_t at = begin_record(state, RF_STATE_INTERRUPT);

		rf_state_interrupt_encode(state, &interrupt);
		end_record(state, at);
	}
}

static void add_block_device(struct rf_writer *state, const char *line, void *data)
{
	struct rf_state_block_device device;

	(void)data;
	if (!rf_state_parse_block_device(line, &device))
		return;

	size_t at = begin_record(state, RF_STATE_BLOCK_DEVICE);

	rf_state_block_device_encode(state, &device);
	end_record(state, at);
}

static void add_cpu(struct rf_writer *state, const char *line, void *data)
{
	struct rf_state_cpu *cpu = data;

	if (!rf_state_parse_cpu(line, cpu))
		return;

	size_t at = begin_record(state, RF_STATE_CPU);

	rf_state_cpu_encode(state, cpu);
	end_record(state, at);
	*cpu = (struct rf_state_cpu){0};
}

/* Calls ADD for each line of the file, without its end. */
static void each_line(struct rf_writer *state, const char *path,
	void (*add)(struct rf_writer *state, const char *line, void *data), void *data)
{
	char *text = malloc(TEXT_MAX);

	if (!text) {
		state->failed = true;
		return;
	}
	read_some(AT_FDCWD, path, text, TEXT_MAX);

	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n");
		bool last = line[len] == '\0';

		line[len] = '\0';
		add(state, line, data);
		line += len + !last;
	}
	free(text);
}

static int to_file(const struct rf_writer *state)
{
	int fd = memfd_create("ringfence-state", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (size_t at = 0; at < state->at;) {
		ssize_t put = write(fd, state->base + at, state->at - at);

		if (put <= 0) {
			int err = put < 0 ? -errno : -EIO;

			close(fd);
			return err;
		}
		at += (size_t)put;
	}
	if (lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -EIO;
}

int rf_kernel_state_read(void)
{
	struct rf_state_cpu cpu = {0};
	struct rf_writer state;
	unsigned int columns = 0;

	rf_writer_init_growing(&state, STATE_MAX, RF_HOST_ORDER);
	add_processes(&state);
	each_line(&state, "/proc/interrupts", add_interrupt, &columns);
	each_line(&state, "/proc/partitions", add_block_device, NULL);
	each_line(&state, "/proc/cpuinfo", add_cpu, &cpu);
	end_record(&state, begin_record(&state, RF_STATE_END));

	int fd = rf_writer_ok(&state) ? to_file(&state) : -ENOMEM;

	rf_writer_free(&state);
	return fd;
}
