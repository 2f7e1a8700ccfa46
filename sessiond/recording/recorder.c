/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/recording/recorder_state.h"

#include <stdlib.h>
#include <string.h>

struct rf_recorder *rf_recorder_create(struct rf_loop *loop, struct rf_broker_client *broker, const char *hostname)
{
	struct rf_recorder *recorder = calloc(1, sizeof(*recorder));

	if (!recorder)
		return NULL;
	recorder->loop = loop;
	recorder->broker = broker;
	strncpy(recorder->hostname, hostname, sizeof(recorder->hostname) - 1);
	rf_list_init(&recorder->recordings);
	rf_list_init(&recorder->ending);
	rf_consumers_init(&recorder->consumers, loop, broker);
	recorder->consumers.on_trace_ended = rf_output_trace_ended;
	recorder->consumers.on_died = rf_output_trace_consumer_died;
	recorder->consumers.owner = recorder;
	return recorder;
}

void rf_recorder_destroy(struct rf_recorder *recorder)
{
	rf_consumers_fini(&recorder->consumers);
	free(recorder);
}
