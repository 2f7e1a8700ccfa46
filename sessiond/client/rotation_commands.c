/* SPDX-License-Identifier: GPL-2.0-only */
/* Rotating, clearing, and what is asked and scheduled of rotations. */
#include "sessiond/client/handlers.h"
#include "sessiond/client/rotation_schedule.h"

#include <lttng/lttng-error.h>

#define ROTATION_INFO_SIZE 4362u
#define LOCATION_LOCAL 1
#define ROTATION_EXPIRED 3

enum schedule {
	SCHEDULE_SIZE = 0,
	SCHEDULE_PERIODIC = 1,
};

static void rotated(void *data, int code)
{
	struct rf_call *call = data;

	if (code == LTTNG_OK)
		rf_write_u64(&call->data, call->session->rotation.number);
	rf_call_release_session(call, code);
}

int rf_cmd_rotate(struct rf_call *call)
{
	struct rf_session *session = call->session;

	if (!session->ever_started)
		return LTTNG_ERR_START_SESSION_ONCE;
	if (session->output == RF_OUTPUT_NONE)
		return LTTNG_ERR_ROTATION_NOT_AVAILABLE;
	if (session->rotation.state == RF_ROTATION_ONGOING)
		return LTTNG_ERR_ROTATION_PENDING;
	if (!session->active && session->rotation.since_stop)
		return LTTNG_ERR_ROTATION_MULTIPLE_AFTER_STOP;
	rf_call_take_session(call);
	rf_recording_rotate(call->context->recorder, session, rotated, call);
	return RF_LATER;
}

static int32_t state_of(const struct rf_rotation *rotation, uint64_t number)
{
	bool other = rotation->number != number;

	if (other && (rotation->state == RF_ROTATION_ONGOING || rotation->state == RF_ROTATION_COMPLETED))
		return ROTATION_EXPIRED;
	return rotation->state;
}

int rf_cmd_rotation_info(struct rf_call *call)
{
	struct rf_reader args = rf_request_args(&call->request);
	const struct rf_rotation *rotation = &call->session->rotation;
	int32_t state = state_of(rotation, rf_read_u64(&args));

	rf_write_i32(&call->data, state);
	if (state == RF_ROTATION_COMPLETED) {
		rf_write_i8(&call->data, LOCATION_LOCAL);
		rf_write_str_field(&call->data, rotation->path, RF_PATH_SIZE);
	}
	rf_write_zeros(&call->data, ROTATION_INFO_SIZE - call->data.at);
	return LTTNG_OK;
}

static int set_schedule(uint64_t *current, uint64_t value)
{
	if (*current)
		return LTTNG_ERR_ROTATION_SCHEDULE_SET;
	*current = value;
	return LTTNG_OK;
}

static int unset_schedule(uint64_t *current, uint64_t value)
{
	if (!*current || *current != value)
		return LTTNG_ERR_ROTATION_SCHEDULE_NOT_SET;
	*current = 0;
	return LTTNG_OK;
}

int rf_cmd_rotation_set_schedule(struct rf_call *call)
{
	struct rf_session *session = call->session;
	struct rf_reader args = rf_request_args(&call->request);
	uint8_t type = rf_read_u8(&args), set = rf_read_u8(&args);
	uint64_t value = rf_read_u64(&args);

	if (session->output == RF_OUTPUT_NONE)
		return LTTNG_ERR_ROTATION_NOT_AVAILABLE;
	if ((type == SCHEDULE_PERIODIC && value >= UINT32_MAX) || type > SCHEDULE_PERIODIC || value == UINT64_MAX)
		return LTTNG_ERR_INVALID;

	uint64_t *current = type == SCHEDULE_PERIODIC ? &session->schedule.period : &session->schedule.size;
	int code = set == 1 ? set_schedule(current, value) : unset_schedule(current, value);

	if (code != LTTNG_OK)
		return code;
	if (type == SCHEDULE_SIZE)
		session->clock.next_size = value;
	rf_rotation_clock_update(call->context, session);
	return LTTNG_OK;
}

static void write_schedule(struct rf_writer *w, uint64_t value)
{
	rf_write_u8(w, value ? 1 : 0);
	rf_write_u64(w, value);
}

int rf_cmd_rotation_list_schedules(struct rf_call *call)
{
	write_schedule(&call->data, call->session->schedule.period);
	write_schedule(&call->data, call->session->schedule.size);
	return LTTNG_OK;
}

int rf_cmd_clear(struct rf_call *call)
{
	struct rf_session *session = call->session;

	/* There is nothing to clear. */
	if (!session->ever_started || (!session->active && session->rotation.since_stop))
		return LTTNG_OK;
	rf_call_take_session(call);
	rf_recording_clear(call->context->recorder, session, rf_call_session_done, call);
	return RF_LATER;
}
