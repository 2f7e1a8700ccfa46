/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `lttng load` reads to make a session again: its configuration as XML, by the stock schema session.xsd. Reads the
 * model, changes nothing. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_SESSION_FILE_H
#define RF_SESSIOND_CLIENT_SESSION_FILE_H

#include "sessiond/client/xml_text.h"
#include "sessiond/model/session.h"

/* Writes the whole document; errors as of rf_xml_finish(). The caller frees XML in any case. */
int rf_session_file_write(const struct rf_session *session, struct rf_xml *xml, size_t limit);

#endif
