/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the control thread asks of a stream, done on the stream's data thread in the order of asking. Tasks that need
 * the stream's sink wait until it is attached.
 */
#ifndef RF_CONSUMERD_STREAM_TASK_H
#define RF_CONSUMERD_STREAM_TASK_H

#include "consumerd/completion.h"
#include "consumerd/stream.h"

/*
 * All of them: control thread; 0, or -ENOMEM with nothing done.
 *
 * Attach takes SINK (NULL: there will be none, ERROR says why) and begins to serve the stream. Once a stream.
 */
int rf_stream_post_attach(struct rf_stream *stream, struct rf_sink *sink, int error);
/* COMPLETION: a part was added to it before; it is finished when what the stream held is written. */
int rf_stream_post_flush(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion);
/* Flushes, drains, frees the stream. */
int rf_stream_post_finish(struct rf_stream *stream, uint64_t epoch, struct rf_completion *completion);

#endif
