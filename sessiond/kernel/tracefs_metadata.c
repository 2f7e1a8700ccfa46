/* SPDX-License-Identifier: GPL-2.0-only */
/* What the consumer is told of a trace: the metadata text, and how records become events. */
#include "common/log.h"
#include "sessiond/ctf/blocks.h"
#include "sessiond/kernel/tracefs_context.h"
#include "sessiond/kernel/tracefs_parts.h"
#include "sessiond/kernel/tracefs_text.h"
#include "sessiond/kernel/tracefs_watch.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <string.h>

#define TEXT_MAX (64u * 1024 * 1024)
#define SENT_DEADLINE_MS 5000

static int push(struct rf_tracefs_trace *trace, const struct rf_text *text)
{
	if (text->failed)
		return -ENOMEM;
	return rf_consumer_push_text(trace->trace.def.consumer, trace->trace.def.trace, trace->version, &trace->pushed,
		text->data, text->len);
}

/* Those of the contexts that the channel has, and of the fields. */
static int send_record(const struct rf_tracefs_channel *channel, const struct rf_tracefs_record *record)
{
	uint8_t encoded[RF_RECORD_OPS_MAX * RF_RECORD_OP_SIZE];
	struct rf_writer ops;
	struct rf_writer body;

	rf_writer_init_fixed(&ops, encoded, sizeof(encoded), RF_HOST_ORDER);
	for (size_t i = 0; i < record->op_count; i++)
		if (i >= RF_TRACEFS_CONTEXTS || (channel->contexts & (1u << i)))
			rf_record_op_write(&ops, &record->ops[i]);

	struct rf_consumer_describe_record message = {
		.trace = channel->trace->trace.def.trace,
		.channel = channel->id,
		.record = record->type,
		.event = record->event,
		.size_min = record->size_min,
		.ops = {encoded, ops.at},
	};

	if (rf_tracefs_has_watches(channel))
		message.watch = record->watch;
	rf_frame_body(&body);
	rf_consumer_describe_record_encode(&body, &message);
	return rf_consumer_send(channel->trace->trace.def.consumer, RF_CONSUMER_DESCRIBE_RECORD, &body);
}

static void record_text(
	struct rf_text *text, const struct rf_tracefs_channel *channel, const struct rf_tracefs_record *record)
{
	if (!record->without_text)
		rf_ctf_event(text, record->name, record->event, channel->stream_class, record->body, record->body_len);
}

/* The text of what the consumer does not know, or, if ALL is set, of what it knows. */
static void channel_text(struct rf_text *text, const struct rf_tracefs_channel *channel, bool all)
{
	if (channel->described == all)
		rf_tracefs_stream(text, channel->stream_class, channel->contexts);
	rf_list_for_each(node, &channel->records) {
		const struct rf_tracefs_record *record = rf_container_of(node, struct rf_tracefs_record, node);

		if (record->sent == all)
			record_text(text, channel, record);
	}
}

static int send_records(struct rf_tracefs_channel *channel)
{
	rf_list_for_each(node, &channel->records) {
		struct rf_tracefs_record *record = rf_container_of(node, struct rf_tracefs_record, node);
		int err = (record->sent && !record->resend) || record->made_up ? 0 : send_record(channel, record);

		if (err < 0)
			return err;
		record->sent = true;
		record->resend = false;
	}
	return 0;
}

/*
 * What follows makes the kernel record. The consumer looks whether a description is under way when it meets a record
 * that it does not know: it has to be in the link by then, and not in a queue of ours. A consumer that does not read
 * for so long reads no ring either.
 */
static int wait_sent(const struct rf_tracefs_trace *trace)
{
	int err = rf_link_wait_sent(&trace->trace.def.consumer->link, SENT_DEADLINE_MS);

	if (err == -ETIMEDOUT)
		rf_warning("the kernel's consumer does not read: events of session %llu may be missed",
			(unsigned long long)trace->trace.def.session);
	return err == -ETIMEDOUT ? 0 : err;
}

int rf_tracefs_describe(struct rf_tracefs_channel *channel)
{
	struct rf_tracefs_trace *trace = channel->trace;
	struct rf_text text;

	rf_text_init(&text, TEXT_MAX);
	if (!trace->begun)
		rf_tracefs_preamble(&text, &trace->trace.def, trace->trace.def.clock_offset);
	channel_text(&text, channel, false);

	int err = push(trace, &text);

	rf_text_free(&text);
	if (!err) {
		trace->begun = true;
		err = send_records(channel);
	}
	if (!err && !channel->described)
		err = rf_consumer_describe_channel(
			trace->trace.def.consumer, trace->trace.def.trace, channel->stream_class);
	channel->described |= !err;
	return err ? err : wait_sent(trace);
}

int rf_tracefs_regenerate_metadata(struct rf_kernel_trace *trace, int64_t clock_offset)
{
	struct rf_tracefs_trace *own = rf_tracefs_trace_of(trace);
	struct rf_text text;

	trace->def.clock_offset = clock_offset;
	if (!own->begun)
		return LTTNG_OK;
	rf_text_init(&text, TEXT_MAX);
	rf_tracefs_preamble(&text, &trace->def, clock_offset);
	rf_list_for_each(node, &own->channels) {
		const struct rf_tracefs_channel *channel = rf_container_of(node, struct rf_tracefs_channel, node);

		if (channel->described)
			channel_text(&text, channel, true);
	}
	own->version++;
	own->pushed = 0;

	int err = push(own, &text);

	rf_text_free(&text);
	if (!err)
		return LTTNG_OK;
	rf_error("cannot describe the kernel's events of session %llu again: %s",
		(unsigned long long)trace->def.session, strerror(-err));
	return err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_META_FAIL;
}
