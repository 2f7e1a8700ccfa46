/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/consumer.h"

#include "common/log.h"
#include "sessiond/model/channel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

void rf_consumers_init(struct rf_consumers *consumers, struct rf_loop *loop, struct rf_broker_client *broker)
{
	*consumers = (struct rf_consumers){.loop = loop, .broker = broker};
	rf_list_init(&consumers->list);
}

struct rf_consumer *rf_consumer_ref(struct rf_consumer *consumer)
{
	atomic_fetch_add(&consumer->refs, 1);
	return consumer;
}

void rf_consumer_unref(struct rf_consumer *consumer)
{
	if (!consumer || atomic_fetch_sub(&consumer->refs, 1) != 1)
		return;
	rf_link_fini(&consumer->link);
	free(consumer);
}

/* Takes it out of service; the object stays as long as somebody refers to it. */
static void bury(struct rf_consumer *consumer)
{
	if (atomic_exchange(&consumer->dead, true))
		return;
	rf_list_remove(&consumer->node);
	rf_timer_cancel(&consumer->retire);
	rf_requests_fail_all(&consumer->requests, -EPIPE);
	rf_link_close(&consumer->link);
}

static void died(struct rf_consumer *consumer)
{
	struct rf_consumers *table = consumer->table;

	if (atomic_load(&consumer->dead))
		return;
	bury(consumer);
	table->lost = true;
	table->lost_uid = consumer->uid;
	table->lost_kernel = consumer->kernel;
	if (table->on_died)
		table->on_died(table->owner, consumer);
	rf_consumer_unref(consumer);
}

static void stream_failed(struct rf_consumer *consumer, struct rf_frame *frame)
{
	struct rf_consumer_stream_failed failed;
	char name[RF_NAME_SIZE];

	if (!rf_consumer_stream_failed_decode(&frame->body, &failed))
		return;
	rf_warning("consumer of %s cannot write trace %llu, channel %s, CPU %u: %s; its packets are lost until it can",
		consumer->whose, (unsigned long long)failed.trace, rf_log_safe(name, sizeof(name), failed.channel),
		failed.cpu, strerror(-failed.error));
}

static void on_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_consumer *consumer = link->owner;
	struct rf_consumers *table = consumer->table;
	struct rf_consumer_id ended;

	if (frame->type & RF_FRAME_REPLY)
		rf_requests_reply(&consumer->requests, frame);
	else if (frame->type == RF_CONSUMER_STREAM_FAILED)
		stream_failed(consumer, frame);
	else if (frame->type == RF_CONSUMER_TRACE_ENDED && rf_consumer_id_decode(&frame->body, &ended))
		table->on_trace_ended(table->owner, consumer, ended.id);
	else
		rf_warning("ignored message %u of the consumer of %s", frame->type, consumer->whose);
}

static void on_gone(struct rf_link *link, int status)
{
	struct rf_consumer *consumer = link->owner;

	rf_error("lost the consumer of %s (%s): its traces end here", consumer->whose,
		status ? strerror(-status) : "closed its link");
	died(consumer);
}

void rf_consumers_gone(struct rf_consumers *consumers, uint32_t id, int wait_status)
{
	rf_list_for_each(node, &consumers->list) {
		struct rf_consumer *consumer = rf_container_of(node, struct rf_consumer, node);

		if (consumer->id != id)
			continue;
		if (WIFSIGNALED(wait_status))
			rf_error("consumer of %s was killed by signal %d: its traces end here", consumer->whose,
				WTERMSIG(wait_status));
		else
			rf_error("consumer of %s exited with status %d: its traces end here", consumer->whose,
				WEXITSTATUS(wait_status));
		died(consumer);
		return;
	}
}

static void spawned(void *data, int status, struct rf_reader *body)
{
	struct rf_consumer *consumer = data;

	(void)body;
	if (status < 0) {
		rf_error("the broker did not start a consumer for %s: %s", consumer->whose, strerror(-status));
		died(consumer);
	} else if (consumer->table->lost_uid == consumer->uid && consumer->table->lost_kernel == consumer->kernel) {
		consumer->table->lost = false;
	}
	rf_consumer_unref(consumer);
}

static struct rf_consumer *spawn(struct rf_consumers *consumers, uid_t uid, uint8_t abi_bits, bool kernel)
{
	struct rf_consumer *consumer = calloc(1, sizeof(*consumer));
	int ends[2];

	if (!consumer)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		rf_error("no socket for a consumer: %s; raise the limit of open files", strerror(errno));
		free(consumer);
		return NULL;
	}
	consumer->table = consumers;
	consumer->id = rf_broker_new_id(consumers->broker);
	consumer->uid = uid;
	consumer->abi_bits = abi_bits;
	consumer->kernel = kernel;
	if (kernel)
		snprintf(consumer->whose, sizeof(consumer->whose), "the kernel");
	else
		snprintf(consumer->whose, sizeof(consumer->whose), "uid %u", uid);
	atomic_init(&consumer->refs, 2); /* the table's and the request's */
	rf_list_init(&consumer->node);
	rf_requests_init(&consumer->requests, &consumer->link, consumers->loop);

	int err = rf_link_init(&consumer->link, ends[0], on_frame, on_gone, consumer);

	if (!err)
		err = rf_link_attach(&consumer->link, consumers->loop);
	if (!err)
		err = rf_broker_spawn_consumer(consumers->broker,
			&(struct rf_broker_spawn_consumer){
				.consumer = consumer->id, .uid = uid, .abi_bits = abi_bits, .kernel = kernel},
			ends[1], spawned, consumer);
	close(ends[1]);
	if (err < 0) {
		rf_error("no consumer for %s: %s", consumer->whose, strerror(-err));
		rf_link_fini(&consumer->link);
		free(consumer);
		return NULL;
	}
	rf_list_append(&consumers->list, &consumer->node);
	return consumer;
}

static struct rf_consumer *get(struct rf_consumers *consumers, uid_t uid, uint8_t abi_bits, bool kernel)
{
	rf_list_for_each(node, &consumers->list) {
		struct rf_consumer *consumer = rf_container_of(node, struct rf_consumer, node);

		if (consumer->uid == uid && consumer->abi_bits == abi_bits && consumer->kernel == kernel)
			return consumer;
	}
	return spawn(consumers, uid, abi_bits, kernel);
}

struct rf_consumer *rf_consumers_get(struct rf_consumers *consumers, uid_t uid, uint8_t abi_bits)
{
	return get(consumers, uid, abi_bits, false);
}

struct rf_consumer *rf_consumers_get_kernel(struct rf_consumers *consumers)
{
	return get(consumers, 0, 64, true);
}

void rf_consumer_use(struct rf_consumer *consumer)
{
	consumer->users++;
}

static void retire(struct rf_timer *timer)
{
	struct rf_consumer *consumer = rf_container_of(timer, struct rf_consumer, retire);

	if (consumer->users || atomic_load(&consumer->dead))
		return;
	/* Hang-up on the control link is the sign to end; nothing it wrote is unfinished by then. */
	bury(consumer);
	rf_consumer_unref(consumer);
}

void rf_consumer_release(struct rf_consumer *consumer)
{
	if (--consumer->users || atomic_load(&consumer->dead))
		return;
	/* Not at once: who destroys a session often makes the next one. */
	rf_timer_arm(consumer->table->loop, &consumer->retire, RF_CONSUMER_IDLE, retire);
}

void rf_consumers_fini(struct rf_consumers *consumers)
{
	rf_list_for_each_safe(node, tmp, &consumers->list) {
		struct rf_consumer *consumer = rf_container_of(node, struct rf_consumer, node);

		bury(consumer);
		rf_consumer_unref(consumer);
	}
}

int rf_consumer_send(struct rf_consumer *consumer, uint32_t type, struct rf_writer *body)
{
	return rf_consumer_send_fds(consumer, type, body, NULL, 0);
}

int rf_consumer_send_fds(
	struct rf_consumer *consumer, uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count)
{
	return rf_link_send_writer(&consumer->link, type, 0, 0, body, fds, fd_count);
}

int rf_consumer_push_text(
	struct rf_consumer *consumer, uint64_t trace, uint32_t version, uint64_t *offset, const void *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t piece = len - at < RF_METADATA_PUSH_MAX ? len - at : RF_METADATA_PUSH_MAX;
		const struct rf_consumer_push_metadata message = {
			.trace = trace,
			.offset = *offset,
			.version = version,
			.text = {.data = (const uint8_t *)text + at, .len = piece},
		};
		struct rf_writer w;

		rf_frame_body(&w);
		rf_consumer_push_metadata_encode(&w, &message);

		int err = rf_consumer_send(consumer, RF_CONSUMER_PUSH_METADATA, &w);

		if (err)
			return err;
		at += piece;
		*offset += piece;
	}
	return 0;
}

int rf_consumer_describe_channel(struct rf_consumer *consumer, uint64_t trace, uint32_t stream_class)
{
	const struct rf_consumer_describe_channel message = {.trace = trace, .stream_class = stream_class};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_describe_channel_encode(&w, &message);
	return rf_consumer_send(consumer, RF_CONSUMER_DESCRIBE_CHANNEL, &w);
}

int rf_consumer_send_id(struct rf_consumer *consumer, uint32_t type, uint64_t id)
{
	const struct rf_consumer_id message = {.id = id};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_id_encode(&w, &message);
	return rf_consumer_send(consumer, type, &w);
}

int rf_consumer_request(
	struct rf_consumer *consumer, uint32_t type, uint64_t id, uint64_t timeout, rf_reply_fn done, void *data)
{
	const struct rf_consumer_id message = {.id = id};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_id_encode(&w, &message);
	return rf_requests_send(&consumer->requests, type, &w, NULL, 0, timeout, done, data);
}

int rf_consumer_drop_channel(
	struct rf_consumer *consumer, uint64_t trace, uint32_t channel, rf_reply_fn done, void *data)
{
	const struct rf_consumer_drop_channel message = {.trace = trace, .channel = channel};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_consumer_drop_channel_encode(&w, &message);
	return rf_requests_send(
		&consumer->requests, RF_CONSUMER_DROP_CHANNEL, &w, NULL, 0, RF_CONSUMER_PATIENCE, done, data);
}

struct command {
	struct rf_consumer *consumer; /* a reference */
	rf_reply_fn done;
	void *data;
};

static void command_done(void *data, int status, struct rf_reader *body)
{
	struct command *command = data;
	struct rf_consumer *consumer = command->consumer;

	if (status == -ETIMEDOUT && !atomic_load(&consumer->dead)) {
		rf_error("the consumer of %s does not answer: ending it", consumer->whose);
		rf_broker_send_id(consumer->table->broker, RF_BROKER_STOP_CONSUMER, consumer->id);
	}
	command->done(command->data, status, body);
	rf_consumer_unref(consumer);
	free(command);
}

int rf_consumer_command(struct rf_consumer *consumer, uint32_t type, uint64_t id, rf_reply_fn done, void *data)
{
	struct command *command = calloc(1, sizeof(*command));

	if (!command)
		return -ENOMEM;
	*command = (struct command){.consumer = rf_consumer_ref(consumer), .done = done, .data = data};

	int err = rf_consumer_request(consumer, type, id, RF_CONSUMER_PATIENCE, command_done, command);

	if (err < 0) {
		rf_consumer_unref(consumer);
		free(command);
	}
	return err;
}

struct rf_consumer_channel rf_consumer_channel_of(const struct rf_channel_def *def, uint32_t stream_class)
{
	struct rf_consumer_channel channel = {
		.number = def->id,
		.stream_class = stream_class,
		.overwrite = def->attr.overwrite,
		.file_size = def->attr.tracefile_size,
		.file_count = def->attr.tracefile_count,
	};

	memcpy(channel.name, def->name, sizeof(channel.name));
	return channel;
}

int rf_consumer_create_channel(
	struct rf_consumer *consumer, const struct rf_consumer_create_channel *request, int *sock)
{
	const struct timeval wait = {.tv_sec = RF_CONSUMER_WAIT};
	struct rf_writer w;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	rf_frame_body(&w);
	rf_consumer_create_channel_encode(&w, request);

	int err = rf_link_send_writer(&consumer->link, RF_CONSUMER_CREATE_CHANNEL, 0, 0, &w, &ends[1], 1);
	int32_t status = 0;

	close(ends[1]);
	if (!err && setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0)
		err = -errno;
	if (!err) {
		ssize_t got = recv(ends[0], &status, sizeof(status), MSG_WAITALL);

		if (got < 0)
			err = errno == EAGAIN ? -ETIMEDOUT : -errno;
		else if (got != (ssize_t)sizeof(status))
			err = -EPIPE;
		else
			err = status < 0 ? status : 0;
	}
	if (err < 0) {
		close(ends[0]);
		return err;
	}
	*sock = ends[0];
	return 0;
}
