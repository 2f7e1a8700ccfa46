/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Process attribute trackers. Names of users and groups are looked up by the broker; the session waits for that, so
 * that values come in the order of the commands.
 */
#include "sessiond/client/domain.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/tracker_undo.h"

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

/* The numbers of attributes are those of enum rf_tracker_kind. */
static const struct attribute {
	int32_t number_type;
	int32_t name_type; /* the same when there are no names */
	uint32_t max;
	enum rf_account_kind accounts;
	int not_found;
} attributes[RF_TRACKERS] = {
	[RF_TRACKER_PID] = {VALUE_PID, VALUE_PID, INT32_MAX, 0, 0},
	[RF_TRACKER_VPID] = {VALUE_PID, VALUE_PID, INT32_MAX, 0, 0},
	[RF_TRACKER_UID] = {VALUE_UID, VALUE_USER, UINT32_MAX, RF_ACCOUNT_USER, LTTNG_ERR_USER_NOT_FOUND},
	[RF_TRACKER_VUID] = {VALUE_UID, VALUE_USER, UINT32_MAX, RF_ACCOUNT_USER, LTTNG_ERR_USER_NOT_FOUND},
	[RF_TRACKER_GID] = {VALUE_GID, VALUE_GROUP, UINT32_MAX, RF_ACCOUNT_GROUP, LTTNG_ERR_GROUP_NOT_FOUND},
	[RF_TRACKER_VGID] = {VALUE_GID, VALUE_GROUP, UINT32_MAX, RF_ACCOUNT_GROUP, LTTNG_ERR_GROUP_NOT_FOUND},
};

/* NULL: sessions have no such tracker there. */
static struct rf_tracker *tracker_of(const struct rf_call *call, const struct rf_domain *domain, int32_t number)
{
	if (number < 0 || number >= RF_TRACKERS || !(domain->trackers & 1u << number))
		return NULL;
	return &rf_domain_of(domain, call)->trackers[number];
}

/* Finds the tracker that a command means; LTTNG_OK, or the code for what it cannot mean. */
static int find_tracker(const struct rf_call *call, int32_t number, struct rf_tracker **tracker)
{
	const struct rf_domain *domain = rf_domain_find(call->request.domain);

	if (!domain)
		return LTTNG_ERR_UNSUPPORTED_DOMAIN;
	*tracker = tracker_of(call, domain, number);
	return *tracker ? LTTNG_OK : LTTNG_ERR_INVALID;
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
	code = rf_tracker_change_policy(call, tracker, (enum rf_tracker_policy)policy);
	if (code != LTTNG_OK)
		return code;
	return rf_domain_find(call->request.domain)->track(call, (enum rf_tracker_kind)number);
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

	const struct attribute *attribute = &attributes[number];

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
	const struct rf_domain *domain;
	enum rf_tracker_kind kind;
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

	change->domain = rf_domain_find(call->request.domain);
	change->tracker = change->domain ? tracker_of(call, change->domain, number) : NULL;
	change->name = len && len <= LOGIN_NAME_SIZE ? rf_read_cstr(&payload, len) : "";
	if (len > LOGIN_NAME_SIZE || !change->name)
		return LTTNG_ERR_INVALID;
	if (!change->tracker)
		return LTTNG_ERR_UNSUPPORTED_DOMAIN;
	if (named != (len > 0))
		return LTTNG_ERR_INVALID_PROTOCOL;
	change->kind = (enum rf_tracker_kind)number;
	if (type != attributes[number].number_type && type != attributes[number].name_type)
		return LTTNG_ERR_INVALID;
	/* A negative process id is a large number here. */
	if (!named && value > attributes[number].max)
		return LTTNG_ERR_INVALID;
	change->value = named ? 0 : (uint32_t)value;
	return LTTNG_OK;
}

static int apply(struct rf_call *call, const struct change *change)
{
	int code;

	if (change->tracker->policy != RF_TRACK_SET)
		return LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY;
	if (call->request.number == RF_CMD_TRACKER_ADD)
		code = rf_tracker_change_add(call, change->tracker, change->value, change->name);
	else
		code = rf_tracker_change_remove(call, change->tracker, change->value, change->name);
	return code == LTTNG_OK ? change->domain->track(call, change->kind) : code;
}

static int code_of_lookup(int status, enum rf_tracker_kind kind)
{
	if (!status)
		return LTTNG_OK;
	if (status == -ENOENT)
		return attributes[kind].not_found;
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
		code = code_of_lookup(status, change.kind);
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
			call->context->broker, attributes[change.kind].accounts, change.name, have_account, call))
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
		return attributes[change.kind].not_found;
	rf_call_take_session(call);
	rf_turn_take(&call->context->lookups, &call->turn, call->request.uid, look_up, call);
	return RF_LATER;
}
