/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_tasks.h"

#include "common/proto_consumer.h"
#include "sessiond/kernel/tracefs_watch.h"

#include <errno.h>
#include <string.h>

#define ROWS_MAX ((size_t)RF_TASKS_PUSH_MAX * RF_TASK_SIZE)

bool rf_tracefs_tasks_wanted(const struct rf_tracefs_trace *trace)
{
	rf_list_for_each(node, &trace->channels)
		if (rf_tracefs_has_watches(rf_container_of(node, const struct rf_tracefs_channel, node)))
			return true;
	return false;
}

void rf_tracefs_tasks_init(struct rf_tracefs_tasks *tasks, const struct rf_tracefs_trace *trace)
{
	tasks->trace = trace;
	rf_writer_init_growing(&tasks->rows, ROWS_MAX, RF_HOST_ORDER);
}

static int send_rows(const struct rf_tracefs_tasks *tasks, const struct rf_tracefs_channel *channel)
{
	const struct rf_consumer_add_tasks message = {
		.trace = tasks->trace->trace.def.trace,
		.channel = channel->id,
		.tasks = {tasks->rows.base, tasks->rows.at},
	};
	struct rf_writer body;

	rf_frame_body(&body);
	rf_consumer_add_tasks_encode(&body, &message);
	return rf_consumer_send(tasks->trace->trace.def.consumer, RF_CONSUMER_ADD_TASKS, &body);
}

/* To all channels that want them. */
static int flush(struct rf_tracefs_tasks *tasks)
{
	int err = rf_writer_ok(&tasks->rows) ? 0 : -ENOMEM;

	rf_list_for_each(node, &tasks->trace->channels) {
		const struct rf_tracefs_channel *channel = rf_container_of(node, const struct rf_tracefs_channel, node);

		if (!err && tasks->rows.at && rf_tracefs_has_watches(channel))
			err = send_rows(tasks, channel);
	}
	rf_writer_free(&tasks->rows);
	rf_tracefs_tasks_init(tasks, tasks->trace);
	return err;
}

int rf_tracefs_tasks_add(struct rf_tracefs_tasks *tasks, const struct rf_state_process *thread)
{
	char name[RF_TASK_NAME] = {0};

	if (thread->local)
		return 0;
	memcpy(name, thread->name, strnlen(thread->name, sizeof(name) - 1));
	rf_write_i32(&tasks->rows, thread->tid);
	rf_write_i32(&tasks->rows, thread->pid);
	rf_write_i32(&tasks->rows, thread->ppid);
	rf_write_i32(&tasks->rows, thread->priority);
	rf_write_bytes(&tasks->rows, name, sizeof(name));
	return tasks->rows.at < ROWS_MAX ? 0 : flush(tasks);
}

int rf_tracefs_tasks_end(struct rf_tracefs_tasks *tasks)
{
	int err = flush(tasks);

	rf_writer_free(&tasks->rows);
	return err;
}
