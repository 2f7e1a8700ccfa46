/* SPDX-License-Identifier: GPL-2.0-only */
/* State dumps: what the broker tells becomes events, in a trace that babeltrace2 reads. */
#define SCENE_READ_STATE(frame) serve_state(frame)

#include "common/kernel_state.h"

struct rf_frame;
static void serve_state(const struct rf_frame *frame);

#include "sessiond/kernel/tracefs_state_events.h"
#include "tests/unit/tracefs_scene.h"

#include <sys/mman.h>

static uint8_t state[1024 * 1024];
static size_t state_len;

static void serve_state(const struct rf_frame *frame)
{
	/* As good as the pipe of the real one, and holds all. */
	int fd = memfd_create("state", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, state, state_len), (ssize_t)state_len);
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	reply(frame, 0, NULL, &fd, 1);
}

TestSuite(tracefs_state, .init = scene_begin, .fini = scene_end, .timeout = 60);

static void add_record(uint32_t kind, const struct rf_writer *body)
{
	struct rf_writer w;

	rf_writer_init_fixed(&w, state + state_len, sizeof(state) - state_len, RF_HOST_ORDER);
	rf_write_u32(&w, body ? (uint32_t)body->at : 0);
	rf_write_u32(&w, kind);
	rf_write_u64(&w, 5000);
	if (body)
		rf_write_bytes(&w, body->base, body->at);
	cr_assert(rf_writer_ok(&w));
	state_len += w.at;
}

#define ADD(KIND, TYPE, ...)                                                                                           \
	do {                                                                                                           \
		const struct TYPE value = {__VA_ARGS__};                                                               \
		struct rf_writer body;                                                                                 \
		rf_writer_init_growing(&body, RF_STATE_BODY_MAX, RF_HOST_ORDER);                                       \
		TYPE##_encode(&body, &value);                                                                          \
		add_record(KIND, &body);                                                                               \
		rf_writer_free(&body);                                                                                 \
	} while (0)

static void add_all(void)
{
	ADD(RF_STATE_PROCESS, rf_state_process, .tid = 12, .pid = 11, .ppid = 1, .status = RF_PROCESS_WAIT, .cpu = 1,
		.name = "a-name-that-is-too-long");
	ADD(RF_STATE_INTERRUPT, rf_state_interrupt, .irq = 9, .name = "IO-APIC", .action = "acpi");
	ADD(RF_STATE_INTERFACE, rf_state_interface, .name = "lo", .address = 0x0100007f);
	ADD(RF_STATE_BLOCK_DEVICE, rf_state_block_device, .dev = 8u << 20, .name = "sda");
	ADD(RF_STATE_CPU, rf_state_cpu, .cpu = 1, .family = 25, .cores = 2, .architecture = "x86", .vendor = "v",
		.model_name = "m");
}

/* The events that the consumer was told of, in one packet. */
static struct rf_consumer_add_events dumped;
static uint8_t dumped_bytes[65536];

static size_t hear_events(void)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;
	size_t packets = 0;

	while (rf_frame_recv(scene.consumer_end, &buffer, &frame, MSG_DONTWAIT) == 1) {
		if (frame.type == RF_CONSUMER_PUSH_METADATA)
			note_metadata(&frame);
		if (frame.type != RF_CONSUMER_ADD_EVENTS)
			continue;
		cr_assert(rf_consumer_add_events_decode(&frame.body, &dumped));
		cr_assert_leq(dumped.events.len, sizeof(dumped_bytes));
		memcpy(dumped_bytes, dumped.events.data, dumped.events.len);
		packets++;
	}
	return packets;
}

static void put_packet(const char *path)
{
	struct rf_writer w;
	FILE *file = fopen(path, "w");
	static const uint8_t uuid[RF_UUID_SIZE] = {1, 2, 3};

	rf_writer_init_growing(&w, 1u << 20, RF_HOST_ORDER);
	rf_write_u32(&w, 0xC1FC1FC1u);
	rf_write_bytes(&w, uuid, sizeof(uuid));
	rf_write_u32(&w, 0);
	rf_write_u64(&w, 0);
	rf_write_u64(&w, dumped.begin);
	rf_write_u64(&w, dumped.end);
	rf_write_u64(&w, (84 + dumped.events.len) * 8);
	rf_write_u64(&w, (84 + dumped.events.len) * 8);
	rf_write_u64(&w, 0);
	rf_write_u64(&w, 0);
	rf_write_u32(&w, 0);
	rf_write_bytes(&w, dumped_bytes, dumped.events.len);
	cr_assert(rf_writer_ok(&w));
	cr_assert_eq(fwrite(w.base, 1, w.at, file), w.at);
	fclose(file);
	rf_writer_free(&w);
}

/* What babeltrace2 says the trace has. */
static const char *read_trace(void)
{
	static char said[65536];
	char directory[] = "/tmp/rf-tracefs-XXXXXX";
	char path[256];
	char command[512];

	cr_assert(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/c1_0", directory);
	put_packet(path);
	snprintf(path, sizeof(path), "%s/metadata", directory);

	FILE *file = fopen(path, "w");

	cr_assert_eq(fwrite(scene.metadata, 1, scene.metadata_len, file), scene.metadata_len);
	fclose(file);
	snprintf(command, sizeof(command), "babeltrace2 --clock-cycles %s 2>&1", directory);

	FILE *reader = popen(command, "r");
	size_t got = fread(said, 1, sizeof(said) - 1, reader);

	said[got] = '\0';
	cr_expect_eq(pclose(reader), 0, "%s", said);
	snprintf(command, sizeof(command), "rm -r %s", directory);
	cr_expect_eq(system(command), 0);
	return said;
}

static int add_context(uint32_t type)
{
	const struct rf_context context = {.type = type};

	return scene.tracer->ops->add_context(scene.trace, 1, &context);
}

static void expect_said(const char *said, const char *what)
{
	cr_expect(strstr(said, what), "%s not in:\n%s", what, said);
}

Test(tracefs_state, everything_as_events)
{
	add_all();
	add_record(RF_STATE_END, NULL);
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "lttng_statedump_*", NULL), LTTNG_OK);
	cr_assert_eq(add_context(6), LTTNG_OK);
	cr_assert_eq(add_context(16), LTTNG_OK);
	cr_assert_eq(scene.tracer->ops->start(scene.trace), LTTNG_OK);
	cr_assert_eq(hear_events(), 1);
	cr_expect_leq(dumped.begin, dumped.end);

	const char *said = read_trace();

	expect_said(said, "lttng_statedump_start:");
	expect_said(said, "lttng_statedump_end:");
	expect_said(said,
		"lttng_statedump_process_state: { cpu_id = 0 }, { tid = 0, interruptible = 0 }, { tid = 12, pid = 11, "
		"ppid = 1, name = \"a-name-that-is-\", type = 0, mode = 5, submode = 0, status = 5, cpu = 1, "
		"file_table_address = 0x0 }");
	expect_said(said, "{ irq = 9, name = \"IO-APIC\", action = \"acpi\" }");
	expect_said(said, "{ name = \"lo\", address_ipv4 = 16777343 }");
	expect_said(said, "{ dev = 8388608, diskname = \"sda\" }");
	expect_said(said, "{ architecture = \"x86\", cpu_id = 1, vendor = \"v\", family = 25,");

	uint64_t end = dumped.end;

	cr_assert_eq(scene.tracer->ops->dump_state(scene.trace), LTTNG_OK);
	cr_assert_eq(hear_events(), 1);
	cr_expect_geq(dumped.begin, end, "never back in time");
}

Test(tracefs_state, only_what_is_asked_for)
{
	add_all();
	add_record(RF_STATE_END, NULL);
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "lttng_statedump_block_device", NULL), LTTNG_OK);
	cr_assert_eq(scene.tracer->ops->start(scene.trace), LTTNG_OK);
	cr_assert_eq(hear_events(), 1);
	cr_expect_eq(dumped.events.len, 14 + 8);
	cr_assert_eq(enable_rule(1, false), LTTNG_OK);
	scene.fail_type = RF_BROKER_READ_STATE;
	scene.fail_next = -EIO;
	cr_expect_eq(scene.tracer->ops->dump_state(scene.trace), LTTNG_OK);
	cr_expect_eq(scene.fail_next, -EIO, "nobody was asked");
}

Test(tracefs_state, a_stream_that_is_not_complete)
{
	add_all();
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "lttng_statedump_*", NULL), LTTNG_OK);
	cr_assert_eq(scene.tracer->ops->start(scene.trace), LTTNG_OK);
	cr_expect_eq(hear_events(), 1, "what there was");
	expect_said(read_trace(), "lttng_statedump_end:");
	cr_expect_eq(scene.tracer->ops->dump_state(scene.trace), LTTNG_ERR_REGEN_STATEDUMP_FAIL);
}

Test(tracefs_state, records_that_are_none)
{
	uint8_t junk[8] = {0};
	struct rf_writer body = {.base = junk, .at = sizeof(junk)};

	add_record(RF_STATE_PROCESS, &body);
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_rule(1, RF_EVENT_TRACEPOINT, "lttng_statedump_*", NULL), LTTNG_OK);
	cr_assert_eq(scene.tracer->ops->start(scene.trace), LTTNG_OK);
	cr_expect_eq(scene.tracer->ops->dump_state(scene.trace), LTTNG_ERR_REGEN_STATEDUMP_FAIL);
	state_len = 0;
	add_record(99, &body);
	cr_expect_eq(scene.tracer->ops->dump_state(scene.trace), LTTNG_ERR_REGEN_STATEDUMP_FAIL);
	cr_expect_str_eq(rf_state_event_name(RF_STATE_EVENT_START), "lttng_statedump_start");
}

/* The rows of the messages about threads; how many messages there were. */
static size_t hear_tasks(uint8_t *rows, size_t size, size_t *len)
{
	static struct rf_frame_buffer buffer;
	struct rf_consumer_add_tasks tasks;
	struct rf_frame frame;
	size_t count = 0;

	*len = 0;
	while (rf_frame_recv(scene.consumer_end, &buffer, &frame, MSG_DONTWAIT) == 1) {
		if (frame.type == RF_CONSUMER_ADD_TASKS) {
			cr_assert(rf_consumer_add_tasks_decode(&frame.body, &tasks));
			cr_assert(tasks.channel == 1 && tasks.tasks.len <= size - *len);
			memcpy(rows + *len, tasks.tasks.data, tasks.tasks.len);
			*len += tasks.tasks.len;
			count++;
		}
		rf_frame_close_fds(&frame);
	}
	return count;
}

Test(tracefs_state, threads_for_contexts)
{
	static uint8_t rows[RF_TASK_SIZE * 4096];
	struct rf_reader r;
	char name[RF_TASK_NAME];
	size_t len;

	add_all();
	ADD(RF_STATE_PROCESS, rf_state_process, .tid = 13, .pid = 13, .local = 1, .name = "elsewhere");
	for (int32_t i = 0; i < 1500; i++)
		ADD(RF_STATE_PROCESS, rf_state_process, .tid = 100 + i, .pid = 100 + i, .priority = 20, .name = "many");
	add_record(RF_STATE_END, NULL);
	cr_assert_eq(add_channel(1), LTTNG_OK);
	cr_assert_eq(add_context(2), LTTNG_OK);
	cr_assert_eq(scene.tracer->ops->start(scene.trace), LTTNG_OK);
	/* Before it records, and again for those that began meanwhile. */
	cr_expect_eq(hear_tasks(rows, sizeof(rows), &len), 4);
	cr_assert_eq(len, 2 * 1501 * RF_TASK_SIZE);
	rf_reader_init(&r, rows, len, RF_HOST_ORDER);
	cr_expect_eq(rf_read_i32(&r), 12);
	cr_expect_eq(rf_read_i32(&r), 11);
	cr_expect_eq(rf_read_i32(&r), 1);
	cr_expect_eq(rf_read_i32(&r), 0);
	rf_read_bytes(&r, name, sizeof(name));
	cr_expect_arr_eq(name, "a-name-that-is-", sizeof(name));
	cr_expect_eq(rf_read_i32(&r), 100, "numbers that the kernel does not know are left out");
}
