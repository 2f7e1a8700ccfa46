/* SPDX-License-Identifier: GPL-2.0-only */
/* The attacks of an evil child on what the broker does with the kernel's tracers: what is for others, and the table. */
#include "tests/attack/evil_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GRANTED_SOON_MS 5000

static int rings_of_other(void)
{
	return kernel_open_rings(EVIL_OTHER_INSTANCE, 0, 1);
}

static int rings_by_user_consumer(void)
{
	return kernel_open_rings(EVIL_INSTANCE, 0, 1);
}

static int rings_by_sessiond(void)
{
	return kernel_open_rings(EVIL_INSTANCE, 0, 1);
}

static int rings_by_kernel_link(void)
{
	struct rf_writer w = kernel_rings_body(EVIL_INSTANCE, 0, 1);

	return kernel_ask(RF_BROKER_OPEN_RINGS, &w, NULL, 0);
}

/* Each end of a descriptor that comes with them would be the end of recording, for as long as that takes. */
static int rings_again(void)
{
	int err = kernel_open_rings(EVIL_INSTANCE, 0, 1);

	/* Not given the first time is not what this is about. */
	return err < 0 ? 0 : kernel_open_rings(EVIL_INSTANCE, 0, 1);
}

/* The rows of the kernel's link, on the link that the process has to the broker. */
static int open_kernel(void)
{
	struct rf_writer w = evil_body();

	return evil_ask(RF_BROKER_KERNEL_OPEN, &w, NULL, 0);
}

static int make_an_instance(void)
{
	const struct rf_broker_make_instance message = {
		.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = KERNEL_RING_SIZE};
	struct rf_writer w = kernel_instance_body(&message);

	return evil_ask(RF_BROKER_MAKE_INSTANCE, &w, NULL, 0);
}

static int remove_an_instance(void)
{
	return evil_ask_id(RF_BROKER_REMOVE_INSTANCE, EVIL_INSTANCE);
}

static int open_an_event(void)
{
	struct rf_writer w = kernel_events_body(
		EVIL_INSTANCE, RF_EVENT_FILTER, KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT));

	return evil_ask(RF_BROKER_OPEN_EVENTS, &w, NULL, 0);
}

static int track_nobody(void)
{
	struct rf_writer w = kernel_track_body(EVIL_INSTANCE, 1, 0, NULL, 0);

	return evil_ask(RF_BROKER_TRACK, &w, NULL, 0);
}

static int add_a_probe(void)
{
	const struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE,
		.probe = 1,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)&(uint64_t){0x40}, sizeof(uint64_t)}};
	struct rf_writer w = kernel_probe_body(&message);
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int err = evil_ask(RF_BROKER_ADD_PROBE, &w, &self, 1);

	close(self);
	return err;
}

/* A probe that is not there: that it was looked for is enough. */
static int remove_a_probe(void)
{
	const struct rf_broker_remove_probe message = {.instance = EVIL_INSTANCE, .probe = 1};
	struct rf_writer w = evil_body();

	rf_broker_remove_probe_encode(&w, &message);

	int err = evil_ask(RF_BROKER_REMOVE_PROBE, &w, NULL, 0);

	return err == -ENOENT ? 0 : err;
}

static int read_state(void)
{
	struct rf_writer w = evil_body();

	return evil_ask(RF_BROKER_READ_STATE, &w, NULL, 0);
}

/* The other way round. */
static int lookup_by_kernel_link(void)
{
	const struct rf_broker_lookup_account message = {.kind = RF_ACCOUNT_USER, .name = "root"};
	struct rf_writer w = evil_body();

	rf_broker_lookup_account_encode(&w, &message);
	return kernel_ask(RF_BROKER_LOOKUP_ACCOUNT, &w, NULL, 0);
}

static int spawn_by_kernel_link(void)
{
	const struct rf_broker_spawn_consumer message = {.consumer = 9, .uid = EVIL_ALICE, .abi_bits = 64};
	struct rf_writer w = evil_body();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	rf_broker_spawn_consumer_encode(&w, &message);
	return kernel_ask(RF_BROKER_SPAWN_CONSUMER, &w, &ends[1], 1);
}

static int streams_of_user(void)
{
	const struct rf_broker_open_streams message = {
		.dir = 1, .cpu_count = 1, .file_number = RF_NO_FILE_NUMBER, .channel = "channel"};
	struct rf_writer w = evil_body();

	rf_broker_open_streams_encode(&w, &message);
	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}

static int spawn_kernel_consumer(void)
{
	return evil_spawn(9, EVIL_KERNEL, 0);
}

static int kernel_dir_for_user(void)
{
	return evil_make_dir(9, 1, 1, EVIL_ALICE, RF_DIR_KERNEL, "");
}

static int user_dir_for_kernel(void)
{
	return evil_make_dir(9, 1, EVIL_KERNEL_CONSUMER, EVIL_ALICE, RF_DIR_UST_UID, "");
}

/* uid 0 is what the kernel's consumer has; a directory of root's applications is no directory of the kernel. */
static int root_dir_for_kernel(void)
{
	return evil_make_dir(9, 1, EVIL_KERNEL_CONSUMER, 0, RF_DIR_UST_UID, "");
}

static int instance_of_user(void)
{
	return kernel_make_instance(&(struct rf_broker_make_instance){
		.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .uid = EVIL_BOB, .ring_size = KERNEL_RING_SIZE});
}

static int instance_for_user_consumer(void)
{
	return kernel_make_instance(
		&(struct rf_broker_make_instance){.instance = 9, .consumer = 1, .ring_size = KERNEL_RING_SIZE});
}

/* By alice, who may trace the kernel; the policy may still be being read. */
static int instance_above_quota(void)
{
	const struct rf_broker_make_instance message = {
		.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .uid = EVIL_ALICE, .ring_size = 129ull << 20};
	int err = kernel_make_instance(&message);

	for (int ms = 0; err == -EPERM && ms < GRANTED_SOON_MS; ms += 50) {
		poll(NULL, 0, 50);
		err = kernel_make_instance(&message);
	}
	return err;
}

#define BY(who, name_of, run_it)                                                                                       \
	{                                                                                                              \
		.name = name_of, .by = who, .instances = 1, .run = run_it                                              \
	}
#define BY_SESSIOND(name_of, run_it) BY(0, name_of, run_it)
#define BY_KERNEL_CONSUMER(name_of, run_it) BY(EVIL_KERNEL_CONSUMER, name_of, run_it)

static const struct attack attacks[] = {
	{.name = "kernel-consumer-rings-of-other", .by = EVIL_KERNEL_CONSUMER, .instances = 2, .run = rings_of_other},
	BY(1, "consumer-rings", rings_by_user_consumer),
	BY_SESSIOND("sessiond-rings", rings_by_sessiond),
	BY_SESSIOND("kernel-link-rings", rings_by_kernel_link),
	BY_KERNEL_CONSUMER("kernel-consumer-kernel-open", open_kernel),
	BY_KERNEL_CONSUMER("kernel-consumer-make-instance", make_an_instance),
	BY_KERNEL_CONSUMER("kernel-consumer-remove-instance", remove_an_instance),
	BY_KERNEL_CONSUMER("kernel-consumer-open-events", open_an_event),
	BY_KERNEL_CONSUMER("kernel-consumer-track", track_nobody),
	BY_KERNEL_CONSUMER("kernel-consumer-add-probe", add_a_probe),
	BY_KERNEL_CONSUMER("kernel-consumer-remove-probe", remove_a_probe),
	BY_KERNEL_CONSUMER("kernel-consumer-read-state", read_state),
	BY_KERNEL_CONSUMER("kernel-consumer-streams-of-user", streams_of_user),
	BY_KERNEL_CONSUMER("kernel-consumer-spawn", spawn_kernel_consumer),
	BY_KERNEL_CONSUMER("kernel-consumer-rings-numbers", kernel_rings),
	BY_KERNEL_CONSUMER("kernel-consumer-rings-again", rings_again),
	BY(1, "consumer-open-events", open_an_event),
	BY_SESSIOND("sessiond-kernel-open", open_kernel),
	BY_SESSIOND("sessiond-make-instance", make_an_instance),
	BY_SESSIOND("sessiond-remove-instance", remove_an_instance),
	BY_SESSIOND("sessiond-open-events", open_an_event),
	BY_SESSIOND("sessiond-track", track_nobody),
	BY_SESSIOND("sessiond-add-probe", add_a_probe),
	BY_SESSIOND("sessiond-remove-probe", remove_a_probe),
	BY_SESSIOND("sessiond-read-state", read_state),
	BY_SESSIOND("kernel-link-lookup", lookup_by_kernel_link),
	BY_SESSIOND("kernel-link-spawn", spawn_by_kernel_link),
	BY_SESSIOND("sessiond-kernel-dir-for-user", kernel_dir_for_user),
	BY_SESSIOND("sessiond-user-dir-for-kernel", user_dir_for_kernel),
	BY_SESSIOND("sessiond-root-dir-for-kernel", root_dir_for_kernel),
	BY_SESSIOND("kernel-link-instance-of-user", instance_of_user),
	BY_SESSIOND("kernel-link-instance-for-user-consumer", instance_for_user_consumer),
	BY_SESSIOND("kernel-link-instance-above-quota", instance_above_quota),
	BY_SESSIOND("kernel-link-event-above", kernel_event_above),
	BY_SESSIOND("kernel-link-symbol-of-two-lines", kernel_symbol_of_two_lines),
	BY_SESSIOND("kernel-link-instances", kernel_instances),
	BY_SESSIOND("kernel-link-event-names", kernel_event_names),
	BY_SESSIOND("kernel-link-symbols", kernel_symbols),
	BY_SESSIOND("kernel-link-programs", kernel_programs),
	BY_SESSIOND("kernel-link-program-missing", kernel_program_missing),
	BY_SESSIOND("kernel-link-two-programs", kernel_two_programs),
	BY_SESSIOND("kernel-link-trackers", kernel_trackers),
	BY_SESSIOND("kernel-link-track-many", kernel_track_many),
	BY_SESSIOND("kernel-link-removals", kernel_removals),
	BY_SESSIOND("kernel-link-state-at-once", kernel_state_at_once),
	BY_SESSIOND("kernel-link-never-reads", kernel_link_unread),
	BY_SESSIOND("kernel-link-frame-cut", kernel_frame_on_kernel_link),
	BY_SESSIOND("kernel-link-body-cut", kernel_body_on_kernel_link),
};
const struct attack_table evil_kernel = {attacks, sizeof(attacks) / sizeof(attacks[0])};
