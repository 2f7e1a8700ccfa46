/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/opener.h"

#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct open_request {
	struct rf_list node;
	uint32_t serial;
	unsigned int fd_count; /* expected */
	rf_opened_fn opened;
	void *data;
};

void rf_opener_init(struct rf_opener *opener, struct rf_link *link)
{
	*opener = (struct rf_opener){.link = link};
	rf_list_init(&opener->pending);
}

static void request(struct rf_opener *opener, uint32_t type, struct rf_writer *body, unsigned int fd_count,
	rf_opened_fn opened, void *data)
{
	struct open_request *pending = malloc(sizeof(*pending));

	if (!pending) {
		rf_writer_free(body);
		opened(data, -ENOMEM, NULL);
		return;
	}
	if (!++opener->last_serial)
		opener->last_serial = 1; /* 0 marks one-way messages */
	*pending = (struct open_request){
		.serial = opener->last_serial, .fd_count = fd_count, .opened = opened, .data = data};
	rf_list_append(&opener->pending, &pending->node);
	opener->expected += fd_count;

	int err = rf_link_send_writer(opener->link, type, pending->serial, 0, body, NULL, 0);

	if (err) {
		opener->expected -= fd_count;
		rf_list_remove(&pending->node);
		free(pending);
		opened(data, err, NULL);
	}
}

void rf_opener_metadata(struct rf_opener *opener, uint32_t dir, rf_opened_fn opened, void *data)
{
	const struct rf_broker_id id = {.id = dir};
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_id_encode(&w, &id);
	request(opener, RF_BROKER_OPEN_METADATA, &w, 1, opened, data);
}

void rf_opener_streams(
	struct rf_opener *opener, const struct rf_broker_open_streams *wanted, rf_opened_fn opened, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_open_streams_encode(&w, wanted);
	request(opener, RF_BROKER_OPEN_STREAMS, &w, wanted->cpu_count * (wanted->without_index ? 1 : 2), opened, data);
}

void rf_opener_buffers(
	struct rf_opener *opener, const struct rf_broker_open_buffers *wanted, rf_opened_fn opened, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_open_buffers_encode(&w, wanted);
	request(opener, RF_BROKER_OPEN_BUFFERS, &w, wanted->cpu_count, opened, data);
}

void rf_opener_rings(
	struct rf_opener *opener, const struct rf_broker_open_rings *wanted, rf_opened_fn opened, void *data)
{
	struct rf_writer w;

	rf_frame_body(&w);
	rf_broker_open_rings_encode(&w, wanted);
	request(opener, RF_BROKER_OPEN_RINGS, &w, (wanted->first_cpu ? 0 : 1) + 2 * wanted->cpu_count, opened, data);
}

void rf_opener_reply(struct rf_opener *opener, struct rf_frame *frame)
{
	rf_list_for_each(node, &opener->pending) {
		struct open_request *pending = rf_container_of(node, struct open_request, node);

		if (pending->serial != frame->serial)
			continue;

		int status = frame->status < 0 ? frame->status : 0;

		if (!status && frame->fd_count != pending->fd_count)
			status = -EPROTO;
		opener->expected -= pending->fd_count;
		rf_list_remove(&pending->node);
		pending->opened(pending->data, status, status ? NULL : frame);
		free(pending);
		return;
	}
	rf_warning("the broker answered a request that was not made");
}

void rf_opener_fail_all(struct rf_opener *opener, int status)
{
	/* Who is told may ask for more, which fails at once: the link is closed. */
	while (rf_list_linked(&opener->pending)) {
		struct open_request *pending = rf_container_of(opener->pending.next, struct open_request, node);

		rf_list_remove(&pending->node);
		pending->opened(pending->data, status, NULL);
		free(pending);
	}
	opener->expected = 0;
}
