/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rules say becomes what the kernel does, some events at a time. */
#include "common/log.h"
#include "common/loop.h"
#include "sessiond/kernel/tracefs_events.h"
#include "sessiond/kernel/tracefs_filter.h"
#include "sessiond/kernel/tracefs_record.h"
#include "sessiond/kernel/tracefs_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOW_AGAIN (5 * RF_SECOND)

/* An event on its way. */
struct item {
	struct rf_tracefs_event *event;
	bool need; /* the file that is asked for now */
	bool show; /* a rule wants it */
	bool want; /* it is to be on: for a rule, or for contexts */
	bool has_format;
	struct rf_format format;
	char *filter;
};

struct batch {
	struct rf_tracefs_channel *channel;
	struct rf_tracefs_rule *changed; /* NULL: the contexts are */
	size_t count;
	struct item items[RF_OPEN_EVENTS_MAX];
};

static bool rule_takes(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event)
{
	rf_list_for_each(node, &channel->rules) {
		const struct rf_tracefs_rule *rule = rf_container_of(node, struct rf_tracefs_rule, node);

		if (rule->enabled && rf_tracefs_rule_takes(rule, event))
			return true;
	}
	return false;
}

static void decide(const struct batch *batch, struct item *item)
{
	item->show = rule_takes(batch->channel, item->event);
	item->want = item->show || rf_tracefs_watches(batch->channel, item->event);
}

static int leave_out(struct batch *batch, struct item *item)
{
	int err = 0;

	if (!batch->changed)
		return -EOPNOTSUPP;
	if (batch->changed->enabled && rf_tracefs_rule_takes(batch->changed, item->event))
		err = rf_tracefs_rule_leave_out(batch->changed, item->event);
	decide(batch, item);
	return err;
}

/* What to do with a file of ITEM's event, which is closed afterwards; FD -1: there is none. */
typedef int (*file_fn)(struct batch *batch, struct item *item, int fd);

static void write_names(struct rf_writer *names, const struct batch *batch)
{
	rf_writer_init_growing(names, RF_FRAME_MAX_BODY / 2, RF_HOST_ORDER);
	for (size_t i = 0; i < batch->count; i++) {
		char name[RF_KERNEL_NAME_SIZE];

		if (!batch->items[i].need)
			continue;
		memcpy(name, batch->items[i].event->kernel.id, sizeof(name));
		*strchr(name, ':') = '/';
		rf_write_cstr(names, name);
	}
}

static int ask_files(struct batch *batch, enum rf_event_file file, struct rf_frame **reply, uint64_t *present)
{
	struct rf_broker_open_events request = {.instance = batch->channel->instance, .file = (uint8_t)file};
	struct rf_broker_events_opened opened;
	struct rf_writer names;
	struct rf_writer body;

	write_names(&names, batch);
	request.events = (struct rf_blob){names.base, names.at};
	rf_frame_body(&body);
	rf_broker_open_events_encode(&body, &request);
	rf_writer_free(&names);

	int err = rf_kernel_link_call(rf_tracefs_link(batch->channel), RF_BROKER_OPEN_EVENTS, &body, -1, reply);

	if (err < 0)
		return err;
	if (!rf_broker_events_opened_decode(&(*reply)->body, &opened) ||
		(*reply)->fd_count != (unsigned int)__builtin_popcountll(opened.present))
		return -EPROTO;
	*present = opened.present;
	return 0;
}

/* Calls HANDLE for the file of each item that needs it. */
static int with_files(struct batch *batch, enum rf_event_file file, file_fn handle)
{
	struct rf_frame *reply;
	uint64_t present;
	unsigned int asked = 0;
	unsigned int taken = 0;
	bool any = false;

	for (size_t i = 0; i < batch->count; i++)
		any |= batch->items[i].need;

	int err = any ? ask_files(batch, file, &reply, &present) : 0;

	for (size_t i = 0; any && !err && i < batch->count; i++) {
		int fd = -1;

		if (!batch->items[i].need)
			continue;
		if (present & (UINT64_C(1) << asked++))
			fd = rf_frame_take_fd(reply, taken++);
		err = handle(batch, &batch->items[i], fd);
		if (fd >= 0)
			close(fd);
	}
	return err;
}

static int read_format(struct item *item, int fd)
{
	const char *colon = strchr(item->event->kernel.id, ':');
	char system[RF_KERNEL_NAME_SIZE];
	char *text;
	size_t len;
	int err = rf_tracefs_read(fd, RF_FORMAT_TEXT_MAX, &text, &len);

	if (err < 0)
		return err;
	memcpy(system, item->event->kernel.id, sizeof(system));
	system[colon - item->event->kernel.id] = '\0';
	err = rf_format_parse(&item->format, system, colon + 1, text, len);
	item->has_format = !err;
	free(text);
	return err;
}

static int take_format(struct batch *batch, struct item *item, int fd)
{
	int err = fd >= 0 ? read_format(item, fd) : -ENOENT;

	if (!err)
		err = rf_tracefs_record_set(batch->channel, item->event, &item->format);
	if (!err || err == -ENOMEM)
		return err;
	if (err != -ENOENT)
		rf_warning("the kernel's event %s cannot be recorded: its format is not understood (%s)",
			item->event->kernel.id, strerror(-err));
	return leave_out(batch, item);
}

/* Of events that go on, and of those whose filters have to be written. */
static int read_formats(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

		decide(batch, item);
		item->need = item->want && (!item->event->wanted || rf_tracefs_filters(batch->channel, item->event));
	}
	return with_files(batch, RF_EVENT_FORMAT, take_format);
}

static bool same_filter(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static int make_filters(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];

		item->need = false;
		if (!item->want)
			continue;

		int err = rf_tracefs_filter(batch->channel, item->event, &item->format, batch->changed, &item->filter);

		if (err < 0)
			return err;
		decide(batch, item);
		item->need = item->want && !same_filter(item->filter, item->event->filter);
	}
	return 0;
}

/* A filter that the kernel refuses leaves it with none at all: what was there must be written again. */
static int refused(struct batch *batch, struct item *item, int fd, int err)
{
	rf_warning("the kernel refuses a filter of event %s: %s", item->event->kernel.id, strerror(-err));
	if (batch->changed)
		batch->changed->filter_refused = true;
	if (rf_tracefs_write(fd, item->event->filter ? item->event->filter : "0") < 0)
		rf_error("event %s has no filter now", item->event->kernel.id);
	return leave_out(batch, item);
}

static int write_filter(struct batch *batch, struct item *item, int fd)
{
	int err = fd >= 0 ? rf_tracefs_write(fd, item->filter ? item->filter : "0") : -ENOENT;

	if (err == -ENOENT)
		return leave_out(batch, item);
	if (err < 0)
		return refused(batch, item, fd, err);
	free(item->event->filter);
	item->event->filter = item->filter;
	item->filter = NULL;
	return 0;
}

static int switch_events(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];
		int err = rf_tracefs_event_switch(batch->channel, item->event, item->want && batch->channel->enabled);

		if (err < 0) {
			err = leave_out(batch, item);
			if (err < 0)
				return err;
		}
		item->event->wanted = item->want;
		item->event->shown = item->show;
	}
	return 0;
}

/*
 * An event that contexts need is on before rules want it and after they do not any more. One that is wanted again soon
 * goes on: records of the time before may not have been read yet.
 */
static void show(const struct batch *batch, const struct item *item)
{
	struct rf_tracefs_record *record = item->event->record;
	uint64_t now = rf_now();

	if (!record || !rf_tracefs_watches(batch->channel, item->event) || item->show == item->event->shown)
		return;
	if (!item->show)
		record->watch.end = batch->channel->described ? now : 0;
	else if (!batch->channel->described)
		record->watch.begin = 0;
	else if (now - record->watch.end > SHOW_AGAIN)
		record->watch.begin = now;
	if (item->show)
		record->watch.end = UINT64_MAX;
	record->resend = true;
}

/* The consumer knows a record before there is one. */
static int describe(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		show(batch, &batch->items[i]);
	return batch->channel->described ? rf_tracefs_describe(batch->channel) : 0;
}

static int settle_batch(struct batch *batch)
{
	int err = read_formats(batch);

	if (!err)
		err = make_filters(batch);
	if (!err)
		err = describe(batch);
	if (!err)
		err = with_files(batch, RF_EVENT_FILTER, write_filter);
	return err ? err : switch_events(batch);
}

static void clear(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->items[i].has_format)
			rf_format_free(&batch->items[i].format);
		free(batch->items[i].filter);
	}
	batch->count = 0;
}

int rf_tracefs_settle(struct rf_tracefs_channel *channel, struct rf_tracefs_event *const *events, size_t count,
	struct rf_tracefs_rule *changed)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	int err = batch ? 0 : -ENOMEM;

	for (size_t at = 0; !err && at < count;) {
		batch->channel = channel;
		batch->changed = changed;
		while (at < count && batch->count < RF_OPEN_EVENTS_MAX)
			batch->items[batch->count++] = (struct item){.event = events[at++]};
		err = settle_batch(batch);
		clear(batch);
	}
	free(batch);
	return err;
}
