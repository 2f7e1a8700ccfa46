/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Process attribute trackers. Every session includes all processes that its owner may trace, and that cannot be
 * narrowed yet: asking for the policy is answered, changing it is refused.
 */
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>
#include <string.h>

#define LOGIN_NAME_SIZE 256u

enum policy {
	POLICY_INCLUDE_ALL = 0,
	POLICY_INCLUDE_SET = 2,
};

/* Attributes of user space: virtual process, user and group ids. */
static bool ust_has(int32_t attribute)
{
	return attribute == 1 || attribute == 3 || attribute == 5;
}

static int check(const struct rf_call *call, int32_t attribute)
{
	if (call->request.domain != RF_DOMAIN_UST)
		return LTTNG_ERR_UNSUPPORTED_DOMAIN;
	return ust_has(attribute) ? LTTNG_OK : LTTNG_ERR_INVALID;
}

int rf_cmd_tracker_get_policy(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	int code = check(call, rf_read_i32(&args));

	if (code == LTTNG_OK)
		rf_write_u32(&call->data, POLICY_INCLUDE_ALL);
	return code;
}

int rf_cmd_tracker_set_policy(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	int32_t attribute = rf_read_i32(&args), policy = rf_read_i32(&args);

	if (policy < POLICY_INCLUDE_ALL || policy > POLICY_INCLUDE_SET)
		return LTTNG_ERR_INVALID;

	int code = check(call, attribute);

	if (code != LTTNG_OK)
		return code;
	return policy == POLICY_INCLUDE_ALL ? LTTNG_OK : LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_tracker_get_set(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	int code = check(call, rf_read_i32(&args));

	/* Clients expect this and ask for the policy. */
	return code == LTTNG_OK ? LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY : code;
}

/* Value types: 0 pid, 1 uid, 2 user name, 3 gid, 4 group name. */
static bool is_name(int32_t type)
{
	return type == 2 || type == 4;
}

static bool fits(int32_t attribute, int32_t type)
{
	if (attribute == 1)
		return type == 0;
	return attribute == 3 ? type == 1 || type == 2 : type == 3 || type == 4;
}

int rf_cmd_tracker_change(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_reader payload = rf_request_payload(&call->request);
	int32_t attribute = rf_read_i32(&args), type = rf_read_i32(&args);
	size_t len = call->request.payload_len;

	if (len > LOGIN_NAME_SIZE || (len && !rf_read_cstr(&payload, len)))
		return LTTNG_ERR_INVALID;
	if (call->request.domain != RF_DOMAIN_UST || !ust_has(attribute))
		return LTTNG_ERR_UNSUPPORTED_DOMAIN;
	if (is_name(type) != (len > 0))
		return LTTNG_ERR_INVALID_PROTOCOL;
	if (!fits(attribute, type))
		return LTTNG_ERR_INVALID;
	return LTTNG_ERR_PROCESS_ATTR_TRACKER_INVALID_TRACKING_POLICY;
}
