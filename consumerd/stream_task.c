/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/stream_task.h"

#include "common/log.h"
#include "consumerd/data_thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct stream_task {
	struct rf_job job;
	struct rf_list node; /* in stream->waiting */
	struct rf_stream *stream;
	void (*act)(struct stream_task *task);
	struct rf_sink *sink;
	int error;
	uint64_t epoch;
	struct rf_completion *completion;
};

static void act_and_free(struct stream_task *task)
{
	struct rf_completion *completion = task->completion;

	task->act(task);
	free(task);
	if (completion)
		rf_completion_finish(completion);
}

static void attach(struct stream_task *task)
{
	struct rf_stream *stream = task->stream;

	rf_stream_attach(stream, task->sink, task->error);

	int err = rf_data_thread_watch(stream->thread, stream);

	/* Its packets stay in the ring until a flush; only memory or the limit of epoll watches can be short. */
	if (err)
		rf_error("cannot watch a stream: %s", strerror(-err));
	rf_list_for_each_safe(node, tmp, &stream->waiting) {
		rf_list_remove(node);
		/* The last of them may free the stream: nothing follows a finish. */
		bool last = !rf_list_linked(&stream->waiting);

		act_and_free(rf_container_of(node, struct stream_task, node));
		if (last)
			return;
	}
}

static void flush(struct stream_task *task)
{
	rf_stream_flush(task->stream, task->epoch);
}

static void finish(struct stream_task *task)
{
	rf_data_thread_unwatch(task->stream->thread, task->stream);
	rf_stream_finish(task->stream, task->epoch);
	rf_stream_free(task->stream);
}

static void run_attach(struct rf_job *job)
{
	act_and_free(rf_container_of(job, struct stream_task, job));
}

static void run_after_attach(struct rf_job *job)
{
	struct stream_task *task = rf_container_of(job, struct stream_task, job);

	if (task->stream->attached)
		act_and_free(task);
	else
		rf_list_append(&task->stream->waiting, &task->node);
}

static int post(const struct stream_task *like, void (*run)(struct rf_job *job))
{
	struct stream_task *task = malloc(sizeof(*task));

	if (!task)
		return -ENOMEM;
	*task = *like;
	task->job.run = run;
	rf_list_init(&task->node);
	rf_job_post(&task->stream->thread->jobs, &task->job);
	return 0;
}

int rf_stream_post_attach(struct rf_stream *stream, struct rf_sink *sink, int error)
{
	return post(&(struct stream_task){.stream = stream, .act = attach, .sink = sink, .error = error}, run_attach);
}

int rf_stream_post_flush(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion)
{
	return post(&(struct stream_task){.stream = stream, .act = flush, .epoch = epoch, .completion = completion},
		run_after_attach);
}

int rf_stream_post_finish(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion)
{
	return post(&(struct stream_task){.stream = stream, .act = finish, .epoch = epoch, .completion = completion},
		run_after_attach);
}
