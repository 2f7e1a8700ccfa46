/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's consumer in a process of its own, for programs that play its session daemon and its broker. The broker
 * opens plain files: those of directory N below dN. One thread uses it; what cannot be done ends the program.
 */
#ifndef RF_TESTS_ROAD_CONSUMER_H
#define RF_TESTS_ROAD_CONSUMER_H

#include "sessiond/consumer.h"

#include <pthread.h>

struct road {
	char dir[128];
	pid_t pid;
	int broker;
	pthread_t broker_thread;
	struct rf_consumer consumer; /* for rf_consumer_send() and the tracer */
	uint32_t serial;
	unsigned int failed; /* RF_CONSUMER_STREAM_FAILED seen */
	struct rf_frame_buffer buffer;
};

/* PROGRAM is run; traces go below DIR, which is made. */
void road_start(struct road *road, const char *program, const char *dir);
/* Ends the consumer; its exit status. */
int road_stop(struct road *road);
/* A request whose body is one id: the reply's status and body. */
int road_request(struct road *road, uint32_t type, uint64_t id, struct rf_frame *reply);
void road_create_trace(struct road *road, uint64_t trace, uint64_t session, uint32_t dir);
void road_move_trace(struct road *road, uint64_t trace, uint32_t dir);
void road_snapshot_trace(struct road *road, uint64_t trace, uint32_t dir, uint32_t max_packets);

#endif
