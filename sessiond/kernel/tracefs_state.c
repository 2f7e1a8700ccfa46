/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_state.h"

#include "common/log.h"
#include "common/names.h"
#include "sessiond/kernel/tracefs_context.h"
#include "sessiond/kernel/tracefs_parts.h"
#include "sessiond/kernel/tracefs_record.h"
#include "sessiond/kernel/tracefs_state_events.h"
#include "sessiond/kernel/tracefs_tasks.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_MS 20000
/* A packet is sent when it has that much; what is left of a message has room for another event. */
#define PACKET_FULL 32768u
#define EXTENDED_ID 65535u

static bool about(const struct rf_event_rule *rule, enum rf_state_event event)
{
	return (rule->type == RF_EVENT_ALL || rule->type == RF_EVENT_TRACEPOINT) && !rule->filter &&
		rf_star_match(rule->name, rf_state_event_name(event));
}

bool rf_tracefs_state_selected(const struct rf_event_rule *rule)
{
	for (unsigned int i = 0; i < RF_STATE_EVENTS; i++)
		if (about(rule, (enum rf_state_event)i))
			return true;
	return false;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What a channel gets of a dump. */
struct output {
	struct rf_tracefs_channel *channel;
	const struct rf_tracefs_record *records[RF_STATE_EVENTS]; /* NULL: it does not record them */
	struct rf_writer packet;
	uint64_t begin;
};

struct dump {
	struct rf_tracefs_trace *trace;
	bool for_tasks; /* channels want to know threads */
	struct rf_tracefs_tasks tasks;
	uint64_t last; /* time of the last event */
	size_t count;
	struct output outputs[];
};

static const struct rf_tracefs_record *find_record(const struct rf_tracefs_channel *channel, const char *name)
{
	rf_list_for_each(node, &channel->records) {
		const struct rf_tracefs_record *record = rf_container_of(node, struct rf_tracefs_record, node);

		if (record->made_up && strcmp(record->name, name) == 0)
			return record;
	}
	return NULL;
}

static bool channel_wants(const struct rf_tracefs_channel *channel, enum rf_state_event event)
{
	rf_list_for_each(node, &channel->rules) {
		const struct rf_tracefs_rule *rule = rf_container_of(node, struct rf_tracefs_rule, node);

		if (rule->enabled && about(rule->rule, event))
			return true;
	}
	return false;
}

/* The events that the channel records of a dump become known to the consumer. 1 when there are any. */
static int declare(struct output *output)
{
	struct rf_tracefs_channel *channel = output->channel;
	int any = 0;

	for (unsigned int i = 0; i < RF_STATE_EVENTS; i++) {
		enum rf_state_event event = (enum rf_state_event)i;
		const char *name = rf_state_event_name(event);

		if (!channel_wants(channel, event))
			continue;
		output->records[i] = find_record(channel, name);
		if (!output->records[i])
			output->records[i] = rf_tracefs_record_make_up(channel, name, rf_state_event_body(event));
		if (!output->records[i])
			return -ENOMEM;
		any = 1;
	}

	int err = any ? rf_tracefs_describe(channel) : 0;

	return err < 0 ? err : any;
}

static void begin_packet(struct output *output)
{
	rf_writer_init_growing(&output->packet, RF_FRAME_MAX_BODY - 1024, RF_HOST_ORDER);
}

static int send_packet(struct dump *dump, struct output *output)
{
	const struct rf_consumer_add_events message = {
		.trace = dump->trace->trace.def.trace,
		.channel = output->channel->id,
		.begin = output->begin,
		.end = dump->last,
		.events = {output->packet.base, output->packet.at},
	};
	struct rf_writer body;
	int err = rf_writer_ok(&output->packet) ? 0 : -ENOMEM;

	if (!err && output->packet.at) {
		rf_frame_body(&body);
		rf_consumer_add_events_encode(&body, &message);
		err = rf_consumer_send(dump->trace->trace.def.consumer, RF_CONSUMER_ADD_EVENTS, &body);
	}
	rf_writer_free(&output->packet);
	begin_packet(output);
	return err;
}

/* The header that can tell any time, and contexts as of nobody. */
static void write_header(const struct dump *dump, struct output *output, const struct rf_tracefs_record *record)
{
	if (!output->packet.at)
		output->begin = dump->last;
	rf_write_u16(&output->packet, EXTENDED_ID);
	rf_write_u32(&output->packet, record->event);
	rf_write_u64(&output->packet, dump->last);
	rf_write_zeros(&output->packet, rf_tracefs_context_size(output->channel->contexts));
}

/* FIELDS are those of EVENT, which happened at TIME. */
static int emit(struct dump *dump, enum rf_state_event event, uint64_t time, const struct rf_writer *fields)
{
	int err = 0;

	if (time > dump->last)
		dump->last = time;
	for (size_t i = 0; !err && i < dump->count; i++) {
		struct output *output = &dump->outputs[i];

		if (!output->records[event])
			continue;
		write_header(dump, output, output->records[event]);
		if (fields)
			rf_write_bytes(&output->packet, fields->base, fields->at);
		if (output->packet.at >= PACKET_FULL)
			err = send_packet(dump, output);
	}
	return err;
}

/* What came from the broker and was not used yet. */
struct stream {
	int fd;
	uint64_t deadline;
	size_t at;
	size_t len;
	uint8_t bytes[65536];
};

/* Waits for more. 0; -ENODATA at the end; -ETIMEDOUT. */
static int refill(struct stream *stream)
{
	struct pollfd watched = {.fd = stream->fd, .events = POLLIN};
	uint64_t now = now_ns();
	int left = now < stream->deadline ? (int)((stream->deadline - now) / 1000000) : 0;
	int ready = poll(&watched, 1, left);

	if (ready <= 0)
		return ready == 0 ? -ETIMEDOUT : errno == EINTR ? 0 : -errno;
	memmove(stream->bytes, stream->bytes + stream->at, stream->len - stream->at);
	stream->len -= stream->at;
	stream->at = 0;

	ssize_t got = read(stream->fd, stream->bytes + stream->len, sizeof(stream->bytes) - stream->len);

	if (got <= 0)
		return got == 0 ? -ENODATA : errno == EINTR || errno == EAGAIN ? 0 : -errno;
	stream->len += (size_t)got;
	return 0;
}

/* The next SIZE bytes; 0 or as refill(). */
static int take(struct stream *stream, size_t size, struct rf_reader *r)
{
	while (stream->len - stream->at < size) {
		int err = refill(stream);

		if (err < 0)
			return err;
	}
	rf_reader_init(r, stream->bytes + stream->at, size, RF_HOST_ORDER);
	stream->at += size;
	return 0;
}

/* BODY: a copy of the reader. */
static int add_task(struct dump *dump, struct rf_reader body)
{
	struct rf_state_process thread;

	return rf_state_process_decode(&body, &thread) ? rf_tracefs_tasks_add(&dump->tasks, &thread) : -EPROTO;
}

/* 1: there may be more; 0: that was the end. */
static int dump_record(struct dump *dump, struct stream *stream)
{
	struct rf_reader header;
	struct rf_reader body;
	int err = take(stream, RF_STATE_HEADER, &header);

	if (err < 0)
		return err;

	uint32_t size = rf_read_u32(&header);
	uint32_t kind = rf_read_u32(&header);
	uint64_t time = rf_read_u64(&header);

	if (kind == RF_STATE_END)
		return 0;
	if (size > RF_STATE_BODY_MAX)
		return -EPROTO;
	err = take(stream, size, &body);
	if (err < 0)
		return err;

	if (dump->for_tasks && kind == RF_STATE_PROCESS) {
		err = add_task(dump, body);
		if (err < 0)
			return err;
	}

	struct rf_writer fields;
	enum rf_state_event event;

	rf_writer_init_growing(&fields, RF_STATE_BODY_MAX, RF_HOST_ORDER);
	err = rf_state_event_write(kind, &body, &fields, &event) ? emit(dump, event, time, &fields) : -EPROTO;
	rf_writer_free(&fields);
	return err < 0 ? err : 1;
}

static int dump_stream(struct dump *dump, int fd)
{
	struct stream *stream = malloc(sizeof(*stream));
	int more = stream ? 1 : -ENOMEM;

	if (stream) {
		stream->fd = fd;
		stream->deadline = now_ns() + DEADLINE_MS * UINT64_C(1000000);
		stream->at = 0;
		stream->len = 0;
	}
	while (more > 0)
		more = dump_record(dump, stream);
	free(stream);
	return more;
}

static int open_stream(const struct rf_tracefs_trace *trace)
{
	struct rf_frame *reply;
	struct rf_writer body;

	rf_frame_body(&body);

	int err = rf_kernel_link_call(trace->trace.tracer->link, RF_BROKER_READ_STATE, &body, -1, &reply);
	int fd = err < 0 ? err : rf_frame_take_fd(reply, 0);

	return err == 0 && fd < 0 ? -EPROTO : fd;
}

/* What the broker could tell is recorded, whether that is all or not. */
static int run(struct dump *dump)
{
	int err = emit(dump, RF_STATE_EVENT_START, now_ns(), NULL);
	int fd = err < 0 ? err : open_stream(dump->trace);

	if (fd >= 0) {
		rf_tracefs_tasks_init(&dump->tasks, dump->trace);
		err = dump_stream(dump, fd);
		close(fd);

		int told = rf_tracefs_tasks_end(&dump->tasks);

		err = err < 0 ? err : told;
	} else {
		err = fd;
	}
	emit(dump, RF_STATE_EVENT_END, now_ns(), NULL);
	for (size_t i = 0; i < dump->count; i++) {
		int sent = send_packet(dump, &dump->outputs[i]);

		err = err < 0 ? err : sent;
	}
	dump->trace->dumped = dump->last;
	return err;
}

static struct dump *new_dump(struct rf_tracefs_trace *trace)
{
	struct dump *dump;
	size_t count = 0;

	rf_list_for_each(node, &trace->channels)
		count++;
	dump = calloc(1, sizeof(*dump) + count * sizeof(dump->outputs[0]));
	if (dump) {
		dump->trace = trace;
		dump->last = trace->dumped;
	}
	return dump;
}

/* Those channels that record any of it. */
static int choose(struct dump *dump)
{
	rf_list_for_each(node, &dump->trace->channels) {
		struct output *output = &dump->outputs[dump->count];

		*output = (struct output){.channel = rf_container_of(node, struct rf_tracefs_channel, node)};

		int any = output->channel->enabled ? declare(output) : 0;

		if (any < 0)
			return any;
		if (!any)
			continue;
		begin_packet(output);
		dump->count++;
	}
	return 0;
}

static void free_dump(struct dump *dump)
{
	if (!dump)
		return;
	for (size_t i = 0; i < dump->count; i++)
		rf_writer_free(&dump->outputs[i].packet);
	free(dump);
}

/* Reads the state for channels that record it, if EVENTS is set, and for those that want to know threads. */
static int read_state(struct rf_tracefs_trace *trace, bool events)
{
	struct dump *dump = new_dump(trace);
	int err = dump ? 0 : -ENOMEM;

	if (!err && events)
		err = choose(dump);
	if (!err)
		dump->for_tasks = rf_tracefs_tasks_wanted(trace);
	if (!err && (dump->count || dump->for_tasks))
		err = run(dump);
	free_dump(dump);
	return err;
}

void rf_tracefs_tell_tasks(struct rf_tracefs_trace *trace)
{
	int err = read_state(trace, false);

	if (err < 0)
		rf_warning(
			"threads that are there already could not be read for session %llu: %s; contexts of them begin "
			"when they are switched to",
			(unsigned long long)trace->trace.def.session, strerror(-err));
}

int rf_tracefs_dump_state(struct rf_kernel_trace *trace)
{
	int err = read_state(rf_tracefs_trace_of(trace), true);

	if (!err)
		return LTTNG_OK;
	rf_warning("the state of the kernel could not be recorded for session %llu: %s",
		(unsigned long long)trace->def.session, strerror(-err));
	return err == -ENOMEM ? LTTNG_ERR_REGEN_STATEDUMP_NOMEM : LTTNG_ERR_REGEN_STATEDUMP_FAIL;
}
