/* SPDX-License-Identifier: GPL-2.0-only */
/* What the operations on a session's chunks (rotation, clear; see domain.h) share with others. Loop thread only. */
#ifndef RF_SESSIOND_RECORDING_CHUNKS_H
#define RF_SESSIOND_RECORDING_CHUNKS_H

#include "sessiond/recording/op.h"

/* Holds OP until the session's rotation, if one is under way, is over. One operation at a time waits for a session. */
void rf_chunks_wait_for_rotation(struct rf_op *op);

#endif
