/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame socket with a send queue. Any thread may send; a frame that the socket cannot take now waits in the queue, in
 * order, and the loop that the link is attached to sends it on. Receiving belongs to the loop's thread.
 *
 * The queue is bounded (RF_LINK_QUEUE_BYTES, RF_LINK_QUEUE_FDS): a peer that does not read for that long is declared
 * gone, since nothing that it is owed may be dropped silently and nobody else may wait for it.
 *
 * Ownership: the link owns its socket. Descriptors given with a frame are duplicated when the frame has to wait, so
 * they stay the caller's in every case.
 */
#ifndef RF_COMMON_LINK_H
#define RF_COMMON_LINK_H

#include "common/frame.h"
#include "common/loop.h"

#include <pthread.h>
#include <stdbool.h>

#define RF_LINK_QUEUE_BYTES (64u * 1024 * 1024)
#define RF_LINK_QUEUE_FDS 4096u /* a small part of what a process may have open: one peer must not use it up */

struct rf_link;

/* A frame arrived. Descriptors not taken by the callback are closed after it. It must not finish the link. */
typedef void (*rf_link_frame_fn)(struct rf_link *link, struct rf_frame *frame);
/*
 * The peer closed (status 0) or broke the protocol or the queue bound (negative errno). Called once, from the loop; it
 * may finish and free the link.
 */
typedef void (*rf_link_gone_fn)(struct rf_link *link, int status);

struct rf_link {
	struct rf_watch watch;
	struct rf_watch kick_watch; /* an eventfd: another thread queued a frame or found the peer gone */
	int sock;
	int kick_fd;
	pthread_mutex_t lock; /* guards the four below */
	pthread_cond_t sent;  /* the queue is empty, or the link is dead */
	struct rf_list queue;
	size_t queued_bytes;
	size_t queued_fds;
	int failure; /* why the link is dead, 0 while it lives */
	bool gone_told;
	rf_link_frame_fn on_frame;
	rf_link_gone_fn on_gone;
	void *owner; /* for the callbacks */
};

/* Takes SOCK (made non-blocking). Attach it to a loop with rf_link_attach() before frames can arrive. */
int rf_link_init(struct rf_link *link, int sock, rf_link_frame_fn on_frame, rf_link_gone_fn on_gone, void *owner);
int rf_link_attach(struct rf_link *link, struct rf_loop *loop);
/*
 * Loop thread: removes the watches, closes the socket, drops the queue. Other threads may still send (-EPIPE) until
 * rf_link_fini(), which ends the link for everybody and closes it first if that was not done.
 */
void rf_link_close(struct rf_link *link);
void rf_link_fini(struct rf_link *link);

/* Any thread. 0 when sent or queued; -EPIPE when the link is dead; -EMSGSIZE when the frame is too large. */
int rf_link_send(struct rf_link *link, uint32_t type, uint32_t serial, int32_t status, const void *body,
	size_t body_len, const int *fds, unsigned int fd_count);
/* The same with a body that a writer made; the writer is freed in any case, and its failure is -EMSGSIZE. */
int rf_link_send_writer(struct rf_link *link, uint32_t type, uint32_t serial, int32_t status, struct rf_writer *body,
	const int *fds, unsigned int fd_count);
/* Any thread but the loop's: waits until the socket has all that was sent. 0; -ETIMEDOUT after MS; -EPIPE: it is dead.
 */
int rf_link_wait_sent(struct rf_link *link, unsigned int ms);
/*
 * Loop thread: serve every frame that is waiting in the socket now, without returning to the loop. The link may be gone
 * afterwards.
 */
void rf_link_drain(struct rf_link *link);

#endif
