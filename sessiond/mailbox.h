/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue into a loop's thread: any thread posts without waiting, the loop receives in order. Mail is embedded in the
 * object that travels; the mailbox owns none of it.
 */
#ifndef RF_SESSIOND_MAILBOX_H
#define RF_SESSIOND_MAILBOX_H

#include "common/loop.h"

#include <urcu/wfcqueue.h>

struct rf_mail {
	struct cds_wfcq_node node;
};

typedef void (*rf_mail_fn)(struct rf_mail *mail, void *data);

struct rf_mailbox {
	/* On lines of their own: posters touch the tail, the loop the head. */
	struct cds_wfcq_tail tail __attribute__((aligned(64)));
	struct __cds_wfcq_head head __attribute__((aligned(64)));
	int wake_fd;
	struct rf_watch watch;
	rf_mail_fn receive;
	void *data;
};

/* Loop thread. RECEIVE runs there for each mail. Negative errno on failure. */
int rf_mailbox_init(struct rf_mailbox *mailbox, struct rf_loop *loop, rf_mail_fn receive, void *data);
/* Loop thread, nobody posts any more: delivers what is left and closes. */
void rf_mailbox_fini(struct rf_mailbox *mailbox);
/* Any thread. MAIL must not be posted already. */
void rf_mailbox_post(struct rf_mailbox *mailbox, struct rf_mail *mail);

#endif
