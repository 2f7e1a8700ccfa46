/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/hold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct held_frame {
	struct rf_list node;
	struct rf_frame frame;
	uint8_t body[];
};

void rf_hold_init(struct rf_hold *hold, void (*serve)(void *data, struct rf_frame *frame), void (*released)(void *data),
	void *data)
{
	*hold = (struct rf_hold){.serve = serve, .released = released, .data = data};
	rf_list_init(&hold->frames);
}

static void drop(struct held_frame *held)
{
	rf_list_remove(&held->node);
	rf_frame_close_fds(&held->frame);
	free(held);
}

void rf_hold_fini(struct rf_hold *hold)
{
	rf_list_for_each_safe(node, tmp, &hold->frames)
		drop(rf_container_of(node, struct held_frame, node));
}

bool rf_hold_active(const struct rf_hold *hold)
{
	return hold->count || rf_list_linked(&hold->frames);
}

void rf_hold_begin(struct rf_hold *hold)
{
	hold->count++;
}

void rf_hold_end(struct rf_hold *hold)
{
	hold->count--;
	/* Who is served in here may begin and end to hold in one go. */
	if (hold->releasing)
		return;
	hold->releasing = true;
	while (!hold->count && rf_list_linked(&hold->frames)) {
		struct held_frame *held = rf_container_of(hold->frames.next, struct held_frame, node);

		hold->serve(hold->data, &held->frame);
		drop(held);
	}
	hold->releasing = false;
	if (!hold->count && hold->released)
		hold->released(hold->data);
}

int rf_hold_frame(struct rf_hold *hold, struct rf_frame *frame)
{
	if (!rf_hold_active(hold)) {
		hold->serve(hold->data, frame);
		return 0;
	}

	size_t len = rf_reader_left(&frame->body);
	struct held_frame *held = malloc(sizeof(*held) + len);

	if (!held)
		return -ENOMEM;
	held->frame = *frame;
	frame->fd_count = 0;
	rf_list_init(&held->node);
	memcpy(held->body, frame->body.base + frame->body.at, len);
	rf_reader_init(&held->frame.body, held->body, len, RF_HOST_ORDER);
	rf_list_append(&hold->frames, &held->node);
	return 0;
}
