/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs.h"

#include "common/log.h"
#include "sessiond/kernel/tracefs_parts.h"
#include "sessiond/kernel/tracefs_state_events.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the client protocol's list of system calls. */
#define SYSCALL_64 2u

int rf_tracefs_read(int fd, size_t limit, char **text, size_t *len)
{
	size_t room = 16u * 1024;
	ssize_t got = 0;

	*len = 0;
	*text = NULL;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	*text = malloc(room);
	while (*text && (got = read(fd, *text + *len, room - *len)) > 0) {
		*len += (size_t)got;
		if (*len < room)
			continue;
		room *= 2;

		char *more = room <= limit ? realloc(*text, room) : NULL;

		if (!more)
			break;
		*text = more;
	}
	if (*text && got == 0)
		return 0;

	int err = !*text || got > 0 ? -ENOMEM : -errno;

	free(*text);
	*text = NULL;
	return err;
}

int rf_tracefs_catalogue(struct rf_tracefs_tracer *tracer, struct rf_kernel_catalogue *catalogue)
{
	char *text;
	size_t len;
	int err = rf_tracefs_read(tracer->available_events, RF_KERNEL_CATALOGUE_MAX, &text, &len);

	if (err < 0) {
		rf_error("cannot read which events the kernel has: %s", strerror(-err));
		return err;
	}
	err = rf_kernel_catalogue_parse(catalogue, text, len);
	free(text);
	return err;
}

int rf_tracefs_write(int fd, const char *text)
{
	ssize_t written;

	do {
		written = write(fd, text, strlen(text));
	} while (written < 0 && errno == EINTR);
	return written < 0 ? -errno : 0;
}

static bool room_for(struct rf_kernel_names *names, const struct rf_kernel_catalogue *catalogue)
{
	size_t count = catalogue->count + RF_STATE_EVENTS;

	*names = (struct rf_kernel_names){
		.text = malloc(count * RF_KERNEL_NAME_SIZE),
		.offsets = calloc(count, sizeof(names->offsets[0])),
		.flags = calloc(count, 1),
	};
	return names->text && names->offsets && names->flags;
}

static void add_name(struct rf_kernel_names *names, size_t *at, const char *name)
{
	size_t size = strlen(name) + 1;

	memcpy(names->text + *at, name, size);
	names->flags[names->count] = SYSCALL_64;
	names->offsets[names->count++] = *at;
	*at += size;
}

static int list(struct rf_kernel_tracer *tracer, enum rf_kernel_event_kind kind, struct rf_kernel_names *names)
{
	struct rf_kernel_catalogue catalogue;
	size_t at = 0;

	*names = (struct rf_kernel_names){0};
	if (rf_tracefs_catalogue(rf_tracefs_tracer_of(tracer), &catalogue) < 0)
		return LTTNG_ERR_KERN_LIST_FAIL;
	if (!room_for(names, &catalogue)) {
		rf_kernel_names_free(names);
		rf_kernel_catalogue_free(&catalogue);
		return LTTNG_ERR_NOMEM;
	}
	for (size_t i = 0; i < catalogue.count; i++)
		if (catalogue.events[i].kind == kind)
			add_name(names, &at, rf_kernel_syscall_name(catalogue.events[i].name));
	for (unsigned int i = 0; kind == RF_KERNEL_TRACEPOINT && i < RF_STATE_EVENTS; i++)
		add_name(names, &at, rf_state_event_name((enum rf_state_event)i));
	rf_kernel_catalogue_free(&catalogue);
	return LTTNG_OK;
}

static int list_tracepoints(struct rf_kernel_tracer *tracer, struct rf_kernel_names *names)
{
	int code = list(tracer, RF_KERNEL_TRACEPOINT, names);

	free(names->flags);
	names->flags = NULL;
	return code;
}

/* The events of 32-bit programs' calls are not those of the calls: they have none here. */
static int list_syscalls(struct rf_kernel_tracer *tracer, struct rf_kernel_names *names)
{
	return list(tracer, RF_KERNEL_SYSCALL_ENTRY, names);
}

static void destroy(struct rf_kernel_tracer *tracer)
{
	struct rf_tracefs_tracer *tracefs = rf_tracefs_tracer_of(tracer);

	close(tracefs->available_events);
	free(tracefs);
}

static const struct rf_kernel_tracer_ops ops = {
	.name = "tracefs",
	.list_tracepoints = list_tracepoints,
	.list_syscalls = list_syscalls,
	.trace_new = rf_tracefs_trace_new,
	.trace_free = rf_tracefs_trace_free,
	.add_channel = rf_tracefs_add_channel,
	.drop_channel = rf_tracefs_drop_channel,
	.enable_channel = rf_tracefs_enable_channel,
	.add_rule = rf_tracefs_add_rule,
	.enable_rule = rf_tracefs_enable_rule,
	.add_context = rf_tracefs_add_context,
	.track = rf_tracefs_track,
	.start = rf_tracefs_start,
	.stop = rf_tracefs_stop,
	.dump_state = rf_tracefs_dump_state,
	.regenerate_metadata = rf_tracefs_regenerate_metadata,
	.destroy = destroy,
};

struct rf_kernel_tracer *rf_tracefs_tracer_new(
	struct rf_kernel_link *link, const struct rf_broker_kernel *facts, int events_fd)
{
	struct rf_tracefs_tracer *tracefs = calloc(1, sizeof(*tracefs));

	if (!tracefs)
		return NULL;
	*tracefs = (struct rf_tracefs_tracer){
		.tracer = {.ops = &ops, .link = link},
		.facts = *facts,
		.available_events = events_fd,
	};
	return &tracefs->tracer;
}
