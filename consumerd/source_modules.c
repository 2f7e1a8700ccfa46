/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/source_modules.h"

#include "common/list.h"
#include "common/modules_abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct source_modules {
	struct rf_source source;
	int fd;
	const uint8_t *map; /* only the packet that is held may be touched */
	uint64_t map_len;
	uint64_t subbuf_size;
	uint64_t listed; /* position of the first packet of the list */
	bool identified; /* the UUID is known */
	/*
	 * A packet is held. The kernel stops the whole channel, for good and on all CPUs, when it is asked for a second
	 * one, or to take one back that nobody has.
	 */
	bool held;
};

static struct source_modules *own(struct rf_source *source)
{
	return rf_container_of(source, struct source_modules, source);
}

/* 0 or a negative errno; what the kernel passes on from a failed copy is positive. */
static int ask(const struct source_modules *modules, unsigned long request, void *argument)
{
	int result = ioctl(modules->fd, request, argument);

	if (result < 0)
		return -errno;
	return result ? -EFAULT : 0;
}

static int view_packet(struct source_modules *modules, struct rf_packet *packet)
{
	uint64_t offset = 0;
	uint64_t size = 0;
	struct rf_packet_origin *origin = &modules->source.origin;

	if (ask(modules, RF_MODULES_PADDED_SIZE, &size) < 0 || ask(modules, RF_MODULES_MAP_OFFSET, &offset) < 0)
		return -EPROTO;
	packet->origin = origin;
	packet->header_len = RF_CTF_PACKET_HEADER;
	if (size > modules->subbuf_size || size < packet->header_len || offset > modules->map_len ||
		size > modules->map_len - offset)
		return -EPROTO;
	memcpy(packet->header, modules->map + offset, packet->header_len);
	packet->body = modules->map + offset + packet->header_len;
	packet->body_len = size - packet->header_len;
	if (!modules->identified)
		memcpy(origin->uuid, packet->header + sizeof(uint32_t), RF_UUID_SIZE);

	int err = rf_packet_check(packet, size);

	modules->identified |= !err;
	return err;
}

/* Gets one by REQUEST; a bad one is put back by REFUSE. */
static int get_by(struct source_modules *modules, unsigned long request, uint64_t *position, unsigned long refuse,
	struct rf_packet *packet)
{
	int err = modules->held ? -EPROTO : ask(modules, request, position);

	if (err)
		return err == -EAGAIN || err == -ENODATA ? -EAGAIN : -EPROTO;
	modules->held = true;
	err = view_packet(modules, packet);
	if (err) {
		(void)ask(modules, refuse, NULL);
		modules->held = false;
	}
	return err;
}

static void release_by(struct source_modules *modules, unsigned long request)
{
	if (modules->held)
		(void)ask(modules, request, NULL);
	modules->held = false;
}

static int source_modules_get(struct rf_source *source, struct rf_packet *packet)
{
	return get_by(own(source), RF_MODULES_GET_NEXT, NULL, RF_MODULES_PUT_NEXT, packet);
}

static void source_modules_put(struct rf_source *source)
{
	release_by(own(source), RF_MODULES_PUT_NEXT);
}

static void source_modules_keep(struct rf_source *source)
{
	release_by(own(source), RF_MODULES_PUT);
}

static void source_modules_flush(struct rf_source *source)
{
	/* Older ones cannot make empty packets. */
	if (ask(own(source), RF_MODULES_FLUSH_EMPTY, NULL) < 0)
		(void)ask(own(source), RF_MODULES_FLUSH, NULL);
}

static void source_modules_close_packet(struct rf_source *source)
{
	(void)ask(own(source), RF_MODULES_FLUSH, NULL);
}

/* REQUEST: RF_MODULES_SAMPLE or RF_MODULES_SNAPSHOT. */
static bool positions(
	const struct source_modules *modules, unsigned long request, uint64_t *consumed, uint64_t *produced)
{
	return ask(modules, request, NULL) == 0 && ask(modules, RF_MODULES_CONSUMED, consumed) == 0 &&
		ask(modules, RF_MODULES_PRODUCED, produced) == 0;
}

static bool source_modules_empty(struct rf_source *source)
{
	struct source_modules *modules = own(source);
	uint64_t consumed = 0;
	uint64_t produced = 0;

	return positions(modules, RF_MODULES_SAMPLE, &consumed, &produced) && produced == consumed &&
		produced % modules->subbuf_size == 0;
}

static uint64_t source_modules_position(struct rf_source *source)
{
	uint64_t consumed = 0;
	uint64_t produced = 0;

	return positions(own(source), RF_MODULES_SAMPLE, &consumed, &produced) ? produced : 0;
}

/* Packets from CONSUMED up to the one that PRODUCED is in. */
static uint64_t packets_between(const struct source_modules *modules, uint64_t consumed, uint64_t produced)
{
	consumed /= modules->subbuf_size;
	produced /= modules->subbuf_size;
	return produced > consumed ? produced - consumed : 0;
}

static unsigned int source_modules_list(struct rf_source *source, unsigned int newest)
{
	struct source_modules *modules = own(source);
	unsigned int most = newest && newest < source->capacity ? newest : source->capacity;
	uint64_t consumed = 0;
	uint64_t produced = 0;

	if (!positions(modules, RF_MODULES_SNAPSHOT, &consumed, &produced))
		return 0;

	uint64_t count = packets_between(modules, consumed, produced);

	if (count > most)
		count = most;
	modules->listed = produced - produced % modules->subbuf_size - count * modules->subbuf_size;
	return (unsigned int)count;
}

static int source_modules_peek(struct rf_source *source, unsigned int number, struct rf_packet *packet)
{
	struct source_modules *modules = own(source);
	uint64_t position = modules->listed + number * modules->subbuf_size;

	return get_by(modules, RF_MODULES_GET, &position, RF_MODULES_PUT, packet);
}

static uint64_t source_modules_stuck(struct rf_source *source)
{
	struct source_modules *modules = own(source);
	uint64_t consumed = 0;
	uint64_t produced = 0;

	if (!positions(modules, RF_MODULES_SAMPLE, &consumed, &produced))
		return 0;

	uint64_t count = packets_between(modules, consumed, produced);

	return count <= source->capacity ? count : source->capacity;
}

static void source_modules_destroy(struct rf_source *source)
{
	struct source_modules *modules = own(source);

	release_by(modules, RF_MODULES_PUT);
	if (modules->map)
		munmap((void *)modules->map, modules->map_len);
	close(modules->fd);
	free(modules);
}

static const struct rf_source_ops source_modules_ops = {
	.get = source_modules_get,
	.put = source_modules_put,
	.keep = source_modules_keep,
	.flush = source_modules_flush,
	.close_packet = source_modules_close_packet,
	.empty = source_modules_empty,
	.position = source_modules_position,
	.list = source_modules_list,
	.peek = source_modules_peek,
	.stuck = source_modules_stuck,
	.destroy = source_modules_destroy,
};

/* Sizes, CPU and mapping. */
static int open_ring(struct source_modules *modules)
{
	uint64_t cpu = 0;
	int err = ask(modules, RF_MODULES_MAX_SIZE, &modules->subbuf_size);

	if (!err)
		err = ask(modules, RF_MODULES_MAP_LENGTH, &modules->map_len);
	if (!err)
		err = ask(modules, RF_MODULES_INSTANCE_ID, &cpu);
	if (err)
		return err;
	if (!modules->subbuf_size || modules->map_len < modules->subbuf_size)
		return -EPROTO;

	void *map = mmap(NULL, modules->map_len, PROT_READ, MAP_PRIVATE, modules->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	modules->map = map;
	modules->source.capacity = (unsigned int)(modules->map_len / modules->subbuf_size);
	modules->source.origin.cpu = (uint32_t)cpu;
	modules->source.origin.instance = (uint32_t)cpu;
	return 0;
}

struct rf_source *rf_source_modules_new(int fd, uint32_t stream_class, int *error)
{
	struct source_modules *modules = calloc(1, sizeof(*modules));

	if (!modules) {
		close(fd);
		*error = -ENOMEM;
		return NULL;
	}
	modules->fd = fd;
	modules->source = (struct rf_source){
		.ops = &source_modules_ops,
		.wait_fd = fd,
		/* A ring in which no packet is free is EPOLLPRI alone. */
		.wait_events = EPOLLIN | EPOLLPRI,
		.origin = {.stream_class = stream_class, .abi_bits = 64},
	};
	*error = open_ring(modules);
	if (!*error)
		return &modules->source;
	source_modules_destroy(&modules->source);
	return NULL;
}
