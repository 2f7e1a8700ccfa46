/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/tracker_undo.h"

#include "sessiond/model/quota.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>

struct undo {
	struct rf_session *session;
	struct rf_tracker *tracker;
	struct rf_tracker before; /* its policy, and those of its values that it has no more */
	struct rf_tracked *added; /* NULL without */
};

static void undo_free(void *steps)
{
	struct undo *undo = steps;

	rf_list_for_each(node, &undo->before.set)
		rf_quota_release(undo->session, sizeof(struct rf_tracked));
	rf_tracker_fini(&undo->before);
	free(undo);
}

static struct undo *begin(struct rf_call *call, struct rf_tracker *tracker)
{
	struct undo *undo = rf_call_begin_steps(call, sizeof(*undo), undo_free);

	if (!undo)
		return NULL;
	undo->session = call->session;
	undo->tracker = tracker;
	rf_tracker_init(&undo->before);
	undo->before.policy = tracker->policy;
	return undo;
}

int rf_tracker_change_policy(struct rf_call *call, struct rf_tracker *tracker, enum rf_tracker_policy policy)
{
	struct undo *undo = begin(call, tracker);

	if (!undo)
		return LTTNG_ERR_NOMEM;
	rf_tracker_move_set(&undo->before, tracker);
	tracker->policy = policy;
	return LTTNG_OK;
}

int rf_tracker_change_add(struct rf_call *call, struct rf_tracker *tracker, uint32_t value, const char *name)
{
	struct undo *undo = begin(call, tracker);

	if (!undo || !rf_quota_charge(call->session, sizeof(struct rf_tracked)))
		return LTTNG_ERR_NOMEM;

	int failed = rf_tracker_add(tracker, value, name);

	if (!failed) {
		undo->added = rf_container_of(tracker->set.prev, struct rf_tracked, node);
		return LTTNG_OK;
	}
	rf_quota_release(call->session, sizeof(struct rf_tracked));
	return failed == -EEXIST ? LTTNG_ERR_PROCESS_ATTR_EXISTS : LTTNG_ERR_NOMEM;
}

int rf_tracker_change_remove(struct rf_call *call, struct rf_tracker *tracker, uint32_t value, const char *name)
{
	struct undo *undo = begin(call, tracker);
	struct rf_tracked *tracked = undo ? rf_tracker_take(tracker, value, name) : NULL;

	if (!undo)
		return LTTNG_ERR_NOMEM;
	if (!tracked)
		return LTTNG_ERR_PROCESS_ATTR_MISSING;
	rf_list_append(&undo->before.set, &tracked->node);
	return LTTNG_OK;
}

void rf_tracker_undo(struct rf_call *call)
{
	struct undo *undo = call->steps;

	undo->tracker->policy = undo->before.policy;
	rf_tracker_move_set(undo->tracker, &undo->before);
	if (undo->added) {
		rf_list_remove(&undo->added->node);
		free(undo->added);
		rf_quota_release(undo->session, sizeof(struct rf_tracked));
	}
}
