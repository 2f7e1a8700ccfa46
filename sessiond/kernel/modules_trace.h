/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tracer of lttng-modules keeps of a trace, and its parts of struct rf_kernel_tracer_ops. Kernel thread. What
 * gives an int gives an LTTNG code.
 *
 * In the kernel a channel lives as long as its session, and an event as long as its channel: closing their descriptors
 * ends neither.
 */
#ifndef RF_SESSIOND_KERNEL_MODULES_TRACE_H
#define RF_SESSIOND_KERNEL_MODULES_TRACE_H

#include "sessiond/kernel/modules_text.h"
#include "sessiond/kernel/tracer.h"

struct rf_modules_tracer {
	struct rf_kernel_tracer tracer;
	int control_fd;
};

/* The tracker of one attribute, as the kernel has it. */
struct rf_modules_tracked {
	enum rf_tracker_policy policy;
	uint32_t count;
	uint32_t *values; /* ascending */
};

struct rf_modules_trace {
	struct rf_kernel_trace trace; /* its watch_fd is an epoll with the metadata stream and the channels */
	int session_fd;
	struct rf_modules_text text;
	struct rf_list channels;
	struct rf_modules_tracked trackers[RF_TRACKERS];
	bool started; /* once */
	bool active;
};

struct rf_modules_channel_state {
	struct rf_list node; /* in trace->channels */
	struct rf_modules_trace *trace;
	struct rf_channel_def def;
	int fd;
	bool described; /* the consumer was told so */
	uint32_t stream_class;
	/* Ours keep the channel from offering them again when a consumer dies. Only the consumer takes packets. */
	int *streams;
	unsigned int stream_count;
	struct rf_list rules;
};

/* Rules of all events are two events. */
#define RF_MODULES_RULE_EVENTS 2u
struct rf_modules_rule_state {
	struct rf_list node; /* in channel->rules */
	uint32_t id;
	int fds[RF_MODULES_RULE_EVENTS];
	unsigned int count;
};

/* /proc/lttng; the tracer's. */
int rf_modules_control(const struct rf_kernel_tracer *tracer);
/* Waits until no probe that began before still writes. */
void rf_modules_quiesce(struct rf_modules_trace *trace);
/* NULL when there is none. */
struct rf_modules_channel_state *rf_modules_find_channel(struct rf_modules_trace *trace, uint32_t id);
/* The metadata of an active trace, as far as it goes now, is at the consumer, which knows of its channels then. */
int rf_modules_drain(struct rf_modules_trace *trace);
/* One way to the consumer; 0 or a negative errno. */
int rf_modules_describe_channel(struct rf_modules_channel_state *channel);
/* Takes the streams of CPUs that have none yet, and gives them to the consumer. 0 or a negative errno. */
int rf_modules_take_streams(struct rf_modules_channel_state *channel);
void rf_modules_free_channel(struct rf_modules_channel_state *channel);
void rf_modules_free_rules(struct rf_modules_channel_state *channel);

int rf_modules_trace_new(
	struct rf_kernel_tracer *tracer, const struct rf_kernel_trace_def *def, struct rf_kernel_trace **result);
void rf_modules_trace_free(struct rf_kernel_trace *base);
int rf_modules_add_channel(struct rf_kernel_trace *base, const struct rf_channel_def *def);
void rf_modules_drop_channel(struct rf_kernel_trace *base, uint32_t id);
int rf_modules_enable_channel(struct rf_kernel_trace *base, uint32_t id, bool on);
int rf_modules_add_rule(struct rf_kernel_trace *base, uint32_t channel_id, uint32_t id, struct rf_event_rule *rule);
int rf_modules_enable_rule(struct rf_kernel_trace *base, uint32_t channel_id, uint32_t id, bool on);
int rf_modules_add_context(struct rf_kernel_trace *base, uint32_t id, const struct rf_context *context);
int rf_modules_track(struct rf_kernel_trace *base, const struct rf_kernel_tracker_def *tracker);
int rf_modules_start(struct rf_kernel_trace *base);
int rf_modules_stop(struct rf_kernel_trace *base);
int rf_modules_dump_state(struct rf_kernel_trace *base);
int rf_modules_regenerate_metadata(struct rf_kernel_trace *base, int64_t clock_offset);
void rf_modules_trace_readable(struct rf_kernel_trace *base);

#endif
