/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A listing that needs an answer of the user-space domain reads its session meanwhile without making it busy. A
 * session's destruction waits for its readers. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_SESSION_READER_H
#define RF_SESSIOND_CLIENT_SESSION_READER_H

#include "sessiond/model/session.h"

void rf_session_begin_read(struct rf_session *session);
void rf_session_end_read(struct rf_session *session);
/* Calls THEN when nobody reads the session (now, if so). One at a time. */
void rf_session_when_unread(struct rf_session *session, void (*then)(void *data), void *data);

#endif
