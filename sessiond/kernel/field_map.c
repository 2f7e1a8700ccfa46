/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/field_map.h"

#include <stdio.h>
#include <string.h>

/* The kernel's own tracer counts priorities from 0, the clients' from -100. */
#define PRIORITY_SHIFT (-100)

/* SYSTEM: NULL for all of them. */
struct rename {
	const char *system;
	const char *kernel;
	const char *name;
	int32_t add;
};

static const struct rename renames[] = {
	/* What the kernel calls a process is a thread. */
	{"sched", "pid", "tid", 0},
	{"sched", "prev_pid", "prev_tid", 0},
	{"sched", "next_pid", "next_tid", 0},
	{"sched", "parent_pid", "parent_tid", 0},
	{"sched", "child_pid", "child_tid", 0},
	{"sched", "old_pid", "old_tid", 0},
	{"sched", "prio", "prio", PRIORITY_SHIFT},
	{"sched", "prev_prio", "prev_prio", PRIORITY_SHIFT},
	{"sched", "next_prio", "next_prio", PRIORITY_SHIFT},
	{"sched", "oldprio", "oldprio", PRIORITY_SHIFT},
	{"sched", "newprio", "newprio", PRIORITY_SHIFT},
	/* Of dynamic events, whose system is made up. */
	{NULL, "__probe_ip", "ip", 0},
	{NULL, "__probe_func", "ip", 0},
	{NULL, "__probe_ret_ip", "parent_ip", 0},
};

static const struct rename *find_rename(const struct rf_format *format, const char *field)
{
	for (size_t i = 0; i < sizeof(renames) / sizeof(renames[0]); i++) {
		const struct rename *r = &renames[i];

		if (strcmp(r->kernel, field) == 0 && (!r->system || strcmp(r->system, format->system) == 0))
			return r;
	}
	return NULL;
}

/*
 * Newer kernels keep what a system call's pointer argument `X` points to as `__X_val`. The name of the field that this
 * one is about, in OUT.
 */
static bool value_of(const struct rf_format *format, const struct rf_format_field *f, char out[RF_FORMAT_NAME_SIZE])
{
	size_t len = strlen(f->name);

	if (strcmp(format->system, "syscalls") != 0 || len < 7 || strncmp(f->name, "__", 2) != 0 ||
		strcmp(f->name + len - 4, "_val") != 0 ||
		(f->kind != RF_FORMAT_STRING && f->kind != RF_FORMAT_SEQUENCE))
		return false;
	snprintf(out, RF_FORMAT_NAME_SIZE, "%.*s", (int)(len - 6), f->name + 2);
	return rf_format_find(format, out) != NULL;
}

static bool has_value(const struct rf_format *format, const struct rf_format_field *f)
{
	char name[RF_FORMAT_NAME_SIZE];

	for (size_t i = format->common; i < format->count; i++)
		if (value_of(format, &format->fields[i], name) && strcmp(name, f->name) == 0)
			return true;
	return false;
}

/* Arguments that are no text, for all that their type is a pointer to characters. */
static bool is_buffer(const char *argument)
{
	static const char *const buffers[] = {"buf", "ubuf", "u_buf", "buff", "optval", "msg_ptr", "_payload"};

	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
		if (strcmp(buffers[i], argument) == 0)
			return true;
	return false;
}

static bool left_out(const struct rf_format *format, const struct rf_format_field *f)
{
	return strcmp(format->system, "syscalls") == 0 &&
		(strcmp(f->name, "__syscall_nr") == 0 || has_value(format, f));
}

/* What is being made. */
struct list {
	struct rf_mapped_field *fields;
	size_t room;
	size_t count;
};

/* A sequence is preceded by a field for its length. */
static bool is_length_of(const char *name, const char *sequence)
{
	size_t len = strlen(sequence);

	return name[0] == '_' && strncmp(name + 1, sequence, len) == 0 && strcmp(name + 1 + len, "_length") == 0;
}

static bool taken(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *other = list->fields[i].name;

		if (strcmp(other, name) == 0 || is_length_of(name, other) || is_length_of(other, name))
			return true;
	}
	return false;
}

static struct rf_mapped_field *append(struct list *list, const struct rf_format_field *field, const char *name)
{
	if (list->count == list->room || taken(list, name))
		return NULL;

	struct rf_mapped_field *f = &list->fields[list->count++];

	*f = (struct rf_mapped_field){.field = field};
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

/* Events of block devices say who caused them. */
static void append_tid(struct list *list, const struct rf_format *format, const struct rf_format_field *before)
{
	const struct rf_format_field *pid = rf_format_find(format, "common_pid");

	if (pid && pid->kind == RF_FORMAT_INTEGER && strcmp(format->system, "block") == 0 &&
		strcmp(before->name, "comm") == 0)
		append(list, pid, "tid");
}

static void append_field(struct list *list, const struct rf_format *format, const struct rf_format_field *field)
{
	const struct rename *r = find_rename(format, field->name);
	char argument[RF_FORMAT_NAME_SIZE];
	bool value = value_of(format, field, argument);
	struct rf_mapped_field *f = append(list, field, value ? argument : r ? r->name : field->name);

	if (!f && r)
		f = append(list, field, field->name);
	if (!f)
		return;
	f->rwbs = field->kind == RF_FORMAT_TEXT && strcmp(format->system, "block") == 0 &&
		strcmp(field->name, "rwbs") == 0;
	f->bytes = value && field->kind == RF_FORMAT_STRING && is_buffer(argument);
	if (r && field->kind == RF_FORMAT_INTEGER && field->size == sizeof(int32_t))
		f->add = r->add;
}

size_t rf_map_fields(const struct rf_format *format, struct rf_mapped_field *fields, size_t room)
{
	struct list list = {.fields = fields, .room = room};

	for (size_t i = format->common; i < format->count; i++) {
		if (left_out(format, &format->fields[i]))
			continue;
		append_tid(&list, format, &format->fields[i]);
		append_field(&list, format, &format->fields[i]);
	}
	return list.count;
}

bool rf_map_field(const struct rf_format *format, const char *name, struct rf_mapped_field *field)
{
	struct rf_mapped_field fields[RF_MAPPED_FIELDS_MAX];
	size_t count = rf_map_fields(format, fields, RF_MAPPED_FIELDS_MAX);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(fields[i].name, name) == 0) {
			*field = fields[i];
			return true;
		}
	}
	return false;
}
