/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the mainline tracer's parts know of each other: a tracer has traces, a trace has channels (instances of the
 * kernel's tracer), a channel has rules and the kernel's events that they ever selected. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_PARTS_H
#define RF_SESSIOND_KERNEL_TRACEFS_PARTS_H

#include "common/list.h"
#include "common/record_ops.h"
#include "sessiond/kernel/event_catalogue.h"
#include "sessiond/kernel/link.h"
#include "sessiond/kernel/tracer.h"

struct rf_tracefs_tracer {
	struct rf_kernel_tracer tracer;
	struct rf_broker_kernel facts;
	int available_events;
	uint32_t last_instance;
};

struct rf_tracefs_trackers {
	enum rf_tracker_policy policy[RF_TRACKERS];
	uint32_t *values[RF_TRACKERS]; /* malloc'd */
	uint32_t count[RF_TRACKERS];
};

struct rf_tracefs_trace {
	struct rf_kernel_trace trace;
	struct rf_list channels; /* struct rf_tracefs_channel, in the order of creation */
	uint32_t next_stream_class;
	bool started;
	bool ever_started;
	struct rf_tracefs_trackers trackers;
	/* The metadata text at the consumer. */
	bool begun;
	uint32_t version;
	uint64_t pushed; /* bytes of this version */
	uint64_t dumped; /* when the last state dump ended, trace clock */
};

/* A kind of record, and the event that it becomes. Its number in the channel is the event's id. */
struct rf_tracefs_record {
	struct rf_list node; /* in rf_tracefs_channel.records */
	uint32_t type;       /* the kernel's */
	uint32_t event;
	uint32_t size_min;
	bool made_up;                 /* no ring has it */
	bool without_text;            /* another one of the same event has it */
	bool sent;                    /* text and operations are at the consumer */
	bool resend;                  /* the operations, since they are events at another time */
	struct rf_record_watch watch; /* used where the channel needs what it tells */
	size_t op_count;
	struct rf_record_op *ops; /* those of all contexts come first */
	size_t body_len;
	char *body; /* the fields, as metadata text */
	char name[];
};

struct rf_tracefs_rule {
	struct rf_list node; /* in rf_tracefs_channel.rules */
	uint32_t id;
	bool enabled;
	bool filter_refused; /* for one of the events that it left out */
	uint32_t probe;      /* the broker's number, 0: it defines no events */
	struct rf_event_rule *rule;
	/* Events that it would select, but cannot have. */
	const struct rf_tracefs_event **left_out;
	size_t left_out_count;
};

struct rf_tracefs_event {
	struct rf_list node; /* in rf_tracefs_channel.events */
	struct rf_kernel_event kernel;
	const struct rf_tracefs_rule *probe; /* that defined it, NULL: the kernel has it */
	char *name;                          /* for clients */
	struct rf_tracefs_record *record;    /* NULL: it was never on */
	bool wanted;                         /* by a rule, or by the channel's contexts */
	bool shown;                          /* by a rule */
	bool on;                             /* in the kernel */
	char *filter;                        /* in the kernel, NULL: none */
};

struct rf_tracefs_channel {
	struct rf_list node; /* in rf_tracefs_trace.channels */
	struct rf_tracefs_trace *trace;
	uint32_t id;
	uint32_t instance;
	uint32_t stream_class;
	char name[RF_NAME_SIZE];
	bool enabled;
	bool described;    /* the consumer knows its streams */
	uint32_t contexts; /* bits of enum rf_tracefs_context */
	int set_event;
	int tracing_on;
	uint32_t next_event;
	uint32_t last_probe;
	struct rf_list rules;
	struct rf_list events;
	struct rf_list records;
};

static inline struct rf_tracefs_tracer *rf_tracefs_tracer_of(struct rf_kernel_tracer *tracer)
{
	return rf_container_of(tracer, struct rf_tracefs_tracer, tracer);
}

static inline struct rf_tracefs_trace *rf_tracefs_trace_of(struct rf_kernel_trace *trace)
{
	return rf_container_of(trace, struct rf_tracefs_trace, trace);
}

static inline struct rf_kernel_link *rf_tracefs_link(const struct rf_tracefs_channel *channel)
{
	return channel->trace->trace.tracer->link;
}

/* NULL: there is none. */
struct rf_tracefs_channel *rf_tracefs_channel_find(struct rf_tracefs_trace *trace, uint32_t id);
/* Whether it is to record now. */
static inline bool rf_tracefs_channel_on(const struct rf_tracefs_channel *channel)
{
	return channel->enabled && channel->trace->started;
}

/* tracefs.c: what the kernel has now. 0 (free it), -ENOMEM, or what reading gave. */
int rf_tracefs_catalogue(struct rf_tracefs_tracer *tracer, struct rf_kernel_catalogue *catalogue);
/* Writes TEXT with one call. 0 or negative errno. */
int rf_tracefs_write(int fd, const char *text);
/* The whole of a file, from its beginning, malloc'd. 0 or negative errno; -ENOMEM above LIMIT, too. */
int rf_tracefs_read(int fd, size_t limit, char **text, size_t *len);

/* Operations of the tracer, see tracer.h; the files that have them. */

/* tracefs_trace.c */
int rf_tracefs_trace_new(
	struct rf_kernel_tracer *tracer, const struct rf_kernel_trace_def *def, struct rf_kernel_trace **trace);
void rf_tracefs_trace_free(struct rf_kernel_trace *trace);
int rf_tracefs_start(struct rf_kernel_trace *trace);
int rf_tracefs_stop(struct rf_kernel_trace *trace);
/* tracefs_channel.c */
int rf_tracefs_add_channel(struct rf_kernel_trace *trace, const struct rf_channel_def *def);
void rf_tracefs_drop_channel(struct rf_kernel_trace *trace, uint32_t id);
int rf_tracefs_enable_channel(struct rf_kernel_trace *trace, uint32_t id, bool on);
int rf_tracefs_add_context(struct rf_kernel_trace *trace, uint32_t id, const struct rf_context *context);
void rf_tracefs_channel_free(struct rf_tracefs_channel *channel);
/* tracefs_rules.c */
int rf_tracefs_add_rule(struct rf_kernel_trace *trace, uint32_t channel_id, uint32_t id, struct rf_event_rule *what);
int rf_tracefs_enable_rule(struct rf_kernel_trace *trace, uint32_t channel_id, uint32_t id, bool on);
/* tracefs_tracker.c */
int rf_tracefs_track(struct rf_kernel_trace *trace, const struct rf_kernel_tracker_def *def);
/* Makes CHANNEL's instance track what the trace's trackers say. */
int rf_tracefs_track_channel(struct rf_tracefs_channel *channel);
void rf_tracefs_trackers_free(struct rf_tracefs_trackers *trackers);
/* tracefs_state.c */
int rf_tracefs_dump_state(struct rf_kernel_trace *trace);
/* Tells the consumer of threads that are there already, if a channel wants to know. */
void rf_tracefs_tell_tasks(struct rf_tracefs_trace *trace);
/* tracefs_metadata.c */
int rf_tracefs_regenerate_metadata(struct rf_kernel_trace *trace, int64_t clock_offset);
/*
 * Tells the consumer what it does not know of CHANNEL: at the first time its streams, then records. 0 or negative
 * errno.
 */
int rf_tracefs_describe(struct rf_tracefs_channel *channel);

#endif
