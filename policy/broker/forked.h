/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that the broker forks: with a link to it, and those that stay this program (run-as workers, account
 * look-ups).
 */
#ifndef RF_POLICY_BROKER_FORKED_H
#define RF_POLICY_BROKER_FORKED_H

#include "common/link.h"
#include "common/proto_broker.h"

#include <sys/types.h>

/*
 * Forks. In the child: 0, and its end of the link in SOCK. In the broker: its pid, with LINK attached to LOOP; or a
 * negative errno, and there is no link. Loop thread.
 */
pid_t rf_forked_start(struct rf_loop *loop, struct rf_link *link, rf_link_frame_fn on_frame, rf_link_gone_fn on_gone,
	void *owner, int *sock);

#define RF_FORKED_KEPT_FD (RF_BROKER_FD + 1)
/*
 * In the child, at once: it dies with BROKER, has no signal blocked and no descriptor but stderr, SOCK, which becomes
 * RF_BROKER_FD, and KEPT (-1: none), which becomes RF_FORKED_KEPT_FD. Identity and filter are still the broker's.
 * Negative errno on failure: the child must exit.
 */
int rf_forked_begin(int sock, int kept, pid_t broker);
/*
 * In the child: the reply to REQUEST, waiting until the broker takes it. The broker gives replies to who asked in the
 * order of requests, so there is one in any case: what cannot be sent (the kernel has too many descriptors under way)
 * becomes its error, and where that fails, too, the link is shut down.
 */
void rf_forked_reply(int sock, const struct rf_frame *request, int status, const void *body, size_t body_len,
	const int *fds, unsigned int fd_count);

#endif
