/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Process attribute trackers. Names of users and groups are looked up by the broker; the session waits for that, so
 * that values come in the order of the commands.
 */
#include "sessiond/client/handlers.h"
#include "sessiond/client/session_update.h"
#include "sessiond/model/quota.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <string.h>

#define LOGIN_NAME_SIZE 256u

enum value_type {
	VALUE_PID = 0,
	VALUE_UID = 1,
	VALUE_USER = 2,
	VALUE_GID = 3,
	VALUE_GROUP = 4,
};

/* What the protocol calls a virtual process, user and group id; user space has no other attributes. */
static const struct attribute {
	int32_t number;
	int32_t number_type;
	int32_t name_type; /* the same when there are no names */
	uint32_t max;
	enum rf_account_kind accounts;
	int not_found;
} attributes[RF_TRACKERS] = {
	[RF_TRACKER_VPID] = {1, VALUE_PID, VALUE_PID, INT32_MAX, 0, 0},
	[RF_TRACKER_VUID] = {3, VALUE_UID, VALUE_USER, UINT32_MAX, RF_ACCOUNT_USER, LTTNG_ERR_USER_NOT_FOUND},
	[RF_TRACKER_VGID] = {5, VALUE_GID, VALUE_GROUP, UINT32_MAX, RF_ACCOUNT_GROUP, LTTNG_ERR_GROUP_NOT_FOUND},
};

static int find_attribute(int32_t number)
{
	for (int kind = 0; kind < RF_TRACKERS; kind++) {
		if (attributes[kind].max && attributes[kind].number == number)
			return kind;
	}
	return -1;
}

/* Finds the tracker that a command means; LTTNG_OK, or the code for what it cannot mean. */
static int find_tracker(struct rf_call *call, int32_t number, struct rf_tracker **tracker)
{
	int kind = find_attribute(number);

	if (call->request.domain != RF_DOMAIN_UST)
		return LTTNG_ERR_UNSUPPORTED_DOMAIN;
	if (kind < 0)
		return LTTNG_ERR_INVALID;
	*tracker = &call->session->ust.trackers[kind];
	return LTTNG_OK;
}

int rf_cmd_tracker_get_policy(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_tracker *tracker;
	int code = find_tracker(call, rf_read_i32(&args), &tracker);

	if (code == LTTNG_OK)
		rf_write_u32(&call->data, tracker->policy);
	return code;
}

static void release_values(struct rf_session *session, const struct rf_tracker *tracker)
{
	rf_list_for_each(node, &tracker->set)
		rf_quota_release(session, sizeof(struct rf_tracked));
}

int rf_cmd_tracker_set_policy(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	int32_t number = rf_read_i32(&args), policy = rf_read_i32(&args);
	struct rf_tracker *tracker;

	if (policy < RF_TRACK_ALL || policy > RF_TRACK_SET)
		return LTTNG_ERR_INVALID;

	int code = find_tracker(call, number, &tracker);

	if (code != LTTNG_OK || tracker->policy == (enum rf_tracker_policy)policy)
		return code;
	release_values(call->session, tracker);
	rf_tracker_set_policy(tracker, (enum rf_tracker_policy)policy);
	return rf_session_update(call);
}

int rf_cmd_tracker_get_set(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	int32_t number = rf_read_i32(&args);
	struct rf_tracker *tracker;
	uint32_t count = 0;
	int code = find_tracker(call, number, &tracker);

	if (code != LTTNG_OK)
		return code;
	/* Clients expect this and ask for the policy. */
	if (tracker->policy != RF_TRACK_SET)
		return LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY;

	const struct attribute *attribute = &attributes[find_attribute(number)];

	rf_write_u32(&call->data, 0);
	rf_list_for_each(node, &tracker->set) {
		const struct rf_tracked *tracked = rf_container_of(node, struct rf_tracked, node);

		count++;
		if (!tracked->name[0]) {
			rf_write_i32(&call->data, attribute->number_type);
			rf_write_u64(&call->data, tracked->value);
			continue;
		}
		rf_write_i32(&call->data, attribute->name_type);
		rf_write_u32(&call->data, (uint32_t)strlen(tracked->name) + 1);
		rf_write_zeros(&call->data, sizeof(uint32_t));
		rf_write_cstr(&call->data, tracked->name);
	}
	rf_write_u32_at(&call->data, 0, count);
	return LTTNG_OK;
}

/* One value to include, or not any more. */
struct change {
	const struct attribute *attribute;
	struct rf_tracker *tracker;
	const char *name; /* in the payload; empty: it came as a number */
	uint32_t value;
};

static int read_change(struct rf_call *call, struct change *change)
{
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_reader payload = rf_request_payload(&call->request);
	int32_t number = rf_read_i32(&args), type = rf_read_i32(&args);
	uint64_t value = rf_read_u64(&args);
	size_t len = call->request.payload_len;
	bool named = type == VALUE_USER || type == VALUE_GROUP;
	int kind = find_attribute(number);

	change->name = len && len <= LOGIN_NAME_SIZE ? rf_read_cstr(&payload, len) : "";
	if (len > LOGIN_NAME_SIZE || !change->name)
		return LTTNG_ERR_INVALID;
	if (call->request.domain != RF_DOMAIN_UST || kind < 0)
		return LTTNG_ERR_UNSUPPORTED_DOMAIN;
	if (named != (len > 0))
		return LTTNG_ERR_INVALID_PROTOCOL;
	change->attribute = &attributes[kind];
	change->tracker = &call->session->ust.trackers[kind];
	if (type != change->attribute->number_type && type != change->attribute->name_type)
		return LTTNG_ERR_INVALID;
	/* A negative process id is a large number here. */
	if (!named && value > change->attribute->max)
		return LTTNG_ERR_INVALID;
	change->value = named ? 0 : (uint32_t)value;
	return LTTNG_OK;
}

static int include(struct rf_session *session, const struct change *change)
{
	if (!rf_quota_charge(session, sizeof(struct rf_tracked)))
		return LTTNG_ERR_NOMEM;

	int failed = rf_tracker_add(change->tracker, change->value, change->name);

	if (failed)
		rf_quota_release(session, sizeof(struct rf_tracked));
	if (failed == -EEXIST)
		return LTTNG_ERR_PROCESS_ATTR_EXISTS;
	return failed ? LTTNG_ERR_NOMEM : LTTNG_OK;
}

static int apply(struct rf_call *call, const struct change *change)
{
	int code = LTTNG_OK;

	if (change->tracker->policy != RF_TRACK_SET)
		return LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY;
	if (call->request.number == RF_CMD_TRACKER_ADD)
		code = include(call->session, change);
	else if (rf_tracker_remove(change->tracker, change->value, change->name))
		code = LTTNG_ERR_PROCESS_ATTR_MISSING;
	else
		rf_quota_release(call->session, sizeof(struct rf_tracked));
	return code == LTTNG_OK ? rf_session_update(call) : code;
}

static int code_of_lookup(int status, const struct attribute *attribute)
{
	if (!status)
		return LTTNG_OK;
	if (status == -ENOENT)
		return attribute->not_found;
	return status == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_UNK;
}

static void have_account(void *data, int status, struct rf_reader *body)
{
	struct rf_call *call = data;
	struct rf_broker_account account;
	struct change change;
	int code = read_change(call, &change);

	rf_turn_give(&call->context->lookups, &call->turn);
	if (code == LTTNG_OK)
		code = code_of_lookup(status, change.attribute);
	if (code == LTTNG_OK && !rf_broker_account_decode(body, &account))
		code = LTTNG_ERR_UNK;
	if (code == LTTNG_OK) {
		change.value = account.id;
		code = apply(call, &change);
	}
	if (code != RF_LATER)
		rf_call_release_session(call, code);
}

static void look_up(void *data)
{
	struct rf_call *call = data;
	struct change change;
	int code = read_change(call, &change);

	if (code == LTTNG_OK &&
		rf_broker_lookup_account(
			call->context->broker, change.attribute->accounts, change.name, have_account, call))
		code = LTTNG_ERR_NOMEM;
	if (code == LTTNG_OK)
		return;
	rf_turn_give(&call->context->lookups, &call->turn);
	rf_call_release_session(call, code);
}

int rf_cmd_tracker_change(struct rf_call *call)
{
	struct change change;
	int code = read_change(call, &change);

	if (code != LTTNG_OK)
		return code;
	if (!change.name[0] && !call->request.payload_len)
		return apply(call, &change);
	/* No account has an empty name. */
	if (!change.name[0])
		return change.attribute->not_found;
	rf_call_take_session(call);
	rf_turn_take(&call->context->lookups, &call->turn, call->request.uid, look_up, call);
	return RF_LATER;
}
