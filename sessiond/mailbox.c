/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/mailbox.h"

#include "common/tsan.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void deliver(struct rf_mailbox *mailbox)
{
	struct cds_wfcq_node *node;

	while ((node = __cds_wfcq_dequeue_blocking(&mailbox->head, &mailbox->tail))) {
		struct rf_mail *mail = rf_container_of(node, struct rf_mail, node);

		RF_TSAN_ACQUIRE(mail);
		mailbox->receive(mail, mailbox->data);
	}
}

static void woken(struct rf_watch *watch, uint32_t events)
{
	struct rf_mailbox *mailbox = rf_container_of(watch, struct rf_mailbox, watch);
	uint64_t count;

	(void)events;
	/* Before the queue is emptied: a later post wakes again. */
	(void)!read(mailbox->wake_fd, &count, sizeof(count));
	deliver(mailbox);
}

int rf_mailbox_init(struct rf_mailbox *mailbox, struct rf_loop *loop, rf_mail_fn receive, void *data)
{
	__cds_wfcq_init(&mailbox->head, &mailbox->tail);
	mailbox->receive = receive;
	mailbox->data = data;
	mailbox->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (mailbox->wake_fd < 0)
		return -errno;

	int err = rf_watch_add(loop, &mailbox->watch, mailbox->wake_fd, EPOLLIN, woken);

	if (err < 0)
		close(mailbox->wake_fd);
	return err;
}

void rf_mailbox_fini(struct rf_mailbox *mailbox)
{
	deliver(mailbox);
	rf_watch_remove(&mailbox->watch);
	close(mailbox->wake_fd);
}

void rf_mailbox_post(struct rf_mailbox *mailbox, struct rf_mail *mail)
{
	const uint64_t one = 1;
	const cds_wfcq_head_ptr_t head = {._h = &mailbox->head};

	cds_wfcq_node_init(&mail->node);
	RF_TSAN_RELEASE(mail);
	/* Only the first of several posts needs to wake the loop. */
	if (!cds_wfcq_enqueue(head, &mailbox->tail, &mail->node))
		(void)!write(mailbox->wake_fd, &one, sizeof(one));
}
