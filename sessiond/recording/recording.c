/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/recording/recording.h"

#include "common/log.h"
#include "sessiond/kernel/parts.h"
#include "sessiond/recording/recorder_state.h"
#include "sessiond/ust/trace_clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct rf_recording *recording_new(struct rf_session *session)
{
	struct rf_recording *recording = calloc(1, sizeof(*recording));

	if (!recording)
		return NULL;
	recording->session = session;
	session->recording = recording;
	recording->clock_offset = rf_trace_clock_offset();
	rf_list_init(&recording->node);
	rf_list_init(&recording->traces);
	rf_list_init(&recording->consumers);
	rf_list_init(&recording->app_sessions);
	return recording;
}

struct rf_recording *rf_recording_get(struct rf_recorder *recorder, struct rf_session *session)
{
	if (!session->recording && recording_new(session))
		rf_list_append(&recorder->recordings, &session->recording->node);
	return session->recording;
}

static void drop_consumer(struct rf_session_consumer *sc)
{
	rf_list_remove(&sc->node);
	rf_consumer_release(sc->consumer);
	rf_consumer_unref(sc->consumer);
	free(sc);
}

void rf_recording_free(struct rf_recording *recording)
{
	rf_list_for_each_safe(node, tmp, &recording->traces) {
		struct rf_output_trace *trace = rf_container_of(node, struct rf_output_trace, node);

		rf_list_remove(&trace->node);
		rf_output_trace_unref(trace);
	}
	rf_list_for_each_safe(node, tmp, &recording->consumers)
		drop_consumer(rf_container_of(node, struct rf_session_consumer, node));
	rf_list_remove(&recording->node);
	recording->session->recording = NULL;
	free(recording->snapshot_root);
	free(recording);
}

int rf_recording_use_consumer(struct rf_recording *recording, struct rf_consumer *consumer)
{
	rf_list_for_each(node, &recording->consumers)
		if (rf_container_of(node, struct rf_session_consumer, node)->consumer == consumer)
			return 0;

	struct rf_session_consumer *sc = calloc(1, sizeof(*sc));

	if (!sc)
		return -ENOMEM;
	sc->consumer = rf_consumer_ref(consumer);
	rf_consumer_use(consumer);
	rf_list_append(&recording->consumers, &sc->node);
	return 0;
}

static void report_lost(const struct rf_recording *recording, const struct rf_consumer *consumer)
{
	char who[64] = "the kernel is";

	if (!consumer->kernel)
		snprintf(who, sizeof(who), "applications of uid %u are", consumer->uid);
	rf_error("session %llu: %s not recorded any more; destroy and create the session to go on",
		(unsigned long long)recording->session->id, who);
}

void rf_recording_lost_consumer(
	struct rf_recorder *recorder, struct rf_recording *recording, struct rf_consumer *consumer)
{
	if (consumer->kernel && recording->kernel)
		rf_kernel_lost(recorder, recording->kernel);
	rf_list_for_each(node, &recording->traces) {
		struct rf_output_trace *trace = rf_container_of(node, struct rf_output_trace, node);

		if (trace->consumer == consumer)
			trace->failed = true;
	}
	rf_list_for_each_safe(node, tmp, &recording->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		if (sc->consumer != consumer)
			continue;
		report_lost(recording, consumer);
		drop_consumer(sc);
	}
}
