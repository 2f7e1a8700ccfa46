/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rotation and clearing, which this daemon does not do yet: what can be answered truthfully is (there are no schedules,
 * nothing was ever rotated), the rest is refused after the checks that come first.
 */
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>

#define ROTATION_INFO_SIZE 4362u
#define SCHEDULES_SIZE 18u

enum schedule {
	SCHEDULE_SIZE = 0,
	SCHEDULE_PERIODIC = 1,
};

int rf_cmd_rotate(struct rf_call *call)
{
	if (!call->session->ever_started)
		return LTTNG_ERR_START_SESSION_ONCE;
	return call->session->output == RF_OUTPUT_NONE ? LTTNG_ERR_ROTATION_NOT_AVAILABLE : LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_rotation_info(struct rf_call *call)
{
	rf_write_zeros(&call->data, ROTATION_INFO_SIZE); /* no rotation, ever */
	return LTTNG_OK;
}

int rf_cmd_rotation_set_schedule(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	uint8_t type = rf_read_u8(&args), set = rf_read_u8(&args);
	uint64_t value = rf_read_u64(&args);

	if (call->session->output == RF_OUTPUT_NONE)
		return LTTNG_ERR_ROTATION_NOT_AVAILABLE;
	if ((type == SCHEDULE_PERIODIC && value >= UINT32_MAX) || type > SCHEDULE_PERIODIC || value == UINT64_MAX)
		return LTTNG_ERR_INVALID;
	return set == 1 ? LTTNG_ERR_NOT_SUPPORTED : LTTNG_ERR_ROTATION_SCHEDULE_NOT_SET;
}

int rf_cmd_rotation_list_schedules(struct rf_call *call)
{
	rf_write_zeros(&call->data, SCHEDULES_SIZE); /* none is set */
	return LTTNG_OK;
}

int rf_cmd_clear(struct rf_call *call)
{
	/* There is nothing to clear before the first start. */
	return call->session->ever_started ? LTTNG_ERR_NOT_SUPPORTED : LTTNG_OK;
}
