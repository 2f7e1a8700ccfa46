/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/server.h"

#include "common/log.h"
#include "sessiond/client/connection.h"
#include "sessiond/client/xml_text.h"

#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_WAKE 16        /* then others have their turn */
#define ACCEPT_PAUSE (100 * RF_MS) /* after accept failed for want of descriptors or memory */

/* How many slots a user has. Linked while it has one. */
struct user_slots {
	struct rf_list node;
	uid_t uid;
	unsigned int used;
};

struct rf_client_server {
	struct rf_watch watch;
	struct rf_timer pause;
	struct rf_loop *loop;
	struct rf_client_context context;
	int listen_fd;
	struct rf_list connections;
	struct rf_list users;
	unsigned int used;
	bool closing;
	void (*shutdown_done)(void *data);
	void *shutdown_data;
};

static void on_listen(struct rf_watch *watch, uint32_t events);

static void resume(struct rf_client_server *server)
{
	if (!server->closing && !server->watch.loop && server->used < RF_CLIENTS_TOTAL &&
		rf_watch_add(server->loop, &server->watch, server->listen_fd, EPOLLIN, on_listen))
		rf_error("client: cannot watch the client socket any more");
}

static void on_pause_over(struct rf_timer *timer)
{
	resume(rf_container_of(timer, struct rf_client_server, pause));
}

static struct user_slots *find_user(struct rf_client_server *server, uid_t uid)
{
	rf_list_for_each(node, &server->users) {
		struct user_slots *user = rf_container_of(node, struct user_slots, node);

		if (user->uid == uid)
			return user;
	}
	return NULL;
}

static bool take_slot(struct rf_client_server *server, uid_t uid)
{
	struct user_slots *user = find_user(server, uid);

	if (!user) {
		user = calloc(1, sizeof(*user));
		if (!user)
			return false;
		user->uid = uid;
		rf_list_append(&server->users, &user->node);
	}
	if (user->used >= RF_CLIENTS_PER_UID)
		return false;
	user->used++;
	server->used++;
	return true;
}

static void give_slot(void *data, uid_t uid)
{
	struct rf_client_server *server = data;
	struct user_slots *user = find_user(server, uid);

	server->used--;
	if (user && !--user->used) {
		rf_list_remove(&user->node);
		free(user);
	}
	if (!rf_timer_armed(&server->pause))
		resume(server);
}

static void welcome(struct rf_client_server *server, int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len)) {
		close(fd);
		return;
	}
	if (!take_slot(server, peer.uid)) {
		rf_audit("op=client-connect role=client uid=%u limit=%u result=refused", (unsigned int)peer.uid,
			RF_CLIENTS_PER_UID);
		close(fd);
		return;
	}

	int failed = rf_connection_open(
		server->loop, &server->connections, fd, peer.uid, peer.gid, &server->context, give_slot, server);

	if (failed) {
		rf_warning("client: cannot serve uid %u: %s", (unsigned int)peer.uid, strerror(-failed));
		give_slot(server, peer.uid);
	}
}

static void on_listen(struct rf_watch *watch, uint32_t events)
{
	struct rf_client_server *server = rf_container_of(watch, struct rf_client_server, watch);

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_WAKE && server->used < RF_CLIENTS_TOTAL; i++) {
		int fd = accept4(server->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			welcome(server, fd);
			continue;
		}
		if (errno == EAGAIN)
			return;
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		/* The connection stays in the backlog and would wake us for ever. */
		rf_error("client: accept: %s", strerror(errno));
		rf_watch_remove(&server->watch);
		rf_timer_arm(server->loop, &server->pause, ACCEPT_PAUSE, on_pause_over);
		return;
	}
	if (server->used >= RF_CLIENTS_TOTAL)
		rf_watch_remove(&server->watch);
}

static void shutdown_step(void *data)
{
	struct rf_client_server *server = data;

	if (!server->shutdown_done || rf_list_linked(&server->context.sessions->list))
		return;

	void (*done)(void *data) = server->shutdown_done;

	server->shutdown_done = NULL;
	done(server->shutdown_data);
}

struct rf_client_server *rf_client_server_create(struct rf_loop *loop, int listen_fd, struct rf_sessions *sessions,
	struct rf_recorder *recorder, struct rf_broker_client *broker, bool rootless)
{
	struct rf_client_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	rf_xml_prepare();
	server->loop = loop;
	server->listen_fd = listen_fd;
	rf_client_context_init(&server->context, loop, sessions, recorder, broker, rootless);
	server->context.on_session_gone = shutdown_step;
	server->context.owner = server;
	rf_list_init(&server->connections);
	rf_list_init(&server->users);

	int flags = fcntl(listen_fd, F_GETFL);
	int failed = flags < 0 || fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) ? -errno : 0;

	if (!failed)
		failed = rf_watch_add(loop, &server->watch, listen_fd, EPOLLIN, on_listen);
	if (failed) {
		free(server);
		errno = -failed;
		return NULL;
	}
	return server;
}

static void ignore_answer(void *data, struct rf_answer *answer)
{
	(void)data;
	rf_answer_clear(answer);
}

/* As if root had asked for it, so that it takes its turn behind what already runs. */
static void end_session(struct rf_client_server *server, const struct rf_session *session)
{
	struct rf_request request = {.uid = 0, .number = RF_CMD_DESTROY_SESSION};

	memcpy(request.session_name, session->name, RF_SESSION_NAME_FIELD - 1);

	struct rf_call *call = rf_call_new(&server->context, &request, ignore_answer, NULL);

	if (call)
		rf_call_start(call);
	else
		rf_error("client: no memory to end a session in order");
}

static void hang_up(struct rf_client_server *server, bool all)
{
	rf_list_for_each_safe(node, tmp, &server->connections) {
		struct rf_connection *connection = rf_connection_of(node);

		if (all || rf_connection_receiving(connection))
			rf_connection_close(connection);
	}
}

void rf_client_server_shutdown(struct rf_client_server *server, void (*done)(void *data), void *data)
{
	server->closing = true;
	server->shutdown_done = done;
	server->shutdown_data = data;
	rf_timer_cancel(&server->pause);
	rf_watch_remove(&server->watch);
	hang_up(server, false);
	rf_list_for_each_safe(node, tmp, &server->context.sessions->list) {
		const struct rf_session *session = rf_container_of(node, struct rf_session, node);

		if (!session->destroyed)
			end_session(server, session);
	}
	shutdown_step(server);
}

void rf_client_server_destroy(struct rf_client_server *server)
{
	if (!server)
		return;
	server->closing = true;
	rf_timer_cancel(&server->pause);
	rf_watch_remove(&server->watch);
	hang_up(server, true);
	rf_client_context_fini(&server->context);
	close(server->listen_fd);
	free(server);
}
