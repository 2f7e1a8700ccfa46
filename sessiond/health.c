/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/health.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	struct rf_list node;
	struct rf_health *health;
	struct rf_watch watch;
	struct rf_timer timer;
	int fd;
	size_t got;
};

static void client_end(struct client *client)
{
	rf_list_remove(&client->node);
	rf_timer_cancel(&client->timer);
	rf_watch_remove(&client->watch);
	close(client->fd);
	client->health->count--;
	free(client);
}

static void client_timed_out(struct rf_timer *timer)
{
	client_end(rf_container_of(timer, struct client, timer));
}

static void client_ready(struct rf_watch *watch, uint32_t events)
{
	struct client *client = rf_container_of(watch, struct client, watch);
	const uint64_t all_well = 0;
	uint8_t bytes[64];
	ssize_t got = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)events;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		client->got += (size_t)got;
		if (client->got < sizeof(uint32_t))
			return;
		/* Eight bytes always fit into the buffer of a fresh socket. */
		(void)!send(client->fd, &all_well, sizeof(all_well), MSG_NOSIGNAL | MSG_DONTWAIT);
		shutdown(client->fd, SHUT_WR);
	}
	client_end(client);
}

static void accept_ready(struct rf_watch *watch, uint32_t events)
{
	struct rf_health *health = rf_container_of(watch, struct rf_health, watch);
	int fd = accept4(health->sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;

	struct client *client = health->count < RF_HEALTH_CLIENTS ? calloc(1, sizeof(*client)) : NULL;

	if (!client || rf_watch_add(health->loop, &client->watch, fd, EPOLLIN, client_ready) < 0) {
		free(client);
		close(fd);
		return;
	}
	client->health = health;
	client->fd = fd;
	health->count++;
	rf_list_append(&health->clients, &client->node);
	rf_timer_arm(health->loop, &client->timer, RF_HEALTH_TIMEOUT, client_timed_out);
}

int rf_health_init(struct rf_health *health, struct rf_loop *loop, int sock)
{
	*health = (struct rf_health){.loop = loop, .sock = sock};
	rf_list_init(&health->clients);
	return rf_watch_add(loop, &health->watch, sock, EPOLLIN, accept_ready);
}

void rf_health_fini(struct rf_health *health)
{
	rf_list_for_each_safe(node, tmp, &health->clients)
		client_end(rf_container_of(node, struct client, node));
	rf_watch_remove(&health->watch);
	close(health->sock);
}
