/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages between our own processes: one frame is one datagram of an AF_UNIX SOCK_SEQPACKET socket, with file
 * descriptors beside it. Host byte order: both ends run on one host and come from one build.
 *
 *   off 0 u32 type     request number; replies carry the same number with RF_FRAME_REPLY set
 *       4 u32 serial   chosen by the requester, echoed in the reply; 0 for one-way messages
 *       8 i32 status   replies: 0 or a negative errno; 0 in requests
 *      12 u32 length   of the body, which follows
 *
 * A frame whose length does not match its datagram, that was cut by the kernel, or that carries more descriptors than
 * RF_FRAME_MAX_FDS is a protocol error of the peer (-EPROTO), and its descriptors are closed.
 */
#ifndef RF_COMMON_FRAME_H
#define RF_COMMON_FRAME_H

#include "common/wire.h"

#include <stddef.h>
#include <stdint.h>

#define RF_FRAME_REPLY 0x80000000u
#define RF_FRAME_HEADER 16u
#define RF_FRAME_MAX_BODY 65536u
#define RF_FRAME_MAX_FDS 128u /* below the kernel's limit of 253 for one message */

struct rf_frame {
	uint32_t type;
	uint32_t serial;
	int32_t status;
	struct rf_reader body; /* points into the buffer given to rf_frame_recv() */
	unsigned int fd_count;
	int fds[RF_FRAME_MAX_FDS]; /* owned by the frame until rf_frame_take_fd() or rf_frame_close_fds() */
};

/* BODY is to be written, for a frame: it grows up to what one may have. */
static inline void rf_frame_body(struct rf_writer *body)
{
	rf_writer_init_growing(body, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
}

/* Room for the largest frame; one per receiving thread, given by the caller. */
struct rf_frame_buffer {
	uint8_t bytes[RF_FRAME_HEADER + RF_FRAME_MAX_BODY];
};

/*
 * Sends one frame without blocking; FDS stay the caller's. 0, -EAGAIN when the socket is full, -EMSGSIZE when body or
 * descriptors pass the limits, -EPIPE/-ECONNRESET when the peer is gone, other negative errno.
 */
int rf_frame_send(int sock, uint32_t type, uint32_t serial, int32_t status, const void *body, size_t body_len,
	const int *fds, unsigned int fd_count);

/*
 * Receives one frame without blocking (or with, when the socket is a blocking one and MSG_DONTWAIT is not in FLAGS).
 * 1: a frame; 0: the peer closed; -EAGAIN: nothing there; -EPROTO: malformed (nothing to close); other negative errno.
 *
 * When this process has too many files open to take a frame's descriptors, the frame comes without any, and a reply
 * with the status -EMFILE: that costs whoever asked, not the link.
 */
int rf_frame_recv(int sock, struct rf_frame_buffer *buffer, struct rf_frame *frame, int flags);

/* Checks a header and sets up FRAME over BYTES; the parsing half of rf_frame_recv(), without descriptors. */
int rf_frame_parse(const uint8_t *bytes, size_t len, struct rf_frame *frame);

/* Moves descriptor INDEX to the caller; -1 when there is none. */
int rf_frame_take_fd(struct rf_frame *frame, unsigned int index);
void rf_frame_close_fds(struct rf_frame *frame);

#endif
