/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/modules.h"

#include "common/log.h"
#include "policy/broker/kernel_service.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/module_helper.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Then whoever waits goes on without. */
#define PATIENCE (20 * RF_SECOND)

static void pass_on(struct rf_broker *broker, struct rf_passed *passed)
{
	const struct rf_frame frame = {.type = passed->type, .serial = passed->serial};
	struct rf_writer w;
	int err = 0;

	if (passed->peer) {
		rf_frame_body(&w);
		err = rf_kernel_pass(broker, passed->peer, &frame, &w, -1, passed->op, passed->object);
	}
	if (err < 0) {
		rf_passed_answer(passed, "", err, NULL, 0, NULL, 0);
		return;
	}
	rf_list_remove(&passed->node);
	free(passed);
}

static void release(struct rf_modules *modules)
{
	modules->asked = false;
	rf_timer_cancel(&modules->deadline);
	while (rf_list_linked(&modules->waiting))
		pass_on(modules->broker, rf_container_of(modules->waiting.next, struct rf_passed, node));
}

static void answered(struct rf_link *link, struct rf_frame *frame)
{
	(void)frame;
	release(link->owner);
}

static void gone(struct rf_link *link, int status)
{
	struct rf_modules *modules = link->owner;

	(void)status;
	modules->linked = false;
	rf_link_close(link);
	release(modules);
	rf_lifecycle_worker_over(modules->broker);
}

static void too_late(struct rf_timer *timer)
{
	rf_warning("loading the kernel tracer's modules takes long; going on without");
	release(rf_container_of(timer, struct rf_modules, deadline));
}

int rf_modules_attach(struct rf_broker *broker, int sock)
{
	struct rf_modules *modules = calloc(1, sizeof(*modules));
	int err;

	if (!modules)
		return -ENOMEM;
	modules->broker = broker;
	rf_list_init(&modules->waiting);
	err = rf_link_init(&modules->link, sock, answered, gone, modules);
	if (!err)
		err = rf_link_attach(&modules->link, broker->loop);
	if (err < 0) {
		rf_link_fini(&modules->link);
		free(modules);
		return err;
	}
	modules->linked = true;
	broker->modules = modules;
	return 0;
}

bool rf_modules_wait(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame, const char *op,
	const char *object)
{
	struct rf_modules *modules = broker->modules;
	struct rf_passed *passed = modules && modules->linked ? rf_passed_new(peer, frame, op, object) : NULL;

	if (!passed)
		return false;
	if (!modules->asked && rf_link_send(&modules->link, RF_MODULES_LOAD, 1, 0, NULL, 0, NULL, 0) < 0) {
		free(passed);
		return false;
	}
	rf_list_append(&modules->waiting, &passed->node);
	if (!modules->asked)
		rf_timer_arm(broker->loop, &modules->deadline, PATIENCE, too_late);
	modules->asked = true;
	return true;
}

void rf_modules_forget_peer(struct rf_broker *broker, const struct rf_peer *peer)
{
	if (broker->modules)
		rf_passed_forget_peer(&broker->modules->waiting, peer);
}

bool rf_modules_end(struct rf_broker *broker)
{
	if (!broker->modules || !broker->modules->linked)
		return true;
	/* It says that it has by closing its own end. */
	shutdown(broker->modules->link.sock, SHUT_WR);
	return false;
}
