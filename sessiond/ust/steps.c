/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/steps.h"

#include "common/log.h"
#include "sessiond/ust/step_event.h"
#include "sessiond/ust/step_list.h"

#include <errno.h>
#include <lttng/ust-ctl.h>
#include <lttng/ust-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int step_version(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)step;
	(void)notifier;
	return lttng_ust_ctl_tracer_version(app->command_sock, &app->version);
}

static int step_create_session(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	int handle = lttng_ust_ctl_create_session(app->command_sock);

	if (handle < 0)
		return handle;
	step->session->handle = handle;
	/* Known to the notify thread before the application can ask anything about it. */
	return rf_notifier_bind_session(notifier, app->id, handle, step->session->trace->registry);
}

static int send_stream(int sock, struct lttng_ust_abi_object_data *channel, struct lttng_ust_abi_object_data *original)
{
	struct lttng_ust_abi_object_data *copy;
	int err = lttng_ust_ctl_duplicate_ust_object_data(&copy, original);

	if (err < 0)
		return err;
	err = lttng_ust_ctl_send_stream_to_ust(sock, channel, copy);
	lttng_ust_ctl_release_object(-1, copy);
	free(copy);
	return err;
}

static int step_send_channel(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	struct rf_app_session *as = step->session;
	const struct rf_trace_channel *buffers;
	struct lttng_ust_abi_object_data *copy;

	if (as->handle < 0)
		return 0;
	/* A failure is ours or the consumer's, and was logged: not this application's. */
	if (rf_ust_trace_channel(as->trace, step->channel_def, &buffers) < 0)
		return 0;
	rf_pool_step_begins();

	int err = lttng_ust_ctl_duplicate_ust_object_data(&copy, buffers->object);

	if (err < 0) {
		rf_error("cannot hand a channel to application %d: %s; raise the limit of open files", app->facts.pid,
			strerror(-err));
		return 0;
	}
	err = lttng_ust_ctl_send_channel_to_ust(app->command_sock, as->handle, copy);
	if (err >= 0)
		err = rf_notifier_bind_channel(
			notifier, app->id, copy->handle, as->trace->registry, buffers->stream_class);
	for (unsigned int i = 0; err >= 0 && i < buffers->stream_count; i++)
		err = send_stream(app->command_sock, copy, buffers->streams[i]);
	if (as->owns_trace)
		rf_ust_trace_channel_used(as->trace, step->channel_def->id);
	if (err < 0) {
		lttng_ust_ctl_release_object(-1, copy);
		free(copy);
		return err;
	}
	step->channel->object = copy;
	return 0;
}

static int step_enable_channel(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return step->channel->object ? lttng_ust_ctl_enable(app->command_sock, step->channel->object) : 0;
}

static int step_disable_channel(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return step->channel->object ? lttng_ust_ctl_disable(app->command_sock, step->channel->object) : 0;
}

static int step_start(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	if (step->session->handle < 0)
		return 0;

	int err = lttng_ust_ctl_start_session(app->command_sock, step->session->handle);

	return err < 0 ? err : lttng_ust_ctl_wait_quiescent(app->command_sock);
}

static int step_stop(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	if (step->session->handle < 0)
		return 0;

	int err = lttng_ust_ctl_stop_session(app->command_sock, step->session->handle);

	return err < 0 ? err : lttng_ust_ctl_wait_quiescent(app->command_sock);
}

static int step_statedump(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return step->session->handle < 0 ? 0
					 : lttng_ust_ctl_regenerate_statedump(app->command_sock, step->session->handle);
}

/* Releases one object in the application if that still answers, and what we hold of it in any case. */
static void release(struct rf_app *app, struct lttng_ust_abi_object_data **object)
{
	if (!*object)
		return;
	rf_pool_step_begins();

	bool dead = atomic_load(&app->actor.dead);
	int err = lttng_ust_ctl_release_object(dead ? -1 : app->command_sock, *object);

	if (err < 0 && !dead && err != -LTTNG_UST_ERR_INVAL)
		atomic_store(&app->actor.dead, true);
	free(*object);
	*object = NULL;
}

static int step_release_session(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	struct rf_app_session *as = step->session;

	rf_list_for_each(channel_node, &as->channels) {
		struct rf_app_channel *channel = rf_container_of(channel_node, struct rf_app_channel, node);

		rf_list_for_each(event_node, &channel->events)
			release(app, &rf_container_of(event_node, struct rf_app_event, node)->object);
		if (channel->object)
			rf_notifier_unbind_channel(notifier, app->id, channel->object->handle);
		release(app, &channel->object);
	}
	if (as->handle < 0)
		return 0;
	rf_notifier_unbind_session(notifier, app->id, as->handle);
	if (atomic_load(&app->actor.dead))
		return 0;

	int err = lttng_ust_ctl_release_handle(app->command_sock, as->handle);

	as->handle = -1;
	return err < 0 ? err : lttng_ust_ctl_wait_quiescent(app->command_sock);
}

static int step_register_done(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)step;
	(void)notifier;
	return lttng_ust_ctl_register_done(app->command_sock);
}

static int step_list(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return rf_step_list(app, step->listing);
}

static int step_add_context(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return step->channel->object ? rf_step_add_context(app, step->channel->object, step->context) : 0;
}

static int step_create_event(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return step->channel->object ? rf_step_create_event(app, step->channel->object, step->rule, step->event) : 0;
}

static int step_enable_event(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	if (!step->event->object)
		return 0;

	int err = lttng_ust_ctl_enable(app->command_sock, step->event->object);

	return err == -LTTNG_UST_ERR_EXIST ? 0 : err;
}

static int step_disable_event(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier)
{
	(void)notifier;
	return step->event->object ? lttng_ust_ctl_disable(app->command_sock, step->event->object) : 0;
}

static const struct {
	const char *what;
	int (*run)(struct rf_app *app, struct rf_step *step, struct rf_notifier *notifier);
	bool cleanup; /* also for an application that is gone: releases what we hold */
} step_table[RF_STEP_KINDS] = {
	[RF_STEP_VERSION] = {"tell its version", step_version, false},
	[RF_STEP_CREATE_SESSION] = {"create a session", step_create_session, false},
	[RF_STEP_SEND_CHANNEL] = {"take a channel", step_send_channel, false},
	[RF_STEP_ADD_CONTEXT] = {"add a context", step_add_context, false},
	[RF_STEP_ENABLE_CHANNEL] = {"enable a channel", step_enable_channel, false},
	[RF_STEP_DISABLE_CHANNEL] = {"disable a channel", step_disable_channel, false},
	[RF_STEP_CREATE_EVENT] = {"create an event rule", step_create_event, false},
	[RF_STEP_ENABLE_EVENT] = {"enable an event rule", step_enable_event, false},
	[RF_STEP_DISABLE_EVENT] = {"disable an event rule", step_disable_event, false},
	[RF_STEP_START] = {"start tracing", step_start, false},
	[RF_STEP_STOP] = {"stop tracing", step_stop, false},
	[RF_STEP_STATEDUMP] = {"dump its state", step_statedump, false},
	[RF_STEP_RELEASE_SESSION] = {"release a session", step_release_session, true},
	[RF_STEP_REGISTER_DONE] = {"end its registration", step_register_done, false},
	[RF_STEP_LIST] = {"list its tracepoints", step_list, false},
};

static bool is_unusable(int err)
{
	switch (err) {
	case -EPIPE:
	case -ECONNRESET:
	case -EBADF:
	case -EAGAIN:
	case -EINVAL:
	case -LTTNG_UST_ERR_EXITING:
		return true;
	default:
		return false;
	}
}

static void give_up(struct rf_app *app, const char *what, int err)
{
	if (atomic_exchange(&app->actor.dead, true))
		return;
	/* An application that left is nobody's fault; one that is silent or talks nonsense is worth a line. */
	if (err == -EAGAIN)
		rf_warning("application %d of uid %u did not %s in time: dropped until it registers again",
			app->facts.pid, app->facts.uid, what);
	else if (err == -EINVAL)
		rf_warning("application %d of uid %u answered wrongly when told to %s: dropped", app->facts.pid,
			app->facts.uid, what);
	shutdown(app->command_sock, SHUT_RDWR);
}

static int run_steps(struct rf_app *app, struct rf_program *base)
{
	struct rf_app_program *program = rf_container_of(base, struct rf_app_program, program);
	int status = 0;

	rf_list_for_each(node, &program->steps) {
		struct rf_step *step = rf_container_of(node, struct rf_step, node);

		if (atomic_load(&app->actor.dead)) {
			status = -EPIPE;
			if (!step_table[step->kind].cleanup)
				continue;
		}
		rf_pool_step_begins();

		int err = step_table[step->kind].run(app, step, program->notifier);

		if (err >= 0)
			continue;
		if (is_unusable(err)) {
			give_up(app, step_table[step->kind].what, err);
			status = -EPIPE;
			continue;
		}
		rf_warning("application %d of uid %u refused to %s (%d)", app->facts.pid, app->facts.uid,
			step_table[step->kind].what, err);
		if (!status)
			status = err;
	}
	return status;
}

static void step_free(struct rf_step *step)
{
	if (step->kind == RF_STEP_SEND_CHANNEL)
		free(step->channel_def);
	else if (step->kind == RF_STEP_ADD_CONTEXT)
		free(step->context);
	else if (step->kind == RF_STEP_CREATE_EVENT && step->rule)
		rf_event_rule_unref(step->rule);
	if (step->session)
		rf_app_session_unref(step->session);
	free(step);
}

void rf_app_program_free(struct rf_app_program *program)
{
	rf_list_for_each_safe(node, tmp, &program->steps)
		step_free(rf_container_of(node, struct rf_step, node));
	free(program);
}

static void program_done(struct rf_program *base, int status)
{
	struct rf_app_program *program = rf_container_of(base, struct rf_app_program, program);

	if (program->finished)
		program->finished(program, status);
	rf_app_program_free(program);
}

struct rf_app_program *rf_app_program_new(
	struct rf_notifier *notifier, void (*finished)(struct rf_app_program *, int), void *data)
{
	struct rf_app_program *program = calloc(1, sizeof(*program));

	if (!program)
		return NULL;
	program->notifier = notifier;
	program->finished = finished;
	program->data = data;
	program->program.run = run_steps;
	program->program.done = program_done;
	rf_list_init(&program->steps);
	rf_list_init(&program->program.node);
	return program;
}

bool rf_app_program_empty(const struct rf_app_program *program)
{
	return !rf_list_linked(&program->steps);
}

struct rf_step *rf_app_program_add(
	struct rf_app_program *program, enum rf_step_kind kind, struct rf_app_session *session)
{
	struct rf_step *step = calloc(1, sizeof(*step));

	if (!step) {
		program->broken = true;
		return NULL;
	}
	step->kind = kind;
	step->session = session ? rf_app_session_ref(session) : NULL;
	program->program.cleanup |= step_table[kind].cleanup;
	rf_list_append(&program->steps, &step->node);
	return step;
}
