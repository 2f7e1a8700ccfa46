/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attacks of an evil child on what the broker does with the kernel's tracers. One that is a list of requests, each
 * of which must be refused, is granted when any of them is.
 */
#include "common/proto_broker.h"
#include "tests/attack/evil.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RING_SIZE 16384u
#define UNKNOWN 99u
#define GRANTED_SOON_MS 5000

/* --- requests ------------------------------------------------------------------------------------------------ */

static int ask(uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count)
{
	return evil_ask_on(evil_kernel_link, type, body, fds, fd_count, NULL);
}

static struct rf_writer instance_body(const struct rf_broker_make_instance *message)
{
	struct rf_writer w = evil_body();

	rf_broker_make_instance_encode(&w, message);
	return w;
}

static int make_instance(const struct rf_broker_make_instance *message)
{
	struct rf_writer w = instance_body(message);

	return ask(RF_BROKER_MAKE_INSTANCE, &w, NULL, 0);
}

static struct rf_writer id_body(uint32_t id)
{
	const struct rf_broker_id message = {.id = id};
	struct rf_writer w = evil_body();

	rf_broker_id_encode(&w, &message);
	return w;
}

static struct rf_writer events_body(uint32_t instance, uint8_t file, const char *names, size_t len)
{
	const struct rf_broker_open_events message = {
		.instance = instance, .file = file, .events = {(const uint8_t *)names, len}};
	struct rf_writer w = evil_body();

	rf_broker_open_events_encode(&w, &message);
	return w;
}

static int open_events(uint32_t instance, uint8_t file, const char *names, size_t len)
{
	struct rf_writer w = events_body(instance, file, names, len);
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

static struct rf_writer track_body(uint32_t instance, uint8_t policy, uint8_t on, const int32_t *pids, size_t len)
{
	const struct rf_broker_track message = {
		.instance = instance, .policy = policy, .on = on, .pids = {(const uint8_t *)pids, len}};
	struct rf_writer w = evil_body();

	rf_broker_track_encode(&w, &message);
	return w;
}

static int track(uint32_t instance, uint8_t policy, uint8_t on, const int32_t *pids, size_t len)
{
	struct rf_writer w = track_body(instance, policy, on, pids, len);

	return ask(RF_BROKER_TRACK, &w, NULL, 0);
}

static struct rf_writer probe_body(const struct rf_broker_add_probe *message)
{
	struct rf_writer w = evil_body();

	rf_broker_add_probe_encode(&w, message);
	return w;
}

/* SYMBOL may have what no name has; a NUL ends it. */
static int add_kernel_probe(const char *symbol)
{
	struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE, .probe = 1, .kind = RF_PROBE_KERNEL};
	struct rf_writer w;

	snprintf(message.symbol, sizeof(message.symbol), "%s", symbol);
	w = probe_body(&message);
	return ask(RF_BROKER_ADD_PROBE, &w, NULL, 0);
}

static int add_user_probe(uint32_t probe, const void *places, size_t len, const int *fds, unsigned int fd_count)
{
	const struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE,
		.probe = probe,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)places, len}};
	struct rf_writer w = probe_body(&message);

	return ask(RF_BROKER_ADD_PROBE, &w, fds, fd_count);
}

static int remove_probe(uint32_t probe)
{
	const struct rf_broker_remove_probe message = {.instance = EVIL_INSTANCE, .probe = probe};
	struct rf_writer w = evil_body();

	rf_broker_remove_probe_encode(&w, &message);
	return ask(RF_BROKER_REMOVE_PROBE, &w, NULL, 0);
}

static struct rf_writer rings_body(uint32_t instance, uint32_t first, uint32_t count)
{
	const struct rf_broker_open_rings message = {.instance = instance, .first_cpu = first, .cpu_count = count};
	struct rf_writer w = evil_body();

	rf_broker_open_rings_encode(&w, &message);
	return w;
}

static int open_rings(uint32_t instance, uint32_t first, uint32_t count)
{
	struct rf_writer w = rings_body(instance, first, count);

	return evil_ask(RF_BROKER_OPEN_RINGS, &w, NULL, 0);
}

/* --- before and after ---------------------------------------------------------------------------------------- */

/* The name of an instance's events: that of a probe, which goes again. */
static int say_group(void)
{
	const struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE,
		.probe = 1000,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)&(uint64_t){0x40}, sizeof(uint64_t)}};
	struct rf_broker_probe_group group;
	struct rf_writer w = probe_body(&message);
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct rf_frame reply;
	int err = evil_ask_on(evil_kernel_link, RF_BROKER_ADD_PROBE, &w, &self, 1, &reply);

	close(self);
	if (!err && rf_broker_probe_group_decode(&reply.body, &group))
		fprintf(stderr, "evil: group %s\n", group.system);
	if (!err)
		rf_frame_close_fds(&reply);
	return err ? err : remove_probe(1000);
}

static int set_up_instance(uint32_t instance, uint32_t consumer)
{
	return make_instance(&(struct rf_broker_make_instance){
		.instance = instance, .consumer = consumer, .ring_size = RING_SIZE, .page_size = 4096});
}

int evil_set_up_kernel(void)
{
	struct rf_writer w = evil_body();
	int err = ask(RF_BROKER_KERNEL_OPEN, &w, NULL, 0);

	if (!err)
		err = set_up_instance(EVIL_INSTANCE, EVIL_KERNEL_CONSUMER);
	if (!err)
		err = set_up_instance(EVIL_OTHER_INSTANCE, EVIL_OTHER_KERNEL_CONSUMER);
	return err ? err : say_group();
}

bool evil_kernel_answers(void)
{
	struct rf_writer w = evil_body();

	return ask(RF_BROKER_KERNEL_OPEN, &w, NULL, 0) >= 0;
}

/* --- what is for others -------------------------------------------------------------------------------------- */

static int rings_of_other(void)
{
	return open_rings(EVIL_OTHER_INSTANCE, 0, 1);
}

static int rings_by_user_consumer(void)
{
	return open_rings(EVIL_INSTANCE, 0, 1);
}

static int rings_by_sessiond(void)
{
	return open_rings(EVIL_INSTANCE, 0, 1);
}

static int rings_by_kernel_link(void)
{
	struct rf_writer w = rings_body(EVIL_INSTANCE, 0, 1);

	return ask(RF_BROKER_OPEN_RINGS, &w, NULL, 0);
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
		.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = RING_SIZE};
	struct rf_writer w = instance_body(&message);

	return evil_ask(RF_BROKER_MAKE_INSTANCE, &w, NULL, 0);
}

static int remove_an_instance(void)
{
	return evil_ask_id(RF_BROKER_REMOVE_INSTANCE, EVIL_OTHER_INSTANCE);
}

static const char a_name[] = "sched/sched_switch";

static int open_an_event(void)
{
	struct rf_writer w = events_body(EVIL_OTHER_INSTANCE, RF_EVENT_FILTER, a_name, sizeof(a_name));

	return evil_ask(RF_BROKER_OPEN_EVENTS, &w, NULL, 0);
}

static int track_nobody(void)
{
	struct rf_writer w = track_body(EVIL_OTHER_INSTANCE, 1, 0, NULL, 0);

	return evil_ask(RF_BROKER_TRACK, &w, NULL, 0);
}

static int add_a_probe(void)
{
	const struct rf_broker_add_probe message = {.instance = EVIL_OTHER_INSTANCE,
		.probe = 1,
		.kind = RF_PROBE_USER,
		.places = {(const uint8_t *)&(uint64_t){0x40}, sizeof(uint64_t)}};
	struct rf_writer w = probe_body(&message);
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int err = evil_ask(RF_BROKER_ADD_PROBE, &w, &self, 1);

	close(self);
	return err;
}

/* A probe that is not there: that it was looked for is enough. */
static int remove_a_probe(void)
{
	const struct rf_broker_remove_probe message = {.instance = EVIL_OTHER_INSTANCE, .probe = 1};
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
	return ask(RF_BROKER_LOOKUP_ACCOUNT, &w, NULL, 0);
}

static int spawn_by_kernel_link(void)
{
	const struct rf_broker_spawn_consumer message = {.consumer = 9, .uid = EVIL_ALICE, .abi_bits = 64};
	struct rf_writer w = evil_body();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	rf_broker_spawn_consumer_encode(&w, &message);
	return ask(RF_BROKER_SPAWN_CONSUMER, &w, &ends[1], 1);
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
	return make_instance(&(struct rf_broker_make_instance){
		.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .uid = EVIL_BOB, .ring_size = RING_SIZE});
}

static int instance_for_user_consumer(void)
{
	return make_instance(&(struct rf_broker_make_instance){.instance = 9, .consumer = 1, .ring_size = RING_SIZE});
}

/* By alice, who may trace the kernel; the policy may still be being read. */
static int instance_above_quota(void)
{
	const struct rf_broker_make_instance message = {
		.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .uid = EVIL_ALICE, .ring_size = 129ull << 20};
	int err = make_instance(&message);

	for (int ms = 0; err == -EPERM && ms < GRANTED_SOON_MS; ms += 50) {
		poll(NULL, 0, 50);
		err = make_instance(&message);
	}
	return err;
}

/* --- requests that make no sense ----------------------------------------------------------------------------- */

/* ERR: what came of WHAT. Adds up to what came of all. */
static void refused(int *all, const char *what, int err)
{
	fprintf(stderr, "evil: %s: %s\n", what, err < 0 ? strerror(-err) : "granted");
	if (err == -ENOTCONN || (err >= 0 && *all != -ENOTCONN))
		*all = err;
}

static int instances(void)
{
	static const struct {
		const char *what;
		struct rf_broker_make_instance message;
	} cases[] = {
		{"number 0", {.consumer = EVIL_KERNEL_CONSUMER, .ring_size = RING_SIZE}},
		{"a second time",
			{.instance = EVIL_INSTANCE, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = RING_SIZE}},
		{"consumer that is not there", {.instance = 9, .consumer = UNKNOWN, .ring_size = RING_SIZE}},
		{"no size", {.instance = 9, .consumer = EVIL_KERNEL_CONSUMER}},
		{"all the memory", {.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = 1ull << 40}},
		{"more than there can be",
			{.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = (1ull << 40) + 1}},
		{"size that wraps", {.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = UINT64_MAX}},
		{"page size",
			{.instance = 9,
				.consumer = EVIL_KERNEL_CONSUMER,
				.ring_size = RING_SIZE,
				.page_size = UINT32_MAX}},
		{"overwrite",
			{.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = RING_SIZE, .overwrite = 2}},
	};
	int all = -EINVAL;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(&all, cases[i].what, make_instance(&cases[i].message));
	return all;
}

#define NAMES(text) text, sizeof(text)
static int event_names(void)
{
	static const struct {
		const char *names;
		size_t len;
	} cases[] = {
		{NAMES("")},
		{NAMES("sched")},
		{NAMES("/")},
		{NAMES("sched/")},
		{NAMES("/sched_switch")},
		{NAMES("./sched_switch")},
		{NAMES("../sched_switch")},
		{NAMES("sched/..")},
		{NAMES("sched/.")},
		{NAMES("sched//sched_switch")},
		{NAMES("sched/sched_switch/..")},
		{NAMES("../events/sched/sched_switch")},
		{NAMES("../../../events/sched/sched_switch")},
		{NAMES("/sys/kernel/tracing/events/sched/sched_switch")},
		{NAMES("sched/sched_switch\n")},
		{NAMES("sched/sched_switch\nevil/evil")},
		{NAMES("sched/sched switch")},
		{NAMES("sched/*")},
		{NAMES("sched/sched_switch\xff")},
		{NAMES("sched/sched_switch\0sched/../sched_waking")},
		{NAMES("sched/sched_switch\0")},
		{"sched/sched_switch", 18},
		{"", 0},
	};
	static char text[66 * sizeof(a_name)];
	int all = -EINVAL;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(&all, cases[i].names,
			open_events(EVIL_INSTANCE, RF_EVENT_FILTER, cases[i].names, cases[i].len));
	for (size_t i = 0; i < 65; i++)
		memcpy(text + i * sizeof(a_name), a_name, sizeof(a_name));
	refused(&all, "65 names", open_events(EVIL_INSTANCE, RF_EVENT_FORMAT, text, 65 * sizeof(a_name)));
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "sched/", 6);
	text[sizeof(text) - 1] = '\0';
	refused(&all, "a long name", open_events(EVIL_INSTANCE, RF_EVENT_FORMAT, text, sizeof(text)));
	refused(&all, "another file", open_events(EVIL_INSTANCE, 3, a_name, sizeof(a_name)));
	refused(&all, "no instance", open_events(UNKNOWN, RF_EVENT_FILTER, a_name, sizeof(a_name)));
	return all;
}

/* The same as the last one above that goes to the top, and no farther: of everybody's tracing, not of ours. */
static int event_above(void)
{
	return open_events(EVIL_INSTANCE, RF_EVENT_FILTER, NAMES("../../../events/sched/sched_switch"));
}

static int symbols(void)
{
	static const char *const cases[] = {
		"",
		"do_sys_openat2\np:evil/evil vfs_read",
		"do_sys_openat2\n",
		"\n-:evil/evil",
		"do_sys_openat2;p:evil/evil vfs_read",
		"do_sys_openat2 evil=+0(%di):string",
		"do_sys_openat2\tevil=%di",
		"do_sys_openat2+4",
		"do_sys_openat2%return",
		"0xffffffff81000000",
		"1",
		"@do_sys_openat2",
		"../do_sys_openat2",
		"/bin/sh:0x40",
		"module:",
		":symbol",
		"a:b:c",
		"\xc3\xa4",
	};
	struct rf_broker_add_probe message = {.instance = EVIL_INSTANCE, .probe = 1, .symbol = "do_sys_openat2"};
	char text[RF_NAME_SIZE];
	struct rf_writer w;
	int all = -EINVAL;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(&all, cases[i], add_kernel_probe(cases[i]));
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refused(&all, "a long symbol", add_kernel_probe(text));
	for (uint8_t kind = 0; kind <= 4; kind += 4) {
		message.kind = kind;
		w = probe_body(&message);
		refused(&all, "another kind", ask(RF_BROKER_ADD_PROBE, &w, NULL, 0));
	}
	message.kind = RF_PROBE_KERNEL;
	message.instance = UNKNOWN;
	w = probe_body(&message);
	refused(&all, "no instance", ask(RF_BROKER_ADD_PROBE, &w, NULL, 0));
	return all;
}

/* Where the kernel has such probes it takes it as two; the second one is nobody's. */
static int symbol_of_two_lines(void)
{
	return add_kernel_probe("do_sys_openat2\np:evil/evil do_sys_openat2");
}

static int opened_program(const char *what, int fd, int *all)
{
	const uint64_t place = 0x40;
	int err = fd < 0 ? -errno : add_user_probe(1, &place, sizeof(place), &fd, 1);

	refused(all, what, err);
	if (fd >= 0)
		close(fd);
	return err;
}

static int programs(void)
{
	static uint64_t places[33];
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int all = -EINVAL;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	opened_program("a directory", open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), &all);
	opened_program("a pipe", ends[0], &all);
	opened_program("a device", open("/dev/null", O_RDWR | O_CLOEXEC), &all);
	opened_program("a socket", socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), &all);
	opened_program("a file that may not be read", open("/proc/self/exe", O_PATH | O_CLOEXEC), &all);
	opened_program("a file that is written", open(EVIL_DIR "/written", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), &all);
	opened_program("an empty file", memfd_create("program", MFD_CLOEXEC), &all);
	opened_program("a file of /proc", open("/proc/self/status", O_RDONLY | O_CLOEXEC), &all);
	places[0] = UINT64_MAX;
	refused(&all, "a place behind its end", add_user_probe(1, places, sizeof(places[0]), &self, 1));
	places[0] = 0x40;
	places[1] = 1ull << 62;
	refused(&all, "a second place behind its end", add_user_probe(1, places, 2 * sizeof(places[0]), &self, 1));
	refused(&all, "no place", add_user_probe(1, places, 0, &self, 1));
	refused(&all, "half a place", add_user_probe(1, places, 12, &self, 1));
	refused(&all, "33 places", add_user_probe(1, places, sizeof(places), &self, 1));
	add_user_probe(1, places, sizeof(places[0]), &self, 1);
	refused(&all, "a second time", add_user_probe(1, places, sizeof(places[0]), &self, 1));
	refused(&all, "removed: one that is not there", remove_probe(2));
	remove_probe(1);
	refused(&all, "removed a second time", remove_probe(1));
	close(self);
	close(ends[1]);
	return all;
}

static int program_missing(void)
{
	return add_user_probe(1, &(uint64_t){0x40}, sizeof(uint64_t), NULL, 0);
}

static int two_programs(void)
{
	const int fds[] = {STDIN_FILENO, STDIN_FILENO};

	return add_user_probe(1, &(uint64_t){0x40}, sizeof(uint64_t), fds, 2);
}

static int trackers(void)
{
	static const int32_t none[] = {0};
	static const int32_t negative[] = {1, -1};
	int all = -EINVAL;

	refused(&all, "another policy", track(EVIL_INSTANCE, 3, 0, NULL, 0));
	refused(&all, "half on", track(EVIL_INSTANCE, 0, 2, NULL, 0));
	refused(&all, "pid 0", track(EVIL_INSTANCE, 2, 0, none, sizeof(none)));
	refused(&all, "a negative pid", track(EVIL_INSTANCE, 2, 0, negative, sizeof(negative)));
	refused(&all, "half a pid", track(EVIL_INSTANCE, 2, 0, none, 2));
	refused(&all, "no instance", track(UNKNOWN, 0, 0, NULL, 0));
	return all;
}

/* As many as a frame can hold. It is done, and costs others no more than that. */
static int track_many(void)
{
	static int32_t pids[16000];

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++)
		pids[i] = i % 2 ? (int32_t)i + 1 : INT32_MAX;
	return track(EVIL_INSTANCE, 2, 0, pids, sizeof(pids));
}

static int removals(void)
{
	int all = -EINVAL;
	struct rf_writer w = id_body(UNKNOWN);

	refused(&all, "no instance", ask(RF_BROKER_REMOVE_INSTANCE, &w, NULL, 0));
	w = id_body(EVIL_INSTANCE);
	if (ask(RF_BROKER_REMOVE_INSTANCE, &w, NULL, 0) < 0)
		return 0;
	w = id_body(EVIL_INSTANCE);
	refused(&all, "a second time", ask(RF_BROKER_REMOVE_INSTANCE, &w, NULL, 0));
	refused(&all, "tracked after that", track(EVIL_INSTANCE, 0, 0, NULL, 0));
	refused(&all, "events after that", open_events(EVIL_INSTANCE, RF_EVENT_FILTER, a_name, sizeof(a_name)));
	return all;
}

static int rings(void)
{
	int all = -EINVAL;

	refused(&all, "no processor", open_rings(EVIL_INSTANCE, 0, 0));
	refused(&all, "too many", open_rings(EVIL_INSTANCE, 0, RF_OPEN_RINGS_MAX + 1));
	refused(&all, "all", open_rings(EVIL_INSTANCE, 0, UINT32_MAX));
	refused(&all, "one that wraps", open_rings(EVIL_INSTANCE, UINT32_MAX, 2));
	refused(&all, "one that is not there", open_rings(EVIL_INSTANCE, 60000, 1));
	refused(&all, "more than there are", open_rings(EVIL_INSTANCE, 0, RF_OPEN_RINGS_MAX));
	refused(&all, "no instance", open_rings(UNKNOWN, 0, 1));
	return all;
}

/* --- floods -------------------------------------------------------------------------------------------------- */

/* Sends COUNT times without reading what comes; then how the link is. */
static int flood(int sock, uint32_t type, struct rf_writer *body, unsigned int count)
{
	struct pollfd hang_up = {.fd = sock, .events = 0};
	int err = 0;

	fcntl(sock, F_SETFL, O_NONBLOCK);
	for (unsigned int sent = 0; sent < count && (!err || err == -EAGAIN);) {
		err = rf_frame_send(sock, type, 7, 0, body->base, body->at, NULL, 0);
		if (err == -EAGAIN)
			usleep(100);
		else
			sent++;
	}
	rf_writer_free(body);
	return (err < 0 && err != -EAGAIN) || poll(&hang_up, 1, 3000) > 0 ? -ENOTCONN : 0;
}

static int rings_unread(void)
{
	struct rf_writer w = rings_body(EVIL_INSTANCE, 0, 1);

	return flood(RF_BROKER_FD, RF_BROKER_OPEN_RINGS, &w, 4000);
}

static int kernel_link_unread(void)
{
	struct rf_writer w = events_body(EVIL_INSTANCE, RF_EVENT_FORMAT, a_name, sizeof(a_name));

	return flood(evil_kernel_link, RF_BROKER_OPEN_EVENTS, &w, 8000);
}

/* At once: those that are read meanwhile are few. */
static int state_at_once(void)
{
	enum { COUNT = 64 };
	int all = 0;

	for (uint32_t serial = 10000; serial < 10000 + COUNT; serial++)
		rf_frame_send(evil_kernel_link, RF_BROKER_READ_STATE, serial, 0, NULL, 0, NULL, 0);
	for (uint32_t serial = 10000; serial < 10000 + COUNT; serial++) {
		struct rf_frame frame;
		int err = evil_reply(evil_kernel_link, serial, &frame);

		if (err >= 0)
			rf_frame_close_fds(&frame);
		else
			all = err;
	}
	return all;
}

static int frame_on_kernel_link(void)
{
	static const char cut[] = "\x3c\0\0\0\x01\0\0\0";
	struct rf_frame frame;

	if (send(evil_kernel_link, cut, 8, MSG_NOSIGNAL) < 0)
		return -errno;
	return evil_reply(evil_kernel_link, 1, &frame);
}

static int body_on_kernel_link(void)
{
	struct rf_writer w = events_body(EVIL_INSTANCE, RF_EVENT_FORMAT, a_name, sizeof(a_name));

	w.at--;
	return ask(RF_BROKER_OPEN_EVENTS, &w, NULL, 0);
}

#define BY(who, name_of, run_it)                                                                                       \
	{                                                                                                              \
		.name = name_of, .by = who, .kernel = true, .run = run_it                                              \
	}
#define BY_SESSIOND(name_of, run_it) BY(0, name_of, run_it)
#define BY_KERNEL_CONSUMER(name_of, run_it) BY(EVIL_KERNEL_CONSUMER, name_of, run_it)

const struct attack kernel_attacks[] = {
	BY_KERNEL_CONSUMER("kernel-consumer-rings-of-other", rings_of_other),
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
	BY_KERNEL_CONSUMER("kernel-consumer-rings-numbers", rings),
	BY_KERNEL_CONSUMER("kernel-consumer-never-reads", rings_unread),
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
	BY_SESSIOND("kernel-link-event-above", event_above),
	BY_SESSIOND("kernel-link-symbol-of-two-lines", symbol_of_two_lines),
	BY_SESSIOND("kernel-link-instances", instances),
	BY_SESSIOND("kernel-link-event-names", event_names),
	BY_SESSIOND("kernel-link-symbols", symbols),
	BY_SESSIOND("kernel-link-programs", programs),
	BY_SESSIOND("kernel-link-program-missing", program_missing),
	BY_SESSIOND("kernel-link-two-programs", two_programs),
	BY_SESSIOND("kernel-link-trackers", trackers),
	BY_SESSIOND("kernel-link-track-many", track_many),
	BY_SESSIOND("kernel-link-removals", removals),
	BY_SESSIOND("kernel-link-state-at-once", state_at_once),
	BY_SESSIOND("kernel-link-never-reads", kernel_link_unread),
	BY_SESSIOND("kernel-link-frame-cut", frame_on_kernel_link),
	BY_SESSIOND("kernel-link-body-cut", body_on_kernel_link),
};
const size_t kernel_attack_count = sizeof(kernel_attacks) / sizeof(kernel_attacks[0]);
