/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/requests.h"

#include <errno.h>
#include <stdlib.h>

struct request {
	struct rf_list node;
	uint32_t serial;
	struct rf_timer timer;
	rf_reply_fn done;
	void *data;
};

void rf_requests_init(struct rf_requests *requests, struct rf_link *link, struct rf_loop *loop)
{
	*requests = (struct rf_requests){.next_serial = 1, .link = link, .loop = loop};
	rf_list_init(&requests->waiting);
}

static void finish(struct request *request, int status, struct rf_reader *body)
{
	struct rf_reader nothing;

	rf_reader_init(&nothing, NULL, 0, RF_HOST_ORDER);
	rf_list_remove(&request->node);
	rf_timer_cancel(&request->timer);
	request->done(request->data, status, body ? body : &nothing);
	free(request);
}

static void timed_out(struct rf_timer *timer)
{
	finish(rf_container_of(timer, struct request, timer), -ETIMEDOUT, NULL);
}

int rf_requests_send(struct rf_requests *requests, uint32_t type, struct rf_writer *body, const int *fds,
	unsigned int fd_count, uint64_t timeout, rf_reply_fn done, void *data)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request) {
		rf_writer_free(body);
		return -ENOMEM;
	}
	request->serial = requests->next_serial++;
	if (!requests->next_serial)
		requests->next_serial = 1; /* 0 marks one-way messages */
	request->done = done;
	request->data = data;

	int err = rf_link_send_writer(requests->link, type, request->serial, 0, body, fds, fd_count);

	if (err < 0) {
		free(request);
		return err;
	}
	rf_list_append(&requests->waiting, &request->node);
	if (timeout)
		rf_timer_arm(requests->loop, &request->timer, timeout, timed_out);
	return 0;
}

void rf_requests_reply(struct rf_requests *requests, struct rf_frame *frame)
{
	/* Peers answer nearly in order, so the search ends at once. */
	rf_list_for_each(node, &requests->waiting) {
		struct request *request = rf_container_of(node, struct request, node);

		if (request->serial == frame->serial) {
			requests->reply = frame;
			finish(request, frame->status, &frame->body);
			requests->reply = NULL;
			return;
		}
	}
}

int rf_requests_take_fd(struct rf_requests *requests)
{
	return requests->reply ? rf_frame_take_fd(requests->reply, 0) : -1;
}

void rf_requests_fail_all(struct rf_requests *requests, int status)
{
	while (rf_list_linked(&requests->waiting))
		finish(rf_container_of(requests->waiting.next, struct request, node), status, NULL);
}
