/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/broker_client.h"

#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int rf_broker_client_wait_start(int sock, struct rf_start *start)
{
	struct rf_frame_buffer *buffer = malloc(sizeof(*buffer));
	struct rf_frame frame;

	if (!buffer)
		return -ENOMEM;

	int got = rf_frame_recv(sock, buffer, &frame, 0);
	int err = got < 0 ? got : 0;

	if (!err &&
		(!got || frame.type != RF_BROKER_START || !rf_broker_start_decode(&frame.body, &start->settings) ||
			frame.fd_count != RF_START_FD_COUNT - (start->settings.rootless ? 1 : 0)))
		err = -EPROTO;
	for (unsigned int i = 0, taken = 0; !err && i < RF_START_FD_COUNT; i++)
		start->fds[i] = i == RF_START_FD_KERNEL_HEALTH && start->settings.rootless
			? -1
			: rf_frame_take_fd(&frame, taken++);
	if (got > 0)
		rf_frame_close_fds(&frame);
	free(buffer);
	return err;
}

static void on_frame(struct rf_link *link, struct rf_frame *frame)
{
	struct rf_broker_client *client = link->owner;
	struct rf_broker_consumer_gone gone;
	struct rf_broker_policy policy;

	if (frame->type & RF_FRAME_REPLY)
		rf_requests_reply(&client->requests, frame);
	else if (frame->type == RF_BROKER_SHUTDOWN)
		client->on_shutdown(client->owner, false);
	else if (frame->type == RF_BROKER_CONSUMER_GONE && rf_broker_consumer_gone_decode(&frame->body, &gone))
		client->on_consumer_gone(client->owner, gone.consumer, gone.wait_status);
	else if (frame->type == RF_BROKER_POLICY && rf_broker_policy_decode(&frame->body, &policy))
		client->on_policy(client->owner, &policy);
	else
		rf_warning("ignored message %u of the broker", frame->type);
}

static void on_gone(struct rf_link *link, int status)
{
	struct rf_broker_client *client = link->owner;

	rf_error("the broker went away (%s)", status ? strerror(-status) : "closed its link");
	rf_requests_fail_all(&client->requests, -EPIPE);
	client->on_shutdown(client->owner, true);
}

int rf_broker_client_init(struct rf_broker_client *client, struct rf_loop *loop, int sock)
{
	client->loop = loop;
	client->next_id = 1;
	rf_requests_init(&client->requests, &client->link, loop);

	int err = rf_link_init(&client->link, sock, on_frame, on_gone, client);

	return err < 0 ? err : rf_link_attach(&client->link, loop);
}

void rf_broker_client_fini(struct rf_broker_client *client)
{
	rf_requests_fail_all(&client->requests, -EPIPE);
	rf_link_fini(&client->link);
}

uint32_t rf_broker_new_id(struct rf_broker_client *client)
{
	return client->next_id++;
}

int rf_broker_ready(struct rf_broker_client *client)
{
	return rf_link_send(&client->link, RF_BROKER_READY, 0, 0, NULL, 0, NULL, 0);
}

int rf_broker_spawn_consumer(struct rf_broker_client *client, const struct rf_broker_spawn_consumer *request,
	int control_fd, rf_reply_fn done, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_spawn_consumer_encode(&w, request);
	return rf_requests_send(&client->requests, RF_BROKER_SPAWN_CONSUMER, &w, &control_fd, 1, 0, done, data);
}

int rf_broker_make_tree(
	struct rf_broker_client *client, const struct rf_broker_make_tree *request, rf_reply_fn done, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_make_tree_encode(&w, request);
	return rf_requests_send(&client->requests, RF_BROKER_MAKE_TREE, &w, NULL, 0, 0, done, data);
}

int rf_broker_make_dir(
	struct rf_broker_client *client, const struct rf_broker_make_dir *request, rf_reply_fn done, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_make_dir_encode(&w, request);
	return rf_requests_send(&client->requests, RF_BROKER_MAKE_DIR, &w, NULL, 0, 0, done, data);
}

int rf_broker_make_chunk(
	struct rf_broker_client *client, const struct rf_broker_make_chunk *request, rf_reply_fn done, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_make_chunk_encode(&w, request);
	return rf_requests_send(&client->requests, RF_BROKER_MAKE_CHUNK, &w, NULL, 0, 0, done, data);
}

int rf_broker_end_chunk(struct rf_broker_client *client, uint32_t type, const struct rf_broker_chunk *request,
	rf_reply_fn done, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_chunk_encode(&w, request);
	return rf_requests_send(&client->requests, type, &w, NULL, 0, 0, done, data);
}

int rf_broker_save_session(struct rf_broker_client *client, const struct rf_broker_save_session *request, int text_fd,
	rf_reply_fn done, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_save_session_encode(&w, request);
	return rf_requests_send(&client->requests, RF_BROKER_SAVE_SESSION, &w, &text_fd, 1, 0, done, data);
}

int rf_broker_lookup_account(
	struct rf_broker_client *client, enum rf_account_kind kind, const char *name, rf_reply_fn done, void *data)
{
	struct rf_broker_lookup_account request = {.kind = (uint8_t)kind};
	size_t len = strnlen(name, sizeof(request.name) - 1);
	struct rf_writer w;

	memcpy(request.name, name, len);
	rf_frame_body(&w);
	rf_broker_lookup_account_encode(&w, &request);
	return rf_requests_send(&client->requests, RF_BROKER_LOOKUP_ACCOUNT, &w, NULL, 0, 0, done, data);
}

struct receiving {
	struct rf_broker_client *client;
	rf_program_fn done;
	void *data;
};

static void received(void *data, int status, struct rf_reader *body)
{
	struct receiving *receiving = data;
	int fd = status < 0 ? status : rf_requests_take_fd(&receiving->client->requests);

	(void)body;
	receiving->done(receiving->data, fd == -1 && status >= 0 ? -EPROTO : fd);
	free(receiving);
}

int rf_broker_receive_program(struct rf_broker_client *client, int sock, rf_program_fn done, void *data)
{
	struct receiving *receiving = malloc(sizeof(*receiving));
	struct rf_writer w;

	if (!receiving)
		return -ENOMEM;
	*receiving = (struct receiving){.client = client, .done = done, .data = data};
	rf_frame_body(&w);

	int err = rf_requests_send(&client->requests, RF_BROKER_RECEIVE_PROGRAM, &w, &sock, 1, 0, received, receiving);

	if (err < 0)
		free(receiving);
	return err;
}

int rf_broker_send_id(struct rf_broker_client *client, uint32_t type, uint32_t id)
{
	const struct rf_broker_id request = {.id = id};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_id_encode(&w, &request);
	return rf_link_send_writer(&client->link, type, 0, 0, &w, NULL, 0);
}
