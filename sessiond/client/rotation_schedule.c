/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/rotation_schedule.h"

#include "common/log.h"
#include "sessiond/client/session_reader.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

#define NANOSECONDS 1000u /* in a microsecond */
/* However short the interval that a client asked for: its session does not keep the loop from others. */
#define LEAST_INTERVAL (10 * RF_MS)

static struct rf_session *session_of(struct rf_rotation_clock *clock)
{
	return rf_container_of(clock, struct rf_session, clock);
}

/* In nanoseconds of the loop's clock, which has room for 500 years. */
static uint64_t interval_of(uint64_t microseconds)
{
	uint64_t most = UINT64_MAX / 2 - rf_now();

	if (microseconds > most / NANOSECONDS)
		return most;
	return microseconds * NANOSECONDS > LEAST_INTERVAL ? microseconds * NANOSECONDS : LEAST_INTERVAL;
}

static bool may_rotate(const struct rf_session *session)
{
	return !session->destroyed && !session->busy && session->rotation.state != RF_ROTATION_ONGOING;
}

static void ignore_answer(void *data, struct rf_answer *answer)
{
	(void)data;
	rf_answer_clear(answer);
}

/* As if root had asked for it, with all the checks that a client's command meets. */
static void rotate(struct rf_session *session)
{
	struct rf_request request = {.uid = 0, .number = RF_CMD_ROTATE};

	memcpy(request.session_name, session->name, RF_SESSION_NAME_FIELD - 1);

	struct rf_call *call = rf_call_new(session->clock.owner, &request, ignore_answer, NULL);

	if (call)
		rf_call_start(call);
	else
		rf_error("client: no memory for a scheduled rotation");
}

static void period_over(struct rf_timer *timer)
{
	struct rf_session *session = session_of(rf_container_of(timer, struct rf_rotation_clock, period));
	const struct rf_client_context *context = session->clock.owner;
	uint64_t now = rf_now(), period = interval_of(session->schedule.period);
	uint64_t late = now > timer->deadline ? (now - timer->deadline) % period : 0;

	/* From the last deadline and not from now, so that delays do not add up. */
	rf_timer_arm(context->loop, timer, period - late, period_over);
	if (may_rotate(session))
		rotate(session);
}

/* Microseconds between two looks at the size; 0 when no channel is monitored, and then there is never one. */
static uint64_t sample_interval(const struct rf_session *session)
{
	uint64_t least = 0;

	rf_list_for_each(node, &session->ust.channels) {
		uint64_t interval = rf_container_of(node, struct rf_channel, node)->attr.monitor_interval;

		if (interval && (!least || interval < least))
			least = interval;
	}
	return least;
}

static void take_sample(struct rf_timer *timer);

static bool wants_samples(const struct rf_session *session)
{
	return session->active && !session->destroyed && session->schedule.size && sample_interval(session);
}

static void arm_sample(struct rf_session *session)
{
	const struct rf_client_context *context = session->clock.owner;

	rf_timer_arm(context->loop, &session->clock.sample, interval_of(sample_interval(session)), take_sample);
}

static void have_sample(void *data, int code)
{
	struct rf_session *session = data;

	if (wants_samples(session)) {
		if (code == LTTNG_OK && session->written >= session->clock.next_size && may_rotate(session)) {
			session->clock.next_size = session->written + session->schedule.size;
			rotate(session);
		}
		arm_sample(session);
	}
	rf_session_end_read(session);
}

static void take_sample(struct rf_timer *timer)
{
	struct rf_session *session = session_of(rf_container_of(timer, struct rf_rotation_clock, sample));
	const struct rf_client_context *context = session->clock.owner;

	if (!wants_samples(session))
		return;
	if (!may_rotate(session)) {
		arm_sample(session);
		return;
	}
	rf_session_begin_read(session);
	rf_recording_statistics(context->recorder, session, have_sample, session);
}

void rf_rotation_clock_update(struct rf_client_context *context, struct rf_session *session)
{
	struct rf_rotation_clock *clock = &session->clock;

	clock->owner = context;
	if (!session->schedule.period)
		rf_timer_cancel(&clock->period);
	else if (session->active && !rf_timer_armed(&clock->period))
		rf_timer_arm(context->loop, &clock->period, interval_of(session->schedule.period), period_over);
	if (!wants_samples(session))
		rf_timer_cancel(&clock->sample);
	else if (!rf_timer_armed(&clock->sample))
		arm_sample(session);
}

void rf_rotation_clock_stop(struct rf_session *session)
{
	rf_timer_cancel(&session->clock.period);
	rf_timer_cancel(&session->clock.sample);
}
