/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/notify.h"

#include "common/log.h"
#include "sessiond/mailbox.h"
#include "sessiond/ust/bindings.h"
#include "sessiond/ust/notify_wire.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <urcu.h>

/* Reads, and bytes of them, for one application before others have their turn. */
#define READS_A_TURN 16
#define BYTES_A_TURN (256u * 1024)
/* Enough for the whole of most messages, and never many messages at once. */
#define FIRST_READ 4096u
/* For the unfinished messages of all applications of a uid. They are short-lived: four of the longest at a time. */
#define UID_BYTES_MAX (4u * RF_NOTIFY_MESSAGE_MAX)

/* What the applications of a uid make us keep; there while one of them has a buffer. */
struct account {
	struct rf_list node;
	uid_t uid;
	size_t bytes;
};

/* An application's notify socket; the notify thread's. */
struct peer {
	struct rf_list node;
	struct rf_notifier *notifier;
	uint64_t app;
	uid_t uid;
	int fd;
	struct rf_watch watch;
	struct rf_timer timer; /* armed while a message is unfinished */
	uint8_t *buffer;       /* NULL while nothing is unfinished */
	size_t room;
	size_t len;
	struct account *account; /* where ROOM is counted, NULL while that is 0 */
};

enum order_kind {
	ORDER_ADD,
	ORDER_REMOVE,
	ORDER_ANSWER,
	ORDER_STOP,
};

struct order {
	struct rf_mail mail;
	enum order_kind kind;
	uint64_t app;
	struct peer *peer;
};

struct rf_notifier {
	pthread_t thread;
	struct rf_loop *loop;
	struct rf_mailbox orders;
	struct rf_bindings *bindings;
	struct rf_list peers; /* in the order of registration */
	struct rf_list accounts;
	struct order stop; /* so that ending needs no memory */
	struct order question;
	void (*answer)(void *data); /* to the question */
	void *answer_data;
};

static struct account *account_of(struct rf_notifier *notifier, uid_t uid)
{
	rf_list_for_each(node, &notifier->accounts) {
		struct account *account = rf_container_of(node, struct account, node);

		if (account->uid == uid)
			return account;
	}

	struct account *account = calloc(1, sizeof(*account));

	if (!account)
		return NULL;
	account->uid = uid;
	rf_list_append(&notifier->accounts, &account->node);
	return account;
}

static void free_buffer(struct peer *peer)
{
	free(peer->buffer);
	peer->buffer = NULL;
	if (peer->account) {
		peer->account->bytes -= peer->room;
		if (!peer->account->bytes) {
			rf_list_remove(&peer->account->node);
			free(peer->account);
		}
	}
	peer->account = NULL;
	peer->room = 0;
	peer->len = 0;
}

static int resize_buffer(struct peer *peer, size_t room)
{
	if (!peer->account)
		peer->account = account_of(peer->notifier, peer->uid);
	if (!peer->account)
		return -ENOMEM;

	bool fits = room - peer->room <= UID_BYTES_MAX - peer->account->bytes;
	uint8_t *more = fits ? realloc(peer->buffer, room) : NULL;

	if (!more) {
		if (!peer->room)
			free_buffer(peer); /* drops an account that nobody uses */
		return fits ? -ENOMEM : -EDQUOT;
	}
	peer->account->bytes += room - peer->room;
	peer->buffer = more;
	peer->room = room;
	return 0;
}

static void peer_end(struct peer *peer)
{
	rf_list_remove(&peer->node);
	rf_timer_cancel(&peer->timer);
	rf_watch_remove(&peer->watch);
	close(peer->fd);
	free_buffer(peer);
	free(peer);
}

static void peer_timed_out(struct rf_timer *timer)
{
	struct peer *peer = rf_container_of(timer, struct peer, timer);

	rf_warning("an application of uid %u began a notification and did not end it: its notify socket is closed",
		peer->uid);
	peer_end(peer);
}

/* Handles arrive as u32 and are compared as such; sessions and channels share one number space. */
static int answer_from(struct rf_notifier *notifier, uint64_t app, const struct rf_notification *n, uint64_t *id,
	uint32_t *header_type)
{
	bool of_channel = n->kind != LTTNG_UST_CTL_NOTIFY_CMD_ENUM;
	uint32_t number = 0;
	uint32_t event_id = 0;
	struct rf_registry *registry = rf_bindings_find(
		notifier->bindings, app, of_channel ? n->channel : n->session, &number);
	int err = -ENOENT;

	if (!registry)
		return err;
	if (n->kind == LTTNG_UST_CTL_NOTIFY_CMD_EVENT) {
		const struct rf_event_description event = {.name = n->name,
			.loglevel = n->loglevel,
			.model_emf_uri = n->uri,
			.fields = n->fields,
			.field_count = n->field_count};

		err = number == UINT32_MAX ? -ENOENT : rf_registry_add_event(registry, number, &event, &event_id);
		*id = event_id;
	} else if (n->kind == LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL) {
		err = number == UINT32_MAX
			? -ENOENT
			: rf_registry_describe_channel(registry, number, n->fields, n->field_count, header_type);
		*id = number;
	} else {
		err = rf_registry_add_enum(registry, n->name, n->entries, n->entry_count, id);
	}
	rf_registry_unref(registry);
	return err;
}

/* One whole message. Negative: the peer is unusable. */
static int serve(struct peer *peer, const uint8_t *bytes, size_t size)
{
	struct rf_notification n;
	uint8_t reply[RF_NOTIFY_REPLY_MAX];
	uint32_t header_type = 0;
	uint64_t id = 0;

	if (rf_notification_decode(bytes, size, &n) < 0)
		return -EPROTO;

	int code = answer_from(peer->notifier, peer->app, &n, &id, &header_type);
	char name[128];

	if (code < 0)
		rf_info("refused %s of an application of uid %u: %s",
			n.name[0] ? rf_log_safe(name, sizeof(name), n.name) : "a channel", peer->uid, strerror(-code));

	size_t len = rf_notification_reply(reply, n.kind, code, id, header_type);

	/* It asks one thing at a time, so the answer always fits; one that does not read is not waited for. */
	if (send(peer->fd, reply, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len)
		return -EPIPE;
	return 0;
}

/* Serves what is complete in the buffer. The number of messages, or negative: the peer is unusable. */
static int serve_buffer(struct peer *peer)
{
	size_t at = 0;
	int served = 0;

	for (;;) {
		ssize_t len = rf_notification_length(peer->buffer + at, peer->len - at);

		if (len < 0)
			return -EPROTO;
		if (!len || (size_t)len > peer->len - at)
			break;

		int err = serve(peer, peer->buffer + at, (size_t)len);

		if (err < 0)
			return err;
		at += (size_t)len;
		served++;
	}
	memmove(peer->buffer, peer->buffer + at, peer->len - at);
	peer->len -= at;
	return served;
}

/*
 * Room for the message that has begun. It grows as bytes arrive: a length that was only announced costs nothing. *WANT:
 * how many bytes to read, so that what follows a long message stays in the socket.
 */
static int make_room(struct peer *peer, size_t *want)
{
	ssize_t len = peer->len ? rf_notification_length(peer->buffer, peer->len) : 0;
	size_t end = len > (ssize_t)FIRST_READ ? (size_t)len : FIRST_READ;
	size_t room = end < 2 * peer->len ? end : 2 * peer->len;

	if (room < FIRST_READ)
		room = FIRST_READ;

	int err = room > peer->room ? resize_buffer(peer, room) : 0;

	*want = (end < peer->room ? end : peer->room) - peer->len;
	return err;
}

static void rest(struct peer *peer)
{
	if (peer->len) {
		if (!rf_timer_armed(&peer->timer))
			rf_timer_arm(peer->notifier->loop, &peer->timer, RF_NOTIFY_TIMEOUT, peer_timed_out);
		return;
	}
	rf_timer_cancel(&peer->timer);
	free_buffer(peer);
}

/* Reads once and serves what is complete. Bytes read, 0 when there were none now, negative: the peer is to be ended. */
static ssize_t read_some(struct peer *peer)
{
	size_t want;
	int err = make_room(peer, &want);

	if (err < 0)
		return err;

	ssize_t got = recv(peer->fd, peer->buffer + peer->len, want, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return -EPIPE;
	peer->len += (size_t)got;

	int count = serve_buffer(peer);

	if (count < 0)
		return count;
	/* The time is a message's. */
	if (count)
		rf_timer_cancel(&peer->timer);
	return got;
}

static void peer_ready(struct rf_watch *watch, uint32_t events)
{
	struct peer *peer = rf_container_of(watch, struct peer, watch);
	size_t bytes = 0;

	(void)events;
	for (int reads = 0; reads < READS_A_TURN && bytes < BYTES_A_TURN; reads++) {
		ssize_t got = read_some(peer);

		if (got < 0) {
			if (got != -EPIPE)
				rf_warning("the notify socket of an application of uid %u is closed: %s", peer->uid,
					got == -EPROTO ? "it sent no valid notification" : strerror((int)-got));
			peer_end(peer);
			return;
		}
		if (!got)
			break;
		bytes += (size_t)got;
	}
	/* What is left in the socket makes the loop come back. */
	rest(peer);
}

static void add_peer(struct rf_notifier *notifier, struct peer *peer)
{
	peer->notifier = notifier;
	rf_list_append(&notifier->peers, &peer->node);
	if (rf_watch_add(notifier->loop, &peer->watch, peer->fd, EPOLLIN | EPOLLRDHUP, peer_ready) < 0)
		peer_end(peer);
}

static void remove_peer(struct rf_notifier *notifier, uint64_t app)
{
	rf_list_for_each(node, &notifier->peers) {
		struct peer *peer = rf_container_of(node, struct peer, node);

		if (peer->app != app)
			continue;
		peer_end(peer);
		return;
	}
}

static void take_order(struct rf_mail *mail, void *data)
{
	struct rf_notifier *notifier = data;
	struct order *order = rf_container_of(mail, struct order, mail);

	/* Whoever asked may ask again as soon as there is the answer: the order is not ours any more then. */
	if (order->kind == ORDER_ANSWER) {
		notifier->answer(notifier->answer_data);
		return;
	}
	if (order->kind == ORDER_ADD)
		add_peer(notifier, order->peer);
	else if (order->kind == ORDER_REMOVE)
		remove_peer(notifier, order->app);
	else
		rf_loop_stop(notifier->loop);
	if (order != &notifier->stop)
		free(order);
}

static void *notifier_main(void *data)
{
	struct rf_notifier *notifier = data;

	prctl(PR_SET_NAME, "rf-notify");
	rcu_register_thread();
	rf_loop_run(notifier->loop);
	rcu_unregister_thread();
	return NULL;
}

struct rf_notifier *rf_notifier_create(void)
{
	struct rf_notifier *notifier = calloc(1, sizeof(*notifier));

	if (!notifier)
		return NULL;
	rf_list_init(&notifier->peers);
	rf_list_init(&notifier->accounts);
	notifier->loop = rf_loop_create();
	notifier->bindings = rf_bindings_create();
	if (!notifier->loop || !notifier->bindings ||
		rf_mailbox_init(&notifier->orders, notifier->loop, take_order, notifier) < 0)
		return NULL; /* the program ends on this */
	/* Its thread, too, must exist before the sandbox is locked. */
	get_default_call_rcu_data();
	if (pthread_create(&notifier->thread, NULL, notifier_main, notifier))
		return NULL;
	return notifier;
}

static int give_order(struct rf_notifier *notifier, enum order_kind kind, uint64_t app, struct peer *peer)
{
	struct order *order = calloc(1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	order->kind = kind;
	order->app = app;
	order->peer = peer;
	rf_mailbox_post(&notifier->orders, &order->mail);
	return 0;
}

void rf_notifier_destroy(struct rf_notifier *notifier)
{
	notifier->stop.kind = ORDER_STOP;
	rf_mailbox_post(&notifier->orders, &notifier->stop.mail);
	pthread_join(notifier->thread, NULL);
	/* Orders that came too late are carried out here. */
	rf_mailbox_fini(&notifier->orders);
	rf_list_for_each_safe(node, tmp, &notifier->peers)
		peer_end(rf_container_of(node, struct peer, node));
	rf_bindings_destroy(notifier->bindings);
	rf_loop_destroy(notifier->loop);
	free(notifier);
}

void rf_notifier_ask(struct rf_notifier *notifier, void (*answer)(void *data), void *data)
{
	notifier->question.kind = ORDER_ANSWER;
	notifier->answer = answer;
	notifier->answer_data = data;
	rf_mailbox_post(&notifier->orders, &notifier->question.mail);
}

int rf_notifier_add_app(struct rf_notifier *notifier, uint64_t app, int fd, uid_t uid)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (!peer) {
		close(fd);
		return -ENOMEM;
	}
	peer->app = app;
	peer->uid = uid;
	peer->fd = fd;
	rf_list_init(&peer->node);

	int err = give_order(notifier, ORDER_ADD, app, peer);

	if (err < 0) {
		close(fd);
		free(peer);
	}
	return err;
}

void rf_notifier_remove_app(struct rf_notifier *notifier, uint64_t app)
{
	give_order(notifier, ORDER_REMOVE, app, NULL);
}

int rf_notifier_bind_session(struct rf_notifier *notifier, uint64_t app, int session, struct rf_registry *registry)
{
	return rf_bindings_add(notifier->bindings, app, (uint32_t)session, registry, UINT32_MAX);
}

int rf_notifier_bind_channel(
	struct rf_notifier *notifier, uint64_t app, int channel, struct rf_registry *registry, uint32_t number)
{
	return rf_bindings_add(notifier->bindings, app, (uint32_t)channel, registry, number);
}

void rf_notifier_unbind_session(struct rf_notifier *notifier, uint64_t app, int session)
{
	rf_bindings_remove(notifier->bindings, app, (uint32_t)session);
}

void rf_notifier_unbind_channel(struct rf_notifier *notifier, uint64_t app, int channel)
{
	rf_bindings_remove(notifier->bindings, app, (uint32_t)channel);
}
