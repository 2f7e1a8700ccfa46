/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/plan.h"

#include "sessiond/ust/trace_setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rf_app_session *rf_plan_find(struct rf_app *app, struct rf_recording *us)
{
	/* By application: it has few sessions, a session has many applications. */
	rf_list_for_each(node, &app->sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, app_node);

		if (as->session == us && !as->released)
			return as;
	}
	return NULL;
}

bool rf_plan_includes(const struct rf_app *app, const struct rf_session *session)
{
	return rf_list_linked(&session->ust.channels) && rf_ust_may_trace(session->uid, app->facts.uid) &&
		rf_tracker_includes(&session->ust.trackers[RF_TRACKER_VPID], (uint32_t)app->facts.pid) &&
		rf_tracker_includes(&session->ust.trackers[RF_TRACKER_VUID], app->facts.uid) &&
		rf_tracker_includes(&session->ust.trackers[RF_TRACKER_VGID], app->facts.gid);
}

static void plan_contexts(struct rf_app_program *program, struct rf_app_session *as, struct rf_app_channel *ac,
	const struct rf_channel *channel)
{
	rf_list_for_each(node, &channel->contexts) {
		const struct rf_context *context = rf_container_of(node, struct rf_context, node);
		struct rf_step *step = rf_app_program_add(program, RF_STEP_ADD_CONTEXT, as);

		if (!step)
			return;
		step->channel = ac;
		step->context = malloc(sizeof(*context));
		if (step->context)
			memcpy(step->context, context, sizeof(*context));
		else
			program->broken = true;
	}
}

static struct rf_app_channel *plan_new_channel(
	struct rf_app_program *program, struct rf_app_session *as, const struct rf_channel *channel)
{
	struct rf_app_channel *ac = rf_app_session_add_channel(as, channel->id);
	struct rf_step *step = ac ? rf_app_program_add(program, RF_STEP_SEND_CHANNEL, as) : NULL;

	if (!step)
		return NULL;
	step->channel = ac;
	step->channel_def = calloc(1, sizeof(*step->channel_def));
	if (!step->channel_def)
		return NULL;
	*step->channel_def = rf_channel_def_of(channel);
	plan_contexts(program, as, ac, channel);
	return ac;
}

static bool plan_rule(struct rf_app_program *program, struct rf_app_session *as, struct rf_app_channel *ac,
	const struct rf_channel_rule *rule)
{
	struct rf_app_event *event = rf_app_channel_find_event(ac, rule->id);
	struct rf_step *step;

	if (!event) {
		event = rf_app_channel_add_event(ac, rule->id);
		step = event ? rf_app_program_add(program, RF_STEP_CREATE_EVENT, as) : NULL;
		if (!step)
			return false;
		step->channel = ac;
		step->event = event;
		step->rule = rf_event_rule_ref(rule->rule);
	}
	if (event->enabled == rule->enabled)
		return true;
	step = rf_app_program_add(program, rule->enabled ? RF_STEP_ENABLE_EVENT : RF_STEP_DISABLE_EVENT, as);
	if (!step)
		return false;
	step->channel = ac;
	step->event = event;
	event->enabled = rule->enabled;
	return true;
}

static int plan_channel(struct rf_app_program *program, struct rf_app_session *as, const struct rf_channel *channel)
{
	struct rf_app_channel *ac = rf_app_session_find_channel(as, channel->id);

	if (!ac)
		ac = plan_new_channel(program, as, channel);
	if (!ac)
		return -ENOMEM;
	rf_list_for_each(node, &channel->rules)
		if (!plan_rule(program, as, ac, rf_container_of(node, struct rf_channel_rule, node)))
			return -ENOMEM;
	if (ac->enabled == channel->enabled)
		return 0;

	struct rf_step *step = rf_app_program_add(
		program, channel->enabled ? RF_STEP_ENABLE_CHANNEL : RF_STEP_DISABLE_CHANNEL, as);

	if (!step)
		return -ENOMEM;
	step->channel = ac;
	ac->enabled = channel->enabled;
	return 0;
}

/* The application enters the session: its trace, and the session object on its side. */
static struct rf_app_session *plan_new_session(
	struct rf_ust_domain *domain, struct rf_app *app, struct rf_recording *us, struct rf_app_program *program)
{
	struct rf_ust_trace *trace = rf_trace_setup(domain, us, app);

	if (!trace)
		return NULL;

	struct rf_app_session *as = rf_app_session_new(app, trace);

	if (!as) {
		rf_ust_trace_unref(trace);
		return NULL;
	}
	as->session = us;
	as->owns_trace = us->session->scheme == RF_BUFFERS_PER_PID;
	rf_list_append(&us->app_sessions, &as->session_node);
	rf_app_program_add(program, RF_STEP_CREATE_SESSION, as);
	return as;
}

int rf_plan_session(
	struct rf_ust_domain *domain, struct rf_app *app, struct rf_recording *us, struct rf_app_program *program)
{
	struct rf_session *session = us->session;
	struct rf_app_session *as = rf_plan_find(app, us);

	if (!us->active) {
		if (as && as->started) {
			as->started = false;
			rf_app_program_add(program, RF_STEP_STOP, as);
		}
		return program->broken ? -ENOMEM : 0;
	}
	if (!rf_plan_includes(app, session))
		return 0;
	if (!as)
		as = plan_new_session(domain, app, us, program);
	if (!as)
		return -ENOENT; /* said by the trace's set-up */

	int err = 0;

	rf_list_for_each(node, &session->ust.channels) {
		err = plan_channel(program, as, rf_container_of(node, struct rf_channel, node));
		if (err < 0)
			break;
	}
	if (!as->started) {
		as->started = true;
		rf_app_program_add(program, RF_STEP_START, as);
	}
	return program->broken ? -ENOMEM : err;
}

void rf_plan_release(struct rf_app_session *as, struct rf_app_program *program)
{
	if (as->released)
		return;
	as->released = true;
	rf_app_program_add(program, RF_STEP_RELEASE_SESSION, as);
}
