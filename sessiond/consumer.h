/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The consumers, one process for each traced uid and ABI and one for the kernel, as the session daemon drives them. The
 * broker spawns a consumer when it is first needed; its control link can be used at once, messages wait in the socket
 * until it is up.
 *
 * The table and all requests belong to the loop thread. Application commands and the notify thread use
 * rf_consumer_send() and rf_consumer_create_channel() from their own threads; they hold a reference meanwhile.
 */
#ifndef RF_SESSIOND_CONSUMER_H
#define RF_SESSIOND_CONSUMER_H

#include "common/proto_consumer.h"
#include "sessiond/broker_client.h"

#include <stdatomic.h>
#include <sys/types.h>

struct rf_consumers;

struct rf_consumer {
	struct rf_list node; /* in rf_consumers.list while it lives */
	atomic_uint refs;
	struct rf_consumers *table;
	uint32_t id;
	uid_t uid;
	uint8_t abi_bits;
	bool kernel;    /* it serves the kernel's traces, and no application's */
	char whose[32]; /* for log lines: `uid N` or `the kernel` */
	atomic_bool dead;
	unsigned int users; /* sessions that have traces in it; the last one lets it go */
	struct rf_timer retire;
	struct rf_link link;
	struct rf_requests requests;
};

/* A trace's directory may be closed now. */
typedef void (*rf_trace_ended_fn)(void *data, struct rf_consumer *consumer, uint64_t trace);
/* The consumer died; called once, its pending requests have failed before. */
typedef void (*rf_consumer_died_fn)(void *data, struct rf_consumer *consumer);

struct rf_consumers {
	struct rf_list list;
	struct rf_loop *loop;
	struct rf_broker_client *broker;
	bool lost; /* one died, and its user has no new one yet */
	uid_t lost_uid;
	bool lost_kernel;
	rf_trace_ended_fn on_trace_ended;
	rf_consumer_died_fn on_died;
	void *owner;
};

void rf_consumers_init(struct rf_consumers *consumers, struct rf_loop *loop, struct rf_broker_client *broker);
void rf_consumers_fini(struct rf_consumers *consumers);
/* The living consumer of UID, spawned when there is none. NULL when it cannot be had. No reference is added. */
struct rf_consumer *rf_consumers_get(struct rf_consumers *consumers, uid_t uid, uint8_t abi_bits);
/* The same of the kernel. */
struct rf_consumer *rf_consumers_get_kernel(struct rf_consumers *consumers);
/* What the broker said of a consumer's end. */
void rf_consumers_gone(struct rf_consumers *consumers, uint32_t id, int wait_status);

struct rf_consumer *rf_consumer_ref(struct rf_consumer *consumer);
void rf_consumer_unref(struct rf_consumer *consumer);
/* A session begins and stops to have traces in it; the consumer ends when it had none for that long. */
#define RF_CONSUMER_IDLE (10 * RF_SECOND)
void rf_consumer_use(struct rf_consumer *consumer);
void rf_consumer_release(struct rf_consumer *consumer);

/* Any thread: a one-way message; the writer is freed. Descriptors stay the caller's. */
int rf_consumer_send(struct rf_consumer *consumer, uint32_t type, struct rf_writer *body);
int rf_consumer_send_fds(
	struct rf_consumer *consumer, uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count);
int rf_consumer_send_id(struct rf_consumer *consumer, uint32_t type, uint64_t id);
/* Any thread: TEXT of TRACE's metadata that continues at *OFFSET, which is moved on by what was sent. */
int rf_consumer_push_text(
	struct rf_consumer *consumer, uint64_t trace, uint32_t version, uint64_t *offset, const void *text, size_t len);
/* Loop thread: a request whose body is one id. */
int rf_consumer_request(
	struct rf_consumer *consumer, uint32_t type, uint64_t id, uint64_t timeout, rf_reply_fn done, void *data);
/* Loop thread: RF_CONSUMER_DROP_CHANNEL. */
int rf_consumer_drop_channel(
	struct rf_consumer *consumer, uint64_t trace, uint32_t channel, rf_reply_fn done, void *data);
/*
 * Loop thread: the same for something that the consumer must get done. One that has not answered after
 * RF_CONSUMER_PATIENCE hangs: the broker is asked to end it, and its traces end there.
 */
#define RF_CONSUMER_PATIENCE (30 * RF_SECOND)
int rf_consumer_command(struct rf_consumer *consumer, uint32_t type, uint64_t id, rf_reply_fn done, void *data);
/* Any thread: RF_CONSUMER_DESCRIBE_CHANNEL. */
int rf_consumer_describe_channel(struct rf_consumer *consumer, uint64_t trace, uint32_t stream_class);
struct rf_channel_def;
/* What a request that makes the channel says of it. */
struct rf_consumer_channel rf_consumer_channel_of(const struct rf_channel_def *def, uint32_t stream_class);
/*
 * Any thread: asks for a channel's buffers. *SOCK is where the consumer hands them over (caller closes); its status
 * has been read from it. Blocks, RF_CONSUMER_WAIT at most.
 */
#define RF_CONSUMER_WAIT 5 /* seconds */
int rf_consumer_create_channel(
	struct rf_consumer *consumer, const struct rf_consumer_create_channel *request, int *sock);

#endif
