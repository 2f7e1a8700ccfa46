/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracer that the kernel has, as the kernel domain drives it: lttng-modules or the mainline tracer's tracefs. Two
 * implementations embed these structures; neither knows of clients or of the loop.
 *
 * Everything here runs on the kernel thread (thread.h) and may block: on the broker, on the kernel. Objects belong to
 * the tracer until the call that ends them. Results are LTTNG_ERR codes of <lttng/lttng-error.h>, LTTNG_OK (10) for
 * success: they go to the client as they are. After a failure the object is as it was before the call, or was not made.
 *
 * Channels and rules go by the session's numbers (rf_channel.id, rf_channel_rule.id).
 */
#ifndef RF_SESSIOND_KERNEL_TRACER_H
#define RF_SESSIOND_KERNEL_TRACER_H

#include "sessiond/consumer.h"
#include "sessiond/model/channel.h"
#include "sessiond/model/tracker.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct rf_kernel_trace;
struct rf_kernel_tracer;

/* Texts, one malloc'd block: offsets[i] is where text i starts. */
struct rf_kernel_names {
	char *text;
	size_t *offsets;
	uint8_t *flags; /* system calls: 1: of 32-bit programs, 2: of 64-bit ones; NULL otherwise */
	size_t count;
};
void rf_kernel_names_free(struct rf_kernel_names *names);

/* What a trace is made from; copied. Its consumer knows the trace already (RF_CONSUMER_CREATE_TRACE). */
struct rf_kernel_trace_def {
	uint64_t trace;               /* the consumer's number */
	uint64_t session;             /* and that of the session, for log lines */
	struct rf_consumer *consumer; /* a reference for as long as the trace lives */
	uint8_t uuid[RF_UUID_SIZE];   /* of the trace, unless the tracer makes its own and says so to the consumer */
	uid_t uid;
	char session_name[RF_NAME_SIZE];
	bool session_name_generated;
	time_t session_created;
	int64_t clock_offset; /* realtime minus monotonic clock, ns; that of the session's user-space traces, too */
	char hostname[RF_NAME_SIZE];
};

struct rf_kernel_tracker_def {
	enum rf_tracker_kind kind;
	enum rf_tracker_policy policy;
	uint32_t count;
	uint32_t *values; /* the caller's */
};

struct rf_kernel_tracer_ops {
	const char *name;
	/* What there is to be recorded. */
	int (*list_tracepoints)(struct rf_kernel_tracer *tracer, struct rf_kernel_names *names);
	int (*list_syscalls)(struct rf_kernel_tracer *tracer, struct rf_kernel_names *names);
	/* A session's part in the kernel. */
	int (*trace_new)(
		struct rf_kernel_tracer *tracer, const struct rf_kernel_trace_def *def, struct rf_kernel_trace **trace);
	/* It is stopped, and no consumer has anything of it any more. Frees it with all that it has. */
	void (*trace_free)(struct rf_kernel_trace *trace);
	/* Before the first start; disabled ones record nothing. Streams and their description go to the consumer. */
	int (*add_channel)(struct rf_kernel_trace *trace, const struct rf_channel_def *channel);
	int (*enable_channel)(struct rf_kernel_trace *trace, uint32_t channel, bool on);
	/*
	 * Before the first start: it goes again with all that it has, and another of its name may come. The consumer
	 * reads nothing of it any more.
	 */
	void (*drop_channel)(struct rf_kernel_trace *trace, uint32_t channel);
	/* An event rule, enabled at once. RULE is immutable, a reference may be kept. */
	int (*add_rule)(struct rf_kernel_trace *trace, uint32_t channel, uint32_t id, struct rf_event_rule *rule);
	int (*enable_rule)(struct rf_kernel_trace *trace, uint32_t channel, uint32_t id, bool on);
	/* Before the first start. */
	int (*add_context)(struct rf_kernel_trace *trace, uint32_t channel, const struct rf_context *context);
	/* The whole tracker as it is to be from now on. */
	int (*track)(struct rf_kernel_trace *trace, const struct rf_kernel_tracker_def *tracker);
	/* Metadata is at the consumer when they return; a start ends with a state dump. */
	int (*start)(struct rf_kernel_trace *trace);
	int (*stop)(struct rf_kernel_trace *trace);
	/* While it is started. */
	int (*dump_state)(struct rf_kernel_trace *trace);
	/* The text is made anew, as a new version, with this offset. */
	int (*regenerate_metadata)(struct rf_kernel_trace *trace, int64_t clock_offset);
	/* Something is to be read on `watch_fd`: on the kernel thread, whenever it is readable. NULL: never. */
	void (*trace_readable)(struct rf_kernel_trace *trace);
	void (*destroy)(struct rf_kernel_tracer *tracer);
};

struct rf_kernel_tracer {
	const struct rf_kernel_tracer_ops *ops;
	struct rf_kernel_link *link; /* to the broker, see link.h */
};

struct rf_kernel_trace {
	struct rf_kernel_tracer *tracer;
	struct rf_kernel_trace_def def;
	int watch_fd; /* -1: nothing to watch; does not change between trace_new() and trace_free() */
};

#endif
