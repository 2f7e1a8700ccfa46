/* SPDX-License-Identifier: GPL-2.0-only */
/* State dumps: what the broker tells becomes events, in a trace that babeltrace2 reads. */
#define SCENE_READ_STATE(frame) serve_state(frame)

#include "common/kernel_state.h"

struct rf_frame;
static void serve_state(const struct rf_frame *frame);

#include "sessiond/kernel/tracefs_state_events.h"
#include "tests/unit/tracefs_scene.h"

/* What the pipe holds; the rest is cut. */
static uint8_t state[65536];
static size_t state_len;

static void serve_state(const struct rf_frame *frame)
{
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	cr_assert_eq(write(ends[1], state, state_len), (ssize_t)state_len);
	close(ends[1]);
	reply(frame, 0, NULL, ends, 1);
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
