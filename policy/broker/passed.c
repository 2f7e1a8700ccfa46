/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/passed.h"

#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rf_passed *rf_passed_new(struct rf_peer *peer, const struct rf_frame *frame, const char *op, const char *object)
{
	struct rf_passed *passed = calloc(1, sizeof(*passed));

	if (!passed)
		return NULL;
	rf_list_init(&passed->node);
	passed->peer = peer;
	passed->type = frame->type;
	passed->serial = frame->serial;
	passed->op = op;
	snprintf(passed->object, sizeof(passed->object), "%s", object);
	return passed;
}

void rf_passed_answer(struct rf_passed *passed, const char *by, int status, const void *body, size_t len,
	const int *fds, unsigned int fd_count)
{
	if (status < 0)
		rf_audit("op=%s %s%s result=refused error=\"%s\"", passed->op, passed->object, by, strerror(-status));
	else
		rf_audit("op=%s %s%s result=granted", passed->op, passed->object, by);
	if (passed->peer && passed->peer->linked)
		rf_link_send(&passed->peer->link, passed->type | RF_FRAME_REPLY, passed->serial, status, body, len, fds,
			fd_count);
	rf_list_remove(&passed->node);
	free(passed);
}

void rf_passed_forget_peer(struct rf_list *queue, const struct rf_peer *peer)
{
	rf_list_for_each(node, queue) {
		struct rf_passed *passed = rf_container_of(node, struct rf_passed, node);

		if (passed->peer == peer)
			passed->peer = NULL;
	}
}
