/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trackers of lttng-modules. They cannot be read back (`all` and `none` look alike), so that what the kernel has is
 * kept here, and a set becomes another one by what differs: the processes in both are recorded all the while.
 */
#include "common/log.h"
#include "common/sort.h"
#include "sessiond/kernel/modules_ioctl.h"
#include "sessiond/kernel/modules_trace.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

static int ask(const struct rf_modules_trace *trace, unsigned long request, enum rf_tracker_kind kind, int32_t id)
{
	struct rf_modules_tracker tracker = {.kind = kind, .id = id};

	return rf_modules_call(trace->session_fd, request, &tracker);
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static bool includes(const struct rf_modules_tracked *set, uint32_t value)
{
	return set->count && bsearch(&value, set->values, set->count, sizeof(value), ascending);
}

/* What is in A and not in B. */
static int ask_difference(const struct rf_modules_trace *trace, unsigned long request, enum rf_tracker_kind kind,
	const struct rf_modules_tracked *a, const struct rf_modules_tracked *b)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < a->count; i++)
		if (!includes(b, a->values[i]))
			err = ask(trace, request, kind, (int32_t)a->values[i]);
	return err;
}

static int apply(const struct rf_modules_trace *trace, enum rf_tracker_kind kind, const struct rf_modules_tracked *from,
	const struct rf_modules_tracked *to)
{
	const struct rf_modules_tracked nobody = {.policy = RF_TRACK_NONE};

	if (to->policy == RF_TRACK_ALL)
		return ask(trace, RF_MODULES_TRACK, kind, RF_MODULES_TRACK_ALL);
	if (from->policy != RF_TRACK_SET || to->policy != RF_TRACK_SET) {
		int err = ask(trace, RF_MODULES_UNTRACK, kind, RF_MODULES_TRACK_ALL);

		return err ? err : ask_difference(trace, RF_MODULES_TRACK, kind, to, &nobody);
	}

	int err = ask_difference(trace, RF_MODULES_TRACK, kind, to, from);

	return err ? err : ask_difference(trace, RF_MODULES_UNTRACK, kind, from, to);
}

/* False without memory. */
static bool take_down(struct rf_modules_tracked *tracked, const struct rf_kernel_tracker_def *tracker)
{
	uint32_t count = 0;

	*tracked = (struct rf_modules_tracked){.policy = tracker->policy};
	if (tracker->policy != RF_TRACK_SET || !tracker->count)
		return true;
	tracked->values = malloc(tracker->count * sizeof(*tracked->values));
	if (!tracked->values)
		return false;
	memcpy(tracked->values, tracker->values, tracker->count * sizeof(*tracked->values));
	rf_sort(tracked->values, tracker->count, sizeof(*tracked->values), ascending);
	/* A user may be there by name and by number. */
	for (uint32_t i = 0; i < tracker->count; i++)
		if (!count || tracked->values[count - 1] != tracked->values[i])
			tracked->values[count++] = tracked->values[i];
	tracked->count = count;
	return true;
}

static int code_of(int err)
{
	switch (err) {
	case -EINVAL:
		return LTTNG_ERR_INVALID;
	case -ENOMEM:
		return LTTNG_ERR_NOMEM;
	case -EEXIST:
		return LTTNG_ERR_PROCESS_ATTR_EXISTS;
	case -ENOENT:
		return LTTNG_ERR_PROCESS_ATTR_MISSING;
	default:
		return LTTNG_ERR_UNK;
	}
}

int rf_modules_track(struct rf_kernel_trace *base, const struct rf_kernel_tracker_def *tracker)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	struct rf_modules_tracked wanted;

	if ((unsigned int)tracker->kind >= RF_TRACKERS)
		return LTTNG_ERR_INVALID;
	for (uint32_t i = 0; tracker->policy == RF_TRACK_SET && i < tracker->count; i++)
		if (tracker->values[i] > INT32_MAX)
			return LTTNG_ERR_INVALID;
	if (!take_down(&wanted, tracker))
		return LTTNG_ERR_NOMEM;

	struct rf_modules_tracked *known = &trace->trackers[tracker->kind];
	int err = apply(trace, tracker->kind, known, &wanted);

	if (err) {
		const struct rf_modules_tracked halfway = {.policy = RF_TRACK_NONE};

		rf_error("session %llu: tracker %u of the kernel cannot be changed: %s",
			(unsigned long long)base->def.session, (unsigned int)tracker->kind, strerror(-err));
		/* As it was. */
		(void)apply(trace, tracker->kind, &halfway, known);
		free(wanted.values);
		return code_of(err);
	}
	free(known->values);
	*known = wanted;
	rf_modules_quiesce(trace);
	return LTTNG_OK;
}
