/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/health.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUESTION_SIZE sizeof(uint32_t)

struct listener {
	struct rf_health *health;
	struct rf_watch watch;
	int sock;
	struct rf_health_probe *probes[RF_HEALTH_PROBES];
	unsigned int probe_count;
};

struct rf_health {
	struct rf_loop *loop;
	pthread_t thread;
	pthread_barrier_t up;
	bool started;
	struct rf_mailbox returns;
	struct rf_mail stop;
	struct listener listeners[RF_HEALTH_SOCKETS];
	unsigned int listener_count;
	struct rf_list clients;
	unsigned int client_count;
};

struct client {
	struct rf_list node;
	struct listener *listener;
	struct rf_watch watch;
	struct rf_timer timer;
	int fd;
	size_t got;
	bool asked;
	uint64_t rounds[RF_HEALTH_PROBES]; /* those of the probes that answer this client */
};

static void client_end(struct client *client)
{
	rf_list_remove(&client->node);
	rf_timer_cancel(&client->timer);
	rf_watch_remove(&client->watch);
	close(client->fd);
	client->listener->health->client_count--;
	free(client);
}

static bool is_back(const struct client *client, unsigned int i)
{
	return client->listener->probes[i]->rounds >= client->rounds[i];
}

/* With what is known by now. */
static void answer(struct client *client)
{
	const struct listener *listener = client->listener;
	uint64_t mask = 0;
	uint8_t rest[256];

	for (unsigned int i = 0; i < listener->probe_count; i++) {
		const struct rf_health_probe *probe = listener->probes[i];

		mask |= is_back(client, i) ? probe->bad : probe->bits;
		if (is_back(client, i) && probe->nobody) {
			/* With a byte unread, so that it is an error there: liblttng-ctl takes a mere end for an
			 * answer. */
			client_end(client);
			return;
		}
	}
	/* Closing a socket with unread bytes would take the answer back. */
	(void)!recv(client->fd, rest, sizeof(rest), MSG_DONTWAIT);
	/* Eight bytes always fit into the buffer of a fresh socket. */
	(void)!send(client->fd, &mask, sizeof(mask), MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(client->fd, SHUT_WR);
	client_end(client);
}

static void client_timed_out(struct rf_timer *timer)
{
	struct client *client = rf_container_of(timer, struct client, timer);

	if (client->asked)
		answer(client);
	else
		client_end(client);
}

/* A probe that is out already may have looked before this client asked, but not by much. */
static void ask(struct client *client)
{
	struct listener *listener = client->listener;

	client->asked = true;
	rf_watch_change(&client->watch, 0); /* only its end is of interest */
	rf_timer_arm(listener->health->loop, &client->timer, RF_HEALTH_PATIENCE, client_timed_out);
	for (unsigned int i = 0; i < listener->probe_count; i++) {
		struct rf_health_probe *probe = listener->probes[i];

		client->rounds[i] = probe->rounds + 1;
		if (probe->out)
			continue;
		probe->out = true;
		probe->send(probe);
	}
}

static void client_ready(struct rf_watch *watch, uint32_t events)
{
	struct client *client = rf_container_of(watch, struct client, watch);
	uint8_t bytes[QUESTION_SIZE];

	(void)events;
	if (client->asked) {
		client_end(client);
		return;
	}

	/* The last byte is only looked at. */
	size_t left = QUESTION_SIZE - client->got;
	ssize_t got = recv(client->fd, bytes, left > 1 ? left - 1 : 1, MSG_DONTWAIT | (left > 1 ? 0 : MSG_PEEK));

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		client_end(client);
		return;
	}
	client->got += (size_t)got;
	if (client->got == QUESTION_SIZE)
		ask(client);
}

static void accept_ready(struct rf_watch *watch, uint32_t events)
{
	struct listener *listener = rf_container_of(watch, struct listener, watch);
	struct rf_health *health = listener->health;
	int fd = accept4(listener->sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;

	struct client *client = health->client_count < RF_HEALTH_CLIENTS ? calloc(1, sizeof(*client)) : NULL;

	if (!client || rf_watch_add(health->loop, &client->watch, fd, EPOLLIN, client_ready) < 0) {
		free(client);
		close(fd);
		return;
	}
	client->listener = listener;
	client->fd = fd;
	health->client_count++;
	rf_list_append(&health->clients, &client->node);
	rf_timer_arm(health->loop, &client->timer, RF_HEALTH_TIMEOUT, client_timed_out);
}

static bool all_back(const struct client *client)
{
	for (unsigned int i = 0; i < client->listener->probe_count; i++)
		if (!is_back(client, i))
			return false;
	return true;
}

static void returned(struct rf_mail *mail, void *data)
{
	struct rf_health *health = data;

	if (mail == &health->stop) {
		rf_loop_stop(health->loop);
		return;
	}

	struct rf_health_probe *probe = rf_container_of(mail, struct rf_health_probe, mail);

	probe->out = false;
	probe->rounds++;
	rf_list_for_each_safe(node, tmp, &health->clients) {
		struct client *client = rf_container_of(node, struct client, node);

		if (client->asked && all_back(client))
			answer(client);
	}
}

void rf_health_back(struct rf_health_probe *probe, uint64_t bad)
{
	probe->bad = bad;
	probe->nobody = false;
	rf_mailbox_post(&probe->health->returns, &probe->mail);
}

void rf_health_back_from_nobody(struct rf_health_probe *probe)
{
	probe->bad = 0;
	probe->nobody = true;
	rf_mailbox_post(&probe->health->returns, &probe->mail);
}

static void *health_main(void *data)
{
	struct rf_health *health = data;

	prctl(PR_SET_NAME, "rf-health");
	pthread_barrier_wait(&health->up);
	rf_loop_run(health->loop);
	return NULL;
}

struct rf_health *rf_health_create(void)
{
	/* Mailboxes have their parts on cache lines of their own. */
	struct rf_health *health = aligned_alloc(_Alignof(struct rf_health), sizeof(*health));

	if (!health)
		return NULL;
	memset(health, 0, sizeof(*health));
	rf_list_init(&health->clients);
	health->loop = rf_loop_create();
	if (!health->loop || rf_mailbox_init(&health->returns, health->loop, returned, health) < 0) {
		rf_loop_destroy(health->loop);
		free(health);
		return NULL;
	}
	return health;
}

int rf_health_serve(struct rf_health *health, int sock, struct rf_health_probe *const *probes, unsigned int probe_count)
{
	struct listener *listener = &health->listeners[health->listener_count];

	if (health->listener_count == RF_HEALTH_SOCKETS || probe_count > RF_HEALTH_PROBES) {
		close(sock);
		return -ENOSPC;
	}

	int err = rf_watch_add(health->loop, &listener->watch, sock, EPOLLIN, accept_ready);

	if (err < 0) {
		close(sock);
		return err;
	}
	listener->health = health;
	listener->sock = sock;
	listener->probe_count = probe_count;
	for (unsigned int i = 0; i < probe_count; i++) {
		probes[i]->health = health;
		listener->probes[i] = probes[i];
	}
	health->listener_count++;
	return 0;
}

int rf_health_start(struct rf_health *health)
{
	pthread_barrier_init(&health->up, NULL, 2);

	int err = pthread_create(&health->thread, NULL, health_main, health);

	health->started = !err;
	/* What a thread does to come up need not be allowed when it is served from. */
	if (!err)
		pthread_barrier_wait(&health->up);
	else
		pthread_barrier_destroy(&health->up);
	return -err;
}

void rf_health_stop(struct rf_health *health)
{
	if (health->started) {
		rf_mailbox_post(&health->returns, &health->stop);
		pthread_join(health->thread, NULL);
		pthread_barrier_destroy(&health->up);
	}
	health->started = false;
	rf_list_for_each_safe(node, tmp, &health->clients)
		client_end(rf_container_of(node, struct client, node));
	for (unsigned int i = 0; i < health->listener_count; i++) {
		rf_watch_remove(&health->listeners[i].watch);
		close(health->listeners[i].sock);
	}
	health->listener_count = 0;
}

void rf_health_destroy(struct rf_health *health)
{
	if (!health)
		return;
	rf_mailbox_fini(&health->returns);
	rf_loop_destroy(health->loop);
	free(health);
}
