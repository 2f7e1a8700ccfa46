/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/link.h"

#include "common/deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Frames served for one readiness event before others get their turn. */
#define FRAMES_A_TURN 64

struct waiting_frame {
	struct rf_list node;
	uint32_t type;
	uint32_t serial;
	int32_t status;
	size_t body_len;
	unsigned int fd_count;
	int *fds;
	uint8_t body[];
};

static void waiting_free(struct waiting_frame *f)
{
	for (unsigned int i = 0; i < f->fd_count; i++)
		close(f->fds[i]);
	free(f->fds);
	free(f);
}

static struct waiting_frame *waiting_new(size_t body_len, const int *fds, unsigned int fd_count)
{
	struct waiting_frame *f = calloc(1, sizeof(*f) + body_len);

	if (!f)
		return NULL;
	f->body_len = body_len;
	if (!fd_count)
		return f;
	f->fds = calloc(fd_count, sizeof(*f->fds));
	if (!f->fds) {
		free(f);
		return NULL;
	}
	for (; f->fd_count < fd_count; f->fd_count++) {
		f->fds[f->fd_count] = fcntl(fds[f->fd_count], F_DUPFD_CLOEXEC, 0);
		if (f->fds[f->fd_count] < 0) {
			waiting_free(f);
			return NULL;
		}
	}
	return f;
}

static void kick(struct rf_link *link)
{
	uint64_t one = 1;

	/* The counter can only be full when the loop is already due to look. */
	(void)!write(link->kick_fd, &one, sizeof(one));
}

/* With the lock held. Sends what waits; true when the queue is empty now. */
static bool flush_queue(struct rf_link *link)
{
	while (rf_list_linked(&link->queue)) {
		struct waiting_frame *f = rf_container_of(link->queue.next, struct waiting_frame, node);
		int err = rf_frame_send(
			link->sock, f->type, f->serial, f->status, f->body, f->body_len, f->fds, f->fd_count);

		if (err == -EAGAIN)
			return false;
		if (err < 0) {
			link->failure = err;
			return false;
		}
		link->queued_bytes -= f->body_len + sizeof(*f);
		link->queued_fds -= f->fd_count;
		rf_list_remove(&f->node);
		waiting_free(f);
	}
	return true;
}

static void tell_gone(struct rf_link *link, int status)
{
	if (link->gone_told)
		return;
	link->gone_told = true;
	rf_watch_remove(&link->watch);
	rf_watch_remove(&link->kick_watch);
	link->on_gone(link, status);
}

/* Sends what can be sent and asks for EPOLLOUT as long as something is left. False when the link is gone (and freed).
 */
static bool service_queue(struct rf_link *link)
{
	pthread_mutex_lock(&link->lock);

	bool empty = link->failure || flush_queue(link);
	int failure = link->failure;

	if (empty || failure)
		pthread_cond_broadcast(&link->sent);
	pthread_mutex_unlock(&link->lock);
	if (failure) {
		tell_gone(link, failure);
		return false;
	}
	rf_watch_change(&link->watch, empty ? EPOLLIN : EPOLLIN | EPOLLOUT);
	return true;
}

static void kicked(struct rf_watch *watch, uint32_t events)
{
	struct rf_link *link = rf_container_of(watch, struct rf_link, kick_watch);
	uint64_t count;

	(void)events;
	(void)!read(link->kick_fd, &count, sizeof(count));
	service_queue(link);
}

/* One frame. False when there is none now, or the link is gone (and may have been freed). */
static bool serve_one(struct rf_link *link)
{
	struct rf_frame_buffer buffer;
	struct rf_frame frame;
	int got = rf_frame_recv(link->sock, &buffer, &frame, MSG_DONTWAIT);

	if (got == -EAGAIN)
		return false;
	if (got <= 0) {
		tell_gone(link, got);
		return false;
	}
	link->on_frame(link, &frame);
	rf_frame_close_fds(&frame);
	return true;
}

static void link_ready(struct rf_watch *watch, uint32_t events)
{
	struct rf_link *link = rf_container_of(watch, struct rf_link, watch);

	if ((events & EPOLLOUT) && !service_queue(link))
		return;
	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		return;
	for (int i = 0; i < FRAMES_A_TURN; i++)
		if (!serve_one(link))
			return;
}

void rf_link_drain(struct rf_link *link)
{
	while (serve_one(link))
		;
}

int rf_link_init(struct rf_link *link, int sock, rf_link_frame_fn on_frame, rf_link_gone_fn on_gone, void *owner)
{
	*link = (struct rf_link){.sock = sock, .kick_fd = -1, .on_frame = on_frame, .on_gone = on_gone, .owner = owner};
	rf_list_init(&link->queue);
	pthread_mutex_init(&link->lock, NULL);
	rf_deadline_cond_init(&link->sent);

	int flags = fcntl(sock, F_GETFL);

	if (flags < 0 || fcntl(sock, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	link->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return link->kick_fd < 0 ? -errno : 0;
}

int rf_link_attach(struct rf_link *link, struct rf_loop *loop)
{
	int err = rf_watch_add(loop, &link->watch, link->sock, EPOLLIN, link_ready);

	if (err < 0)
		return err;
	err = rf_watch_add(loop, &link->kick_watch, link->kick_fd, EPOLLIN, kicked);
	if (err < 0)
		rf_watch_remove(&link->watch);
	else
		kick(link); /* frames may have been queued before */
	return err;
}

void rf_link_close(struct rf_link *link)
{
	rf_watch_remove(&link->watch);
	rf_watch_remove(&link->kick_watch);
	pthread_mutex_lock(&link->lock);
	if (!link->failure)
		link->failure = -EPIPE;
	rf_list_for_each_safe(node, tmp, &link->queue)
		waiting_free(rf_container_of(node, struct waiting_frame, node));
	rf_list_init(&link->queue);
	link->queued_bytes = 0;
	link->queued_fds = 0;
	if (link->kick_fd >= 0)
		close(link->kick_fd);
	if (link->sock >= 0)
		close(link->sock);
	link->kick_fd = -1;
	link->sock = -1;
	pthread_cond_broadcast(&link->sent);
	pthread_mutex_unlock(&link->lock);
}

void rf_link_fini(struct rf_link *link)
{
	rf_link_close(link);
	pthread_cond_destroy(&link->sent);
	pthread_mutex_destroy(&link->lock);
}

int rf_link_wait_sent(struct rf_link *link, unsigned int ms)
{
	uint64_t until = rf_now() + ms * RF_MS;
	int err = 0;

	pthread_mutex_lock(&link->lock);
	while (!err && !link->failure && rf_list_linked(&link->queue))
		err = -rf_deadline_wait(&link->sent, &link->lock, until);
	if (link->failure)
		err = -EPIPE;
	pthread_mutex_unlock(&link->lock);
	return err;
}

/* With the lock held. */
static int enqueue(struct rf_link *link, uint32_t type, uint32_t serial, int32_t status, const void *body,
	size_t body_len, const int *fds, unsigned int fd_count)
{
	if (link->queued_bytes + body_len + sizeof(struct waiting_frame) > RF_LINK_QUEUE_BYTES ||
		link->queued_fds + fd_count > RF_LINK_QUEUE_FDS) {
		link->failure = -ENOBUFS;
		return -EPIPE;
	}

	struct waiting_frame *f = waiting_new(body_len, fds, fd_count);

	if (!f) {
		link->failure = -ENOMEM;
		return -EPIPE;
	}
	f->type = type;
	f->serial = serial;
	f->status = status;
	if (body_len)
		memcpy(f->body, body, body_len);
	link->queued_bytes += body_len + sizeof(*f);
	link->queued_fds += fd_count;
	rf_list_append(&link->queue, &f->node);
	return 0;
}

int rf_link_send(struct rf_link *link, uint32_t type, uint32_t serial, int32_t status, const void *body,
	size_t body_len, const int *fds, unsigned int fd_count)
{
	if (body_len > RF_FRAME_MAX_BODY || fd_count > RF_FRAME_MAX_FDS)
		return -EMSGSIZE;
	pthread_mutex_lock(&link->lock);

	bool waits = rf_list_linked(&link->queue);
	int err = link->failure ? -EPIPE : 0;

	if (!err && !waits) {
		err = rf_frame_send(link->sock, type, serial, status, body, body_len, fds, fd_count);
		if (err == -EAGAIN) {
			waits = true;
			err = 0;
		} else if (err < 0) {
			link->failure = err;
			err = -EPIPE;
		}
	}
	if (!err && waits)
		err = enqueue(link, type, serial, status, body, body_len, fds, fd_count);

	if ((waits || link->failure) && link->kick_fd >= 0)
		kick(link);
	pthread_mutex_unlock(&link->lock);
	return err;
}

int rf_link_send_writer(struct rf_link *link, uint32_t type, uint32_t serial, int32_t status, struct rf_writer *body,
	const int *fds, unsigned int fd_count)
{
	int err = rf_writer_ok(body) ? rf_link_send(link, type, serial, status, body->base, body->at, fds, fd_count)
				     : -EMSGSIZE;

	rf_writer_free(body);
	return err;
}
