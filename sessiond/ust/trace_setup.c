/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/trace_setup.h"

#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void drop_consumer(void *data)
{
	rf_consumer_unref(data);
}

static void describe(const struct rf_recorder *recorder, struct rf_recording *us, const struct rf_app *app,
	const uint8_t uuid[RF_UUID_SIZE], struct rf_trace_facts *facts)
{
	const struct rf_session *session = us->session;

	*facts = (struct rf_trace_facts){
		.per_pid = session->scheme == RF_BUFFERS_PER_PID,
		.app = app->facts,
		.app_since = app->since,
		.tracer = app->version,
		.session_name_generated = session->name_generated,
		.session_created = session->created,
		.clock = *rf_trace_clock_get(),
		.clock_offset = us->clock_offset,
	};
	memcpy(facts->uuid, uuid, sizeof(facts->uuid));
	memcpy(facts->session_name, session->name, sizeof(facts->session_name));
	memcpy(facts->hostname, recorder->hostname, sizeof(facts->hostname));
}

static struct rf_registry *make_registry(
	const struct rf_trace_facts *facts, struct rf_consumer *consumer, uint64_t trace)
{
	const struct rf_registry_output output = {
		.trace = trace,
		.push = rf_ust_trace_push,
		.described = rf_ust_trace_described,
		.release = drop_consumer,
		.data = rf_consumer_ref(consumer),
	};

	return rf_registry_create(facts, &output);
}

/* Its directories, as far as the session has any: without them it would be recorded nowhere. */
static int make_dirs(struct rf_recorder *recorder, const struct rf_recording *us, struct rf_output_trace *out)
{
	const struct rf_chunk *chunk = &us->session->chunk;

	if (chunk->there)
		out->dir = rf_output_trace_make_dir(recorder, out, us->tree, chunk->id, RF_DIR_TRACE);
	if (us->has_buffer_tree)
		out->buffer_dir = rf_output_trace_make_dir(
			recorder, out, us->buffer_tree, us->buffer_chunk, RF_DIR_BUFFERS);
	return (chunk->there && !out->dir) || (us->has_buffer_tree && !out->buffer_dir) ? -EPIPE : 0;
}

static struct rf_ust_trace *make_trace(struct rf_recorder *recorder, struct rf_recording *us, const struct rf_app *app)
{
	struct rf_consumer *consumer = rf_consumers_get(
		&recorder->consumers, app->facts.uid, (uint8_t)app->facts.layout.abi_bits);
	struct rf_trace_facts facts;
	uint8_t uuid[RF_UUID_SIZE];

	if (!consumer || rf_output_trace_make_uuid(uuid) < 0 || rf_recording_use_consumer(us, consumer) < 0)
		return NULL;

	struct rf_ust_trace *trace = rf_ust_trace_new(rf_broker_new_id(recorder->broker), us->session->id, app,
		us->session->scheme == RF_BUFFERS_PER_PID, consumer);

	if (!trace)
		return NULL;
	describe(recorder, us, app, uuid, &facts);
	if (make_dirs(recorder, us, &trace->out) == 0 &&
		rf_output_trace_announce(&trace->out, &us->session->ust.metadata, uuid) == 0)
		trace->registry = make_registry(&facts, consumer, trace->out.id);
	if (!trace->registry) {
		rf_ust_trace_unref(trace);
		return NULL;
	}
	rf_list_append(&us->traces, &rf_ust_trace_ref(trace)->out.node);
	return trace;
}

struct rf_ust_trace *rf_trace_setup(struct rf_ust_domain *domain, struct rf_recording *us, struct rf_app *app)
{
	if (us->session->scheme == RF_BUFFERS_PER_UID) {
		rf_list_for_each(node, &us->traces) {
			struct rf_ust_trace *trace = rf_ust_trace_of(
				rf_container_of(node, struct rf_output_trace, node));

			if (trace && trace->uid == app->facts.uid && trace->abi_bits == app->facts.layout.abi_bits)
				return trace->out.failed ? NULL : rf_ust_trace_ref(trace);
		}
	}

	struct rf_ust_trace *trace = make_trace(domain->recorder, us, app);

	if (!trace)
		rf_error("application %d of uid %u is not recorded: no buffers can be had for it", app->facts.pid,
			app->facts.uid);
	return trace;
}
