/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel thread's own link to the broker: one request at a time, and its reply is waited for. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_LINK_H
#define RF_SESSIOND_KERNEL_LINK_H

#include "common/frame.h"
#include "common/proto_broker.h"

struct rf_kernel_link;

/* Takes SOCK. NULL without memory; SOCK stays the caller's then. */
struct rf_kernel_link *rf_kernel_link_new(int sock);
void rf_kernel_link_free(struct rf_kernel_link *link);

/*
 * Sends a request of TYPE (enum rf_broker_message) with the body that the writer made (freed in any case) and FD (-1:
 * none; stays the caller's). The status of the reply, whose body and descriptors are in *REPLY until the next call on
 * this link: take what you keep (rf_frame_take_fd()), the rest is closed by the next call. A negative errno of its own
 * when there is no reply: -EPIPE, -ETIMEDOUT, -EMSGSIZE; REPLY is empty then.
 */
int rf_kernel_link_call(
	struct rf_kernel_link *link, uint32_t type, struct rf_writer *body, int fd, struct rf_frame **reply);

#endif
