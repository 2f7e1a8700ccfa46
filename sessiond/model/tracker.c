/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/tracker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rf_tracker_init(struct rf_tracker *tracker)
{
	tracker->policy = RF_TRACK_ALL;
	rf_list_init(&tracker->set);
}

void rf_tracker_fini(struct rf_tracker *tracker)
{
	rf_list_for_each_safe(node, tmp, &tracker->set)
		free(rf_container_of(node, struct rf_tracked, node));
	rf_list_init(&tracker->set);
}

/* NAME NULL: however it was given. */
static struct rf_tracked *find(const struct rf_tracker *tracker, uint32_t value, const char *name)
{
	rf_list_for_each(node, &tracker->set) {
		struct rf_tracked *tracked = rf_container_of(node, struct rf_tracked, node);

		if (tracked->value == value && (!name || !strcmp(tracked->name, name)))
			return tracked;
	}
	return NULL;
}

int rf_tracker_add(struct rf_tracker *tracker, uint32_t value, const char *name)
{
	if (find(tracker, value, NULL))
		return -EEXIST;

	struct rf_tracked *tracked = calloc(1, sizeof(*tracked));

	if (!tracked)
		return -ENOMEM;
	tracked->value = value;
	snprintf(tracked->name, sizeof(tracked->name), "%s", name);
	rf_list_append(&tracker->set, &tracked->node);
	return 0;
}

struct rf_tracked *rf_tracker_take(struct rf_tracker *tracker, uint32_t value, const char *name)
{
	struct rf_tracked *tracked = find(tracker, value, name);

	if (tracked)
		rf_list_remove(&tracked->node);
	return tracked;
}

void rf_tracker_move_set(struct rf_tracker *to, struct rf_tracker *from)
{
	rf_list_for_each_safe(node, tmp, &from->set) {
		rf_list_remove(node);
		rf_list_append(&to->set, node);
	}
}

bool rf_tracker_includes(const struct rf_tracker *tracker, uint32_t value)
{
	return tracker->policy == RF_TRACK_ALL || (tracker->policy == RF_TRACK_SET && find(tracker, value, NULL));
}
