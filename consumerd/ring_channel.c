/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_channel.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "consumerd/channel.h"
#include "consumerd/headroom.h"
#include "consumerd/source_events.h"
#include "consumerd/source_ring.h"
#include "consumerd/stream_task.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CPUS_MAX 8192u
/* Of a CPU: its ring and its statistics, data file and index. */
#define STREAM_FDS 4u
#define US 1000u /* in ns */

struct rings {
	struct rf_channel *channel;
	struct rf_record_table *table;
	int free_buffer;
	size_t page_size;
	uint64_t ring_size;
	size_t packet_size;
	uint32_t instance; /* the broker's */
	unsigned int cpu_count;
	unsigned int asked;       /* CPUs whose rings were asked for */
	struct rf_stream *events; /* NULL: none yet */
	uint64_t events_end;      /* time of the last of them */
	uint64_t interval;        /* after which packets are closed, ns; 0: never */
	struct rf_timer timer;
	atomic_bool closing; /* the packets of the last interval are not all closed yet */
	struct rf_completion closed;
};

static void free_rings(void *base)
{
	struct rings *rings = base;

	rf_timer_cancel(&rings->timer);
	rf_record_table_free(rings->table);
	if (rings->free_buffer >= 0)
		close(rings->free_buffer);
	free(rings);
}

/* NULL: it is a channel of another kind. */
static struct rings *rings_of(struct rf_channel *channel)
{
	return channel && channel->free_base == free_rings ? channel->base : NULL;
}

static struct rf_packet_origin origin_of(const struct rings *rings, uint32_t instance, uint32_t cpu)
{
	struct rf_packet_origin origin = {
		.stream_class = rings->channel->stream_class, .instance = instance, .cpu = cpu, .abi_bits = 64};

	memcpy(origin.uuid, rings->channel->trace->format.uuid, RF_UUID_SIZE);
	return origin;
}

/* Any data thread. */
static void packets_closed(struct rf_completion *completion)
{
	struct rings *rings = rf_container_of(completion, struct rings, closed);

	atomic_store(&rings->closing, false);
}

static void close_packets(struct rf_timer *timer)
{
	struct rings *rings = rf_container_of(timer, struct rings, timer);
	struct rf_channel *channel = rings->channel;

	if (channel->ending)
		return;
	rf_timer_arm(channel->trace->daemon->loop, timer, rings->interval, close_packets);
	/* A stream that does not get to it has enough to do. */
	if (atomic_load(&rings->closing))
		return;
	atomic_store(&rings->closing, true);
	rf_completion_begin(&rings->closed, packets_closed);
	for (unsigned int i = 0; i < channel->stream_count; i++) {
		rf_completion_add(&rings->closed);
		/* Without memory it is tried again after the next interval. */
		if (rf_stream_post_close_packet(channel->streams[i], &rings->closed) < 0)
			rf_completion_finish(&rings->closed);
	}
	rf_completion_finish(&rings->closed);
}

/* Takes the descriptors. */
static int add_ring(struct rings *rings, unsigned int cpu, int pipe_fd, int stats_fd)
{
	struct rf_source *source = rf_source_ring_new(&(struct rf_source_ring_def){
		.pipe_fd = pipe_fd,
		.stats_fd = stats_fd,
		.page_size = rings->page_size,
		.ring_size = rings->ring_size,
		.packet_size = rings->packet_size,
		.table = rings->table,
		.catch_up = &rings->channel->trace->daemon->catch_up,
		.origin = origin_of(rings, cpu, cpu),
	});

	return source ? rf_channel_add(rings->channel, source) : -ENOMEM;
}

static int take_rings(struct rings *rings, struct rf_frame *frame, unsigned int first)
{
	unsigned int begin = first ? 0 : 1;
	int err = 0;

	if (!first)
		rings->free_buffer = rf_frame_take_fd(frame, 0);
	for (unsigned int cpu = first; !err && cpu < rings->asked; cpu++) {
		unsigned int at = begin + 2 * (cpu - first);

		err = add_ring(rings, cpu, rf_frame_take_fd(frame, at), rf_frame_take_fd(frame, at + 1));
	}
	return err;
}

static void ask(struct rings *rings);

/* All rings are there, or an error. */
static void made(struct rings *rings, int err)
{
	struct rf_channel *channel = rings->channel;
	struct rf_trace *trace = channel->trace;

	if (err) {
		rf_error("cannot make channel '%s' of the kernel's trace %llu: %s", channel->name,
			(unsigned long long)trace->id, strerror(-err));
		rf_settle_failed(trace->session, err);
		rf_channel_free(channel);
	} else {
		rf_channel_start(channel);
		if (rings->interval)
			rf_timer_arm(trace->daemon->loop, &rings->timer, rings->interval, close_packets);
	}
	rf_hold_end(&trace->daemon->hold);
}

static void rings_opened(void *data, int status, struct rf_frame *frame)
{
	struct rings *rings = data;
	unsigned int first = (rings->asked - 1) / RF_OPEN_RINGS_MAX * RF_OPEN_RINGS_MAX;

	if (!status)
		status = take_rings(rings, frame, first);
	if (!status && rings->asked < rings->cpu_count)
		ask(rings);
	else
		made(rings, status);
}

/* For the next ones. */
static void ask(struct rings *rings)
{
	unsigned int left = rings->cpu_count - rings->asked;
	const struct rf_broker_open_rings wanted = {
		.instance = rings->instance,
		.first_cpu = rings->asked,
		.cpu_count = left < RF_OPEN_RINGS_MAX ? left : RF_OPEN_RINGS_MAX,
	};

	rings->asked += wanted.cpu_count;
	rf_opener_rings(&rings->channel->trace->daemon->opener, &wanted, rings_opened, rings);
}

static struct rings *new_rings(const struct rf_consumer_create_rings *request)
{
	struct rings *rings = calloc(1, sizeof(*rings));

	if (!rings)
		return NULL;
	rings->free_buffer = -1;
	rings->instance = request->instance;
	rings->cpu_count = request->cpu_count;
	rings->page_size = request->page_size;
	rings->ring_size = request->ring_size;
	rings->packet_size = (size_t)request->packet_size;
	rings->interval = (uint64_t)request->switch_interval * US;
	rings->table = rf_record_table_new();
	if (rings->table)
		return rings;
	free_rings(rings);
	return NULL;
}

static int build(struct rf_trace *trace, const struct rf_consumer_create_rings *request)
{
	int err = rf_headroom(trace->daemon->opener.expected + 1 + STREAM_FDS * request->cpu_count);
	struct rings *rings = err ? NULL : new_rings(request);

	if (!rings)
		return err ? err : -ENOMEM;
	rings->channel = rf_channel_new(trace, &request->channel, rings, free_rings);
	if (!rings->channel) {
		free_rings(rings);
		return -ENOMEM;
	}
	rf_hold_begin(&trace->daemon->hold);
	ask(rings);
	return 0;
}

int rf_ring_channel_create(struct rf_trace *trace, const struct rf_consumer_create_rings *request)
{
	int err = 0;

	if (trace->ending)
		err = -ENOENT;
	else if (rf_channel_find(trace, request->channel.number))
		err = -EEXIST;
	else if (!request->cpu_count || request->cpu_count > CPUS_MAX ||
		!rf_source_ring_sizes_ok(request->page_size, request->ring_size, request->packet_size))
		err = -EINVAL;
	if (!err)
		err = build(trace, request);
	if (err)
		rf_settle_failed(trace->session, err);
	return err;
}

int rf_ring_channel_describe(struct rf_trace *trace, const struct rf_consumer_describe_record *request)
{
	struct rings *rings = rings_of(rf_channel_find(trace, request->channel));
	int err;

	if (!rings)
		return -ENOENT;
	if (request->record >= RF_RECORD_KINDS)
		return -EINVAL;

	struct rf_record_program *program = rf_record_program_new(
		request->event, request->size_min, request->ops.data, request->ops.len, &err);

	if (!program)
		return err;
	err = rf_record_program_watch(program, &request->watch);
	if (err) {
		free(program);
		return err;
	}
	rf_record_table_put(rings->table, (uint16_t)request->record, program);
	return 0;
}

int rf_ring_channel_add_tasks(struct rf_trace *trace, const struct rf_consumer_add_tasks *request)
{
	struct rings *rings = rings_of(rf_channel_find(trace, request->channel));

	return rings ? rf_tasks_add(rings->table->tasks, request->tasks.data, request->tasks.len) : -ENOENT;
}

static int add_events_stream(struct rings *rings)
{
	struct rf_channel *channel = rings->channel;
	const struct rf_packet_origin origin = origin_of(rings, rings->cpu_count, 0);
	struct rf_source *source = rf_source_events_new(&origin);

	if (!source)
		return -ENOMEM;

	int err = rf_channel_add(channel, source);

	if (err)
		return err;
	rings->events = channel->streams[channel->stream_count - 1];
	rf_channel_start(channel);
	return 0;
}

int rf_ring_channel_add_events(struct rf_trace *trace, const struct rf_consumer_add_events *request)
{
	struct rings *rings = rings_of(rf_channel_find(trace, request->channel));

	if (!rings)
		return -ENOENT;
	if (!request->events.len || request->begin < rings->events_end || request->end < request->begin)
		return -EINVAL;

	int err = rings->events ? 0 : add_events_stream(rings);

	if (err)
		return err;

	struct rf_event_block *block = rf_event_block_new(
		request->begin, request->end, request->events.data, request->events.len);

	if (!block)
		return -ENOMEM;
	err = rf_stream_post_events(rings->events, block);
	if (err)
		free(block);
	else
		rings->events_end = request->end;
	return err;
}
