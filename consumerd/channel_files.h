/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files for the streams of a channel. What waits for them is posted to the streams first (so that it keeps its place
 * there), and the broker is asked afterwards. Control thread only.
 */
#ifndef RF_CONSUMERD_CHANNEL_FILES_H
#define RF_CONSUMERD_CHANNEL_FILES_H

#include "consumerd/channel.h"
#include "consumerd/stream_task.h"

/*
 * Posts ORDER to each stream of CHANNEL, which must not be ending, and puts the requests for its files into REQUESTS.
 * COMPLETION (may be NULL) gets a part a stream, and the status of those that could not be posted.
 */
void rf_channel_order(struct rf_channel *channel, const struct rf_stream_order *order, struct rf_completion *completion,
	struct rf_list *requests);
/* To those from stream BEGIN on. */
void rf_channel_order_from(struct rf_channel *channel, unsigned int begin, const struct rf_stream_order *order,
	struct rf_completion *completion, struct rf_list *requests);
/* Asks the broker for what is in REQUESTS, which is empty then. The channels live at least until it has answered. */
void rf_channel_files_ask(struct rf_list *requests);
/* A stream's rf_stream_want_file_fn. Data thread. */
void rf_channel_want_file(struct rf_output *output);

#endif
