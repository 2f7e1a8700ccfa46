/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_watch.h"

#include "common/log.h"
#include "sessiond/kernel/tracefs_context.h"
#include "sessiond/kernel/tracefs_events.h"

#include <errno.h>
#include <string.h>

#define NAMES (1u << RF_TRACEFS_PROCNAME)
#define PRIORITIES (1u << RF_TRACEFS_PRIO)
#define PROCESSES (1u << RF_TRACEFS_PID | 1u << RF_TRACEFS_PPID)
/* What the kernel adds to a priority that clients see. */
#define KERNEL_PRIORITY 100

static const struct watch {
	const char *system;
	const char *event;
	enum rf_record_watch_kind kind;
	uint32_t contexts; /* that need it */
	/* Fields of the format; NULL: none. */
	const char *by_name;
	const char *by_value;
	const char *tid;
	const char *name;
	const char *value;
	int32_t add;
} watches[] = {
	{"sched", "sched_switch", RF_WATCH_SWITCH, NAMES | PRIORITIES, "prev_comm", "prev_prio", "next_pid",
		"next_comm", "next_prio", -KERNEL_PRIORITY},
	{"task", "task_rename", RF_WATCH_RENAME, NAMES, NULL, NULL, "pid", "newcomm", NULL, 0},
	{"task", "task_newtask", RF_WATCH_NEW, PROCESSES, NULL, NULL, "pid", "comm", "clone_flags", 0},
};
#define WATCHES (sizeof(watches) / sizeof(watches[0]))

bool rf_tracefs_has_watches(const struct rf_tracefs_channel *channel)
{
	return channel->contexts & (NAMES | PRIORITIES | PROCESSES);
}

static bool is_of(const struct rf_kernel_event *event, const struct watch *watch)
{
	size_t len = strlen(watch->system);

	return strncmp(event->id, watch->system, len) == 0 && event->id[len] == ':' &&
		strcmp(event->id + len + 1, watch->event) == 0;
}

bool rf_tracefs_watches(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event)
{
	for (size_t i = 0; i < WATCHES; i++)
		if (channel->contexts & watches[i].contexts && is_of(&event->kernel, &watches[i]))
			return true;
	return false;
}

/* The low 32 bits of an integer. No NAME: nothing to find. */
static bool find_number(const struct rf_format *format, const char *name, uint16_t *at)
{
	const struct rf_format_field *field = name ? rf_format_find(format, name) : NULL;

	if (!name)
		return true;
	if (!field || field->kind != RF_FORMAT_INTEGER || field->size < 4)
		return false;
	*at = (uint16_t)(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? field->offset : field->offset + field->size - 4);
	return true;
}

static bool find_name(const struct rf_format *format, const char *name, uint16_t *at)
{
	const struct rf_format_field *field = name ? rf_format_find(format, name) : NULL;

	if (!name)
		return true;
	if (!field || field->kind != RF_FORMAT_TEXT || field->size != RF_TASK_NAME)
		return false;
	*at = field->offset;
	return true;
}

struct rf_record_watch rf_tracefs_watch_of(const struct rf_format *format)
{
	for (size_t i = 0; i < WATCHES; i++) {
		const struct watch *watch = &watches[i];
		struct rf_record_watch found = {.kind = (uint8_t)watch->kind, .add = watch->add};

		if (strcmp(format->system, watch->system) == 0 && strcmp(format->event, watch->event) == 0 &&
			find_number(format, "common_pid", &found.by) &&
			find_name(format, watch->by_name, &found.by_name) &&
			find_number(format, watch->by_value, &found.by_value) &&
			find_number(format, watch->tid, &found.tid) && find_name(format, watch->name, &found.name) &&
			find_number(format, watch->value, &found.value))
			return found;
	}
	return (struct rf_record_watch){.kind = RF_WATCH_NOTHING};
}

/* The channel's entry for what WATCH is about. */
static int get_event(struct rf_tracefs_channel *channel, const struct rf_kernel_catalogue *catalogue,
	const struct watch *watch, struct rf_tracefs_event **event)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct rf_kernel_event *known = &catalogue->events[i];

		if (!is_of(known, watch))
			continue;
		*event = rf_tracefs_event_get(channel, known, NULL, known->name);
		return *event ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static int check(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event)
{
	if (!rf_tracefs_watches(channel, event) || !event->shown || !event->filter)
		return 0;
	rf_error("a rule of kernel channel %s lets only some records of %s through, but contexts of threads need all: "
		 "disable it, or add these contexts to another channel",
		channel->name, event->kernel.id);
	return -EBUSY;
}

int rf_tracefs_watch_settle(struct rf_tracefs_channel *channel)
{
	struct rf_tracefs_event *events[WATCHES];
	struct rf_kernel_catalogue catalogue;
	size_t count = 0;
	int err = rf_tracefs_catalogue(rf_tracefs_tracer_of(channel->trace->trace.tracer), &catalogue);

	if (err < 0)
		return err;
	for (size_t i = 0; !err && i < WATCHES; i++) {
		err = get_event(channel, &catalogue, &watches[i], &events[count]);
		if (!err)
			err = check(channel, events[count++]);
		/* What is not needed need not be there. */
		if (err == -ENOENT && !(channel->contexts & watches[i].contexts))
			err = 0;
	}
	rf_kernel_catalogue_free(&catalogue);
	return err ? err : rf_tracefs_settle(channel, events, count, NULL);
}
