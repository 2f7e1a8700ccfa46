/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of threads from records, and events that are none. */
#include "common/proto_consumer.h"
#include "consumerd/ring_packet.h"
#include "tests/unit/ring_image.h"

#include <criterion/criterion.h>
#include <errno.h>

/* Records as the kernel has them: common head with the thread's number at 4. */
enum { SWITCH = 1, RENAME = 2, NEW = 3, PLAIN = 4 };
#define THREAD 0x10000u
#define PARENT 0x8000u

static const struct rf_record_watch watches[] = {
	[SWITCH] = {.kind = RF_WATCH_SWITCH,
		.by = 4,
		.by_name = 32,
		.by_value = 48,
		.tid = 8,
		.name = 12,
		.value = 28,
		.add = -100},
	[RENAME] = {.kind = RF_WATCH_RENAME, .by = 4, .tid = 8, .name = 12},
	[NEW] = {.kind = RF_WATCH_NEW, .by = 4, .tid = 8, .name = 12, .value = 28},
	[PLAIN] = {.kind = RF_WATCH_NOTHING},
};
#define PAYLOAD 52u

struct scene {
	struct rf_record_table *table;
	struct rf_ring_packet packet;
	struct image image;
	struct rf_reader read;
};

static struct rf_record_program *program_of(uint16_t record, uint64_t begin, uint64_t end)
{
	const struct rf_record_op ops[] = {
		{.kind = RF_OP_PROCNAME, .at = 4},
		{.kind = RF_OP_PRIO, .at = 4},
		{.kind = RF_OP_PID, .at = 4},
		{.kind = RF_OP_PPID, .at = 4},
	};
	uint8_t bytes[4 * RF_RECORD_OP_SIZE];
	struct rf_record_watch watch = watches[record];
	struct rf_record_program *program;
	struct rf_writer w;
	int err;

	rf_writer_init_fixed(&w, bytes, sizeof(bytes), RF_HOST_ORDER);
	for (size_t i = 0; i < 4; i++)
		rf_record_op_write(&w, &ops[i]);
	program = rf_record_program_new(record, PAYLOAD, bytes, w.at, &err);
	cr_assert(program);
	watch.begin = begin;
	watch.end = end;
	cr_assert_eq(rf_record_program_watch(program, &watch), 0);
	return program;
}

static void describe(struct scene *scene, uint16_t record, uint64_t begin, uint64_t end)
{
	rf_record_table_put(scene->table, record, program_of(record, begin, end));
}

static void begin(struct scene *scene)
{
	scene->table = rf_record_table_new();
	cr_assert_eq(rf_ring_packet_init(&scene->packet, 8192, scene->table, 3), 0);
	for (uint16_t record = SWITCH; record <= NEW; record++)
		describe(scene, record, 0, 0);
	describe(scene, PLAIN, 0, 0);
	image_begin(&scene->image, 1000);
}

static void end(struct scene *scene)
{
	rf_ring_packet_fini(&scene->packet);
	rf_record_table_free(scene->table);
}

/* A switch tells of the thread that it leaves, too. */
static const char leaving_name[RF_TASK_NAME] = "left";
static const uint32_t leaving_value = 121;

/* A record of thread BY; DELTA after the one before. */
static void add(
	struct scene *scene, uint16_t record, uint32_t delta, int32_t by, int32_t tid, const char *name, uint32_t value)
{
	uint8_t payload[PAYLOAD] = {0};

	memcpy(payload + 32, leaving_name, sizeof(leaving_name));
	memcpy(payload + 48, &leaving_value, sizeof(leaving_value));
	memcpy(payload, &record, sizeof(record));
	memcpy(payload + 4, &by, sizeof(by));
	memcpy(payload + 8, &tid, sizeof(tid));
	memcpy(payload + 12, name, strnlen(name, RF_TASK_NAME));
	memcpy(payload + 28, &value, sizeof(value));
	image_record(&scene->image, delta, payload, sizeof(payload));
}

static void plain(struct scene *scene, int32_t by)
{
	add(scene, PLAIN, 1, by, 0, "", 0);
}

/* Converts what was added into one packet; another page begins. */
static void convert(struct scene *scene)
{
	struct rf_ring_page page;

	image_end(&scene->image, 0, 0);
	rf_ring_packet_reset(&scene->packet);
	cr_assert_eq(rf_ring_page_open(&page, scene->image.bytes, IMAGE_SIZE), 0);
	cr_assert_eq(rf_ring_packet_take(&scene->packet, &page), RF_RING_TAKEN);
	rf_reader_init(&scene->read, scene->packet.body, scene->packet.at, RF_HOST_ORDER);
	image_begin(&scene->image, scene->packet.end);
}

static void expect(struct scene *scene, uint16_t event, const char *name, int32_t priority, int32_t pid, int32_t ppid)
{
	char is[RF_TASK_NAME + 1] = "";

	cr_expect_eq(rf_read_u16(&scene->read), event);
	rf_read_skip(&scene->read, 4);
	rf_read_bytes(&scene->read, is, RF_TASK_NAME);
	cr_expect_str_eq(is, name);
	cr_expect_eq(rf_read_i32(&scene->read), priority, "%s", name);
	cr_expect_eq(rf_read_i32(&scene->read), pid, "%s", name);
	cr_expect_eq(rf_read_i32(&scene->read), ppid, "%s", name);
}

static void expect_end(const struct scene *scene)
{
	cr_expect(rf_reader_done(&scene->read));
}

static void know(struct scene *scene, int32_t tid, int32_t pid, int32_t ppid, int32_t priority, const char *name)
{
	uint8_t row[RF_TASK_SIZE];
	char text[RF_TASK_NAME] = {0};
	struct rf_writer w;

	memcpy(text, name, strnlen(name, sizeof(text)));
	rf_writer_init_fixed(&w, row, sizeof(row), RF_HOST_ORDER);
	rf_write_i32(&w, tid);
	rf_write_i32(&w, pid);
	rf_write_i32(&w, ppid);
	rf_write_i32(&w, priority);
	rf_write_bytes(&w, text, sizeof(text));
	cr_assert_eq(rf_tasks_add(scene->table->tasks, row, sizeof(row)), 0);
}

Test(consumer_task, who_runs_is_told_by_switches)
{
	static struct scene scene;

	begin(&scene);
	plain(&scene, 50);
	plain(&scene, 0);
	add(&scene, SWITCH, 1, 0, 50, "sixteen letters!", 120);
	plain(&scene, 50);
	add(&scene, RENAME, 1, 50, 50, "other", 0);
	add(&scene, RENAME, 1, 50, 51, "not this one", 0);
	plain(&scene, 50);
	add(&scene, SWITCH, 1, 50, 60, "real-time", 49);
	plain(&scene, 60);
	add(&scene, SWITCH, 1, 60, 0, "swapper/3", 120);
	plain(&scene, 0);
	convert(&scene);
	expect(&scene, PLAIN, "", 0, -1, -1);
	expect(&scene, PLAIN, "swapper/3", 20, 0, 0);
	expect(&scene, PLAIN, "sixteen letters!", 20, -1, -1);
	expect(&scene, PLAIN, "other", 20, -1, -1);
	expect(&scene, PLAIN, "real-time", -51, -1, -1);
	expect(&scene, PLAIN, "swapper/3", 20, 0, 0);
	expect_end(&scene);
	/* On the next page the same runs, unless something is missing in between. */
	add(&scene, SWITCH, 1, 0, 50, "stays", 130);
	convert(&scene);
	cr_expect_eq(scene.packet.at, 0, "no event");
	plain(&scene, 50);
	convert(&scene);
	expect(&scene, PLAIN, "stays", 30, -1, -1);
	rf_task_forget(&scene.packet.now);
	plain(&scene, 50);
	plain(&scene, 61);
	convert(&scene);
	expect(&scene, PLAIN, "left", 21, -1, -1);
	expect(&scene, PLAIN, "", 0, -1, -1);
	end(&scene);
}

Test(consumer_task, processes_are_told_when_threads_are_made)
{
	static struct scene scene;

	begin(&scene);
	know(&scene, 70, 70, 1, 20, "maker");
	plain(&scene, 70);
	add(&scene, NEW, 1, 70, 71, "child", 0);
	add(&scene, NEW, 1, 70, 72, "thread", THREAD);
	add(&scene, NEW, 1, 70, 73, "sibling", PARENT);
	add(&scene, NEW, 1, 72, 74, "of a thread", 0);
	add(&scene, NEW, 1, 99, 75, "of nobody", THREAD);
	for (int32_t tid = 71; tid <= 75; tid++)
		plain(&scene, tid);
	convert(&scene);
	expect(&scene, PLAIN, "maker", 20, 70, 1);
	expect(&scene, PLAIN, "child", 20, 71, 70);
	expect(&scene, PLAIN, "thread", 20, 70, 1);
	expect(&scene, PLAIN, "sibling", 20, 73, 1);
	expect(&scene, PLAIN, "of a thread", 20, 74, 70);
	expect(&scene, PLAIN, "of nobody", 0, -1, -1);
	expect_end(&scene);
	/* A switch tells the name and not the process, which is known already, or soon. */
	add(&scene, SWITCH, 1, 75, 72, "renamed", 121);
	plain(&scene, 72);
	add(&scene, SWITCH, 1, 72, 80, "late", 120);
	plain(&scene, 80);
	convert(&scene);
	expect(&scene, PLAIN, "renamed", 21, 70, 1);
	expect(&scene, PLAIN, "late", 20, -1, -1);
	know(&scene, 80, 79, 78, 20, "early");
	plain(&scene, 80);
	convert(&scene);
	expect(&scene, PLAIN, "late", 20, 79, 78);
	end(&scene);
}

Test(consumer_task, what_is_known_stays)
{
	static struct scene scene;
	uint8_t rows[RF_TASK_SIZE * 2] = {0};

	begin(&scene);
	add(&scene, NEW, 1, 1, 70, "new", 0);
	convert(&scene);
	know(&scene, 70, 5, 6, 7, "old");
	plain(&scene, 70);
	convert(&scene);
	expect(&scene, PLAIN, "new", 0, 70, -1);
	cr_expect_eq(rf_tasks_add(scene.table->tasks, rows, RF_TASK_SIZE + 1), -EINVAL);
	cr_expect_eq(rf_tasks_add(scene.table->tasks, rows, 2 * RF_TASK_SIZE), 0, "numbers of no thread");
	end(&scene);
}

/* Who makes threads without end does not make the table grow; those that are asked for stay in it. */
Test(consumer_task, many_threads)
{
	static struct scene scene;

	begin(&scene);
	know(&scene, 7, 7, 1, 20, "asked for");
	know(&scene, 8, 8, 1, 20, "not asked for");
	for (int32_t tid = 1000; tid < 61000; tid++) {
		add(&scene, NEW, 1, 7, tid, "many", 0);
		if (tid % 50 == 0) {
			plain(&scene, 7);
			convert(&scene);
			expect(&scene, PLAIN, "asked for", 20, 7, 1);
		}
	}
	plain(&scene, 60999);
	plain(&scene, 8);
	plain(&scene, 1000);
	convert(&scene);
	expect(&scene, PLAIN, "many", 20, 60999, 7);
	expect(&scene, PLAIN, "", 0, -1, -1);
	expect(&scene, PLAIN, "", 0, -1, -1);
	end(&scene);
}

Test(consumer_task, records_become_events_at_their_time)
{
	static struct scene scene;

	begin(&scene);
	describe(&scene, SWITCH, 1003, 1005);
	for (int32_t i = 1; i <= 5; i++)
		add(&scene, SWITCH, 1, 9 + i, 10 + i, (const char[]){(char)('a' + i), '\0'}, 120);
	plain(&scene, 15);
	convert(&scene);
	cr_expect_eq(scene.packet.begin, 1003);
	cr_expect_eq(scene.packet.end, 1006);
	cr_expect_eq(scene.packet.records, 6);
	/* Of the one that it leaves. */
	expect(&scene, SWITCH, "left", 21, -1, -1);
	expect(&scene, SWITCH, "left", 21, -1, -1);
	expect(&scene, PLAIN, "f", 20, -1, -1);
	expect_end(&scene);
	/* More than 2^32 ns without an event: a reader knows only the times of events. */
	describe(&scene, SWITCH, 0, 0);
	plain(&scene, 15);
	for (int i = 0; i < 40; i++)
		add(&scene, SWITCH, (1u << 27) - 1, 15, 15, "f", 120);
	plain(&scene, 15);
	convert(&scene);
	expect(&scene, PLAIN, "f", 20, -1, -1);
	cr_expect_eq(rf_read_u16(&scene.read), 65535);
	cr_expect_eq(rf_read_u32(&scene.read), PLAIN);
	cr_expect_eq(rf_read_u64(&scene.read), scene.packet.end);
	end(&scene);
}

Test(consumer_task, watches_keep_inside_the_least_payload)
{
	struct rf_record_program *program = program_of(PLAIN, 0, 0);

	for (uint8_t kind = RF_WATCH_SWITCH; kind < RF_WATCH_KINDS; kind++) {
		struct rf_record_watch watch = {.kind = kind, .by = 48, .tid = 48, .name = 36, .value = 48};

		cr_expect_eq(rf_record_program_watch(program, &watch), 0);
		watch.name++;
		cr_expect_eq(rf_record_program_watch(program, &watch), -EINVAL);
		watch.name--;
		watch.by++;
		cr_expect_eq(rf_record_program_watch(program, &watch), -EINVAL);
		watch.by--;
		watch.tid++;
		cr_expect_eq(rf_record_program_watch(program, &watch), -EINVAL);
		watch.tid--;
		watch.by_name = 37;
		cr_expect_eq(rf_record_program_watch(program, &watch), -EINVAL);
		watch.by_name = 36;
		watch.by_value = 49;
		cr_expect_eq(rf_record_program_watch(program, &watch), -EINVAL);
		watch.by_value = 48;
		cr_expect_eq(rf_record_program_watch(program, &watch), 0);
		watch.value = UINT16_MAX;
		cr_expect_eq(rf_record_program_watch(program, &watch), -EINVAL);
	}
	cr_expect_eq(rf_record_program_watch(program, &(struct rf_record_watch){.kind = RF_WATCH_KINDS}), -EINVAL);
	free(program);
}
