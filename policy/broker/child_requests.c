/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about the suite itself: readiness, consumers, accounts. */
#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/children.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/lookups.h"
#include "policy/broker/request_handlers.h"

#include <errno.h>
#include <unistd.h>

#define END_GRACE (10 * RF_SECOND)

int rf_request_ready(struct rf_peer *peer, struct rf_frame *frame)
{
	(void)frame;
	rf_lifecycle_serving(peer->broker);
	return 0;
}

int rf_request_spawn_consumer(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker *broker = peer->broker;
	struct rf_broker_spawn_consumer request;

	if (!rf_broker_spawn_consumer_decode(&frame->body, &request) || frame->fd_count != 1)
		return -EPROTO;
	if ((request.abi_bits != 64 && request.abi_bits != 32) || request.kernel > 1 ||
		(broker->runtime->rootless && request.uid != getuid()))
		return -EINVAL;
	if (request.kernel && (request.abi_bits != 64 || request.uid != 0))
		return -EINVAL;
	if (request.kernel && !broker->kernel_service)
		return -EPERM;
	if (rf_children_find_consumer(broker, request.consumer))
		return -EEXIST;

	int err = rf_children_start_consumer(broker, &request, frame->fds[0]);

	if (err < 0)
		return err;
	rf_audit("op=spawn-consumer role=sessiond consumer=%u traced-uid=%u abi=%u kernel=%u result=granted",
		request.consumer, request.uid, request.abi_bits, request.kernel);
	rf_link_send(&peer->link, frame->type | RF_FRAME_REPLY, frame->serial, 0, NULL, 0, NULL, 0);
	return 0;
}

int rf_request_stop_consumer(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_id request;

	if (!rf_broker_id_decode(&frame->body, &request))
		return -EPROTO;

	struct rf_peer *consumer = rf_children_find_consumer(peer->broker, request.id);

	if (consumer) {
		rf_audit("op=stop-consumer role=sessiond consumer=%u result=granted", request.id);
		rf_child_end(consumer, END_GRACE);
	}
	return 0;
}

int rf_request_lookup_account(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_lookup_account request;

	if (!rf_broker_lookup_account_decode(&frame->body, &request))
		return -EPROTO;
	if (request.kind != RF_ACCOUNT_USER && request.kind != RF_ACCOUNT_GROUP)
		return -EINVAL;
	/* What cannot be a name is nobody's. */
	if (!rf_account_name_ok(request.name))
		return -ENOENT;
	return rf_lookup_start(peer->broker, peer, frame, &request);
}
