/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel of user-space applications: made, handed to the session daemon, and read from then on. Control thread only.
 */
#ifndef RF_CONSUMERD_UST_CHANNEL_H
#define RF_CONSUMERD_UST_CHANNEL_H

#include "consumerd/trace.h"

/*
 * Answers on SOCK (a blocking stream socket, taken) with a status and then the channel itself: at once, or when the
 * files that its buffers are to be have come.
 */
void rf_ust_channel_create(struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock);
/* The rest of it. FILES: see rf_ust_buffers_create(). */
void rf_ust_channel_make(
	struct rf_trace *trace, const struct rf_consumer_create_channel *request, int sock, const int *files);
/* The answer when there is nothing to be made. Takes SOCK. */
void rf_ust_channel_refuse(int sock, int status);

#endif
