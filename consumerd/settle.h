/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session's barrier: what was asked of its traces before has to be done before the answer. Everything on its way and
 * every question is a mark in one list, in the order of asking; a question that came to the front is answered.
 * Control thread only.
 */
#ifndef RF_CONSUMERD_SETTLE_H
#define RF_CONSUMERD_SETTLE_H

#include "common/list.h"

#include <stdint.h>

struct rf_session;

/* Embedded in what is on its way. */
struct rf_settle_mark {
	struct rf_list node; /* in session->marks */
	uint32_t question;   /* serial to be answered; 0: something on its way */
	int status;          /* of a question so far */
};

void rf_settle_begin(struct rf_session *session, struct rf_settle_mark *mark);
/* STATUS: 0 or a negative errno, for the next question. */
void rf_settle_end(struct rf_session *session, struct rf_settle_mark *mark, int status);
/* Something could not even be begun. */
void rf_settle_failed(struct rf_session *session, int status);
/* Answers SERIAL (of RF_CONSUMER_SETTLE_SESSION) when all that was begun is ended. 0, or -ENOMEM with no answer. */
int rf_settle_ask(struct rf_session *session, uint32_t serial);

#endif
