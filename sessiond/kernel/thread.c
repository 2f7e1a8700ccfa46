/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel thread: a loop of its own that runs commands, each of which may block on the broker and the kernel. */
#include "common/log.h"
#include "sessiond/kernel/domain_state.h"
#include "sessiond/kernel/modules.h"
#include "sessiond/kernel/tracefs.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <string.h>
#include <unistd.h>
#include <urcu.h>

static int code_of_no_tracer(int status)
{
	if (status == -EPERM || status == -ENODEV)
		rf_debug("no kernel tracer: %s", strerror(-status));
	else
		rf_error("the broker did not look for a kernel tracer: %s", strerror(-status));
	return LTTNG_ERR_KERN_NA;
}

/* Asks the broker what there is, and makes the tracer for it. */
static int find_tracer(struct rf_kernel_thread *thread)
{
	struct rf_broker_kernel facts;
	struct rf_frame *reply;
	struct rf_writer w;
	int code = LTTNG_ERR_KERN_NA;

	rf_frame_body(&w);

	int status = rf_kernel_link_call(thread->link, RF_BROKER_KERNEL_OPEN, &w, -1, &reply);

	if (status < 0)
		return code_of_no_tracer(status);
	if (!rf_broker_kernel_decode(&reply->body, &facts) || reply->fd_count != 1)
		return code_of_no_tracer(-EPROTO);

	int fd = rf_frame_take_fd(reply, 0);

	if (facts.tracer == RF_TRACER_MODULES)
		thread->tracer = rf_modules_tracer_new(thread->link, fd, &code);
	else if (facts.tracer == RF_TRACER_TRACEFS)
		thread->tracer = rf_tracefs_tracer_new(thread->link, &facts, fd);
	if (!thread->tracer) {
		close(fd);
		return code;
	}
	rf_info("kernel tracer: %s", thread->tracer->ops->name);
	return LTTNG_OK;
}

static void run_command(struct rf_mail *mail, void *data)
{
	struct rf_kernel_command *command = rf_container_of(mail, struct rf_kernel_command, mail);
	struct rf_kernel_thread *thread = data;

	if (!command->run) {
		rf_loop_stop(thread->loop);
		return;
	}
	atomic_store(&thread->began, rf_now());
	command->code = thread->tracer ? LTTNG_OK : find_tracer(thread);
	if (command->code == LTTNG_OK)
		command->code = command->run(command, thread);
	atomic_store(&thread->began, 0);
	rf_mailbox_post(&command->domain->answers, mail);
}

static void *run(void *data)
{
	struct rf_kernel_thread *thread = data;

	rcu_register_thread();
	rf_loop_run(thread->loop);
	if (thread->tracer)
		thread->tracer->ops->destroy(thread->tracer);
	rcu_unregister_thread();
	return NULL;
}

int rf_kernel_thread_start(struct rf_kernel_thread *thread, int sock)
{
	thread->link = rf_kernel_link_new(sock);
	thread->loop = rf_loop_create();
	if (!thread->link || !thread->loop)
		return -ENOMEM;

	int err = rf_mailbox_init(&thread->inbox, thread->loop, run_command, thread);

	return err ? err : -pthread_create(&thread->id, NULL, run, thread);
}

void rf_kernel_thread_stop(struct rf_kernel_thread *thread)
{
	struct rf_kernel_command stop = {.run = NULL};

	rf_mailbox_post(&thread->inbox, &stop.mail);
	pthread_join(thread->id, NULL);
	rf_mailbox_fini(&thread->inbox);
	rf_kernel_link_free(thread->link);
	rf_loop_destroy(thread->loop);
}
