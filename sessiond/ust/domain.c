/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/log.h"
#include "sessiond/ust/apps.h"
#include "sessiond/ust/chunks.h"
#include "sessiond/ust/op.h"
#include "sessiond/ust/output.h"
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
		rf_trace_end(release->op->domain, release->as->trace);
	rf_app_session_unref(release->as);
	rf_op_release(release->op);
	free(release);
}

/* The application gives up the session, as a part of OP. */
static void release_app(struct rf_op *op, struct rf_app_session *as, bool end_trace)
{
	struct release *release = calloc(1, sizeof(*release));
	struct rf_app_program *program = release ? rf_app_program_new(op->domain->notifier, released, release) : NULL;

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
	rf_apps_submit(op->domain, as->app, program);
}

/* Brings one application up to the session, as a part of OP. */
static void update_app(struct rf_op *op, struct rf_app *app)
{
	struct rf_ust_domain *domain = op->domain;
	struct rf_app_session *as = rf_plan_find(app, op->session->ust);

	if (as && op->session->ust->active && !rf_plan_includes(app, op->session)) {
		release_app(op, as, as->owns_trace);
		return;
	}

	struct rf_app_program *program = rf_app_program_new(domain->notifier, app_finished, op);

	if (!program) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	if (rf_plan_session(domain, app, op->session->ust, program) == -ENOMEM)
		rf_op_fail(op, LTTNG_ERR_NOMEM);
	rf_op_hold(op);
	if (!rf_apps_submit(domain, app, program))
		rf_op_release(op);
}

static void update_all(struct rf_op *op)
{
	rf_list_for_each(node, &op->domain->apps) {
		struct rf_app *app = rf_container_of(node, struct rf_app, node);

		if (app->ready)
			update_app(op, app);
	}
}

void rf_ust_begin_tracing(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;

	us->active = true;
	rf_list_for_each(node, &us->consumers)
		rf_consumer_send_id(rf_container_of(node, struct rf_session_consumer, node)->consumer,
			RF_CONSUMER_RESUME_SESSION, op->session->id);
	update_all(op);
}

/* NULL without memory. */
static struct rf_ust_session *get_session(struct rf_ust_domain *domain, struct rf_session *session)
{
	if (!session->ust && rf_ust_session_new(session))
		rf_list_append(&domain->sessions, &session->ust->node);
	return session->ust;
}

void rf_ust_prepare(struct rf_ust_domain *domain, struct rf_session *session)
{
	struct rf_ust_session *us = get_session(domain, session);

	if (!us)
		return;
	rf_list_for_each(node, &domain->apps) {
		const struct rf_app *app = rf_container_of(node, struct rf_app, node);
		struct rf_consumer *consumer = NULL;

		if (app->ready && rf_plan_includes(app, session))
			consumer = rf_consumers_get(&domain->consumers, app->facts.uid, (uint8_t)app->facts.abi_bits);
		if (consumer)
			rf_ust_session_use_consumer(us, consumer);
	}
}

static void begin_if_made(struct rf_op *op)
{
	if (op->code == LTTNG_OK)
		rf_ust_begin_tracing(op);
}

static void make_output(struct rf_op *op)
{
	struct rf_session *session = op->session;

	op->next = begin_if_made;
	if (get_session(op->domain, session))
		rf_output_begin(op);
	else
		rf_op_fail(op, LTTNG_ERR_NOMEM);
}

void rf_ust_start(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_op_start(domain, session, sizeof(struct rf_op), make_output, done, data);
}

static void consumer_finished(void *data, int status, struct rf_reader *body)
{
	(void)body;
	(void)status; /* a consumer that died has said so */
	rf_op_release(data);
}

static void ask_consumers(struct rf_op *op, uint32_t request)
{
	struct rf_ust_session *us = op->session->ust;

	rf_list_for_each(node, &us->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		rf_op_hold(op);
		if (rf_consumer_command(sc->consumer, request, op->session->id, consumer_finished, op) < 0)
			rf_op_release(op);
	}
}

static void flush_buffers(struct rf_op *op)
{
	ask_consumers(op, RF_CONSUMER_FLUSH_SESSION);
}

void rf_ust_stop_applications(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;

	us->active = false;
	rf_list_for_each(node, &us->app_sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, session_node);

		if (!as->app->gone && !as->released)
			update_app(op, as->app);
	}
}

static void stop_tracing(struct rf_op *op)
{
	if (!op->session->ust)
		return;
	rf_ust_stop_applications(op);
	op->next = flush_buffers;
}

void rf_ust_stop(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_op_start(domain, session, sizeof(struct rf_op), stop_tracing, done, data);
}

static void bring_up_to_date(struct rf_op *op)
{
	if (op->session->ust && op->session->ust->active)
		update_all(op);
}

void rf_ust_update(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_op_start(domain, session, sizeof(struct rf_op), bring_up_to_date, done, data);
}

static void forget_session(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;

	rf_output_end(op->domain, us);
	rf_ust_session_free(us);
}

/* A session that was ever rotated leaves nothing but archives. */
static void archive_rest(struct rf_op *op)
{
	struct rf_session *session = op->session;

	op->next = forget_session;
	if (!session->rotation.ever || !session->chunk.there)
		return;
	session->rotation.at_destroy = true;
	session->rotation.state = RF_ROTATION_ERROR; /* until it is archived */
	session->rotation.number = session->chunk.number;
	rf_output_retire(op->domain, session->ust, &session->chunk);
	rf_output_archive(op, &session->chunk, time(NULL));
}

static void end_traces(struct rf_op *op)
{
	ask_consumers(op, RF_CONSUMER_DESTROY_SESSION);
	op->next = archive_rest;
}

static void release_apps(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;

	if (!us)
		return;
	us->active = false;
	rf_list_for_each_safe(node, tmp, &us->app_sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, session_node);

		if (as->released) {
			rf_list_remove(&as->session_node);
			as->session = NULL;
		} else {
			release_app(op, as, false);
		}
	}
	op->next = end_traces;
}

static void wait_for_rotation(struct rf_op *op)
{
	op->next = release_apps;
	rf_chunks_wait_for_rotation(op);
}

void rf_ust_destroy(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_op_start(domain, session, sizeof(struct rf_op), wait_for_rotation, done, data);
}

struct rf_ust_domain *rf_ust_domain_create(
	struct rf_loop *loop, struct rf_broker_client *broker, int apps_sock, uint32_t timeout_ms, const char *hostname)
{
	struct rf_ust_domain *domain = calloc(1, sizeof(*domain));
	struct rlimit files = {.rlim_cur = 1024};

	if (!domain)
		return NULL;
	rf_ust_trace_init();
	getrlimit(RLIMIT_NOFILE, &files);
	domain->loop = loop;
	domain->broker = broker;
	domain->next_app_id = 1;
	domain->timeout_ms = timeout_ms;
	domain->app_limit = (unsigned int)(files.rlim_cur / 4 * 3 / FDS_PER_APP);
	strncpy(domain->hostname, hostname, sizeof(domain->hostname) - 1);
	rf_list_init(&domain->apps);
	rf_list_init(&domain->sessions);
	rf_list_init(&domain->ending);
	rf_consumers_init(&domain->consumers, loop, broker);
	domain->consumers.on_trace_ended = rf_trace_ended;
	domain->consumers.on_died = rf_trace_consumer_died;
	domain->consumers.owner = domain;
	domain->notifier = rf_notifier_create();
	domain->pool = domain->notifier ? rf_pool_create(loop, timeout_ms * RF_MS) : NULL;
	if (!domain->pool ||
		rf_registration_init(&domain->registration, loop, apps_sock, rf_apps_registered, domain) < 0) {
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
	rf_consumers_fini(&domain->consumers);
	free(domain);
}
