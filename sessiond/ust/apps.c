/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/apps.h"

#include "common/log.h"
#include "sessiond/ust/plan.h"
#include "sessiond/ust/trace_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

bool rf_apps_submit(struct rf_ust_domain *domain, struct rf_app *app, struct rf_app_program *program)
{
	if (rf_app_program_empty(program)) {
		rf_app_program_free(program);
		return false;
	}
	rf_pool_submit(domain->pool, app, &program->program);
	return true;
}

/* The last program of an application: everything it held was released by it, so the loop's parts may go. */
static void left(struct rf_app_program *program, int status)
{
	struct rf_app *app = program->program.app;

	(void)status;
	rf_list_for_each_safe(node, tmp, &app->sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, app_node);

		/* One that is released already has its own program to drop it. */
		if (program->data != as->released_by)
			continue;
		if (as->owns_trace && as->session)
			rf_output_trace_end(app->domain->recorder, &as->trace->out);
		rf_app_session_unref(as);
	}
	rf_app_unref(app);
}

void rf_apps_leave(struct rf_ust_domain *domain, struct rf_app *app)
{
	if (app->gone)
		return;
	app->gone = true;
	atomic_store(&app->actor.dead, true);
	rf_watch_remove(&app->hang_up);
	/* Ends a command that waits for an answer. */
	shutdown(app->command_sock, SHUT_RDWR);
	rf_notifier_remove_app(domain->notifier, app->id);
	rf_list_remove(&app->node);
	domain->app_count--;

	struct rf_app_program *program = rf_app_program_new(domain->notifier, left, app);

	if (!program) {
		rf_error("no memory to clean up after application %d", app->facts.pid);
		return;
	}
	rf_list_for_each(node, &app->sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, app_node);

		if (as->released)
			continue;
		rf_plan_release(as, program);
		as->released_by = app;
	}
	program->program.cleanup = true;
	rf_pool_submit(domain->pool, app, &program->program);
}

static void hung_up(struct rf_watch *watch, uint32_t events)
{
	struct rf_app *app = rf_container_of(watch, struct rf_app, hang_up);

	(void)events;
	rf_debug("application %d of uid %u left", app->facts.pid, app->facts.uid);
	rf_apps_leave(app->domain, app);
}

/* Its version is known: give it what the active sessions want, then let it go on with its start-up. */
static void version_known(struct rf_app_program *program, int status)
{
	struct rf_app *app = program->program.app;
	struct rf_ust_domain *domain = app->domain;

	if (app->gone || status < 0)
		return;
	app->ready = true;

	struct rf_app_program *setup = rf_app_program_new(domain->notifier, NULL, NULL);

	if (!setup)
		return;
	rf_list_for_each(node, &domain->recorder->recordings) {
		struct rf_recording *us = rf_container_of(node, struct rf_recording, node);

		if (us->active)
			rf_plan_session(domain, app, us, setup);
	}
	rf_app_program_add(setup, RF_STEP_REGISTER_DONE, NULL);
	rf_apps_submit(domain, app, setup);
}

/* The command socket is used blocking, with the time-out in both directions. */
static int prepare_command_sock(int sock, uint32_t timeout_ms)
{
	const struct timeval wait = {.tv_sec = timeout_ms / 1000, .tv_usec = (timeout_ms % 1000) * 1000};
	int flags = fcntl(sock, F_GETFL);

	if (flags < 0 || fcntl(sock, F_SETFL, flags & ~O_NONBLOCK) < 0 ||
		setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0 ||
		setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0)
		return -errno;
	return 0;
}

static int welcome(struct rf_ust_domain *domain, struct rf_app *app, int notify_sock)
{
	int err = rf_watch_add(domain->loop, &app->hang_up, app->command_sock, EPOLLRDHUP, hung_up);

	if (!err)
		err = rf_notifier_add_app(domain->notifier, app->id, notify_sock, app->facts.uid);
	else
		close(notify_sock);

	struct rf_app_program *program = err ? NULL : rf_app_program_new(domain->notifier, version_known, NULL);

	if (!err && !program)
		err = -ENOMEM;
	if (err < 0)
		return err;
	rf_app_program_add(program, RF_STEP_VERSION, NULL);
	rf_apps_submit(domain, app, program);
	return 0;
}

/*
 * Descriptors are shared by everybody: all applications together leave a quarter of them, one uid leaves half, but for
 * who has the daemon to itself.
 */
static bool room_for_app(struct rf_ust_domain *domain, uid_t uid)
{
	if (domain->app_count < domain->app_limit / 2)
		return true;
	if (domain->app_count >= domain->app_limit)
		return false;
	if (uid == domain->owner)
		return true;

	unsigned int same_uid = 0;

	rf_list_for_each(node, &domain->apps)
		same_uid += rf_container_of(node, struct rf_app, node)->facts.uid == uid;
	return same_uid < domain->app_limit / 2;
}

void rf_apps_registered(void *data, const struct rf_app_facts *facts, int command_sock, int notify_sock)
{
	struct rf_ust_domain *domain = data;
	struct rf_app *app = NULL;
	unsigned int untold;

	if (!room_for_app(domain, facts->uid)) {
		if (rf_complaint_worth_a_line(&domain->too_many, facts->uid, &untold))
			rf_warning("application %d of uid %u refused: too many applications for the limit of open "
				   "files (%u more of that uid before)",
				facts->pid, facts->uid, untold);
	} else if (prepare_command_sock(command_sock, domain->timeout_ms) == 0) {
		app = rf_app_new(domain->next_app_id++, facts, command_sock);
	}
	if (!app) {
		close(command_sock);
		close(notify_sock);
		return;
	}
	app->domain = domain;
	rf_list_append(&domain->apps, &app->node);
	domain->app_count++;
	rf_debug("application %d of uid %u registered", facts->pid, facts->uid);

	int err = welcome(domain, app, notify_sock);

	if (err < 0) {
		rf_error("cannot serve application %d: %s", facts->pid, strerror(-err));
		rf_apps_leave(domain, app);
	}
}
