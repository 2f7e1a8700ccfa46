/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_record.h"

#include "sessiond/kernel/tracefs_program.h"
#include "sessiond/kernel/tracefs_text.h"
#include "sessiond/kernel/tracefs_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX (256u * 1024)

static void free_record(struct rf_tracefs_record *record)
{
	if (!record)
		return;
	free(record->ops);
	free(record->body);
	free(record);
}

static struct rf_tracefs_record *new_record(const char *name)
{
	size_t size = strlen(name) + 1;
	struct rf_tracefs_record *record = calloc(1, sizeof(*record) + size);

	if (record)
		memcpy(record->name, name, size);
	return record;
}

/* Its text goes to the record. */
static int write_body(struct rf_tracefs_record *record, const struct rf_mapped_field *fields, size_t count)
{
	struct rf_text body;

	rf_text_init(&body, BODY_MAX);
	rf_tracefs_event_body(&body, fields, count);
	if (body.failed) {
		rf_text_free(&body);
		return -ENOMEM;
	}
	record->body = body.data;
	record->body_len = body.len;
	return 0;
}

static int fill(struct rf_tracefs_record *record, const struct rf_format *format)
{
	struct rf_mapped_field fields[RF_MAPPED_FIELDS_MAX];
	struct rf_record_op ops[RF_RECORD_OPS_MAX];
	size_t count = rf_map_fields(format, fields, RF_MAPPED_FIELDS_MAX);
	int op_count = rf_tracefs_program(format, fields, count, ops);

	if (op_count < 0)
		return op_count;
	record->type = format->id;
	record->size_min = format->size;
	record->watch = rf_tracefs_watch_of(format);
	record->op_count = (size_t)op_count;
	record->ops = malloc(sizeof(ops[0]) * record->op_count);
	if (!record->ops)
		return -ENOMEM;
	memcpy(record->ops, ops, sizeof(ops[0]) * record->op_count);
	return write_body(record, fields, count);
}

static bool same_body(const struct rf_tracefs_record *a, const struct rf_tracefs_record *b)
{
	return a->body_len == b->body_len && memcmp(a->body, b->body, a->body_len) == 0;
}

static bool same_op(const struct rf_record_op *a, const struct rf_record_op *b)
{
	return a->kind == b->kind && a->flags == b->flags && a->at == b->at && a->len == b->len && a->value == b->value;
}

static bool same(const struct rf_tracefs_record *a, const struct rf_tracefs_record *b)
{
	if (a->type != b->type || a->size_min != b->size_min || a->op_count != b->op_count || !same_body(a, b))
		return false;
	for (size_t i = 0; i < a->op_count; i++)
		if (!same_op(&a->ops[i], &b->ops[i]))
			return false;
	return true;
}

/* Several places of a program are one event. */
static const struct rf_tracefs_record *find_sibling(const struct rf_tracefs_channel *channel,
	const struct rf_tracefs_event *event, const struct rf_tracefs_record *record)
{
	if (!event->probe)
		return NULL;
	rf_list_for_each(node, &channel->events) {
		const struct rf_tracefs_event *other = rf_container_of(node, struct rf_tracefs_event, node);

		if (other != event && other->probe == event->probe && other->record &&
			strcmp(other->name, event->name) == 0 && same_body(other->record, record))
			return other->record;
	}
	return NULL;
}

static void add(struct rf_tracefs_channel *channel, struct rf_tracefs_record *record)
{
	rf_list_append(&channel->records, &record->node);
}

int rf_tracefs_record_set(
	struct rf_tracefs_channel *channel, struct rf_tracefs_event *event, const struct rf_format *format)
{
	struct rf_tracefs_record *record = new_record(event->name);
	int err = record ? fill(record, format) : -ENOMEM;

	if (err < 0 || (event->record && same(event->record, record))) {
		free_record(record);
		return err;
	}

	const struct rf_tracefs_record *sibling = find_sibling(channel, event, record);

	record->without_text = sibling != NULL;
	record->event = sibling ? sibling->event : channel->next_event++;
	add(channel, record);
	event->record = record;
	return 0;
}

struct rf_tracefs_record *rf_tracefs_record_make_up(
	struct rf_tracefs_channel *channel, const char *name, const char *body)
{
	struct rf_tracefs_record *record = new_record(name);

	if (!record)
		return NULL;
	record->made_up = true;
	record->body = strdup(body);
	if (!record->body) {
		free_record(record);
		return NULL;
	}
	record->body_len = strlen(body);
	record->event = channel->next_event++;
	add(channel, record);
	return record;
}

void rf_tracefs_records_free(struct rf_tracefs_channel *channel)
{
	rf_list_for_each_safe(node, tmp, &channel->records) {
		rf_list_remove(node);
		free_record(rf_container_of(node, struct rf_tracefs_record, node));
	}
}
