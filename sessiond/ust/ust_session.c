/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/ust_session.h"

#include "common/log.h"
#include "sessiond/ust/trace.h"

#include <errno.h>
#include <stdlib.h>

struct rf_ust_session *rf_ust_session_new(struct rf_session *session)
{
	struct rf_ust_session *us = calloc(1, sizeof(*us));

	if (!us)
		return NULL;
	us->session = session;
	session->ust = us;
	rf_list_init(&us->node);
	rf_list_init(&us->traces);
	rf_list_init(&us->consumers);
	rf_list_init(&us->app_sessions);
	return us;
}

static void drop_consumer(struct rf_session_consumer *sc)
{
	rf_list_remove(&sc->node);
	rf_consumer_release(sc->consumer);
	rf_consumer_unref(sc->consumer);
	free(sc);
}

void rf_ust_session_free(struct rf_ust_session *us)
{
	rf_list_for_each_safe(node, tmp, &us->traces) {
		struct rf_ust_trace *trace = rf_container_of(node, struct rf_ust_trace, node);

		rf_list_remove(&trace->node);
		rf_ust_trace_unref(trace);
	}
	rf_list_for_each_safe(node, tmp, &us->consumers)
		drop_consumer(rf_container_of(node, struct rf_session_consumer, node));
	rf_list_remove(&us->node);
	us->session->ust = NULL;
	free(us->snapshot_root);
	free(us);
}

int rf_ust_session_use_consumer(struct rf_ust_session *us, struct rf_consumer *consumer)
{
	rf_list_for_each(node, &us->consumers)
		if (rf_container_of(node, struct rf_session_consumer, node)->consumer == consumer)
			return 0;

	struct rf_session_consumer *sc = calloc(1, sizeof(*sc));

	if (!sc)
		return -ENOMEM;
	sc->consumer = rf_consumer_ref(consumer);
	rf_consumer_use(consumer);
	rf_list_append(&us->consumers, &sc->node);
	return 0;
}

void rf_ust_session_lost_consumer(struct rf_ust_session *us, struct rf_consumer *consumer)
{
	rf_list_for_each(node, &us->traces) {
		struct rf_ust_trace *trace = rf_container_of(node, struct rf_ust_trace, node);

		if (trace->consumer == consumer)
			trace->failed = true;
	}
	rf_list_for_each_safe(node, tmp, &us->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		if (sc->consumer != consumer)
			continue;
		rf_error("session %llu: applications of uid %u are not recorded any more; destroy and create the "
			 "session to "
			 "trace them again",
			(unsigned long long)us->session->id, consumer->uid);
		drop_consumer(sc);
	}
}
