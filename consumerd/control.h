/* SPDX-License-Identifier: GPL-2.0-only */
/* The session daemon's messages: one table. Control thread only. */
#ifndef RF_CONSUMERD_CONTROL_H
#define RF_CONSUMERD_CONTROL_H

#include "common/frame.h"
#include "consumerd/daemon.h"

/* Acts on FRAME. What cannot be understood is refused (when it wants an answer) and logged. */
void rf_control_serve(struct rf_daemon *daemon, struct rf_frame *frame);

#endif
