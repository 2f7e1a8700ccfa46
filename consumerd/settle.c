/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/settle.h"

#include "common/proto_consumer.h"
#include "consumerd/session.h"

#include <errno.h>
#include <stdlib.h>

static struct rf_settle_mark *mark_of(struct rf_list *node)
{
	return rf_container_of(node, struct rf_settle_mark, node);
}

static void answer_ripe(struct rf_session *session)
{
	while (rf_list_linked(&session->marks)) {
		struct rf_settle_mark *first = mark_of(session->marks.next);

		if (!first->question)
			return;
		rf_link_send(&session->daemon->control, RF_CONSUMER_SETTLE_SESSION | RF_FRAME_REPLY, first->question,
			first->status, NULL, 0, NULL, 0);
		rf_list_remove(&first->node);
		free(first);
	}
}

void rf_settle_begin(struct rf_session *session, struct rf_settle_mark *mark)
{
	*mark = (struct rf_settle_mark){0};
	rf_list_append(&session->marks, &mark->node);
}

void rf_settle_failed(struct rf_session *session, int status)
{
	if (!session->failure)
		session->failure = status;
}

/* Those who asked before MARK was begun do not wait for it: the next one after it is told. */
static void note_failure(struct rf_session *session, struct rf_settle_mark *mark, int status)
{
	for (struct rf_list *node = mark->node.next; node != &session->marks; node = node->next) {
		struct rf_settle_mark *next = mark_of(node);

		if (!next->question)
			continue;
		if (!next->status)
			next->status = status;
		return;
	}
	rf_settle_failed(session, status);
}

void rf_settle_end(struct rf_session *session, struct rf_settle_mark *mark, int status)
{
	if (status)
		note_failure(session, mark, status);
	rf_list_remove(&mark->node);
	answer_ripe(session);
}

int rf_settle_ask(struct rf_session *session, uint32_t serial)
{
	struct rf_settle_mark *question = calloc(1, sizeof(*question));

	if (!question)
		return -ENOMEM;
	question->question = serial;
	question->status = session->failure;
	session->failure = 0;
	rf_list_append(&session->marks, &question->node);
	answer_ripe(session);
	return 0;
}
