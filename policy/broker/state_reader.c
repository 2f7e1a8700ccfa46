/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/state_reader.h"

#include "common/log.h"
#include "policy/landlock/paths.h"
#include "policy/seccomp/sandbox.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 65536u

struct output {
	int fd;
	size_t at;
	uint8_t bytes[BUFFER];
};

static void flush(struct output *out)
{
	size_t done = 0;

	while (done < out->at) {
		ssize_t put = write(out->fd, out->bytes + done, out->at - done);

		/* Nobody wants it any more. */
		if (put < 0 && errno != EINTR)
			_exit(EXIT_FAILURE);
		done += put > 0 ? (size_t)put : 0;
	}
	out->at = 0;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Room for the body of one record, behind its header. */
static struct rf_writer begin(struct output *out)
{
	struct rf_writer w;

	if (BUFFER - out->at < RF_STATE_HEADER + RF_STATE_BODY_MAX)
		flush(out);
	rf_writer_init_fixed(&w, out->bytes + out->at + RF_STATE_HEADER, RF_STATE_BODY_MAX, RF_HOST_ORDER);
	return w;
}

static void end(struct output *out, enum rf_state_kind kind, const struct rf_writer *body)
{
	struct rf_writer w;

	if (!rf_writer_ok(body))
		return;
	rf_writer_init_fixed(&w, out->bytes + out->at, RF_STATE_HEADER, RF_HOST_ORDER);
	rf_write_u32(&w, (uint32_t)body->at);
	rf_write_u32(&w, kind);
	rf_write_u64(&w, now_ns());
	out->at += RF_STATE_HEADER + body->at;
}

/* A short file's text; false when it is not there, or not any more. */
static bool read_text(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static DIR *open_dir(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !list)
		close(fd);
	return list;
}

/* That of the whole machine has this number on every kernel. */
#define INITIAL_PIDS 0xeffffffcu

static bool numbers_are_local(void)
{
	struct stat pids;

	return stat("/proc/self/ns/pid", &pids) < 0 || pids.st_ino != INITIAL_PIDS;
}

static void put_threads(struct output *out, int proc, const char *pid, bool local)
{
	const struct dirent *entry;
	char path[512];
	char text[2048];
	DIR *tasks;

	snprintf(path, sizeof(path), "%.200s/task", pid);
	tasks = open_dir(proc, path);
	while (tasks && (entry = readdir(tasks))) {
		struct rf_state_process process;
		struct rf_writer w;

		snprintf(path, sizeof(path), "%.200s/stat", entry->d_name);
		if (!isdigit((unsigned char)entry->d_name[0]) || !read_text(dirfd(tasks), path, text, sizeof(text)) ||
			!rf_state_parse_stat(text, &process))
			continue;
		process.pid = (int32_t)strtol(pid, NULL, 10);
		process.local = local;
		w = begin(out);
		rf_state_process_encode(&w, &process);
		end(out, RF_STATE_PROCESS, &w);
	}
	if (tasks)
		closedir(tasks);
}

static void put_processes(struct output *out)
{
	DIR *proc = open_dir(AT_FDCWD, "/proc");
	const struct dirent *entry;
	bool local = numbers_are_local();

	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			put_threads(out, dirfd(proc), entry->d_name, local);
	if (proc)
		closedir(proc);
}

static void put_interrupts(struct output *out)
{
	FILE *file = fopen("/proc/interrupts", "re");
	unsigned int columns = 0;
	char *line = NULL;
	size_t size = 0;

	/* The head has a word for each processor that is on line. */
	if (file && getline(&line, &size, file) > 0)
		for (const char *at = line; (at = strstr(at, "CPU")); at += 3)
			columns++;
	while (file && getline(&line, &size, file) > 0) {
		struct rf_state_interrupt interrupt;
		struct rf_writer w;

		if (!rf_state_parse_interrupt(line, columns, &interrupt))
			continue;
		w = begin(out);
		rf_state_interrupt_encode(&w, &interrupt);
		end(out, RF_STATE_INTERRUPT, &w);
	}
	free(line);
	if (file)
		fclose(file);
}

/* Names only: addresses can be had from sockets alone, and this process can make none. */
static void put_interfaces(struct output *out)
{
	DIR *list = open_dir(AT_FDCWD, "/sys/class/net");
	const struct dirent *entry;

	while (list && (entry = readdir(list))) {
		struct rf_state_interface interface = {0};
		struct rf_writer w;

		/* There may be files beside them. */
		if (entry->d_name[0] == '.' || entry->d_type == DT_REG)
			continue;
		snprintf(interface.name, sizeof(interface.name), "%.200s", entry->d_name);
		w = begin(out);
		rf_state_interface_encode(&w, &interface);
		end(out, RF_STATE_INTERFACE, &w);
	}
	if (list)
		closedir(list);
}

static void put_block_devices(struct output *out)
{
	DIR *list = open_dir(AT_FDCWD, "/sys/class/block");
	const struct dirent *entry;

	while (list && (entry = readdir(list))) {
		struct rf_state_block_device device = {0};
		struct rf_writer w;
		unsigned int major;
		unsigned int minor;
		char path[512];
		char text[64];

		snprintf(path, sizeof(path), "%.200s/dev", entry->d_name);
		if (entry->d_name[0] == '.' || !read_text(dirfd(list), path, text, sizeof(text)) ||
			sscanf(text, "%u:%u", &major, &minor) != 2)
			continue;
		device.dev = major << 20 | minor;
		snprintf(device.name, sizeof(device.name), "%.200s", entry->d_name);
		w = begin(out);
		rf_state_block_device_encode(&w, &device);
		end(out, RF_STATE_BLOCK_DEVICE, &w);
	}
	if (list)
		closedir(list);
}

static void put_cpu(struct output *out, const struct rf_state_cpu *cpu)
{
	struct rf_writer w = begin(out);

	rf_state_cpu_encode(&w, cpu);
	end(out, RF_STATE_CPU, &w);
}

static void put_cpus(struct output *out)
{
#if defined(__x86_64__) || defined(__i386__)
	FILE *file = fopen("/proc/cpuinfo", "re");
	struct rf_state_cpu cpu = {0};
	struct rf_state_cpu next = {0};
	bool any = false;
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		if (!rf_state_parse_cpu(line, &next)) {
			cpu = next;
			continue;
		}
		if (any)
			put_cpu(out, &cpu);
		cpu = next;
		any = true;
	}
	if (any)
		put_cpu(out, &cpu);
	free(line);
	if (file)
		fclose(file);
#else
	/* Others have no such event. */
	(void)out;
#endif
}

_Noreturn void rf_state_reader_run(int fd, const struct rf_identity *identity, pid_t broker)
{
	static struct output out;
	struct rf_writer w;
	int err;

	rf_log_init("ringfence-state", rf_log_get_level());
	prctl(PR_SET_NAME, "rf-state");
	err = rf_identity_confine(identity);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	/* The end of who asked is no news. */
	signal(SIGPIPE, SIG_IGN);
	if (getppid() != broker)
		_exit(EXIT_FAILURE);
	if (!err)
		err = rf_paths_enter(RF_PATHS_STATE_READER, NULL);
	if (!err)
		err = rf_sandbox_enter(RF_ROLE_STATE);
	if (err < 0) {
		rf_error("cannot confine the reader of the machine's state: %s", strerror(-err));
		_exit(EXIT_FAILURE);
	}
	out.fd = fd;
	put_cpus(&out);
	put_interrupts(&out);
	put_interfaces(&out);
	put_block_devices(&out);
	put_processes(&out);
	w = begin(&out);
	end(&out, RF_STATE_END, &w);
	flush(&out);
	_exit(EXIT_SUCCESS);
}
