/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/stream_task.h"

#include "common/log.h"
#include "consumerd/data_thread.h"
#include "consumerd/source_events.h"
#include "consumerd/stream_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum task_result {
	TASK_DONE,
	TASK_WAITS, /* for a file: who brings it runs the tasks again */
	TASK_AGAIN, /* soon, after the turns of others */
	TASK_LAST,  /* done, and the stream is gone */
};

struct rf_stream_task {
	struct rf_job job; /* brings the task, later brings it back for its next step */
	struct rf_job give_job;
	struct rf_list node; /* in stream->tasks */
	struct rf_stream *stream;
	enum task_result (*act)(struct rf_stream_task *task);
	bool ready;   /* has the file that it needs, or needs none */
	bool started; /* a copy was begun */
	bool posted;  /* its next step is on the way */
	struct rf_stream_order order;
	struct rf_sink *sink;
	int error;
	uint64_t epoch;
	struct rf_stream_pass pass;
	struct rf_stream_copy copy;
	struct rf_event_block *events;
	struct rf_completion *completion;
};

static void end_task(struct rf_stream_task *task)
{
	struct rf_completion *completion = task->completion;

	free(task);
	if (completion)
		rf_completion_finish(completion);
}

static void fail_task(struct rf_stream_task *task, int error)
{
	if (task->completion)
		rf_completion_fail(task->completion, error);
}

static void run_tasks(struct rf_stream *stream)
{
	while (rf_list_linked(&stream->tasks) && !stream->out.wanting) {
		struct rf_stream_task *task = rf_container_of(stream->tasks.next, struct rf_stream_task, node);

		if (!task->ready || task->posted)
			return;

		enum task_result result = task->act(task);

		if (result == TASK_WAITS)
			return;
		if (result == TASK_AGAIN) {
			task->posted = true;
			rf_job_post(&stream->thread->jobs, &task->job);
			return;
		}
		if (result == TASK_LAST) {
			end_task(task);
			return;
		}
		rf_list_remove(&task->node);
		end_task(task);
	}
}

static void watch(struct rf_stream *stream)
{
	int err = stream->watched || stream->failed ? 0 : rf_data_thread_watch(stream->thread, stream);

	/* It may have been flushed. */
	if (!err && !stream->source->wait_is_pipe)
		rf_data_thread_look(stream->thread, stream);

	/* Its packets stay in the ring until a flush; only memory or the limit of epoll watches can be short. */
	if (err)
		rf_error("cannot watch a stream: %s", strerror(-err));
}

static enum task_result go_on(struct rf_stream_task *task)
{
	struct rf_stream *stream = task->stream;

	if (!rf_stream_leave(stream, &task->pass, task->order.discard))
		return TASK_WAITS;
	rf_stream_enter(stream, task->order.dir, task->sink, task->error);
	if (task->order.dir && task->error)
		fail_task(task, task->error);
	if (rf_stream_parked(stream))
		rf_data_thread_unwatch(stream->thread, stream);
	else
		watch(stream);
	return TASK_DONE;
}

static enum task_result copy(struct rf_stream_task *task)
{
	if (!task->started)
		rf_stream_copy_begin(task->stream, &task->copy, task->order.newest, task->order.dir, task->sink);
	task->started = true;
	if (task->copy.out.wanting)
		return TASK_WAITS;

	enum rf_copied copied = rf_stream_copy_some(task->stream, &task->copy);

	if (copied != RF_COPIED_ALL)
		return copied == RF_COPIED_WAITING ? TASK_WAITS : TASK_AGAIN;
	rf_stream_copy_end(&task->copy);
	if (task->error || task->copy.error)
		fail_task(task, task->copy.error ? task->copy.error : task->error);
	return TASK_DONE;
}

static enum task_result flush(struct rf_stream_task *task)
{
	return rf_stream_flush(task->stream, &task->pass, task->epoch) ? TASK_DONE : TASK_WAITS;
}

static enum task_result close_packet(struct rf_stream_task *task)
{
	return rf_stream_close_packet(task->stream, &task->pass) ? TASK_DONE : TASK_WAITS;
}

static enum task_result add_events(struct rf_stream_task *task)
{
	rf_source_events_push(task->stream->source, task->events);
	rf_data_thread_look(task->stream->thread, task->stream);
	return TASK_DONE;
}

static enum task_result finish(struct rf_stream_task *task)
{
	rf_data_thread_unwatch(task->stream->thread, task->stream);
	if (!rf_stream_finish(task->stream, &task->pass, task->epoch))
		return TASK_WAITS;
	rf_stream_free(task->stream);
	return TASK_LAST;
}

static void run_arrived(struct rf_job *job)
{
	struct rf_stream_task *task = rf_container_of(job, struct rf_stream_task, job);

	/* It is the first one already when it comes back for another step. */
	if (!rf_list_linked(&task->node))
		rf_list_append(&task->stream->tasks, &task->node);
	task->posted = false;
	run_tasks(task->stream);
}

static void run_given(struct rf_job *job)
{
	struct rf_stream_task *task = rf_container_of(job, struct rf_stream_task, give_job);

	task->ready = true;
	run_tasks(task->stream);
}

static void run_next_file(struct rf_job *job)
{
	struct rf_output *output = rf_container_of(job, struct rf_output, job);
	struct rf_stream *stream = output->stream;

	output->wanting = false;
	output->sink = output->next;
	output->next = NULL;
	if (output == &stream->out) {
		if (!output->sink)
			rf_stream_report(stream, output->error);
		watch(stream);
	}
	run_tasks(stream);
}

static struct rf_stream_task *post(const struct rf_stream_task *like)
{
	struct rf_stream_task *task = malloc(sizeof(*task));

	if (!task)
		return NULL;
	*task = *like;
	task->job.run = run_arrived;
	task->give_job.run = run_given;
	rf_list_init(&task->node);
	rf_job_post(&task->stream->thread->jobs, &task->job);
	return task;
}

struct rf_stream_task *rf_stream_post_order(
	struct rf_stream *stream, const struct rf_stream_order *order, struct rf_completion *completion)
{
	return post(&(struct rf_stream_task){
		.stream = stream, .act = order->copy ? copy : go_on, .order = *order, .completion = completion});
}

void rf_stream_task_give(struct rf_stream_task *task, struct rf_sink *sink, int error)
{
	task->sink = sink;
	task->error = error;
	rf_job_post(&task->stream->thread->jobs, &task->give_job);
}

int rf_stream_post_park(struct rf_stream *stream, bool discard, struct rf_completion *completion)
{
	return post(&(struct rf_stream_task){.stream = stream,
		       .act = go_on,
		       .ready = true,
		       .order.discard = discard,
		       .completion = completion})
		? 0
		: -ENOMEM;
}

int rf_stream_post_flush(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion)
{
	return post(&(struct rf_stream_task){
		       .stream = stream, .act = flush, .ready = true, .epoch = epoch, .completion = completion})
		? 0
		: -ENOMEM;
}

int rf_stream_post_close_packet(struct rf_stream *stream, struct rf_completion *completion)
{
	return post(&(struct rf_stream_task){
		       .stream = stream, .act = close_packet, .ready = true, .completion = completion})
		? 0
		: -ENOMEM;
}

int rf_stream_post_events(struct rf_stream *stream, struct rf_event_block *events)
{
	return post(&(struct rf_stream_task){.stream = stream, .act = add_events, .ready = true, .events = events})
		? 0
		: -ENOMEM;
}

int rf_stream_post_finish(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion)
{
	return post(&(struct rf_stream_task){
		       .stream = stream, .act = finish, .ready = true, .epoch = epoch, .completion = completion})
		? 0
		: -ENOMEM;
}

void rf_output_give(struct rf_output *output, struct rf_sink *sink, int error)
{
	output->next = sink;
	output->error = error;
	output->job.run = run_next_file;
	rf_job_post(&output->stream->thread->jobs, &output->job);
}
