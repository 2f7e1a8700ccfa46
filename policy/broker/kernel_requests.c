/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about the kernel's tracers: checked here, carried out by the kernel worker. */
#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/children.h"
#include "policy/broker/kernel_service.h"
#include "policy/broker/modules.h"
#include "policy/broker/programs.h"
#include "policy/broker/request_handlers.h"
#include "policy/broker/requests.h"
#include "policy/broker/state_reads.h"
#include "policy/broker/tracefs.h"
#include "policy/broker/tracefs_instance.h"
#include "policy/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define CPU_MAX 65536u
#define PIDS_MAX 16384u
/* For each CPU. What the kernel does not have it refuses; this keeps sums within their type. */
#define RING_SIZE_MAX (1ull << 40)

/* BODY: the same again: what was decoded is what is passed on. */
static int pass(struct rf_peer *peer, struct rf_frame *frame, struct rf_writer *body, int fd, const char *object)
{
	return rf_kernel_pass(
		peer->broker, peer, frame, body, fd, rf_request_find(frame->type, peer->role)->name, object);
}

int rf_request_kernel_open(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_writer w;

	if (!peer->broker->kernel_service)
		return -EPERM;
	if (rf_modules_wait(peer->broker, peer, frame, "kernel-open", "role=kernel"))
		return 0;
	rf_frame_body(&w);
	return pass(peer, frame, &w, -1, "role=kernel");
}

/* Instances are made for consumers of the kernel only. */
static int check_consumer(struct rf_broker *broker, uint32_t id)
{
	const struct rf_peer *consumer = rf_children_find_consumer(broker, id);

	if (!consumer)
		return -ENOENT;
	return RF_CHECK_GRANTS && !consumer->kernel ? -EPERM : 0;
}

static int check_owner(const struct rf_broker *broker, uid_t uid)
{
	return RF_CHECK_KERNEL_OWNER && !rf_policy_may_trace_kernel(&broker->policy, uid) ? -EPERM : 0;
}

int rf_request_make_instance(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_make_instance request;
	struct rf_broker *broker = peer->broker;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;
	int err;

	if (!rf_broker_make_instance_decode(&frame->body, &request))
		return -EPROTO;
	if (!request.instance || !request.ring_size || request.ring_size > RING_SIZE_MAX ||
		request.page_size > RF_RING_PAGE_MAX || request.overwrite > 1)
		return -EINVAL;
	err = check_owner(broker, request.uid);
	if (!err)
		err = check_consumer(broker, request.consumer);
	if (!err && rf_kernel_has(broker, request.instance))
		err = -EEXIST;
	if (!err)
		err = rf_kernel_grant(broker, request.instance, request.consumer);
	if (err < 0)
		return err;
	snprintf(object, sizeof(object), "role=kernel instance=%u consumer=%u uid=%u ring-size=%llu", request.instance,
		request.consumer, request.uid, (unsigned long long)request.ring_size);
	rf_frame_body(&w);
	rf_broker_make_instance_encode(&w, &request);
	err = pass(peer, frame, &w, -1, object);
	if (err < 0)
		rf_kernel_ungrant(broker, request.instance);
	return err;
}

int rf_request_remove_instance(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_kernel_grant *grant;
	struct rf_broker_id request;
	char object[64];
	struct rf_writer w;

	if (!rf_broker_id_decode(&frame->body, &request))
		return -EPROTO;
	grant = rf_kernel_find(peer->broker, request.id);
	if (!grant)
		return -ENOENT;
	rf_kernel_revoke(peer->broker, grant);
	snprintf(object, sizeof(object), "role=kernel instance=%u", request.id);
	rf_frame_body(&w);
	rf_broker_id_encode(&w, &request);
	return pass(peer, frame, &w, -1, object);
}

int rf_request_open_events(struct rf_peer *peer, struct rf_frame *frame)
{
	const char *names[RF_OPEN_EVENTS_MAX];
	struct rf_broker_open_events request;
	unsigned int count;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_open_events_decode(&frame->body, &request))
		return -EPROTO;
	if ((request.file != RF_EVENT_FORMAT && request.file != RF_EVENT_FILTER) ||
		!rf_tracefs_event_names(&request.events, names, &count))
		return -EINVAL;
	if (!rf_kernel_find(peer->broker, request.instance))
		return -ENOENT;
	snprintf(object, sizeof(object), "role=kernel instance=%u file=%s first=\"%s\" events=%u", request.instance,
		request.file == RF_EVENT_FORMAT ? "format" : "filter", names[0], count);
	rf_frame_body(&w);
	rf_broker_open_events_encode(&w, &request);
	return pass(peer, frame, &w, -1, object);
}

static bool pids_ok(const struct rf_blob *pids)
{
	struct rf_reader r;

	if (pids->len % sizeof(int32_t) || pids->len / sizeof(int32_t) > PIDS_MAX)
		return false;
	rf_reader_init(&r, pids->data, pids->len, RF_HOST_ORDER);
	while (rf_reader_left(&r))
		if (rf_read_i32(&r) <= 0)
			return false;
	return true;
}

int rf_request_track(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_track request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;

	if (!rf_broker_track_decode(&frame->body, &request))
		return -EPROTO;
	if (request.policy > 2 || request.on > 1 || !pids_ok(&request.pids))
		return -EINVAL;
	if (!rf_kernel_find(peer->broker, request.instance))
		return -ENOENT;
	snprintf(object, sizeof(object), "role=kernel instance=%u policy=%u pids=%zu", request.instance, request.policy,
		request.pids.len / sizeof(int32_t));
	rf_frame_body(&w);
	rf_broker_track_encode(&w, &request);
	return pass(peer, frame, &w, -1, object);
}

static int check_probe(const struct rf_broker_add_probe *request, unsigned int fd_count)
{
	bool user = request->kind == RF_PROBE_USER;

	if (request->kind < RF_PROBE_KERNEL || request->kind > RF_PROBE_USER)
		return -EINVAL;
	if (fd_count != (user ? 1 : 0))
		return -EPROTO;
	if (user)
		return !request->places.len || request->places.len % sizeof(uint64_t) ||
				request->places.len / sizeof(uint64_t) > RF_PROBE_PLACES_MAX
			? -EINVAL
			: 0;
	/* Functions have names; a place may be an address. */
	if (!request->symbol[0])
		return request->kind == RF_PROBE_KERNEL && request->address ? 0 : -EINVAL;
	return !RF_CHECK_NAMES || rf_tracefs_symbol_ok(request->symbol) ? 0 : -EINVAL;
}

int rf_request_add_probe(struct rf_peer *peer, struct rf_frame *frame)
{
	static const char *const kinds[] = {
		[RF_PROBE_KERNEL] = "kernel", [RF_PROBE_FUNCTION] = "function", [RF_PROBE_USER] = "user"};
	struct rf_broker_add_probe request;
	char object[RF_OBJECT_SIZE];
	struct rf_writer w;
	int err;

	if (!rf_broker_add_probe_decode(&frame->body, &request))
		return -EPROTO;
	err = check_probe(&request, frame->fd_count);
	if (!err && !rf_kernel_find(peer->broker, request.instance))
		err = -ENOENT;
	if (err < 0)
		return err;
	snprintf(object, sizeof(object),
		"role=kernel instance=%u probe=%u kind=%s symbol=\"%s\" address=%#llx offset=%#llx", request.instance,
		request.probe, kinds[request.kind], request.kind == RF_PROBE_USER ? "" : request.symbol,
		(unsigned long long)request.address, (unsigned long long)request.offset);
	rf_frame_body(&w);
	rf_broker_add_probe_encode(&w, &request);
	return pass(peer, frame, &w, frame->fd_count ? frame->fds[0] : -1, object);
}

int rf_request_remove_probe(struct rf_peer *peer, struct rf_frame *frame)
{
	struct rf_broker_remove_probe request;
	char object[64];
	struct rf_writer w;

	if (!rf_broker_remove_probe_decode(&frame->body, &request))
		return -EPROTO;
	if (!rf_kernel_find(peer->broker, request.instance))
		return -ENOENT;
	snprintf(object, sizeof(object), "role=kernel instance=%u probe=%u", request.instance, request.probe);
	rf_frame_body(&w);
	rf_broker_remove_probe_encode(&w, &request);
	return pass(peer, frame, &w, -1, object);
}

int rf_request_receive_program(struct rf_peer *peer, struct rf_frame *frame)
{
	struct ucred client;
	socklen_t len = sizeof(client);

	if (frame->fd_count != 1)
		return -EPROTO;
	if (!peer->broker->kernel_service)
		return -EPERM;
	if (getsockopt(frame->fds[0], SOL_SOCKET, SO_PEERCRED, &client, &len) < 0 || len != sizeof(client))
		return -EINVAL;

	int err = check_owner(peer->broker, client.uid);

	return err < 0 ? err : rf_program_receive(peer->broker, peer, frame, client.uid);
}

int rf_request_read_state(struct rf_peer *peer, struct rf_frame *frame)
{
	int fd = peer->broker->kernel_service ? rf_state_read_start(peer->broker) : -EPERM;

	if (fd < 0)
		return fd;
	rf_audit("op=read-state role=kernel result=granted");
	rf_link_send(&peer->link, frame->type | RF_FRAME_REPLY, frame->serial, 0, NULL, 0, &fd, 1);
	close(fd);
	return 0;
}

int rf_request_open_rings(struct rf_peer *peer, struct rf_frame *frame)
{
	const struct rf_kernel_grant *grant;
	struct rf_broker_open_rings request;
	char object[128];
	struct rf_writer w;

	if (!rf_broker_open_rings_decode(&frame->body, &request))
		return -EPROTO;
	if (!request.cpu_count || request.cpu_count > RF_OPEN_RINGS_MAX || request.first_cpu > CPU_MAX)
		return -EINVAL;
	grant = rf_kernel_find(peer->broker, request.instance);
	/* That it was made for this very consumer, and that this is one of the kernel, was checked when it was made. */
	if (!grant || (RF_CHECK_GRANTS && (grant->consumer != peer->id || !peer->kernel)))
		return -EACCES;
	snprintf(object, sizeof(object), "role=consumer consumer=%u instance=%u cpus=%u+%u", peer->id, request.instance,
		request.first_cpu, request.cpu_count);
	rf_frame_body(&w);
	rf_broker_open_rings_encode(&w, &request);
	return pass(peer, frame, &w, -1, object);
}
