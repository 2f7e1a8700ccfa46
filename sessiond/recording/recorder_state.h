/* SPDX-License-Identifier: GPL-2.0-only */
/* The recorder's own state, shared by sessiond/recording and the domains. Loop thread only. */
#ifndef RF_SESSIOND_RECORDING_RECORDER_STATE_H
#define RF_SESSIOND_RECORDING_RECORDER_STATE_H

#include "sessiond/broker_client.h"
#include "sessiond/consumer.h"
#include "sessiond/recording/output_trace.h"
#include "sessiond/recording/recorder.h"
#include "sessiond/recording/recording.h"

struct rf_kernel_domain;
struct rf_ust_domain;

struct rf_recorder {
	struct rf_loop *loop;
	struct rf_broker_client *broker;
	struct rf_consumers consumers;
	struct rf_ust_domain *ust;
	struct rf_kernel_domain *kernel;
	struct rf_list recordings; /* rf_recording.node */
	struct rf_list ending;     /* traces whose last packets the consumer is writing */
	char hostname[RF_NAME_SIZE];
};

/* HOSTNAME is copied. NULL without memory. The domains are set by who makes them. */
struct rf_recorder *rf_recorder_create(struct rf_loop *loop, struct rf_broker_client *broker, const char *hostname);
/* Sessions and domains must be gone. */
void rf_recorder_destroy(struct rf_recorder *recorder);

#endif
