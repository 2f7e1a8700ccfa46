/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the rotations that a session's schedules ask for. A periodic one runs on the monotonic clock from the start of
 * the session (or from when it was set, if the session was active then), goes on over a stop and does nothing while
 * there is nothing to rotate. One by size looks at what the session has recorded each time the monitor timer of its
 * channels would, only while it is active.
 *
 * A rotation that comes due while the session is busy or another rotation is under way is left out: the next look is
 * soon, and none is ever queued. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_ROTATION_SCHEDULE_H
#define RF_SESSIOND_CLIENT_ROTATION_SCHEDULE_H

#include "sessiond/client/call.h"

/* The session was started, or one of its schedules was set or removed. */
void rf_rotation_clock_update(struct rf_client_context *context, struct rf_session *session);
/* No more rotations: the session ends. */
void rf_rotation_clock_stop(struct rf_session *session);

#endif
