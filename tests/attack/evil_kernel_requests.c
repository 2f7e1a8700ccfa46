/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about the kernel's tracers, and what there is before an attack on them. */
#include "tests/attack/evil_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int kernel_ask(uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count)
{
	return evil_ask_on(evil_kernel_link, type, body, fds, fd_count, NULL);
}

struct rf_writer kernel_instance_body(const struct rf_broker_make_instance *message)
{
	struct rf_writer w = evil_body();

	rf_broker_make_instance_encode(&w, message);
	return w;
}

int kernel_make_instance(const struct rf_broker_make_instance *message)
{
	struct rf_writer w = kernel_instance_body(message);

	return kernel_ask(RF_BROKER_MAKE_INSTANCE, &w, NULL, 0);
}

struct rf_writer kernel_id_body(uint32_t id)
{
	const struct rf_broker_id message = {.id = id};
	struct rf_writer w = evil_body();

	rf_broker_id_encode(&w, &message);
	return w;
}

struct rf_writer kernel_events_body(uint32_t instance, uint8_t file, const char *names, size_t len)
{
	const struct rf_broker_open_events message = {
		.instance = instance, .file = file, .events = {(const uint8_t *)names, len}};
	struct rf_writer w = evil_body();

	rf_broker_open_events_encode(&w, &message);
	return w;
}

int kernel_open_events(uint32_t instance, uint8_t file, const char *names, size_t len)
{
	struct rf_writer w = kernel_events_body(instance, file, names, len);
	struct rf_broker_events_opened opened;
	struct rf_frame reply;
	int err = evil_ask_on(evil_kernel_link, RF_BROKER_OPEN_EVENTS, &w, NULL, 0, &reply);

	if (err < 0)
		return err;
	/* An event that is not there is no error. */
	if (!rf_broker_events_opened_decode(&reply.body, &opened) || !opened.present)
		err = -ENOENT;
	rf_frame_close_fds(&reply);
	return err;
}

struct rf_writer kernel_track_body(uint32_t instance, uint8_t policy, uint8_t on, const int32_t *pids, size_t len)
{
	const struct rf_broker_track message = {
		.instance = instance, .policy = policy, .on = on, .pids = {(const uint8_t *)pids, len}};
	struct rf_writer w = evil_body();

	rf_broker_track_encode(&w, &message);
	return w;
}

int kernel_track(uint32_t instance, uint8_t policy, uint8_t on, const int32_t *pids, size_t len)
{
	struct rf_writer w = kernel_track_body(instance, policy, on, pids, len);

	return kernel_ask(RF_BROKER_TRACK, &w, NULL, 0);
}

struct rf_writer kernel_probe_body(const struct rf_broker_add_probe *message)
{
	struct rf_writer w = evil_body();

	rf_broker_add_probe_encode(&w, message);
	return w;
}

/* SYMBOL may have what no name has; a NUL ends it. */
int kernel_add_symbol(const char *symbol)
{
	struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE, .probe = 1, .kind = RF_PROBE_KERNEL};
	struct rf_writer w;

	snprintf(message.symbol, sizeof(message.symbol), "%s", symbol);
	w = kernel_probe_body(&message);
	return kernel_ask(RF_BROKER_ADD_PROBE, &w, NULL, 0);
}

int kernel_add_user_probe(uint32_t probe, const void *places, size_t len, const int *fds, unsigned int fd_count)
{
	const struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE,
		.probe = probe,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)places, len}};
	struct rf_writer w = kernel_probe_body(&message);

	return kernel_ask(RF_BROKER_ADD_PROBE, &w, fds, fd_count);
}

int kernel_remove_probe(uint32_t probe)
{
	const struct rf_broker_remove_probe message = {.instance = EVIL_INSTANCE, .probe = probe};
	struct rf_writer w = evil_body();

	rf_broker_remove_probe_encode(&w, &message);
	return kernel_ask(RF_BROKER_REMOVE_PROBE, &w, NULL, 0);
}

struct rf_writer kernel_rings_body(uint32_t instance, uint32_t first, uint32_t count)
{
	const struct rf_broker_open_rings message = {.instance = instance, .first_cpu = first, .cpu_count = count};
	struct rf_writer w = evil_body();

	rf_broker_open_rings_encode(&w, &message);
	return w;
}

int kernel_open_rings(uint32_t instance, uint32_t first, uint32_t count)
{
	struct rf_writer w = kernel_rings_body(instance, first, count);

	return evil_ask(RF_BROKER_OPEN_RINGS, &w, NULL, 0);
}

/* The name of an instance's events: that of a probe, which goes again. */
static int say_group(void)
{
	const struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE,
		.probe = 1000,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)&(uint64_t){0x40}, sizeof(uint64_t)}};
	struct rf_broker_probe_group group;
	struct rf_writer w = kernel_probe_body(&message);
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct rf_frame reply;
	int err = evil_ask_on(evil_kernel_link, RF_BROKER_ADD_PROBE, &w, &self, 1, &reply);

	close(self);
	if (!err && rf_broker_probe_group_decode(&reply.body, &group))
		fprintf(stderr, "evil: group %s\n", group.system);
	if (!err)
		rf_frame_close_fds(&reply);
	return err ? err : kernel_remove_probe(1000);
}

int evil_set_up_kernel(unsigned int instances)
{
	struct rf_writer w = evil_body();
	int err = kernel_ask(RF_BROKER_KERNEL_OPEN, &w, NULL, 0);

	for (uint32_t i = 0; !err && i < instances; i++)
		err = kernel_make_instance(&(struct rf_broker_make_instance){.instance = EVIL_INSTANCE + i,
			.consumer = EVIL_KERNEL_CONSUMER + i,
			.ring_size = KERNEL_RING_SIZE,
			.page_size = 4096});
	return err ? err : say_group();
}

bool evil_kernel_answers(void)
{
	struct rf_writer w = evil_body();

	return kernel_ask(RF_BROKER_KERNEL_OPEN, &w, NULL, 0) >= 0;
}
