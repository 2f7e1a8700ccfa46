/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/log.h"
#include "sessiond/ust/apps.h"
#include "sessiond/ust/parts.h"
#include "sessiond/ust/plan.h"
#include "sessiond/ust/trace_setup.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors that one traced application costs us: two sockets and its channels' wake-up pipes. */
#define FDS_PER_APP 4

bool rf_ust_may_trace(uid_t uid, uid_t app_uid)
{
	return uid == 0 || uid == app_uid;
}

static void app_finished(struct rf_app_program *program, int status)
{
	(void)status; /* an application that failed is left out, the others go on */
	rf_op_release(program->data);
}

struct release {
	struct rf_op *op;
	struct rf_app_session *as;
	bool end_trace; /* per-pid: its trace ends with it */
};

static void released(struct rf_app_program *program, int status)
{
	struct release *release = program->data;

	(void)status;
	if (release->end_trace)
		rf_output_trace_end(release->op->recorder, &release->as->trace->out);
	rf_app_session_unref(release->as);
	rf_op_release(release->op);
	free(release);
}

/* The application gives up the session, as a part of OP. */
static void release_app(struct rf_op *op, struct rf_app_session *as, bool end_trace)
{
	struct release *release = calloc(1, sizeof(*release));
	struct rf_app_program *program = release ? rf_app_program_new(op->recorder->ust->notifier, released, release)
						 : NULL;

	if (!program) {
		free(release);
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	*release = (struct release){.op = op, .as = as, .end_trace = end_trace};
	/* Off the list at once: whoever releases it later must not need the session any more. */
	rf_list_remove(&as->session_node);
	as->session = NULL;
	rf_plan_release(as, program);
	rf_op_hold(op);
	rf_apps_submit(op->recorder->ust, as->app, program);
}

/* Brings one application up to the session, as a part of OP. */
static void update_app(struct rf_op *op, struct rf_app *app)
{
	struct rf_ust_domain *domain = op->recorder->ust;
	struct rf_app_session *as = rf_plan_find(app, op->session->recording);

	if (as && op->session->recording->active && !rf_plan_includes(app, op->session)) {
		release_app(op, as, as->owns_trace);
		return;
	}

	struct rf_app_program *program = rf_app_program_new(domain->notifier, app_finished, op);

	if (!program) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	if (rf_plan_session(domain, app, op->session->recording, program) == -ENOMEM)
		rf_op_fail(op, LTTNG_ERR_NOMEM);
	rf_op_hold(op);
	if (!rf_apps_submit(domain, app, program))
		rf_op_release(op);
}

void rf_ust_begin(struct rf_op *op)
{
	rf_list_for_each(node, &op->recorder->ust->apps) {
		struct rf_app *app = rf_container_of(node, struct rf_app, node);

		if (app->ready)
			update_app(op, app);
	}
}

void rf_ust_prepare(struct rf_recorder *recorder, struct rf_session *session)
{
	struct rf_recording *us = rf_recording_get(recorder, session);

	if (!us)
		return;
	rf_list_for_each(node, &recorder->ust->apps) {
		const struct rf_app *app = rf_container_of(node, struct rf_app, node);
		struct rf_consumer *consumer = NULL;

		if (app->ready && rf_plan_includes(app, session))
			consumer = rf_consumers_get(
				&recorder->consumers, app->facts.uid, (uint8_t)app->facts.layout.abi_bits);
		if (consumer)
			rf_recording_use_consumer(us, consumer);
	}
}

void rf_ust_halt(struct rf_op *op)
{
	struct rf_recording *us = op->session->recording;

	rf_list_for_each(node, &us->app_sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, session_node);

		if (!as->app->gone && !as->released)
			update_app(op, as->app);
	}
}

static void bring_up_to_date(struct rf_op *op)
{
	if (op->session->recording && op->session->recording->active)
		rf_ust_begin(op);
}

void rf_ust_update(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	rf_op_start(recorder, session, sizeof(struct rf_op), bring_up_to_date, done, data);
}

void rf_ust_release(struct rf_op *op)
{
	struct rf_recording *us = op->session->recording;

	rf_list_for_each_safe(node, tmp, &us->app_sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, session_node);

		if (as->released) {
			rf_list_remove(&as->session_node);
			as->session = NULL;
		} else {
			release_app(op, as, false);
		}
	}
}

struct rf_ust_domain *rf_ust_domain_create(
	struct rf_recorder *recorder, int apps_sock, bool rootless, uint32_t timeout_ms)
{
	struct rf_ust_domain *domain = calloc(1, sizeof(*domain));
	struct rlimit files = {.rlim_cur = 1024};

	if (!domain)
		return NULL;
	rf_ust_trace_init();
	getrlimit(RLIMIT_NOFILE, &files);
	domain->recorder = recorder;
	domain->loop = recorder->loop;
	domain->next_app_id = 1;
	domain->owner = rootless ? getuid() : (uid_t)-1;
	domain->timeout_ms = timeout_ms;
	domain->app_limit = (unsigned int)(files.rlim_cur / 4 * 3 / FDS_PER_APP);
	rf_list_init(&domain->apps);
	domain->notifier = rf_notifier_create();
	domain->pool = domain->notifier ? rf_pool_create(domain->loop, timeout_ms * RF_MS) : NULL;
	if (!domain->pool ||
		rf_registration_init(&domain->registration, domain->loop, apps_sock, rf_apps_registered, domain) < 0) {
		rf_error("cannot set up the user-space domain");
		return NULL;
	}
	return domain;
}

void rf_ust_domain_destroy(struct rf_ust_domain *domain)
{
	rf_registration_fini(&domain->registration);
	rf_list_for_each_safe(node, tmp, &domain->apps)
		rf_apps_leave(domain, rf_container_of(node, struct rf_app, node));
	rf_pool_destroy(domain->pool);
	rf_notifier_destroy(domain->notifier);
	free(domain);
}
