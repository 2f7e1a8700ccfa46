/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/kernel_service.h"

#include "common/log.h"
#include "policy/broker/forked.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/reaped.h"
#include "policy/broker/tracefs_instance.h"
#include "policy/broker/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Which file of lttng-modules that is: with them the kernel makes a new one. All zero: there is none. */
struct modules_file {
	ino_t number;
	struct timespec made;
};

struct rf_kernel_worker {
	struct rf_list node; /* in rf_kernel_service.workers */
	struct rf_broker *broker;
	pid_t pid; /* -1: reaped */
	struct rf_link link;
	struct rf_list passed;
	struct modules_file modules; /* the one that it can reach */
};

int rf_kernel_service_new(struct rf_broker *broker, int tracefs, enum rf_tracer_choice choice)
{
	struct rf_kernel_service *service = calloc(1, sizeof(*service));

	if (!service)
		return -ENOMEM;
	service->tracefs = tracefs;
	service->choice = choice;
	rf_list_init(&service->workers);
	rf_list_init(&service->grants);
	broker->kernel_service = service;
	return 0;
}

static struct rf_kernel_grant *find(struct rf_kernel_service *service, uint32_t id)
{
	rf_list_for_each(node, &service->grants) {
		struct rf_kernel_grant *grant = rf_container_of(node, struct rf_kernel_grant, node);

		if (grant->id == id)
			return grant;
	}
	return NULL;
}

bool rf_kernel_has(struct rf_broker *broker, uint32_t id)
{
	return broker->kernel_service && find(broker->kernel_service, id);
}

struct rf_kernel_grant *rf_kernel_find(struct rf_broker *broker, uint32_t id)
{
	struct rf_kernel_grant *grant = broker->kernel_service ? find(broker->kernel_service, id) : NULL;

	return grant && grant->made ? grant : NULL;
}

int rf_kernel_grant(struct rf_broker *broker, uint32_t id, uint32_t consumer)
{
	struct rf_kernel_service *service = broker->kernel_service;
	struct rf_kernel_grant *grant;

	if (!service)
		return -EPERM;
	if (service->grant_count >= RF_INSTANCES_MAX)
		return -EUSERS;
	grant = calloc(1, sizeof(*grant));
	if (!grant)
		return -ENOMEM;
	grant->id = id;
	grant->consumer = consumer;
	rf_list_append(&service->grants, &grant->node);
	service->grant_count++;
	return 0;
}

void rf_kernel_revoke(struct rf_broker *broker, struct rf_kernel_grant *grant)
{
	rf_list_remove(&grant->node);
	broker->kernel_service->grant_count--;
	free(grant);
}

void rf_kernel_ungrant(struct rf_broker *broker, uint32_t id)
{
	struct rf_kernel_grant *grant = find(broker->kernel_service, id);

	if (grant && !grant->made)
		rf_kernel_revoke(broker, grant);
}

static void revoke_all(struct rf_broker *broker)
{
	rf_list_for_each_safe(node, tmp, &broker->kernel_service->grants)
		rf_kernel_revoke(broker, rf_container_of(node, struct rf_kernel_grant, node));
}

/* The worker answers in order: it is the oldest that was not made. */
static void made(struct rf_broker *broker, bool ok)
{
	rf_list_for_each(node, &broker->kernel_service->grants) {
		struct rf_kernel_grant *grant = rf_container_of(node, struct rf_kernel_grant, node);

		if (grant->made)
			continue;
		if (ok)
			grant->made = true;
		else
			rf_kernel_revoke(broker, grant);
		return;
	}
}

static void answered(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_kernel_worker *worker = link->owner;
	struct rf_passed *first = rf_container_of(worker->passed.next, struct rf_passed, node);

	if (!rf_list_linked(&worker->passed))
		return;
	if (first->type == RF_BROKER_MAKE_INSTANCE && worker->broker->kernel_service->current == worker)
		made(worker->broker, frame->status >= 0);
	rf_passed_answer(first, "", frame->status, frame->body.base, frame->body.size, frame->fds, frame->fd_count);
}

/* Nothing that it is asked reaches it any more, and what it made is going. */
static void retire(struct rf_kernel_worker *worker)
{
	struct rf_kernel_service *service = worker->broker->kernel_service;

	if (service->current != worker)
		return;
	service->current = NULL;
	revoke_all(worker->broker);
}

static void gone(struct rf_link *link, int status)
{
	struct rf_kernel_worker *worker = link->owner;
	struct rf_broker *broker = worker->broker;

	(void)status;
	if (broker->kernel_service->current == worker)
		rf_audit("op=worker kind=kernel result=lost");
	retire(worker);
	while (rf_list_linked(&worker->passed))
		rf_passed_answer(
			rf_container_of(worker->passed.next, struct rf_passed, node), "", -EIO, NULL, 0, NULL, 0);
	rf_list_remove(&worker->node);
	rf_link_fini(&worker->link);
	free(worker);
	rf_lifecycle_worker_over(broker);
}

static _Noreturn void become_worker(int sock, const struct rf_kernel_service *service, pid_t broker)
{
	if (rf_forked_begin(sock, service->tracefs, broker) < 0)
		_exit(EXIT_FAILURE);
	rf_kernel_worker_run(RF_BROKER_FD, service->tracefs < 0 ? -1 : RF_FORKED_KEPT_FD, service->choice, broker);
}

static struct modules_file find_modules(void)
{
	struct stat st;

	if (stat(RF_MODULES_FILE, &st) < 0)
		return (struct modules_file){0};
	return (struct modules_file){.number = st.st_ino, .made = st.st_mtim};
}

static bool is_same(const struct modules_file *one, const struct modules_file *other)
{
	return one->number == other->number && one->made.tv_sec == other->made.tv_sec &&
		one->made.tv_nsec == other->made.tv_nsec;
}

/* Modules that were loaded after the worker locked itself in are for another one to open, if this one has made nothing.
 */
static void renew(struct rf_broker *broker)
{
	const struct rf_kernel_service *service = broker->kernel_service;
	const struct modules_file now = find_modules();

	if (service->current && !rf_list_linked(&service->grants) && !is_same(&service->current->modules, &now))
		rf_kernel_end(broker);
}

int rf_kernel_start(struct rf_broker *broker)
{
	struct rf_kernel_service *service = broker->kernel_service;
	struct rf_kernel_worker *worker;
	pid_t self = getpid();
	int sock;

	if (!service)
		return -EPERM;
	if (service->current)
		return 0;
	worker = calloc(1, sizeof(*worker));
	if (!worker)
		return -ENOMEM;
	worker->broker = broker;
	worker->modules = find_modules();
	rf_list_init(&worker->passed);
	worker->pid = rf_forked_start(broker->loop, &worker->link, answered, gone, worker, &sock);
	if (worker->pid == 0)
		become_worker(sock, service, self);
	if (worker->pid < 0) {
		int err = worker->pid;

		free(worker);
		return err;
	}
	rf_list_append(&service->workers, &worker->node);
	service->current = worker;
	rf_audit("op=start program=rf-kernel pid=%d uid=0 gid=0 result=granted", (int)worker->pid);
	return 0;
}

int rf_kernel_pass(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame, struct rf_writer *body,
	int fd, const char *op, const char *object)
{
	struct rf_kernel_worker *worker;
	struct rf_passed *passed;
	int err;

	if (broker->kernel_service && frame->type == RF_BROKER_KERNEL_OPEN)
		renew(broker);
	err = rf_kernel_start(broker);
	passed = err < 0 ? NULL : rf_passed_new(peer, frame, op, object);
	if (!passed) {
		rf_writer_free(body);
		return err < 0 ? err : -ENOMEM;
	}
	worker = broker->kernel_service->current;
	err = rf_link_send_writer(&worker->link, frame->type, frame->serial, 0, body, &fd, fd < 0 ? 0 : 1);
	if (err < 0)
		free(passed);
	else
		rf_list_append(&worker->passed, &passed->node);
	return err;
}

void rf_kernel_end(struct rf_broker *broker)
{
	struct rf_kernel_worker *worker = broker->kernel_service ? broker->kernel_service->current : NULL;

	if (!worker)
		return;
	retire(worker);
	/* A message, since it comes after all that may still wait in the link's queue. */
	rf_link_send(&worker->link, RF_WORKER_END, 0, 0, NULL, 0, NULL, 0);
}

bool rf_kernel_ended(const struct rf_broker *broker)
{
	return !broker->kernel_service || !rf_list_linked(&broker->kernel_service->workers);
}

void rf_kernel_forget_peer(struct rf_broker *broker, const struct rf_peer *peer)
{
	if (!broker->kernel_service)
		return;
	rf_list_for_each(node, &broker->kernel_service->workers)
		rf_passed_forget_peer(&rf_container_of(node, struct rf_kernel_worker, node)->passed, peer);
}

bool rf_kernel_reap(struct rf_broker *broker, pid_t pid, int status)
{
	if (!broker->kernel_service)
		return false;
	rf_list_for_each(node, &broker->kernel_service->workers) {
		struct rf_kernel_worker *worker = rf_container_of(node, struct rf_kernel_worker, node);

		if (worker->pid != pid)
			continue;
		(void)rf_audit_killed(status, "op=end program=rf-kernel pid=%d", (int)pid);
		worker->pid = -1; /* its hang-up frees it */
		return true;
	}
	return false;
}
