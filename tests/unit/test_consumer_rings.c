/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's consumer, with rings of a real instance of the kernel's own tracer. */
#include "common/record_ops.h"
#include "tests/unit/consumer_peer.h"
#include "tests/unit/ring_instance.h"

#include <time.h>

#define SESSION 7u
#define TRACE 70u
#define CHANNEL 3u
#define CLASS 0u

static const uint8_t trace_uuid[RF_UUID_SIZE] = {
	0x0e, 0xc0, 0xe0, 0x2b, 0xa6, 0x85, 0x4b, 0x0d, 0x91, 0xbe, 0x9e, 0x1b, 0xc1, 0x4d, 0xf5, 0x99};

static const char metadata[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"trace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"0ec0e02b-a685-4b0d-91be-9e1bc14df599\";\n\tbyte_order = le;\n"
	"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t  uuid[16];\n\t\tuint32_t stream_id;\n"
	"\t\tuint64_t stream_instance_id;\n\t};\n};\n\n"
	"env {\n\tdomain = \"kernel\";\n\ttracer_name = \"lttng-modules\";\n\ttracer_major = 2;\n\ttracer_minor = "
	"13;\n};\n\n"
	"clock {\n\tname = \"monotonic\";\n\tfreq = 1000000000;\n\toffset = 0;\n};\n\n"
	"typealias integer { size = 32; align = 8; signed = false; map = clock.monotonic.value; } := clock32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; map = clock.monotonic.value; } := clock64_t;\n"
	"struct packet_context {\n\tclock64_t timestamp_begin;\n\tclock64_t timestamp_end;\n\tuint64_t content_size;\n"
	"\tuint64_t packet_size;\n\tuint64_t packet_seq_num;\n\tuint64_t events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"struct event_header {\n\tenum : uint16_t { compact = 0 ... 65534, extended = 65535 } id;\n"
	"\tvariant <id> {\n\t\tstruct {\n\t\t\tclock32_t timestamp;\n\t\t} compact;\n"
	"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tclock64_t timestamp;\n\t\t} extended;\n\t} v;\n} align(8);\n\n"
	"stream {\n\tid = 0;\n\tevent.header := struct event_header;\n\tpacket.context := struct "
	"packet_context;\n};\n\n"
	"event {\n\tname = \"syscall_entry_getppid\";\n\tid = 0;\n\tstream_id = 0;\n"
	"\tfields := struct {\n\t\tuint32_t _tid;\n\t};\n};\n\n"
	"event {\n\tname = \"lttng_statedump_start\";\n\tid = 1;\n\tstream_id = 0;\n};\n\n";

static struct instance instance;

static int open_rings(const struct rf_broker_open_rings *wanted, int *fds)
{
	char path[256];
	int count = 0;

	if (wanted->instance != 5)
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/free_buffer", instance.dir);
	if (!wanted->first_cpu)
		fds[count++] = open(path, O_WRONLY | O_CLOEXEC);
	for (uint32_t cpu = wanted->first_cpu; cpu < wanted->first_cpu + wanted->cpu_count; cpu++) {
		fds[count++] = instance_open(&instance, cpu, "trace_pipe_raw");
		fds[count++] = instance_open(&instance, cpu, "stats");
	}
	return count;
}

/* That the kernel has rings for. */
static uint32_t cpu_count(void)
{
	char path[256];

	for (uint32_t cpu = 0;; cpu++) {
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%u", instance.dir, cpu);
		if (access(path, F_OK) < 0)
			return cpu ? cpu : 1;
	}
}

static void create_rings(struct peer *peer, uint32_t number, bool overwrite, uint32_t switch_interval)
{
	const struct rf_consumer_create_rings create = {
		.trace = TRACE,
		.channel = {.number = CHANNEL, .stream_class = CLASS, .overwrite = overwrite, .name = "kernel0"},
		.instance = number,
		.page_size = (uint32_t)instance.page_size,
		.ring_size = instance.ring_size,
		.cpu_count = cpu_count(),
		.packet_size = 65536,
		.switch_interval = switch_interval,
	};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_rings_encode(&w, &create);
	peer_send(peer, RF_CONSUMER_CREATE_RINGS, 0, &w, -1);
}

static void describe_record(struct peer *peer)
{
	const struct rf_record_op op = {.kind = RF_OP_COPY, .at = 4, .len = 4};
	struct rf_consumer_describe_record describe = {
		.trace = TRACE, .channel = CHANNEL, .record = instance.record, .event = 0, .size_min = 8};
	uint8_t ops[RF_RECORD_OP_SIZE];
	struct rf_writer w;

	rf_writer_init_fixed(&w, ops, sizeof(ops), RF_HOST_ORDER);
	rf_record_op_write(&w, &op);
	describe.ops = (struct rf_blob){ops, sizeof(ops)};
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_describe_record_encode(&w, &describe);
	peer_send(peer, RF_CONSUMER_DESCRIBE_RECORD, 0, &w, -1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* One event, `lttng_statedump_start`. */
static void add_events(struct peer *peer, uint64_t time)
{
	uint8_t event[6];
	struct rf_writer w;

	rf_writer_init_fixed(&w, event, sizeof(event), RF_HOST_ORDER);
	rf_write_u16(&w, 1);
	rf_write_u32(&w, (uint32_t)time);

	const struct rf_consumer_add_events add = {
		.trace = TRACE, .channel = CHANNEL, .begin = time, .end = time, .events = {event, sizeof(event)}};

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_add_events_encode(&w, &add);
	peer_send(peer, RF_CONSUMER_ADD_EVENTS, 0, &w, -1);
}

static void request(struct peer *peer, uint32_t type, int expected)
{
	struct rf_frame frame;

	peer_request(peer, type, SESSION, &frame);
	cr_assert_eq(frame.status, expected, "%d", frame.status);
}

/* Events of NAME that babeltrace2 reads in directory DIR. */
static unsigned long count(const struct peer *peer, const char *dir, const char *name)
{
	char command[512];
	unsigned long events = 0;

	snprintf(command, sizeof(command),
		"babeltrace2 --no-delta %1$s/%2$s 2>%1$s/.stderr | grep -c '%3$s'; grep -v '^ *$' %1$s/.stderr >&2",
		peer->dir, dir, name);

	FILE *out = popen(command, "r");

	cr_assert_eq(fscanf(out, "%lu", &events), 1);
	pclose(out);
	return events;
}

static bool begin_in(struct peer *peer, unsigned int ring_kb, bool overwrite, uint32_t switch_interval, uint32_t dir)
{
	if (!instance_begin(&instance, ring_kb, 64, overwrite) ||
		!instance_write(&instance, "options/disable_on_free", "1")) {
		cr_skip_test("no tracefs, or not root");
		return false;
	}
	peer_start_as(peer, true, open_rings);
	peer_create_trace_in(peer, TRACE, SESSION, trace_uuid, dir, 0);
	create_rings(peer, 5, overwrite, switch_interval);
	describe_record(peer);
	peer_push_metadata(peer, TRACE, 0, metadata);
	peer_describe_channel(peer, TRACE, CLASS);
	request(peer, RF_CONSUMER_SETTLE_SESSION, 0);
	instance_on(&instance, true);
	return true;
}

static void finish(struct peer *peer)
{
	request(peer, RF_CONSUMER_DESTROY_SESSION, 0);
	/* Nobody has the instance's files any more. */
	(void)instance_write(&instance, "events/enable", "0");
	cr_assert_eq(rmdir(instance.dir), 0);
	peer_stop(peer);
}

Test(consumer_rings, events_of_all_processors_get_into_files)
{
	struct rf_consumer_statistics statistics;
	struct rf_frame frame;
	struct peer peer;
	struct rf_reader r;
	char name[64];

	if (!begin_in(&peer, 2048, false, 0, 1))
		return;
	for (int i = 0; i < 10; i++) {
		record(0, 10000);
		record(1, 10000);
	}
	instance_on(&instance, false);
	request(&peer, RF_CONSUMER_FLUSH_SESSION, 0);
	cr_assert_eq(count(&peer, "", "syscall_entry_getppid"), 200000);
	peer_request(&peer, RF_CONSUMER_STATISTICS, SESSION, &frame);
	cr_assert(rf_consumer_statistics_decode(&frame.body, &statistics));
	rf_reader_init(&r, statistics.rows.data, statistics.rows.len, RF_HOST_ORDER);
	cr_assert_eq(rf_read_u32(&r), CHANNEL);
	cr_assert_eq(rf_read_u64(&r), 0);
	cr_assert_eq(rf_read_u64(&r), 0);
	cr_assert_gt(rf_read_u64(&r), 2000000);
	cr_assert(peer_has_file(&peer, "kernel0_1"));
	/* Nobody added events. */
	snprintf(name, sizeof(name), "kernel0_%u", cpu_count());
	cr_assert_not(peer_has_file(&peer, name));
	finish(&peer);
}

Test(consumer_rings, a_trace_moves)
{
	struct peer peer;

	if (!begin_in(&peer, 2048, false, 0, 0))
		return;
	add_events(&peer, now());
	peer_move(&peer, TRACE, 2, false);
	record(0, 5000);
	peer_move(&peer, TRACE, 3, false);
	request(&peer, RF_CONSUMER_SETTLE_SESSION, 0);
	record(1, 3000);
	add_events(&peer, now());
	request(&peer, RF_CONSUMER_FLUSH_SESSION, 0);
	cr_assert_eq(count(&peer, "d2", "syscall_entry_getppid"), 5000);
	cr_assert_eq(count(&peer, "d2", "lttng_statedump_start"), 1);
	cr_assert_eq(count(&peer, "d3", "syscall_entry_getppid"), 3000);
	cr_assert_eq(count(&peer, "d3", "lttng_statedump_start"), 1);
	/* What is discarded is in neither. */
	record(1, 2000);
	peer_move(&peer, TRACE, 4, true);
	record(0, 1000);
	request(&peer, RF_CONSUMER_SETTLE_SESSION, 0);
	request(&peer, RF_CONSUMER_FLUSH_SESSION, 0);
	cr_assert_leq(count(&peer, "d4", "syscall_entry_getppid"), 1000);
	cr_assert_eq(count(&peer, "d3", "syscall_entry_getppid"), 3000);
	finish(&peer);
}

Test(consumer_rings, snapshots_leave_what_they_copy)
{
	struct peer peer;

	if (!begin_in(&peer, 2048, true, 0, 0))
		return;
	add_events(&peer, now());
	record(0, 5000);
	peer_snapshot(&peer, TRACE, 2, 0);
	record(1, 3000);
	peer_snapshot(&peer, TRACE, 3, 0);
	request(&peer, RF_CONSUMER_SETTLE_SESSION, 0);
	cr_assert_geq(count(&peer, "d2", "syscall_entry_getppid"), 5000);
	cr_assert_eq(count(&peer, "d3", "syscall_entry_getppid"), 8000);
	cr_assert_eq(count(&peer, "d3", "lttng_statedump_start"), 1);
	finish(&peer);
}

static int drop(struct peer *peer)
{
	const struct rf_consumer_drop_channel message = {.trace = TRACE, .channel = CHANNEL};
	uint32_t serial = ++peer->serial;
	struct rf_frame frame;
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_drop_channel_encode(&w, &message);
	peer_send(peer, RF_CONSUMER_DROP_CHANNEL, serial, &w, -1);
	do
		cr_assert_eq(peer_receive(peer, &frame), 1);
	while (frame.serial != serial);
	return frame.status;
}

/* Before the trace was ever started. Another one may have its name, files and number. */
Test(consumer_rings, a_channel_is_dropped)
{
	struct peer peer;

	if (!begin_in(&peer, 2048, false, 20000, 0))
		return;
	cr_assert_eq(drop(&peer), 0);
	cr_assert_eq(drop(&peer), -ENOENT);
	create_rings(&peer, 5, false, 0);
	describe_record(&peer);
	peer_describe_channel(&peer, TRACE, CLASS);
	peer_move(&peer, TRACE, 2, false);
	request(&peer, RF_CONSUMER_SETTLE_SESSION, 0);
	instance_on(&instance, true);
	record(0, 5000);
	request(&peer, RF_CONSUMER_FLUSH_SESSION, 0);
	cr_assert_eq(count(&peer, "d2", "syscall_entry_getppid"), 5000);
	cr_assert_eq(drop(&peer), 0);
	finish(&peer);
}

/* Without a flush, and with hardly anything in the ring. */
Test(consumer_rings, packets_are_closed_in_time)
{
	struct peer peer;
	unsigned long got = 0;

	if (!begin_in(&peer, 2048, false, 20000, 1))
		return;
	record(0, 3);
	for (int i = 0; got < 3 && i < 200; i++) {
		got = count(&peer, "", "syscall_entry_getppid");
		poll(NULL, 0, 10);
	}
	cr_assert_eq(got, 3);
	finish(&peer);
}

static void set_online(uint32_t cpu)
{
	char command[128];

	snprintf(command, sizeof(command), "echo 1 >/sys/devices/system/cpu/cpu%u/online", cpu);
	cr_assert_eq(system(command), 0);
}

/* Takes a machine that is there for it: one that booted with fewer processors than it has. */
Test(consumer_rings, a_processor_that_comes_later)
{
	struct peer peer;
	char name[64];

	if (!getenv("RF_TEST_HOTPLUG")) {
		cr_skip_test("the machine's processors stay as they are");
		return;
	}
	if (!begin_in(&peer, 2048, false, 0, 1))
		return;

	uint32_t last = cpu_count() - 1;

	snprintf(name, sizeof(name), "kernel0_%u", last);
	record(0, 1000);
	request(&peer, RF_CONSUMER_FLUSH_SESSION, 0);
	cr_assert(peer_has_file(&peer, "kernel0_0"));
	cr_assert_not(peer_has_file(&peer, name));
	cr_assert_eq(count(&peer, "", "syscall_entry_getppid"), 1000);
	set_online(last);
	/* So many that they are not all in the ring at once: it is waited for again, though not at once. */
	poll(NULL, 0, 2000);
	for (int i = 0; i < 40; i++) {
		record(last, 5000);
		poll(NULL, 0, 50);
	}
	peer_tell(&peer, RF_CONSUMER_RESUME_SESSION, SESSION);
	request(&peer, RF_CONSUMER_FLUSH_SESSION, 0);
	cr_assert(peer_has_file(&peer, name));
	cr_assert_eq(count(&peer, "", "syscall_entry_getppid"), 1000 + 40 * 5000);
	finish(&peer);
}

Test(consumer_rings, the_end_of_the_consumer_stops_recording)
{
	struct peer peer;
	int status;

	if (!begin_in(&peer, 2048, false, 0, 1))
		return;
	cr_assert_eq(instance_number(&instance, "tracing_on"), 1);
	kill(peer.consumer, SIGKILL);
	cr_assert_eq(waitpid(peer.consumer, &status, 0), peer.consumer);
	peer.consumer = 0;
	for (int i = 0; instance_number(&instance, "tracing_on") != 0 && i < 1000; i++)
		poll(NULL, 0, 5);
	cr_assert_eq(instance_number(&instance, "tracing_on"), 0);
	peer_stop(&peer);
	instance_end(&instance);
}

Test(consumer_rings, what_cannot_be_made_is_told)
{
	struct rf_consumer_create_channel channel = {.trace = TRACE, .channel = {.number = CHANNEL, .name = "ust"}};
	struct rf_frame frame;
	struct rf_writer w;
	struct peer peer;
	int ends[2];
	char c;

	peer_start_as(&peer, true, open_rings);
	instance = (struct instance){.page_size = 4096, .ring_size = 1 << 20};
	peer_create_trace_in(&peer, TRACE, SESSION, trace_uuid, 0, 0);
	create_rings(&peer, 6, false, 0);
	/* It has no channel. */
	describe_record(&peer);
	add_events(&peer, now());
	request(&peer, RF_CONSUMER_SETTLE_SESSION, -ENOENT);
	request(&peer, RF_CONSUMER_SETTLE_SESSION, 0);
	instance.page_size = 100;
	create_rings(&peer, 5, false, 0);
	request(&peer, RF_CONSUMER_SETTLE_SESSION, -EINVAL);
	/* Nor does it make rings for applications. */
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_channel_encode(&w, &channel);
	peer_send(&peer, RF_CONSUMER_CREATE_CHANNEL, 0, &w, ends[1]);
	close(ends[1]);
	cr_assert_eq(recv(ends[0], &c, 1, 0), 0);
	close(ends[0]);
	peer_request(&peer, RF_CONSUMER_DESTROY_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	peer_stop(&peer);
}
