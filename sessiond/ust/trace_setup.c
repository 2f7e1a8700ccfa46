/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/trace_setup.h"

#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A page, and what readers have always met. */
#define METADATA_PACKET_SIZE 4096u

struct ending {
	struct rf_list node;
	uint64_t trace;
	struct rf_consumer *consumer; /* a reference */
};

static int make_uuid(uint8_t uuid[RF_UUID_SIZE])
{
	if (getrandom(uuid, RF_UUID_SIZE, 0) != RF_UUID_SIZE)
		return -EIO;
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40); /* version 4: random */
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
	return 0;
}

static void drop_consumer(void *data)
{
	rf_consumer_unref(data);
}

static void dir_made(void *data, int status, struct rf_reader *body)
{
	struct rf_broker_place place;
	char safe[512];

	(void)data;
	if (status >= 0)
		return;
	rf_broker_place_decode(body, &place);
	rf_error("cannot make the trace directory %s: %s; what should go there is lost",
		rf_log_safe(safe, sizeof(safe), place.where), strerror(-status));
}

static int make_dir(struct rf_ust_domain *domain, struct rf_ust_session *us, const struct rf_app *app,
	const struct rf_consumer *consumer, uint32_t dir, bool per_pid)
{
	struct rf_broker_make_dir request = {
		.dir = dir,
		.tree = us->tree,
		.consumer = consumer->id,
		.kind = per_pid ? RF_DIR_UST_PID : RF_DIR_UST_UID,
		.uid = app->facts.uid,
		.abi_bits = (uint8_t)app->facts.abi_bits,
	};

	if (per_pid) {
		request.pid = (uint32_t)app->facts.pid;
		request.since = app->since;
		memcpy(request.procname, app->facts.name, sizeof(app->facts.name));
	}
	return rf_broker_make_dir(domain->broker, &request, dir_made, NULL);
}

static struct rf_registry *make_registry(struct rf_ust_domain *domain, struct rf_ust_session *us,
	const struct rf_app *app, struct rf_consumer *consumer, uint64_t trace, const uint8_t uuid[RF_UUID_SIZE])
{
	const struct rf_session *session = us->session;
	struct rf_trace_facts facts = {
		.per_pid = session->scheme == RF_BUFFERS_PER_PID,
		.app = app->facts,
		.app_since = app->since,
		.tracer = app->version,
		.session_name_generated = session->name_generated,
		.session_created = session->created,
		.clock = *rf_trace_clock_get(),
		.clock_offset = rf_trace_clock_offset(),
	};
	const struct rf_registry_output output = {
		.trace = trace, .push = rf_ust_trace_push, .release = drop_consumer, .data = rf_consumer_ref(consumer)};

	memcpy(facts.uuid, uuid, sizeof(facts.uuid));
	memcpy(facts.session_name, session->name, sizeof(facts.session_name));
	memcpy(facts.hostname, domain->hostname, sizeof(facts.hostname));
	return rf_registry_create(&facts, &output);
}

/* The consumer hears of the trace before anything is pushed to it. */
static int announce(struct rf_consumer *consumer, uint64_t trace, uint64_t session, const uint8_t uuid[RF_UUID_SIZE])
{
	struct rf_consumer_create_trace message = {
		.trace = trace, .session = session, .dir = (uint32_t)trace, .packet_size = METADATA_PACKET_SIZE};
	struct rf_writer w;

	memcpy(message.uuid, uuid, sizeof(message.uuid));
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_trace_encode(&w, &message);
	return rf_consumer_send(consumer, RF_CONSUMER_CREATE_TRACE, &w);
}

static struct rf_ust_trace *make_trace(
	struct rf_ust_domain *domain, struct rf_ust_session *us, const struct rf_app *app)
{
	struct rf_consumer *consumer = rf_consumers_get(
		&domain->consumers, app->facts.uid, (uint8_t)app->facts.abi_bits);
	/* One number for a trace and its directory: each trace has one. */
	uint32_t id = rf_broker_new_id(domain->broker);
	uint8_t uuid[RF_UUID_SIZE];

	if (!consumer || make_uuid(uuid) < 0 || rf_ust_session_use_consumer(us, consumer) < 0 ||
		make_dir(domain, us, app, consumer, id, us->session->scheme == RF_BUFFERS_PER_PID) < 0 ||
		announce(consumer, id, us->session->id, uuid) < 0)
		return NULL;

	struct rf_registry *registry = make_registry(domain, us, app, consumer, id, uuid);

	if (!registry)
		return NULL;
	return rf_ust_trace_new(id, us->session->id, app->facts.uid, (uint8_t)app->facts.abi_bits, registry, consumer);
}

struct rf_ust_trace *rf_trace_setup(struct rf_ust_domain *domain, struct rf_ust_session *us, struct rf_app *app)
{
	bool per_uid = us->session->scheme == RF_BUFFERS_PER_UID;

	if (per_uid) {
		rf_list_for_each(node, &us->traces) {
			struct rf_ust_trace *trace = rf_container_of(node, struct rf_ust_trace, node);

			if (trace->uid == app->facts.uid && trace->abi_bits == app->facts.abi_bits)
				return trace->failed ? NULL : rf_ust_trace_ref(trace);
		}
	}

	struct rf_ust_trace *trace = make_trace(domain, us, app);

	if (!trace) {
		rf_error("application %d of uid %u is not recorded: no buffers can be had for it", app->facts.pid,
			app->facts.uid);
		return NULL;
	}
	if (per_uid)
		rf_list_append(&us->traces, &rf_ust_trace_ref(trace)->node);
	return trace;
}

void rf_trace_end(struct rf_ust_domain *domain, struct rf_ust_trace *trace)
{
	struct ending *ending = calloc(1, sizeof(*ending));

	if (!ending || rf_consumer_send_id(trace->consumer, RF_CONSUMER_END_TRACE, trace->id) < 0) {
		free(ending);
		rf_broker_send_id(domain->broker, RF_BROKER_CLOSE_DIR, (uint32_t)trace->id);
		return;
	}
	ending->trace = trace->id;
	ending->consumer = rf_consumer_ref(trace->consumer);
	rf_list_append(&domain->ending, &ending->node);
}

static void ended(struct rf_ust_domain *domain, struct ending *ending)
{
	rf_broker_send_id(domain->broker, RF_BROKER_CLOSE_DIR, (uint32_t)ending->trace);
	rf_list_remove(&ending->node);
	rf_consumer_unref(ending->consumer);
	free(ending);
}

void rf_trace_ended(void *data, struct rf_consumer *consumer, uint64_t trace)
{
	struct rf_ust_domain *domain = data;

	/* Only what this consumer was told to end: it has no say in the directories of others. */
	rf_list_for_each(node, &domain->ending) {
		struct ending *ending = rf_container_of(node, struct ending, node);

		if (ending->trace == trace && ending->consumer == consumer) {
			ended(domain, ending);
			return;
		}
	}
}

void rf_trace_consumer_died(void *data, struct rf_consumer *consumer)
{
	struct rf_ust_domain *domain = data;

	rf_list_for_each_safe(node, tmp, &domain->ending) {
		struct ending *ending = rf_container_of(node, struct ending, node);

		if (ending->consumer == consumer)
			ended(domain, ending);
	}
	rf_list_for_each(node, &domain->sessions)
		rf_ust_session_lost_consumer(rf_container_of(node, struct rf_ust_session, node), consumer);
}
