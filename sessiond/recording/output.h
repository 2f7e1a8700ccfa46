/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a session's traces are on disk: the tree at its output root, the chunk in it that is written now, and each
 * trace's directory in that chunk. What is asked of the broker here is not waited for unless an operation is given,
 * which is then held until the answer. Loop thread only.
 */
#ifndef RF_SESSIOND_RECORDING_OUTPUT_H
#define RF_SESSIOND_RECORDING_OUTPUT_H

#include "sessiond/recording/op.h"

/*
 * Makes what is missing of tree and chunk of the session of OP, and of the place for ring buffers in files; nothing for
 * a session without output. Fails OP with LTTNG_ERR_CREATE_DIR_FAIL. session->chunk is set when the answer is good.
 */
void rf_output_begin(struct rf_op *op);
/*
 * Makes the session's next chunk, which becomes session->chunk only by rf_output_enter(). BASE: it is the output root
 * itself. Fails OP as above.
 */
void rf_output_make_next(struct rf_op *op, struct rf_chunk *next, bool base);
/* The traces go on in NEXT (NULL: nowhere, packets wait in the rings), without what they hold if DISCARD. */
void rf_output_enter(
	struct rf_recorder *recorder, struct rf_session *session, const struct rf_chunk *next, bool discard);
/* OP is held until every consumer of the session has finished what was begun before; op->unsettled tells of failures.
 */
void rf_output_settle(struct rf_op *op);
/* The directories that traces left by the last rf_output_enter() get no more files. */
void rf_output_close_left(struct rf_recorder *recorder, struct rf_recording *us);
/* RF_BROKER_RETIRE_CHUNK: moves OLD out of the way. A failure is logged, and shows in what follows. */
void rf_output_retire(struct rf_recorder *recorder, struct rf_recording *us, const struct rf_chunk *old);
/* Moves OLD, which was retired, to the archives; session->rotation says how that went when OP goes on. */
void rf_output_archive(struct rf_op *op, const struct rf_chunk *old, time_t end);
/* Deletes OLD. A failure is logged: what is left behind disturbs nobody. */
void rf_output_remove(struct rf_op *op, const struct rf_chunk *old);
/* Parts of a chunk that the session's domains have (RF_CHUNK_UST, RF_CHUNK_KERNEL). */
uint8_t rf_output_parts(const struct rf_session *session);
/* Gives up the tree, and the ring-buffer files. */
void rf_output_end(struct rf_recorder *recorder, struct rf_recording *us);

#endif
