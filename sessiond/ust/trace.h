/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CTF trace being recorded: a registry, the consumer that writes it, the directory it goes to, and the ring buffers
 * of its channels as the consumer handed them over. Per-uid traces are shared by all applications of the uid in a
 * session, per-pid ones belong to one application.
 *
 * Created, referenced and freed by the loop thread; application commands use it through the reference that their
 * rf_app_session holds. Only rf_ust_trace_channel() is called by them.
 */
#ifndef RF_SESSIOND_UST_TRACE_H
#define RF_SESSIOND_UST_TRACE_H

#include "sessiond/consumer.h"
#include "sessiond/model/channel.h"
#include "sessiond/recording/output_trace.h"
#include "sessiond/ust/app.h"
#include "sessiond/ust/registry.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A channel's buffers. Immutable once published but for rf_ust_trace_channel_used(); its objects are never sent, only
 * duplicates of them.
 */
struct rf_trace_channel {
	struct rf_list node;
	uint32_t channel; /* the session's number */
	uint32_t stream_class;
	int status; /* 0, or why it could not be made */
	struct lttng_ust_abi_object_data *object;
	struct lttng_ust_abi_object_data **streams;
	unsigned int stream_count;
};

struct rf_ust_trace {
	struct rf_output_trace out; /* loop thread, but for its ids and consumer, which do not change */
	uid_t uid;
	uint8_t abi_bits;
	bool per_pid;
	struct rf_app_facts app; /* per-pid: whose it is */
	int64_t app_since;       /* registration time, seconds */
	struct rf_registry *registry;
	pthread_mutex_t lock; /* guards the list; held while a channel is being made */
	struct rf_list channels;
};

/* Before the sandbox: the number of CPUs, which the library reads from files. */
void rf_ust_trace_init(void);
/* Without a registry yet, which becomes its own. Adds a reference to CONSUMER. NULL without memory. */
struct rf_ust_trace *rf_ust_trace_new(
	uint64_t id, uint64_t session_id, const struct rf_app *app, bool per_pid, struct rf_consumer *consumer);
/* NULL when OUT is a trace of another domain. */
struct rf_ust_trace *rf_ust_trace_of(struct rf_output_trace *out);
struct rf_ust_trace *rf_ust_trace_ref(struct rf_ust_trace *trace);
void rf_ust_trace_unref(struct rf_ust_trace *trace);
/* The push function of registries: DATA is the rf_consumer. Any thread. */
int rf_ust_trace_push(void *data, uint64_t trace, uint64_t offset, uint32_t version, const char *text, size_t len);

/* Their described function. Any thread. A consumer that is gone needs to know nothing more. */
void rf_ust_trace_described(void *data, uint64_t trace, uint32_t channel);

/*
 * Application command threads. Gives the buffers of a channel, made by the consumer at the first call. Blocks while
 * another thread makes them. 0 or negative errno; a failure is final for the trace.
 */
int rf_ust_trace_channel(
	struct rf_ust_trace *trace, const struct rf_channel_def *def, const struct rf_trace_channel **channel);
/*
 * Application command threads: the one application of a per-pid trace has the streams of channel NUMBER, so that their
 * descriptors need not be kept for others.
 */
void rf_ust_trace_channel_used(struct rf_ust_trace *trace, uint32_t number);

#endif
