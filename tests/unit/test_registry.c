/* SPDX-License-Identifier: GPL-2.0-only */
/* Registries: identity, order and completeness of what is pushed, bounds. */
#include "sessiond/ust/registry.h"
#include "tests/unit/ust_fields.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define THREADS 4
#define EVENTS 200

static struct {
	uint64_t len;
	unsigned int blocks;
	int result;
	bool gap;
	uint32_t version;
	char last[4096];
} pushed;

static unsigned int released;

/* Called with the registry locked: no lock of its own. */
static int push(void *data, uint64_t trace, uint64_t offset, uint32_t version, const char *text, size_t len)
{
	(void)data;
	if (pushed.result)
		return pushed.result;
	/* A new version begins at its beginning. */
	if (version == pushed.version + 1) {
		pushed.version = version;
		pushed.len = 0;
	}
	if (version != pushed.version)
		pushed.gap = true;
	if (trace != 7 || offset != pushed.len)
		pushed.gap = true;
	pushed.len += len;
	pushed.blocks++;
	snprintf(pushed.last, sizeof(pushed.last), "%.*s", (int)(len < 4000 ? len : 4000), text);
	return 0;
}

static void release(void *data)
{
	(void)data;
	released++;
}

static struct rf_registry *make(bool per_pid)
{
	struct rf_trace_facts facts = {.uuid = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		.per_pid = per_pid,
		.app.layout = {.abi_bits = 64, .align8 = 8, .align16 = 8, .align32 = 8, .align64 = 8, .align_long = 8}};
	const struct rf_registry_output output = {.trace = 7, .push = push, .release = release};

	return rf_registry_create(&facts, &output);
}

static int add_event(struct rf_registry *r, uint32_t channel, const char *name, uint32_t bits, uint32_t *id)
{
	const struct lttng_ust_ctl_field f = integer_field("a", bits, 0, 10);
	const struct rf_event_description event = {.name = name, .fields = &f, .field_count = 1};

	return rf_registry_add_event(r, channel, &event, id);
}

TestSuite(registry, .timeout = 60);

Test(registry, events_of_a_uid)
{
	struct rf_registry *r = make(false);
	uint32_t channel[2];
	uint32_t id;

	cr_assert_eq(pushed.blocks, 1);
	cr_assert_eq(rf_registry_add_channel(r, &channel[0]), 0);
	cr_assert_eq(rf_registry_add_channel(r, &channel[1]), 0);
	cr_assert_eq(channel[0], 0);
	cr_assert_eq(channel[1], 1);
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), 0);
	cr_assert_eq(id, 0);
	cr_assert_eq(add_event(r, 0, "p:b", 32, &id), 0);
	cr_assert_eq(id, 1);
	cr_assert_eq(pushed.blocks, 3);
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), 0);
	cr_assert_eq(id, 0);
	cr_assert_eq(pushed.blocks, 3);
	/* The same name with other fields is another event. */
	cr_assert_eq(add_event(r, 0, "p:a", 16, &id), 0);
	cr_assert_eq(id, 2);
	cr_assert_eq(pushed.blocks, 4);
	cr_assert_eq(add_event(r, 1, "p:a", 32, &id), 0);
	cr_assert_eq(id, 0);
	cr_assert(strstr(pushed.last, "name = \"p:a\";\n\tid = 0;\n\tstream_id = 1;"));
	cr_assert_eq(add_event(r, 2, "p:a", 32, &id), -ENOENT);
	cr_assert_not(pushed.gap);
	rf_registry_unref(r);
	cr_assert_eq(released, 1);
}

Test(registry, an_application_has_no_event_twice)
{
	struct rf_registry *r = make(true);
	uint32_t id;

	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), 0);
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), -EINVAL);
	cr_assert_eq(add_event(r, 0, "p:a", 16, &id), 0);
	rf_registry_unref(r);
}

Test(registry, the_first_description_of_a_channel_stays)
{
	const struct lttng_ust_ctl_field a = integer_field("vpid", 32, 1, 10);
	const struct lttng_ust_ctl_field b = integer_field("vtid", 32, 1, 10);
	struct rf_registry *r = make(false);
	uint32_t header;
	uint32_t id;

	cr_assert_eq(rf_registry_describe_channel(r, 0, &a, 1, &header), -ENOENT);
	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	cr_assert_eq(rf_registry_describe_channel(r, 0, &a, 1, &header), 0);
	cr_assert_eq(header, LTTNG_UST_CTL_CHANNEL_HEADER_LARGE);
	cr_assert_eq(pushed.blocks, 2);
	cr_assert_eq(rf_registry_describe_channel(r, 0, &a, 1, &header), 0);
	cr_assert_eq(rf_registry_describe_channel(r, 0, &b, 1, &header), -EINVAL);
	cr_assert_eq(rf_registry_describe_channel(r, 0, NULL, 0, &header), -EINVAL);
	cr_assert_eq(pushed.blocks, 2);
	rf_registry_unref(r);
}

Test(registry, enumerations)
{
	const struct lttng_ust_ctl_enum_entry e[] = {enum_entry("A", 1, 1, 1), enum_entry("B", 2, 2, 1)};
	const struct lttng_ust_ctl_field fields[] = {enum_field("e", "p_e", 1), integer_field("", 8, 1, 10)};
	const struct rf_event_description event = {.name = "p:e", .fields = fields, .field_count = 2};
	struct rf_registry *r = make(false);
	uint32_t number;
	uint64_t id;

	cr_assert_eq(rf_registry_add_channel(r, &number), 0);
	cr_assert_eq(rf_registry_add_enum(r, "p_e", e, 1, &id), 0);
	cr_assert_eq(id, 0);
	cr_assert_eq(rf_registry_add_event(r, 0, &event, &number), -EINVAL); /* 1 is not there yet */
	cr_assert_eq(rf_registry_add_enum(r, "p_e", e, 2, &id), 0);
	cr_assert_eq(id, 1);
	cr_assert_eq(rf_registry_add_enum(r, "p_e", e, 1, &id), 0);
	cr_assert_eq(id, 0);
	cr_assert_eq(rf_registry_add_enum(r, "q_e", e, 1, &id), 0);
	cr_assert_eq(id, 2);
	cr_assert_eq(rf_registry_add_event(r, 0, &event, &number), 0);
	cr_assert(strstr(pushed.last, "\"B\" = 2,"));
	rf_registry_unref(r);
}

/* What did not reach the consumer is not known: an application must not record it. */
Test(registry, a_failed_push_ends_it)
{
	struct rf_registry *r = make(false);
	uint64_t enum_id;
	uint32_t id;
	const struct lttng_ust_ctl_enum_entry e = enum_entry("A", 1, 1, 1);

	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	pushed.result = -EPIPE;
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), -EPIPE);
	pushed.result = 0;
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), -EPIPE);
	cr_assert_eq(rf_registry_add_enum(r, "p_e", &e, 1, &enum_id), -EPIPE);
	cr_assert_eq(pushed.blocks, 1);
	rf_registry_unref(r);
}

/* Enumerations are remembered, so they count. */
Test(registry, remembers_only_so_much)
{
	static struct lttng_ust_ctl_enum_entry e[2048];
	struct rf_registry *r = make(false);
	uint64_t total = 0;
	uint64_t id;
	uint32_t event;
	int err = 0;

	for (size_t i = 0; i < 2048; i++) {
		e[i] = enum_entry("", (int64_t)i, (int64_t)i, 1);
		memset(e[i].string, 'x', 200);
	}
	for (unsigned int i = 0; i < 1000 && !err; i++) {
		e[0].start.value = e[0].end.value = 100000 + i;
		err = rf_registry_add_enum(r, "p_e", e, 2048, &id);
		if (!err)
			total += 2048 * 200;
	}
	cr_assert_eq(err, -ENOSPC);
	cr_assert_leq(total, RF_REGISTRY_TEXT_MAX);
	cr_assert_eq(rf_registry_add_channel(r, &event), 0);
	/* What is small still goes in, and a known one is always found. */
	e[0].start.value = e[0].end.value = 100000;
	cr_assert_eq(rf_registry_add_enum(r, "p_e", e, 2048, &id), 0);
	cr_assert_eq(id, 0);
	rf_registry_unref(r);
}

/* A reader of the new version knows all that one of the old version and what came since knows. */
Test(registry, regenerates)
{
	const struct lttng_ust_ctl_field vpid = integer_field("vpid", 32, 1, 10);
	struct rf_registry *r = make(false);
	uint32_t header;
	uint32_t id;

	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	cr_assert_eq(rf_registry_describe_channel(r, 0, &vpid, 1, &header), 0);
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), 0);
	cr_assert_eq(add_event(r, 0, "p:b", 32, &id), 0);
	cr_assert_eq(add_event(r, 1, "p:c", 32, &id), 0);

	uint64_t before = pushed.len;

	cr_assert_eq(rf_registry_regenerate(r, -1234567890), 0);
	cr_assert_eq(pushed.version, 1);
	cr_assert_eq(pushed.blocks, 6);
	cr_assert_not(pushed.gap);
	cr_assert_eq(pushed.len, before + strlen("-1234567890") - strlen("0"));
	cr_assert(strstr(pushed.last, "uuid = \"01020304-0506-0708-090a-0b0c0d0e0f10\";"));
	cr_assert(strstr(pushed.last, "offset = -1234567890;"));

	/* What comes later is part of the new version, what is known needs no text. */
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), 0);
	cr_assert_eq(id, 0);
	cr_assert_eq(add_event(r, 0, "p:d", 32, &id), 0);
	cr_assert_eq(id, 2);
	cr_assert_eq(pushed.blocks, 7);
	cr_assert_not(pushed.gap);
	pushed.result = -EPIPE;
	cr_assert_eq(rf_registry_regenerate(r, 0), -EPIPE);
	pushed.result = 0;
	cr_assert_eq(rf_registry_regenerate(r, 0), -EPIPE);
	rf_registry_unref(r);
}

Test(registry, regenerated_text_is_whole)
{
	struct rf_registry *r = make(false);
	uint32_t id;

	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	cr_assert_eq(add_event(r, 0, "p:a", 32, &id), 0);
	cr_assert_eq(rf_registry_regenerate(r, 7), 0);
	cr_assert_leq(pushed.len, 4000); /* else the rest is not in `last` */
	cr_assert(strstr(pushed.last, "name = \"p:a\";\n\tid = 0;\n\tstream_id = 0;"));
	cr_assert(strstr(pushed.last, "_a;\n\t};\n};\n\n"));
	rf_registry_unref(r);
}

/* More than the short event header has numbers for, and quickly enough that no application waits for its answers. */
Test(registry, many_events)
{
	struct rf_registry *r = make(false);
	const uint32_t many = 70000;
	struct timespec start;
	struct timespec end;
	uint32_t id;

	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < many; i++) {
			char name[32];

			snprintf(name, sizeof(name), "p:e%u", i);
			cr_assert_eq(add_event(r, 0, name, 32, &id), 0);
			cr_assert_eq(id, i);
		}
	clock_gettime(CLOCK_MONOTONIC, &end);
	cr_assert_eq(pushed.blocks, 1 + many);
	cr_assert_lt(end.tv_sec - start.tv_sec, 10, "%ld s", (long)(end.tv_sec - start.tv_sec));
	cr_assert_eq(rf_registry_regenerate(r, 0), 0);
	cr_assert_not(pushed.gap);
	rf_registry_unref(r);
}

/* 10,000 of a usual size, with ten fields, in one registry. */
Test(registry, room_for_real_programs)
{
	struct lttng_ust_ctl_field fields[10];
	struct rf_registry *r = make(false);
	uint32_t id;

	for (unsigned int i = 0; i < 10; i++) {
		char name[64];

		snprintf(name, sizeof(name), "a_name_of_usual_length_%u", i);
		fields[i] = integer_field(name, 64, 1, 10);
	}
	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	for (unsigned int i = 0; i < 10000; i++) {
		char name[64];
		const struct rf_event_description event = {.name = name, .fields = fields, .field_count = 10};

		snprintf(name, sizeof(name), "a_provider:a_tracepoint_%u", i);
		cr_assert_eq(rf_registry_add_event(r, 0, &event, &id), 0, "event %u", i);
	}
	rf_registry_unref(r);
}

static void *adder(void *data)
{
	struct rf_registry *r = data;
	uint32_t *ids = calloc(EVENTS, sizeof(*ids));

	for (uint32_t i = 0; ids && i < EVENTS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "p:e%u", i);
		if (add_event(r, 0, name, 32, &ids[i]) < 0)
			ids[i] = UINT32_MAX;
	}
	rf_registry_unref(r);
	return ids;
}

Test(registry, threads_agree)
{
	struct rf_registry *r = make(false);
	pthread_t threads[THREADS];
	uint32_t *ids[THREADS];
	uint32_t id;

	cr_assert_eq(rf_registry_add_channel(r, &id), 0);
	for (size_t i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, adder, rf_registry_ref(r)), 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *result;

		cr_assert_eq(pthread_join(threads[i], &result), 0);
		ids[i] = result;
		cr_assert_not_null(result);
		cr_assert_eq(memcmp(ids[i], ids[0], EVENTS * sizeof(uint32_t)), 0);
	}
	for (size_t i = 0; i < EVENTS; i++)
		cr_assert_lt(ids[0][i], EVENTS);
	for (size_t i = 0; i < THREADS; i++)
		free(ids[i]);
	cr_assert_eq(pushed.blocks, 1 + EVENTS);
	cr_assert_not(pushed.gap);
	rf_registry_unref(r);
	cr_assert_eq(released, 1);
}
