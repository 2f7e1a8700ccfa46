/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user-space domain's parts in operations of a session's recording (recording/op.h). The session has a recording;
 * what takes time holds the operation. Loop thread only.
 */
#ifndef RF_SESSIOND_UST_PARTS_H
#define RF_SESSIOND_UST_PARTS_H

#include "sessiond/recording/op.h"

/* Every application that the session includes is brought up to it and started. */
void rf_ust_begin(struct rf_op *op);
/* Every application is stopped. */
void rf_ust_halt(struct rf_op *op);
/* Every application gives up the session. */
void rf_ust_release(struct rf_op *op);
/* The text of every trace anew, with this clock offset. */
void rf_ust_describe_again(struct rf_op *op, int64_t clock_offset);
/* Every application tells its state again. */
void rf_ust_dump_state(struct rf_op *op);

#endif
