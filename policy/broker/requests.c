/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/requests.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/request_handlers.h"
#include "policy/hooks.h"

#include <errno.h>
#include <string.h>

static const struct rf_request_row rows[] = {
	{RF_BROKER_READY, RF_PEER_SESSIOND, "ready", rf_request_ready},
	{RF_BROKER_SPAWN_CONSUMER, RF_PEER_SESSIOND, "spawn-consumer", rf_request_spawn_consumer},
	{RF_BROKER_MAKE_TREE, RF_PEER_SESSIOND, "make-tree", rf_request_make_tree},
	{RF_BROKER_MAKE_DIR, RF_PEER_SESSIOND, "make-dir", rf_request_make_dir},
	{RF_BROKER_CLOSE_DIR, RF_PEER_SESSIOND, "close-dir", rf_request_close_dir},
	{RF_BROKER_REMOVE_DIR, RF_PEER_SESSIOND, "remove-dir", rf_request_remove_dir},
	{RF_BROKER_MAKE_CHUNK, RF_PEER_SESSIOND, "make-chunk", rf_request_make_chunk},
	{RF_BROKER_RETIRE_CHUNK, RF_PEER_SESSIOND, "retire-chunk", rf_request_end_chunk},
	{RF_BROKER_ARCHIVE_CHUNK, RF_PEER_SESSIOND, "archive-chunk", rf_request_end_chunk},
	{RF_BROKER_REMOVE_CHUNK, RF_PEER_SESSIOND, "remove-chunk", rf_request_end_chunk},
	{RF_BROKER_CLOSE_TREE, RF_PEER_SESSIOND, "close-tree", rf_request_close_tree},
	{RF_BROKER_STOP_CONSUMER, RF_PEER_SESSIOND, "stop-consumer", rf_request_stop_consumer},
	{RF_BROKER_SAVE_SESSION, RF_PEER_SESSIOND, "save-session", rf_request_save_session},
	{RF_BROKER_LOOKUP_ACCOUNT, RF_PEER_SESSIOND, "lookup-account", rf_request_lookup_account},
	{RF_BROKER_RECEIVE_PROGRAM, RF_PEER_SESSIOND, "receive-program", rf_request_receive_program},
	{RF_BROKER_OPEN_STREAMS, RF_PEER_CONSUMER, "open-streams", rf_request_open_streams},
	{RF_BROKER_OPEN_METADATA, RF_PEER_CONSUMER, "open-metadata", rf_request_open_metadata},
	{RF_BROKER_OPEN_BUFFERS, RF_PEER_CONSUMER, "open-buffers", rf_request_open_buffers},
	{RF_BROKER_OPEN_RINGS, RF_PEER_CONSUMER, "open-rings", rf_request_open_rings},
	{RF_BROKER_KERNEL_OPEN, RF_PEER_KERNEL, "kernel-open", rf_request_kernel_open},
	{RF_BROKER_MAKE_INSTANCE, RF_PEER_KERNEL, "make-instance", rf_request_make_instance},
	{RF_BROKER_REMOVE_INSTANCE, RF_PEER_KERNEL, "remove-instance", rf_request_remove_instance},
	{RF_BROKER_OPEN_EVENTS, RF_PEER_KERNEL, "open-events", rf_request_open_events},
	{RF_BROKER_TRACK, RF_PEER_KERNEL, "track", rf_request_track},
	{RF_BROKER_ADD_PROBE, RF_PEER_KERNEL, "add-probe", rf_request_add_probe},
	{RF_BROKER_REMOVE_PROBE, RF_PEER_KERNEL, "remove-probe", rf_request_remove_probe},
	{RF_BROKER_READ_STATE, RF_PEER_KERNEL, "read-state", rf_request_read_state},
};

const char *rf_peer_role_name(enum rf_peer_role role)
{
	return role == RF_PEER_SESSIOND ? "sessiond" : role == RF_PEER_CONSUMER ? "consumer" : "kernel";
}

const struct rf_request_row *rf_request_find(uint32_t type, enum rf_peer_role role)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type && (!RF_CHECK_ROLES || (rows[i].roles & role)))
			return &rows[i];
	return NULL;
}

void rf_requests_serve(struct rf_peer *peer, struct rf_frame *frame)
{
	const char *role = rf_peer_role_name(peer->role);

	if (!peer->linked)
		return;
	/* What the session daemon said before another heard of it is done before that one is served. */
	if (peer->role != RF_PEER_SESSIOND && peer->broker->sessiond && peer->broker->sessiond->linked)
		rf_link_drain(&peer->broker->sessiond->link);
	if (!peer->linked)
		return;

	const struct rf_request_row *row = rf_request_find(frame->type, peer->role);

	if (!row) {
		rf_audit("op=%u role=%s pid=%d result=refused error=\"not for this role\"", frame->type, role,
			(int)peer->pid);
		rf_lifecycle_condemn(peer, "request outside its role");
		return;
	}

	int err = row->handle(peer, frame);

	if (!err)
		return;
	rf_audit("op=%s role=%s pid=%d result=refused error=\"%s\"", row->name, role, (int)peer->pid, strerror(-err));
	if (err == -EPROTO)
		rf_lifecycle_condemn(peer, "malformed request");
	else if (frame->serial)
		rf_link_send(&peer->link, frame->type | RF_FRAME_REPLY, frame->serial, err, NULL, 0, NULL, 0);
}
