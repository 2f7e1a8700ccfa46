/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last step of a command that changed what a session records. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_SESSION_UPDATE_H
#define RF_SESSIOND_CLIENT_SESSION_UPDATE_H

#include "sessiond/client/call.h"

/*
 * To be returned by the command: an inactive session's applications learn at the next start; an active one's are
 * brought up to it now, and the call is answered then.
 */
int rf_session_update(struct rf_call *call);

#endif
