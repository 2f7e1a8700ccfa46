/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/session_reader.h"

#include <stddef.h>

void rf_session_begin_read(struct rf_session *session)
{
	session->readers++;
}

void rf_session_end_read(struct rf_session *session)
{
	void (*then)(void *data) = session->unread;

	if (--session->readers || !then)
		return;
	session->unread = NULL;
	then(session->unread_data);
}

void rf_session_when_unread(struct rf_session *session, void (*then)(void *data), void *data)
{
	if (!session->readers) {
		then(data);
		return;
	}
	session->unread = then;
	session->unread_data = data;
}
