/* SPDX-License-Identifier: GPL-2.0-only */
/* A session's part in the kernel: made with its first kernel command, freed with the session. */
#include "common/log.h"
#include "sessiond/kernel/domain_state.h"
#include "sessiond/kernel/parts.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static void place(const struct rf_output_trace *out, struct rf_broker_make_dir *request)
{
	(void)out;
	request->kind = RF_DIR_KERNEL;
	request->abi_bits = 64;
}

static void part_free(struct rf_output_trace *out)
{
	struct rf_kernel_part *part = rf_container_of(out, struct rf_kernel_part, out);

	rf_consumer_unref(part->def.consumer);
	rf_output_trace_fini(out);
	free(part);
}

static const struct rf_output_trace_ops output_ops = {.place = place, .free = part_free};

static struct rf_kernel_part *part_new(
	struct rf_recorder *recorder, const struct rf_session *session, struct rf_consumer *consumer)
{
	struct rf_kernel_part *part = calloc(1, sizeof(*part));

	if (!part)
		return NULL;
	rf_output_trace_init(&part->out, &output_ops, rf_broker_new_id(recorder->broker), session->id, consumer);
	part->def = (struct rf_kernel_trace_def){
		.trace = part->out.id,
		.session = session->id,
		.consumer = rf_consumer_ref(consumer),
		.uid = session->uid,
		.session_name_generated = session->name_generated,
		.session_created = session->created,
		.clock_offset = session->recording->clock_offset,
	};
	memcpy(part->def.session_name, session->name, sizeof(part->def.session_name));
	memcpy(part->def.hostname, recorder->hostname, sizeof(part->def.hostname));
	return part;
}

static void readable(struct rf_watch *watch, uint32_t events)
{
	struct rf_kernel_part *part = rf_container_of(watch, struct rf_kernel_part, watch);

	(void)events;
	part->trace->tracer->ops->trace_readable(part->trace);
}

static int create(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_part *part = command->part;
	int code = thread->tracer->ops->trace_new(thread->tracer, &part->def, &part->trace);

	if (code != LTTNG_OK || part->trace->watch_fd < 0)
		return code;
	if (rf_watch_add(thread->loop, &part->watch, part->trace->watch_fd, EPOLLIN, readable) == 0)
		return LTTNG_OK;
	thread->tracer->ops->trace_free(part->trace);
	part->trace = NULL;
	return LTTNG_ERR_NOMEM;
}

static void created(struct rf_kernel_command *command)
{
	if (command->code != LTTNG_OK)
		rf_error("session %llu: the kernel tracer has nothing for it (%d)",
			(unsigned long long)command->part->def.session, command->code);
}

struct rf_kernel_part *rf_kernel_part_get(struct rf_recorder *recorder, struct rf_session *session, int *code)
{
	struct rf_recording *recording = rf_recording_get(recorder, session);
	struct rf_consumer *consumer;
	struct rf_kernel_command *command;

	*code = LTTNG_ERR_NOMEM;
	if (!recording || recording->kernel)
		return recording ? recording->kernel : NULL;
	consumer = rf_consumers_get_kernel(&recorder->consumers);
	if (!consumer || rf_recording_use_consumer(recording, consumer) < 0) {
		*code = LTTNG_ERR_KERN_CONSUMER_FAIL;
		return NULL;
	}

	struct rf_kernel_part *part = part_new(recorder, session, consumer);

	command = part ? rf_kernel_command_new(recorder->kernel, part, create, NULL, NULL) : NULL;
	if (!command || rf_output_trace_make_uuid(part->def.uuid) < 0) {
		free(command);
		if (part)
			rf_output_trace_unref(&part->out);
		return NULL;
	}
	if (session->chunk.there)
		part->out.dir = rf_output_trace_make_dir(
			recorder, &part->out, recording->tree, session->chunk.id, RF_DIR_TRACE);
	rf_output_trace_announce(&part->out, &session->kernel.metadata, part->def.uuid);
	rf_list_append(&recording->traces, &part->out.node);
	recording->kernel = part;
	command->back = created;
	rf_kernel_post(command);
	return part;
}

static void op_done(void *data, int code)
{
	struct rf_op *op = data;

	if (code != LTTNG_OK)
		rf_op_fail(op, code);
	rf_op_release(op);
}

static void in_op(
	struct rf_op *op, int (*run)(struct rf_kernel_command *, struct rf_kernel_thread *), int64_t clock_offset)
{
	struct rf_kernel_part *part = op->session->recording->kernel;
	struct rf_kernel_command *command;

	if (!part)
		return;
	command = rf_kernel_command_new(op->recorder->kernel, part, run, op_done, op);
	if (!command) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	command->clock_offset = clock_offset;
	rf_op_hold(op);
	rf_kernel_post(command);
}

static int start(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_part *part = command->part;
	int code = part->trace ? thread->tracer->ops->start(part->trace) : LTTNG_ERR_KERN_START_FAIL;

	part->started = code == LTTNG_OK;
	return code;
}

void rf_kernel_begin(struct rf_op *op)
{
	/* Without channels it has nothing to record. */
	if (rf_list_linked(&op->session->kernel.channels))
		in_op(op, start, 0);
}

static int stop(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_part *part = command->part;

	if (!part->started)
		return LTTNG_OK;
	part->started = false;
	return thread->tracer->ops->stop(part->trace);
}

void rf_kernel_halt(struct rf_op *op)
{
	in_op(op, stop, 0);
}

static int release(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_part *part = command->part;

	if (!part->trace)
		return LTTNG_OK;
	if (part->trace->watch_fd >= 0)
		rf_watch_remove(&part->watch);
	thread->tracer->ops->trace_free(part->trace);
	part->trace = NULL;
	return LTTNG_OK;
}

void rf_kernel_release(struct rf_op *op)
{
	in_op(op, release, 0);
	op->session->recording->kernel = NULL;
}

static int describe_again(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_part *part = command->part;

	return part->started ? thread->tracer->ops->regenerate_metadata(part->trace, command->clock_offset) : LTTNG_OK;
}

void rf_kernel_describe_again(struct rf_op *op, int64_t clock_offset)
{
	in_op(op, describe_again, clock_offset);
}

static int dump_state(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_part *part = command->part;

	return part->started ? thread->tracer->ops->dump_state(part->trace) : LTTNG_OK;
}

void rf_kernel_dump_state(struct rf_op *op)
{
	in_op(op, dump_state, 0);
}

void rf_kernel_lost(struct rf_recorder *recorder, struct rf_kernel_part *part)
{
	struct rf_kernel_command *command = rf_kernel_command_new(recorder->kernel, part, stop, NULL, NULL);

	if (command)
		rf_kernel_post(command);
}
