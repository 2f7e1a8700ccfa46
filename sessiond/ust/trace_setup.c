/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/trace_setup.h"

#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A page, and what readers have always met; and the largest that a client may configure. */
#define METADATA_PACKET_SIZE 4096u
#define METADATA_PACKET_MAX (1u << 20)

struct ending {
	struct rf_list node;
	struct rf_ust_trace *trace; /* a reference */
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

/* The directory of a trace with FACTS that CONSUMER writes: its number, or 0 when it cannot be asked for. */
static uint32_t make_dir(struct rf_ust_domain *domain, const struct rf_trace_facts *facts,
	const struct rf_consumer *consumer, uint32_t tree, uint32_t chunk, uint8_t purpose)
{
	struct rf_broker_make_dir request = {
		.dir = rf_broker_new_id(domain->broker),
		.tree = tree,
		.chunk = chunk,
		.consumer = consumer->id,
		.purpose = purpose,
		.kind = facts->per_pid ? RF_DIR_UST_PID : RF_DIR_UST_UID,
		.uid = facts->app.uid,
		.abi_bits = (uint8_t)facts->app.abi_bits,
	};

	if (facts->per_pid) {
		request.pid = (uint32_t)facts->app.pid;
		request.since = facts->app_since;
		memcpy(request.procname, facts->app.name, sizeof(facts->app.name));
	}
	return rf_broker_make_dir(domain->broker, &request, dir_made, NULL) < 0 ? 0 : request.dir;
}

uint32_t rf_trace_make_dir(
	struct rf_ust_domain *domain, const struct rf_ust_trace *trace, uint32_t tree, uint32_t chunk, uint8_t purpose)
{
	return make_dir(domain, rf_registry_facts(trace->registry), trace->consumer, tree, chunk, purpose);
}

static void describe(struct rf_ust_domain *domain, const struct rf_ust_session *us, const struct rf_app *app,
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
		.clock_offset = rf_trace_clock_offset(),
	};
	memcpy(facts->uuid, uuid, sizeof(facts->uuid));
	memcpy(facts->session_name, session->name, sizeof(facts->session_name));
	memcpy(facts->hostname, domain->hostname, sizeof(facts->hostname));
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

/* The consumer hears of the trace before anything is pushed to it. */
static int announce(
	const struct rf_session *session, const struct rf_ust_trace *trace, const uint8_t uuid[RF_UUID_SIZE])
{
	uint64_t size = session->metadata.subbuf_size ? session->metadata.subbuf_size : METADATA_PACKET_SIZE;
	struct rf_consumer_create_trace message = {
		.trace = trace->id,
		.session = trace->session_id,
		.dir = trace->dir,
		.buffer_dir = trace->buffer_dir,
		.packet_size = (uint32_t)(size < METADATA_PACKET_MAX ? size : METADATA_PACKET_MAX),
	};
	struct rf_writer w;

	memcpy(message.uuid, uuid, sizeof(message.uuid));
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_trace_encode(&w, &message);
	return rf_consumer_send(trace->consumer, RF_CONSUMER_CREATE_TRACE, &w);
}

/* Its directories, as far as the session has any: without them it would be recorded nowhere. */
static int make_dirs(struct rf_ust_domain *domain, const struct rf_ust_session *us, const struct rf_trace_facts *facts,
	struct rf_ust_trace *trace)
{
	const struct rf_chunk *chunk = &us->session->chunk;

	if (chunk->there)
		trace->dir = make_dir(domain, facts, trace->consumer, us->tree, chunk->id, RF_DIR_TRACE);
	if (us->has_buffer_tree)
		trace->buffer_dir = make_dir(
			domain, facts, trace->consumer, us->buffer_tree, us->buffer_chunk, RF_DIR_BUFFERS);
	return (chunk->there && !trace->dir) || (us->has_buffer_tree && !trace->buffer_dir) ? -EPIPE : 0;
}

static struct rf_ust_trace *make_trace(
	struct rf_ust_domain *domain, struct rf_ust_session *us, const struct rf_app *app)
{
	struct rf_consumer *consumer = rf_consumers_get(
		&domain->consumers, app->facts.uid, (uint8_t)app->facts.abi_bits);
	struct rf_trace_facts facts;
	uint8_t uuid[RF_UUID_SIZE];

	if (!consumer || make_uuid(uuid) < 0 || rf_ust_session_use_consumer(us, consumer) < 0)
		return NULL;

	struct rf_ust_trace *trace = rf_ust_trace_new(rf_broker_new_id(domain->broker), us->session->id, app->facts.uid,
		(uint8_t)app->facts.abi_bits, consumer);

	if (!trace)
		return NULL;
	describe(domain, us, app, uuid, &facts);
	if (make_dirs(domain, us, &facts, trace) == 0 && announce(us->session, trace, uuid) == 0)
		trace->registry = make_registry(&facts, consumer, trace->id);
	if (!trace->registry) {
		rf_ust_trace_unref(trace);
		return NULL;
	}
	rf_list_append(&us->traces, &rf_ust_trace_ref(trace)->node);
	return trace;
}

struct rf_ust_trace *rf_trace_setup(struct rf_ust_domain *domain, struct rf_ust_session *us, struct rf_app *app)
{
	if (us->session->scheme == RF_BUFFERS_PER_UID) {
		rf_list_for_each(node, &us->traces) {
			struct rf_ust_trace *trace = rf_container_of(node, struct rf_ust_trace, node);

			if (trace->uid == app->facts.uid && trace->abi_bits == app->facts.abi_bits)
				return trace->failed ? NULL : rf_ust_trace_ref(trace);
		}
	}

	struct rf_ust_trace *trace = make_trace(domain, us, app);

	if (!trace)
		rf_error("application %d of uid %u is not recorded: no buffers can be had for it", app->facts.pid,
			app->facts.uid);
	return trace;
}

void rf_trace_move(struct rf_ust_domain *domain, struct rf_ust_session *us, struct rf_ust_trace *trace, bool discard)
{
	const struct rf_chunk *chunk = &us->session->chunk;
	struct rf_consumer_move_trace message = {.trace = trace->id, .discard = discard};
	struct rf_writer w;

	if (trace->failed)
		return;
	/* One that was not closed belongs to a move that failed; nobody will close it later. */
	rf_trace_close_left(domain, trace);
	trace->left_dir = trace->dir;
	trace->dir = chunk->there ? rf_trace_make_dir(domain, trace, us->tree, chunk->id, RF_DIR_TRACE) : 0;
	message.dir = trace->dir;
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_move_trace_encode(&w, &message);
	rf_consumer_send(trace->consumer, RF_CONSUMER_MOVE_TRACE, &w);
}

static void close_dir(struct rf_ust_domain *domain, uint32_t type, uint32_t *dir)
{
	if (*dir)
		rf_broker_send_id(domain->broker, type, *dir);
	*dir = 0;
}

void rf_trace_close_left(struct rf_ust_domain *domain, struct rf_ust_trace *trace)
{
	close_dir(domain, RF_BROKER_CLOSE_DIR, &trace->left_dir);
}

static void close_dirs(struct rf_ust_domain *domain, struct rf_ust_trace *trace)
{
	rf_trace_close_left(domain, trace);
	close_dir(domain, RF_BROKER_CLOSE_DIR, &trace->dir);
	close_dir(domain, RF_BROKER_REMOVE_DIR, &trace->buffer_dir);
}

void rf_trace_end(struct rf_ust_domain *domain, struct rf_ust_trace *trace)
{
	struct ending *ending = calloc(1, sizeof(*ending));

	if (ending && rf_consumer_send_id(trace->consumer, RF_CONSUMER_END_TRACE, trace->id) == 0) {
		ending->trace = rf_ust_trace_ref(trace);
		rf_list_append(&domain->ending, &ending->node);
	} else {
		free(ending);
		close_dirs(domain, trace);
	}
	if (rf_list_linked(&trace->node)) {
		rf_list_remove(&trace->node);
		rf_ust_trace_unref(trace);
	}
}

static void ended(struct rf_ust_domain *domain, struct ending *ending)
{
	close_dirs(domain, ending->trace);
	rf_list_remove(&ending->node);
	rf_ust_trace_unref(ending->trace);
	free(ending);
}

void rf_trace_ended(void *data, struct rf_consumer *consumer, uint64_t trace)
{
	struct rf_ust_domain *domain = data;

	/* Only what this consumer was told to end: it has no say in the directories of others. */
	rf_list_for_each(node, &domain->ending) {
		struct ending *ending = rf_container_of(node, struct ending, node);

		if (ending->trace->id == trace && ending->trace->consumer == consumer) {
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

		if (ending->trace->consumer == consumer)
			ended(domain, ending);
	}
	rf_list_for_each(node, &domain->sessions)
		rf_ust_session_lost_consumer(rf_container_of(node, struct rf_ust_session, node), consumer);
}
