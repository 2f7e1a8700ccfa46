/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ust_buffers.h"

#include "common/log.h"
#include "policy/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096ul

/* The library wants it in the program, once. */
DEFINE_LTTNG_UST_SIGBUS_STATE();

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static bool geometry_ok(const struct rf_consumer_create_channel *request)
{
	uint64_t slots = request->subbuf_count + (request->channel.overwrite ? 1 : 0);

	return power_of_two(request->subbuf_size) && power_of_two(request->subbuf_count) &&
		request->subbuf_size >= PAGE && request->subbuf_size <= INT_MAX && request->subbuf_count <= INT_MAX &&
		request->subbuf_size * slots <= INT_MAX &&
		(!request->channel.overwrite || request->subbuf_count >= 2) && request->blocking_timeout >= -1 &&
		request->blocking_timeout / 1000 <= INT_MAX;
}

static int create_memory(struct rf_ust_buffers *buffers)
{
	for (unsigned int i = 0; i < buffers->cpu_count; i++) {
		buffers->memory[i] = memfd_create("ringfence-buffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		if (buffers->memory[i] < 0)
			return -errno;
	}
	return 0;
}

static bool is_zero(const uint64_t *page)
{
	for (size_t i = 0; i < PAGE / sizeof(*page); i++)
		if (page[i])
			return false;
	return true;
}

/*
 * Gives back the pages of a new ring that hold nothing but zeroes, which is most of it: a hole reads as zeroes, too,
 * and is filled again page by page when it is written. Only memory is at stake: when it cannot be done the pages stay.
 * Before anybody else has the ring and before it has a reader (that the library's timer could act upon).
 */
static void release_zero_pages(int memory)
{
	struct stat st;

	if (fstat(memory, &st) < 0 || st.st_size < (off_t)PAGE)
		return;

	size_t size = (size_t)st.st_size & ~(PAGE - 1);
	char *ring = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, memory, 0);

	if (ring == MAP_FAILED)
		return;
	for (size_t at = 0; at < size;) {
		size_t end = at;

		while (end < size && is_zero((const uint64_t *)(const void *)(ring + end)))
			end += PAGE;
		if (end > at)
			(void)fallocate(
				memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)(end - at));
		at = end + PAGE;
	}
	munmap(ring, size);
}

static int create_channel(struct rf_ust_buffers *buffers, const struct rf_consumer_create_channel *request,
	const uint8_t uuid[RF_UUID_SIZE])
{
	struct lttng_ust_ctl_consumer_channel_attr attr = {
		.type = LTTNG_UST_ABI_CHAN_PER_CPU,
		.subbuf_size = request->subbuf_size,
		.num_subbuf = request->subbuf_count,
		.overwrite = request->channel.overwrite ? 1 : 0,
		.switch_timer_interval = request->switch_interval,
		.read_timer_interval = request->read_interval,
		.output = LTTNG_UST_ABI_MMAP,
		.chan_id = request->channel.stream_class,
		.blocking_timeout = request->blocking_timeout,
	};

	memcpy(attr.uuid, uuid, RF_UUID_SIZE);
	buffers->channel = lttng_ust_ctl_create_channel(&attr, buffers->memory, (int)buffers->cpu_count);
	/* The library does not say why; with a valid geometry it is memory or descriptors. */
	if (!buffers->channel)
		return -ENOMEM;
	for (unsigned int i = 0; i < buffers->cpu_count && !buffers->files; i++) {
		if (RF_SEAL_BUFFERS &&
			fcntl(buffers->memory[i], F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
			return -errno;
		release_zero_pages(buffers->memory[i]);
	}
	return 0;
}

static int create_streams(struct rf_ust_buffers *buffers)
{
	for (unsigned int i = 0; i < buffers->cpu_count; i++) {
		struct lttng_ust_ctl_consumer_stream *stream = lttng_ust_ctl_create_stream(buffers->channel, (int)i);

		if (!stream)
			return -ENOMEM;
		buffers->streams[i] = stream;

		uint8_t *ring = lttng_ust_ctl_get_mmap_base(stream);
		unsigned long ring_len;

		if (!ring || lttng_ust_ctl_get_mmap_len(stream, &ring_len) < 0)
			return -EIO;

		int err = rf_pristine_take(&buffers->pristine[i], buffers->memory[i], ring, ring_len);

		if (err < 0)
			return err;
		if (buffers->files)
			rf_guard_begin(&buffers->guards[i], &buffers->pristine[i]);

		int fd = lttng_ust_ctl_stream_get_wait_fd(stream);
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
	}
	return 0;
}

unsigned int rf_ust_buffers_count(void)
{
	int cpus = lttng_ust_ctl_get_nr_stream_per_channel();

	return cpus > 0 ? (unsigned int)cpus : 0;
}

void rf_ust_buffers_close_files(const int *files)
{
	for (unsigned int i = 0; files && i < rf_ust_buffers_count(); i++)
		if (files[i] >= 0)
			close(files[i]);
}

/* Takes FILES when there is memory to note them. */
static struct rf_ust_buffers *new_buffers(const struct rf_consumer_create_channel *request, const int *files)
{
	unsigned int cpus = rf_ust_buffers_count();
	struct rf_ust_buffers *buffers = cpus ? calloc(1, sizeof(*buffers)) : NULL;

	if (!buffers)
		return NULL;
	buffers->subbuf_size = request->subbuf_size;
	buffers->subbuf_count = request->subbuf_count;
	buffers->overwrite = request->channel.overwrite;
	buffers->files = files != NULL;
	buffers->memory = calloc(cpus, sizeof(*buffers->memory));
	buffers->streams = calloc(cpus, sizeof(struct lttng_ust_ctl_consumer_stream *));
	buffers->taken = calloc(cpus, sizeof(*buffers->taken));
	buffers->pristine = calloc(cpus, sizeof(*buffers->pristine));
	buffers->guards = calloc(cpus, sizeof(*buffers->guards));
	if (!buffers->memory || !buffers->streams || !buffers->taken || !buffers->pristine || !buffers->guards) {
		rf_ust_buffers_destroy(buffers);
		return NULL;
	}
	buffers->cpu_count = cpus;
	for (unsigned int i = 0; i < cpus; i++)
		buffers->memory[i] = files ? files[i] : -1;
	return buffers;
}

int rf_ust_buffers_create(struct rf_ust_buffers **result, const struct rf_consumer_create_channel *request,
	const uint8_t uuid[RF_UUID_SIZE], const int *files)
{
	bool possible = rf_ust_buffers_count() && geometry_ok(request);
	struct rf_ust_buffers *buffers = possible ? new_buffers(request, files) : NULL;

	if (!buffers) {
		rf_ust_buffers_close_files(files);
		return possible ? -ENOMEM : -EINVAL;
	}

	int err = files ? 0 : create_memory(buffers);

	if (!err)
		err = create_channel(buffers, request, uuid);
	if (!err)
		err = create_streams(buffers);
	if (err) {
		rf_ust_buffers_destroy(buffers);
		return err;
	}
	*result = buffers;
	return 0;
}

int rf_ust_buffers_hand_over(struct rf_ust_buffers *buffers, int sock)
{
	buffers->handed_over = true;

	/* The library's calls give 0 or the number of bytes sent. */
	int err = lttng_ust_ctl_send_channel_to_sessiond(sock, buffers->channel);

	/* As long as we hold it, the end of the last writer would never be seen. */
	(void)lttng_ust_ctl_channel_close_wakeup_fd(buffers->channel);
	for (unsigned int i = 0; err >= 0 && i < buffers->cpu_count; i++)
		err = lttng_ust_ctl_send_stream_to_sessiond(sock, buffers->streams[i]);
	if (err >= 0)
		err = lttng_ust_ctl_send_stream_to_sessiond(sock, NULL);
	return err < 0 ? err : 0;
}

/* Nobody else writes what the library sees from here on. True when it may look at it. */
static bool take_back(struct rf_ust_buffers *buffers)
{
	for (unsigned int i = 0; i < buffers->cpu_count; i++)
		/* Without a stream it was never handed over. */
		if (RF_RESTORE_BUFFERS && buffers->streams[i] && rf_pristine_restore(&buffers->pristine[i]) < 0)
			return !buffers->handed_over;
	return true;
}

void rf_ust_buffers_destroy(struct rf_ust_buffers *buffers)
{
	bool safe = take_back(buffers);

	for (unsigned int i = 0; i < buffers->cpu_count; i++)
		if (buffers->streams[i] && !buffers->taken[i])
			lttng_ust_ctl_destroy_stream(buffers->streams[i]);
	if (buffers->channel && safe)
		lttng_ust_ctl_destroy_channel(buffers->channel);
	else if (buffers->channel)
		rf_error("no memory to take a channel down: what it has stays");
	for (unsigned int i = 0; i < buffers->cpu_count; i++)
		if (buffers->memory[i] >= 0)
			close(buffers->memory[i]);
	for (unsigned int i = 0; i < buffers->cpu_count; i++) {
		rf_guard_end(&buffers->guards[i]);
		rf_pristine_fini(&buffers->pristine[i]);
	}
	free(buffers->guards);
	free(buffers->pristine);
	free(buffers->taken);
	free(buffers->streams);
	free(buffers->memory);
	free(buffers);
}

int rf_ust_buffers_warm_up(void)
{
	static const uint8_t uuid[RF_UUID_SIZE];
	const struct rf_consumer_create_channel request = {
		.subbuf_size = PAGE,
		.subbuf_count = 2,
		.switch_interval = 1000000,
		.read_interval = 1000000,
	};
	struct rf_ust_buffers *buffers;
	int err = rf_ust_buffers_create(&buffers, &request, uuid, NULL);

	if (!err)
		rf_ust_buffers_destroy(buffers);
	return err;
}
