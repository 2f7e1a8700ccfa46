/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/tracefs_instance.h"

#include "common/log.h"
#include "policy/broker/tracefs.h"
#include "policy/broker/tracefs_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KIB 1024u

int rf_tracefs_init(struct rf_tracefs *fs, int root)
{
	struct timespec now;

	*fs = (struct rf_tracefs){.root = root, .instances = -1};
	rf_list_init(&fs->all);
	/* Other processes with our number may run beside us, in containers. */
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(fs->start_id, sizeof(fs->start_id), "%xt%" PRIx64, (unsigned int)getpid(),
		(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
	if (root < 0)
		return -ENODEV;
	fs->instances = rf_tracefs_open(root, "instances", O_RDONLY | O_DIRECTORY);
	return fs->instances < 0 ? fs->instances : 0;
}

static struct rf_tracefs_instance *find(struct rf_tracefs *fs, uint32_t id)
{
	rf_list_for_each(node, &fs->all) {
		struct rf_tracefs_instance *instance = rf_container_of(node, struct rf_tracefs_instance, node);

		if (instance->id == id)
			return instance;
	}
	return NULL;
}

struct rf_tracefs_instance *rf_tracefs_find(struct rf_tracefs *fs, uint32_t id)
{
	struct rf_tracefs_instance *instance = find(fs, id);

	return instance && !instance->removing ? instance : NULL;
}

/* What is being removed counts, too: its memory is still there. */
static int check_quota(struct rf_tracefs *fs, uid_t uid, uint64_t ring_size)
{
	unsigned int count = 0;
	uint64_t bytes = 0;

	if (fs->count >= RF_INSTANCES_MAX)
		return -EUSERS;
	if (uid == 0)
		return 0;
	rf_list_for_each(node, &fs->all) {
		const struct rf_tracefs_instance *instance = rf_container_of(node, struct rf_tracefs_instance, node);

		if (instance->uid != uid)
			continue;
		count++;
		bytes += instance->ring_size;
	}
	return count >= RF_INSTANCES_OF_USER_MAX || bytes + ring_size > RF_RING_BYTES_OF_USER_MAX ? -EDQUOT : 0;
}

static void free_instance(struct rf_tracefs *fs, struct rf_tracefs_instance *instance)
{
	if (rf_list_linked(&instance->node))
		fs->count--;
	rf_list_remove(&instance->node);
	rf_probes_forget(instance);
	if (instance->hold >= 0)
		close(instance->hold);
	if (instance->dir >= 0)
		close(instance->dir);
	free(instance);
}

static int put_number(int dir, const char *path, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return rf_tracefs_put(dir, path, text);
}

/* What was wished for, or less: older kernels have pages only, and large blocks may not be had. */
static int set_page_size(int dir, uint32_t wished, uint32_t *page_size)
{
	uint32_t size = wished / KIB;
	uint64_t got;
	int err;

	*page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	do {
		err = put_number(dir, "buffer_subbuf_size_kb", size < 4 ? 4 : size);
		size /= 4;
	} while ((err == -ENOMEM || err == -EINVAL) && size >= 4);
	if (err == -ENOENT)
		return 0;
	err = rf_tracefs_number(dir, "buffer_subbuf_size_kb", &got);
	if (!err && got >= 1 && got <= RF_RING_PAGE_MAX / KIB)
		*page_size = (uint32_t)got * KIB;
	return err == -ENOENT ? 0 : err;
}

/* Of files that older kernels do not have. */
static int if_there(int err)
{
	return err == -ENOENT ? 0 : err;
}

/* In this order: each change of clock or page size makes the rings anew. */
static int configure(int dir, const struct rf_broker_make_instance *request, struct rf_broker_instance *made)
{
	int err = rf_tracefs_put(dir, "tracing_on", "0");

	if (!err)
		err = rf_tracefs_put(dir, "trace_clock", "mono");
	if (!err)
		err = rf_tracefs_put(dir, "buffer_size_kb", "4");
	if (!err)
		err = set_page_size(dir, request->page_size, &made->page_size);
	if (!err)
		err = put_number(dir, "buffer_size_kb", (request->ring_size + KIB - 1) / KIB);
	if (!err)
		err = rf_tracefs_put(dir, "options/overwrite", request->overwrite ? "1" : "0");
	if (!err)
		err = if_there(rf_tracefs_put(dir, "buffer_percent", "25"));
	/* Else every switch of tasks also notes their names. */
	if (!err)
		err = rf_tracefs_put(dir, "trace_options", "norecord-cmd");
	if (!err)
		err = rf_tracefs_put(dir, "options/disable_on_free", "1");
	if (!err)
		err = rf_tracefs_number(dir, "per_cpu/cpu0/buffer_size_kb", &made->ring_size);
	made->ring_size *= KIB;
	return err;
}

static int open_for_control(int dir, int fds[2])
{
	/* To append, since to truncate disables every event. */
	fds[0] = rf_tracefs_open(dir, "set_event", O_RDWR | O_APPEND);
	if (fds[0] < 0)
		return fds[0];
	fds[1] = rf_tracefs_open(dir, "tracing_on", O_RDWR);
	if (fds[1] >= 0)
		return 0;
	close(fds[0]);
	return fds[1];
}

static int make_dir(struct rf_tracefs *fs, struct rf_tracefs_instance *instance)
{
	int err = mkdirat(fs->instances, instance->name, 0700) < 0 ? -errno : 0;

	if (err < 0)
		return err;
	instance->dir = rf_tracefs_open(fs->instances, instance->name, O_RDONLY | O_DIRECTORY);
	if (instance->dir >= 0)
		instance->hold = rf_tracefs_open(instance->dir, "tracing_on", O_RDWR);
	err = instance->dir < 0 ? instance->dir : instance->hold < 0 ? instance->hold : 0;
	if (err < 0)
		unlinkat(fs->instances, instance->name, AT_REMOVEDIR);
	return err;
}

int rf_tracefs_make(struct rf_tracefs *fs, const struct rf_broker_make_instance *request,
	struct rf_broker_instance *made, int fds[2])
{
	struct rf_tracefs_instance *instance;
	int err = fs->instances < 0 ? -ENODEV : 0;

	if (!err)
		err = find(fs, request->instance) ? -EEXIST : check_quota(fs, request->uid, request->ring_size);
	if (err < 0)
		return err;
	instance = calloc(1, sizeof(*instance));
	if (!instance)
		return -ENOMEM;
	rf_list_init(&instance->node);
	rf_list_init(&instance->probes);
	instance->id = request->instance;
	instance->uid = request->uid;
	instance->ring_size = request->ring_size;
	instance->dir = instance->hold = -1;
	snprintf(instance->name, sizeof(instance->name), RF_INSTANCE_PREFIX "%s.%u", fs->start_id, instance->id);
	snprintf(instance->group, sizeof(instance->group), RF_PROBE_PREFIX "%s_%u", fs->start_id, instance->id);
	err = make_dir(fs, instance);
	if (err < 0) {
		free_instance(fs, instance);
		return err;
	}
	rf_list_append(&fs->all, &instance->node);
	fs->count++;
	err = configure(instance->dir, request, made);
	if (!err)
		err = open_for_control(instance->dir, fds);
	if (err < 0)
		rf_tracefs_remove(fs, instance);
	return err;
}

/* Its probes go after it: they cannot while an instance has them enabled. */
int rf_tracefs_remove(struct rf_tracefs *fs, struct rf_tracefs_instance *instance)
{
	instance->removing = true;
	if (instance->hold >= 0)
		close(instance->hold);
	instance->hold = -1;
	/* Whoever looks for leftovers may have been quicker. */
	if (unlinkat(fs->instances, instance->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return -errno;
	rf_probes_remove_all(fs->root, instance);
	free_instance(fs, instance);
	return 0;
}

bool rf_tracefs_retry(struct rf_tracefs *fs)
{
	bool left = false;

	rf_list_for_each_safe(node, tmp, &fs->all) {
		struct rf_tracefs_instance *instance = rf_container_of(node, struct rf_tracefs_instance, node);

		if (instance->removing && rf_tracefs_remove(fs, instance) < 0)
			left = true;
	}
	return !left;
}

static void close_fds(int *fds, unsigned int count)
{
	while (count)
		close(fds[--count]);
}

static int open_cpu(int dir, uint32_t cpu, int fds[2])
{
	char path[64];

	snprintf(path, sizeof(path), "per_cpu/cpu%u/trace_pipe_raw", cpu);
	fds[0] = rf_tracefs_open(dir, path, O_RDONLY | O_NONBLOCK);
	if (fds[0] < 0)
		return fds[0];
	snprintf(path, sizeof(path), "per_cpu/cpu%u/stats", cpu);
	fds[1] = rf_tracefs_open(dir, path, O_RDONLY);
	if (fds[1] >= 0)
		return 0;
	close(fds[0]);
	return fds[1];
}

int rf_tracefs_open_rings(
	struct rf_tracefs_instance *instance, const struct rf_broker_open_rings *request, int *fds, unsigned int *count)
{
	unsigned int first = request->first_cpu ? 0 : 1;
	uint32_t cpu = 0;
	int err = request->first_cpu == instance->cpus_given ? 0 : -EEXIST;

	*count = 0;
	if (err < 0)
		return err;
	for (; !err && cpu < request->cpu_count; cpu++)
		err = open_cpu(instance->dir, request->first_cpu + cpu, fds + first + 2 * cpu);
	if (err < 0) {
		close_fds(fds + first, 2 * (cpu - 1));
		return err;
	}
	/* Last, since its end is the end of recording. */
	if (first)
		fds[0] = rf_tracefs_open(instance->dir, "free_buffer", O_WRONLY);
	if (first && fds[0] < 0) {
		close_fds(fds + first, 2 * cpu);
		return fds[0];
	}
	instance->cpus_given += cpu;
	*count = first + 2 * cpu;
	return 0;
}

int rf_tracefs_open_events(struct rf_tracefs_instance *instance, enum rf_event_file file, const char *const *names,
	unsigned int count, uint64_t *present, int *fds)
{
	unsigned int opened = 0;

	*present = 0;
	for (unsigned int i = 0; i < count; i++) {
		char path[512];
		int fd;

		snprintf(path, sizeof(path), "events/%s/%s", names[i], file == RF_EVENT_FORMAT ? "format" : "filter");
		fd = rf_tracefs_open(instance->dir, path, file == RF_EVENT_FORMAT ? O_RDONLY : O_RDWR);
		if (fd >= 0) {
			*present |= (uint64_t)1 << i;
			fds[opened++] = fd;
		} else if (fd != -ENOENT) {
			close_fds(fds, opened);
			return fd;
		}
	}
	return 0;
}
