/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/kernel_peer.h"

#include "policy/broker/kernel_service.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/modules.h"
#include "policy/broker/requests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_frame(struct rf_link *link, struct rf_frame *frame)
{
	rf_requests_serve(link->owner, frame);
}

static void on_gone(struct rf_link *link, int status)
{
	struct rf_peer *peer = link->owner;

	if (status < 0 && status != -ECONNRESET && status != -EPIPE)
		rf_lifecycle_condemn(peer, strerror(-status));
	peer->linked = false;
	rf_link_close(link);
}

int rf_kernel_peer_new(struct rf_broker *broker, int *end)
{
	struct rf_peer *peer = calloc(1, sizeof(*peer));
	int ends[2];
	int err;

	if (!peer)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		err = -errno;
		free(peer);
		return err;
	}
	peer->broker = broker;
	peer->role = RF_PEER_KERNEL;
	peer->pid = broker->sessiond->pid;
	rf_list_init(&peer->node);
	err = rf_link_init(&peer->link, ends[0], on_frame, on_gone, peer);
	if (!err)
		err = rf_link_attach(&peer->link, broker->loop);
	if (err < 0) {
		rf_link_fini(&peer->link);
		close(ends[1]);
		free(peer);
		return err;
	}
	peer->linked = true;
	broker->kernel = peer;
	*end = ends[1];
	return 0;
}

void rf_kernel_peer_free(struct rf_broker *broker)
{
	struct rf_peer *peer = broker->kernel;

	if (!peer)
		return;
	broker->kernel = NULL;
	rf_kernel_forget_peer(broker, peer);
	rf_modules_forget_peer(broker, peer);
	rf_link_fini(&peer->link);
	free(peer);
}
