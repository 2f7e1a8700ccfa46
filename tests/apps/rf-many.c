/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program with very many tracepoints: -c COUNT events rf_many:e0, rf_many:e1, ... of one pattern, made when it runs
 * so that no compiler has to get through them. Emits each once, with its number.
 */
#define LTTNG_UST_TRACEPOINT_DEFINE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#include "rf_many_tp.h"

#include "app_common.h"

#include <lttng/tracepoint-rcu.h>

#define PROVIDER "rf_many"

static void *must(void *memory)
{
	if (memory == NULL) {
		perror("memory");
		exit(2);
	}
	return memory;
}

static char *event_name(uint32_t number)
{
	char *name = must(malloc(16));

	snprintf(name, 16, "e%u", number);
	return name;
}

/* Like the tracepoints and the provider that the macros make; they stay as long as the program. */
static struct lttng_ust_tracepoint **add_events(uint32_t count)
{
	const struct lttng_ust_event_desc *pattern = &lttng_ust__event_desc___rf_pattern_number;
	struct lttng_ust_tracepoint **tracepoints = must(calloc(count, sizeof(*tracepoints)));
	const struct lttng_ust_event_desc **events = must(calloc(count, sizeof(*events)));
	struct lttng_ust_probe_desc *probe = must(malloc(sizeof(*probe)));

	*probe = lttng_ust__probe_desc___rf_pattern;
	probe->provider_name = PROVIDER;
	probe->event_desc = events;
	probe->nr_events = count;
	for (uint32_t i = 0; i < count; i++) {
		struct lttng_ust_event_desc *event = must(malloc(sizeof(*event)));

		*event = *pattern;
		event->event_name = event_name(i);
		event->probe_desc = probe;
		events[i] = event;
		tracepoints[i] = must(calloc(1, sizeof(*tracepoints[i])));
		*tracepoints[i] = lttng_ust_tracepoint_rf_pattern___number;
		tracepoints[i]->provider_name = PROVIDER;
		tracepoints[i]->event_name = event->event_name;
		tracepoints[i]->state = 0;
		tracepoints[i]->probes = NULL;
	}
	lttng_ust_tracepoint_dlopen_ptr->lttng_ust_tracepoint_module_register(tracepoints, (int)count);
	must(lttng_ust_probe_register(probe));
	return tracepoints;
}

static void emit(struct lttng_ust_tracepoint *tracepoint, uint32_t number)
{
	struct lttng_ust_tracepoint_probe *probe;

	lttng_ust_tp_rcu_read_lock();
	probe = lttng_ust_tp_rcu_dereference(tracepoint->probes);
	for (; probe != NULL && probe->func != NULL; probe++)
		((void (*)(void *, uint32_t, const char *))probe->func)(probe->data, number, "some text");
	lttng_ust_tp_rcu_read_unlock();
}

int main(int argc, char **argv)
{
	const char *gate = NULL, *ready = NULL;
	uint64_t wanted = 1000;
	const struct app_option options[] = {
		{'c', .number = &wanted},
		{'g', .text = &gate},
		{'r', .text = &ready},
		{0},
	};

	app_options(argc, argv, options, "rf-many [-c COUNT] [-g GATE] [-r READY_FILE]");

	uint32_t count = (uint32_t)wanted;
	uint64_t began = app_now_ns();
	struct lttng_ust_tracepoint **tracepoints = add_events(count);

	printf("registered in %llu ms\n", (unsigned long long)((app_now_ns() - began) / 1000000U));
	app_ready_and_gate(ready, gate);
	for (uint32_t i = 0; i < count; i++)
		emit(tracepoints[i], i);
	printf("emitted %u\n", count);
	return 0;
}
