/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change of a process attribute tracker in the model that can be taken back until its command is answered. It is the
 * command's steps (call.h): one change a command. Memory that the change frees counts until then. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_TRACKER_UNDO_H
#define RF_SESSIOND_CLIENT_TRACKER_UNDO_H

#include "sessiond/client/call.h"
#include "sessiond/model/tracker.h"

/* Each changes TRACKER, of the call's session: LTTNG_OK, or why it is as it was. */
int rf_tracker_change_policy(struct rf_call *call, struct rf_tracker *tracker, enum rf_tracker_policy policy);
int rf_tracker_change_add(struct rf_call *call, struct rf_tracker *tracker, uint32_t value, const char *name);
int rf_tracker_change_remove(struct rf_call *call, struct rf_tracker *tracker, uint32_t value, const char *name);
/* Takes the call's change back. */
void rf_tracker_undo(struct rf_call *call);

#endif
