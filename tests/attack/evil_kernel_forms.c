/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about the kernel's tracers that make no sense, and too many of them. */
#include "tests/attack/evil_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNKNOWN 99u
#define NAMES(text) text, sizeof(text)

/* ERR: what came of WHAT. Adds up to what came of all. */
static void refused(int *all, const char *what, int err)
{
	fprintf(stderr, "evil: %s: %s\n", what, err < 0 ? strerror(-err) : "granted");
	if (err == -ENOTCONN || (err >= 0 && *all != -ENOTCONN))
		*all = err;
}

int kernel_instances(void)
{
	static const struct {
		const char *what;
		struct rf_broker_make_instance message;
	} cases[] = {
		{"number 0", {.consumer = EVIL_KERNEL_CONSUMER, .ring_size = KERNEL_RING_SIZE}},
		{"a second time",
			{.instance = EVIL_INSTANCE, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = KERNEL_RING_SIZE}},
		{"consumer that is not there", {.instance = 9, .consumer = UNKNOWN, .ring_size = KERNEL_RING_SIZE}},
		{"no size", {.instance = 9, .consumer = EVIL_KERNEL_CONSUMER}},
		{"all the memory", {.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = 1ull << 40}},
		{"more than there can be",
			{.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = (1ull << 40) + 1}},
		{"size that wraps", {.instance = 9, .consumer = EVIL_KERNEL_CONSUMER, .ring_size = UINT64_MAX}},
		{"page size",
			{.instance = 9,
				.consumer = EVIL_KERNEL_CONSUMER,
				.ring_size = KERNEL_RING_SIZE,
				.page_size = UINT32_MAX}},
		{"overwrite",
			{.instance = 9,
				.consumer = EVIL_KERNEL_CONSUMER,
				.ring_size = KERNEL_RING_SIZE,
				.overwrite = 2}},
	};
	int all = -EINVAL;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(&all, cases[i].what, kernel_make_instance(&cases[i].message));
	return all;
}

int kernel_event_names(void)
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
	static char text[66 * sizeof(KERNEL_AN_EVENT)];
	int all = -EINVAL;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(&all, cases[i].names,
			kernel_open_events(EVIL_INSTANCE, RF_EVENT_FILTER, cases[i].names, cases[i].len));
	for (size_t i = 0; i < 65; i++)
		memcpy(text + i * sizeof(KERNEL_AN_EVENT), KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT));
	refused(&all, "65 names",
		kernel_open_events(EVIL_INSTANCE, RF_EVENT_FORMAT, text, 65 * sizeof(KERNEL_AN_EVENT)));
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "sched/", 6);
	text[sizeof(text) - 1] = '\0';
	refused(&all, "a long name", kernel_open_events(EVIL_INSTANCE, RF_EVENT_FORMAT, text, sizeof(text)));
	refused(&all, "another file", kernel_open_events(EVIL_INSTANCE, 3, KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT)));
	refused(&all, "no instance",
		kernel_open_events(UNKNOWN, RF_EVENT_FILTER, KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT)));
	return all;
}

/* The same as the last one above that goes to the top, and no farther: of everybody's tracing, not of ours. */
int kernel_event_above(void)
{
	return kernel_open_events(EVIL_INSTANCE, RF_EVENT_FILTER, NAMES("../../../events/sched/sched_switch"));
}

int kernel_symbols(void)
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
		refused(&all, cases[i], kernel_add_symbol(cases[i]));
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refused(&all, "a long symbol", kernel_add_symbol(text));
	for (uint8_t kind = 0; kind <= 4; kind += 4) {
		message.kind = kind;
		w = kernel_probe_body(&message);
		refused(&all, "another kind", kernel_ask(RF_BROKER_ADD_PROBE, &w, NULL, 0));
	}
	message.kind = RF_PROBE_KERNEL;
	message.instance = UNKNOWN;
	w = kernel_probe_body(&message);
	refused(&all, "no instance", kernel_ask(RF_BROKER_ADD_PROBE, &w, NULL, 0));
	return all;
}

/* Where the kernel has such probes it takes it as two; the second one is nobody's. */
int kernel_symbol_of_two_lines(void)
{
	return kernel_add_symbol("do_sys_openat2\np:evil/evil do_sys_openat2");
}

static int opened_program(const char *what, int fd, int *all)
{
	const uint64_t place = 0x40;
	int err = fd < 0 ? -errno : kernel_add_user_probe(1, &place, sizeof(place), &fd, 1);

	refused(all, what, err);
	if (fd >= 0)
		close(fd);
	return err;
}

int kernel_programs(void)
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
	refused(&all, "a place behind its end", kernel_add_user_probe(1, places, sizeof(places[0]), &self, 1));
	places[0] = 0x40;
	places[1] = 1ull << 62;
	refused(&all, "a second place behind its end",
		kernel_add_user_probe(1, places, 2 * sizeof(places[0]), &self, 1));
	refused(&all, "no place", kernel_add_user_probe(1, places, 0, &self, 1));
	refused(&all, "half a place", kernel_add_user_probe(1, places, 12, &self, 1));
	refused(&all, "33 places", kernel_add_user_probe(1, places, sizeof(places), &self, 1));
	kernel_add_user_probe(1, places, sizeof(places[0]), &self, 1);
	refused(&all, "a second time", kernel_add_user_probe(1, places, sizeof(places[0]), &self, 1));
	refused(&all, "removed: one that is not there", kernel_remove_probe(2));
	kernel_remove_probe(1);
	refused(&all, "removed a second time", kernel_remove_probe(1));
	close(self);
	close(ends[1]);
	return all;
}

int kernel_program_missing(void)
{
	return kernel_add_user_probe(1, &(uint64_t){0x40}, sizeof(uint64_t), NULL, 0);
}

int kernel_two_programs(void)
{
	const int fds[] = {STDIN_FILENO, STDIN_FILENO};

	return kernel_add_user_probe(1, &(uint64_t){0x40}, sizeof(uint64_t), fds, 2);
}

int kernel_trackers(void)
{
	static const int32_t none[] = {0};
	static const int32_t negative[] = {1, -1};
	int all = -EINVAL;

	refused(&all, "another policy", kernel_track(EVIL_INSTANCE, 3, 0, NULL, 0));
	refused(&all, "half on", kernel_track(EVIL_INSTANCE, 0, 2, NULL, 0));
	refused(&all, "pid 0", kernel_track(EVIL_INSTANCE, 2, 0, none, sizeof(none)));
	refused(&all, "a negative pid", kernel_track(EVIL_INSTANCE, 2, 0, negative, sizeof(negative)));
	refused(&all, "half a pid", kernel_track(EVIL_INSTANCE, 2, 0, none, 2));
	refused(&all, "no instance", kernel_track(UNKNOWN, 0, 0, NULL, 0));
	return all;
}

/* As many as a frame can hold. It is done, and costs others no more than that. */
int kernel_track_many(void)
{
	static int32_t pids[16000];

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++)
		pids[i] = i % 2 ? (int32_t)i + 1 : INT32_MAX;
	return kernel_track(EVIL_INSTANCE, 2, 0, pids, sizeof(pids));
}

int kernel_removals(void)
{
	int all = -EINVAL;
	struct rf_writer w = kernel_id_body(UNKNOWN);

	refused(&all, "no instance", kernel_ask(RF_BROKER_REMOVE_INSTANCE, &w, NULL, 0));
	w = kernel_id_body(EVIL_INSTANCE);
	if (kernel_ask(RF_BROKER_REMOVE_INSTANCE, &w, NULL, 0) < 0)
		return 0;
	w = kernel_id_body(EVIL_INSTANCE);
	refused(&all, "a second time", kernel_ask(RF_BROKER_REMOVE_INSTANCE, &w, NULL, 0));
	refused(&all, "tracked after that", kernel_track(EVIL_INSTANCE, 0, 0, NULL, 0));
	refused(&all, "events after that",
		kernel_open_events(EVIL_INSTANCE, RF_EVENT_FILTER, KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT)));
	return all;
}

int kernel_rings(void)
{
	int all = -EINVAL;

	refused(&all, "no processor", kernel_open_rings(EVIL_INSTANCE, 0, 0));
	refused(&all, "too many", kernel_open_rings(EVIL_INSTANCE, 0, RF_OPEN_RINGS_MAX + 1));
	refused(&all, "all", kernel_open_rings(EVIL_INSTANCE, 0, UINT32_MAX));
	refused(&all, "one that wraps", kernel_open_rings(EVIL_INSTANCE, UINT32_MAX, 2));
	refused(&all, "one that is not there", kernel_open_rings(EVIL_INSTANCE, 60000, 1));
	refused(&all, "more than there are", kernel_open_rings(EVIL_INSTANCE, 0, RF_OPEN_RINGS_MAX));
	refused(&all, "no instance", kernel_open_rings(UNKNOWN, 0, 1));
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

int kernel_link_unread(void)
{
	struct rf_writer w = kernel_events_body(
		EVIL_INSTANCE, RF_EVENT_FORMAT, KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT));

	return flood(evil_kernel_link, RF_BROKER_OPEN_EVENTS, &w, 8000);
}

/* At once: those that are read meanwhile are few. */
int kernel_state_at_once(void)
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

int kernel_frame_on_kernel_link(void)
{
	static const char cut[] = "\x3c\0\0\0\x01\0\0\0";
	struct rf_frame frame;

	if (send(evil_kernel_link, cut, 8, MSG_NOSIGNAL) < 0)
		return -errno;
	return evil_reply(evil_kernel_link, 1, &frame);
}

int kernel_body_on_kernel_link(void)
{
	struct rf_writer w = kernel_events_body(
		EVIL_INSTANCE, RF_EVENT_FORMAT, KERNEL_AN_EVENT, sizeof(KERNEL_AN_EVENT));

	w.at--;
	return kernel_ask(RF_BROKER_OPEN_EVENTS, &w, NULL, 0);
}
