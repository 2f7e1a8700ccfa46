/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/fake_broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct pending {
	struct rf_list node;
	uint8_t body[8192];
	size_t len;
	int status;
	rf_reply_fn done;
	rf_program_fn have_program; /* in place of that */
	int program;
	void *data;
};

void fake_broker_init(struct fake_broker *broker)
{
	memset(broker, 0, sizeof(*broker));
	rf_list_init(&broker->pending);
}

void fake_broker_fini(struct fake_broker *broker)
{
	if (rf_list_linked(&broker->pending))
		abort();
	free(broker->text);
}

static struct fake_broker *broker_of(struct rf_broker_client *client)
{
	return rf_container_of(client, struct fake_broker, client);
}

static struct pending *add_pending(struct fake_broker *broker, void *data)
{
	struct pending *pending = calloc(1, sizeof(*pending));

	if (!pending)
		abort();
	pending->data = data;
	rf_list_append(&broker->pending, &pending->node);
	return pending;
}

static int ask(struct fake_broker *broker, int status, const struct rf_writer *body, rf_reply_fn done, void *data)
{
	struct pending *pending = add_pending(broker, data);

	if (body->at > sizeof(pending->body) || !rf_writer_ok(body))
		abort();
	if (body->at)
		memcpy(pending->body, body->base, body->at);
	pending->len = body->at;
	pending->status = status;
	pending->done = done;
	return 0;
}

static bool finish(struct fake_broker *broker, bool drop)
{
	struct rf_reader body;

	if (!rf_list_linked(&broker->pending))
		return false;

	struct pending *pending = rf_container_of(broker->pending.next, struct pending, node);

	rf_list_remove(&pending->node);
	rf_reader_init(&body, pending->body, drop ? 0 : pending->len, RF_HOST_ORDER);
	if (pending->have_program && drop && pending->program >= 0)
		close(pending->program);
	if (pending->have_program)
		pending->have_program(pending->data, drop ? -EPIPE : pending->program);
	else
		pending->done(pending->data, drop ? -EPIPE : pending->status, &body);
	free(pending);
	return true;
}

bool fake_broker_answer(struct fake_broker *broker)
{
	return finish(broker, false);
}

bool fake_broker_drop(struct fake_broker *broker)
{
	return finish(broker, true);
}

int rf_broker_lookup_account(
	struct rf_broker_client *client, enum rf_account_kind kind, const char *name, rf_reply_fn done, void *data)
{
	static const struct {
		const char *name;
		uint32_t id;
	} accounts[] = {{"root", 0}, {"alice", 1000}, {"bob", 1001}};
	struct fake_broker *broker = broker_of(client);
	struct rf_broker_account account = {.id = UINT32_MAX};
	struct rf_writer w;

	broker->lookups++;
	if (broker->refuse)
		return -ENOBUFS;
	if (kind != RF_ACCOUNT_USER && kind != RF_ACCOUNT_GROUP)
		abort();
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		if (!strcmp(name, accounts[i].name))
			account.id = accounts[i].id;
	}
	rf_writer_init_growing(&w, 64, RF_HOST_ORDER);
	if (account.id != UINT32_MAX)
		rf_broker_account_encode(&w, &account);

	int err = ask(broker, account.id == UINT32_MAX ? -ENOENT : 0, &w, done, data);

	rf_writer_free(&w);
	return err;
}

/* Taken at once, kept until it is answered. */
static int take_program(int sock)
{
	char control[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_LEN(sizeof(int))};
	int fd;

	if (recvmsg(sock, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	if (!(message.msg_flags & MSG_CTRUNC))
		return fd;
	close(fd);
	return -EPROTO;
}

int rf_broker_receive_program(struct rf_broker_client *client, int sock, rf_program_fn done, void *data)
{
	struct fake_broker *broker = broker_of(client);
	struct pending *pending;

	if (broker->refuse)
		return -ENOBUFS;
	pending = add_pending(broker, data);
	pending->have_program = done;
	pending->program = broker->program_status ? broker->program_status : take_program(sock);
	if (broker->on_request)
		broker->on_request(NULL);
	return 0;
}

/* What a sealed memory file holds, and how it is sealed. */
static void keep_text(struct fake_broker *broker, int fd)
{
	struct stat st;

	free(broker->text);
	if (fstat(fd, &st))
		abort();
	broker->text_len = (size_t)st.st_size;
	broker->text = calloc(1, broker->text_len + 1);
	broker->seals = fcntl(fd, F_GET_SEALS);
	if (!broker->text || pread(fd, broker->text, broker->text_len, 0) != st.st_size)
		abort();
}

int rf_broker_save_session(struct rf_broker_client *client, const struct rf_broker_save_session *request, int text_fd,
	rf_reply_fn done, void *data)
{
	struct fake_broker *broker = broker_of(client);
	const struct rf_broker_saved saved = {.at_file = broker->save_at_file, .where = "/somewhere"};
	struct rf_writer w;

	broker->saves++;
	if (broker->refuse)
		return -ENOBUFS;
	broker->saved = *request;
	keep_text(broker, text_fd);
	rf_writer_init_growing(&w, 8192, RF_HOST_ORDER);
	rf_broker_saved_encode(&w, &saved);

	int err = ask(broker, broker->save_status, &w, done, data);

	rf_writer_free(&w);
	return err;
}
