/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's half of the recorder in fake_ust.h. */
#include "tests/unit/fake_ust.h"

#include <lttng/lttng-error.h>

static char text[] = "sched_switch\0irq_handler_entry";
static size_t offsets[] = {0, sizeof("sched_switch")};
static uint8_t sizes[] = {3, 1};

static const struct rf_kernel_names tracepoints = {.text = text, .offsets = offsets, .count = 2};
static const struct rf_kernel_names syscalls = {.text = text, .offsets = offsets, .flags = sizes, .count = 2};
static const struct rf_kernel_names none;

bool rf_kernel_may_trace(const struct rf_recorder *recorder, uid_t uid)
{
	return uid == 0 || uid == recorder->kernel_uid;
}

bool rf_kernel_ready(const struct rf_recorder *recorder)
{
	return recorder->kernel_ready;
}

/* What the real domain does besides. */
void fake_kernel_complete(struct rf_recorder *recorder, const struct fake_pending *what, int code)
{
	recorder->kernel_ready |= code == LTTNG_OK;
	if (what->probe && code == LTTNG_OK) {
		what->probe->place_count = 1;
		what->probe->places[0] = 0x1234;
	}
	if (what->names_done)
		what->names_done(what->data, code,
			code != LTTNG_OK         ? &none
				: what->syscalls ? &syscalls
						 : &tracepoints);
	else
		what->done(what->data, code);
}

void rf_kernel_look(struct rf_recorder *recorder, rf_done_fn done, void *data)
{
	fake_ask(recorder, &(struct fake_pending){.kind = FAKE_LOOK, .done = done, .data = data});
}

void rf_kernel_list(struct rf_recorder *recorder, bool list_syscalls, rf_kernel_list_fn done, void *data)
{
	fake_ask(recorder,
		&(struct fake_pending){
			.kind = FAKE_KERNEL_LIST, .names_done = done, .syscalls = list_syscalls, .data = data});
}

void rf_kernel_find_places(struct rf_recorder *recorder, struct rf_user_probe *probe, rf_done_fn done, void *data)
{
	fake_ask(
		recorder, &(struct fake_pending){.kind = FAKE_FIND_PLACES, .probe = probe, .done = done, .data = data});
}

static void ask(struct rf_recorder *recorder, enum fake_request kind, struct rf_session *session, rf_done_fn done,
	void *data, struct fake_kernel_request request)
{
	recorder->kernel = request;
	fake_ask(recorder, &(struct fake_pending){.kind = kind, .session = session, .done = done, .data = data});
}

void rf_kernel_add_channel(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	rf_done_fn done, void *data)
{
	ask(recorder, FAKE_ADD_CHANNEL, session, done, data, (struct fake_kernel_request){.channel = channel->id});
}

void rf_kernel_drop_channel(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	rf_done_fn done, void *data)
{
	ask(recorder, FAKE_DROP_CHANNEL, session, done, data, (struct fake_kernel_request){.channel = channel->id});
}

void rf_kernel_enable_channel(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_channel *channel, bool on, rf_done_fn done, void *data)
{
	ask(recorder, FAKE_ENABLE_CHANNEL, session, done, data,
		(struct fake_kernel_request){.channel = channel->id, .on = on});
}

void rf_kernel_add_rule(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_channel_rule *rule, rf_done_fn done, void *data)
{
	ask(recorder, FAKE_ADD_RULE, session, done, data,
		(struct fake_kernel_request){.channel = channel->id, .rule = rule->id, .on = true});
}

void rf_kernel_enable_rule(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_channel_rule *rule, bool on, rf_done_fn done, void *data)
{
	ask(recorder, FAKE_ENABLE_RULE, session, done, data,
		(struct fake_kernel_request){.channel = channel->id, .rule = rule->id, .on = on});
}

void rf_kernel_add_context(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_context *context, rf_done_fn done, void *data)
{
	ask(recorder, FAKE_ADD_CONTEXT, session, done, data,
		(struct fake_kernel_request){.channel = channel->id, .context = context->type});
}

void rf_kernel_track(struct rf_recorder *recorder, struct rf_session *session, enum rf_tracker_kind kind,
	rf_done_fn done, void *data)
{
	ask(recorder, FAKE_TRACK, session, done, data, (struct fake_kernel_request){.tracker = kind});
}
