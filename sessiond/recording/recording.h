/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running side of a session: its output tree, the traces and consumers it has, and what applications and the
 * kernel have of it. Made when the session is prepared or first started, freed when the session is destroyed.
 * Loop thread only.
 */
#ifndef RF_SESSIOND_RECORDING_RECORDING_H
#define RF_SESSIOND_RECORDING_RECORDING_H

#include "common/list.h"
#include "sessiond/consumer.h"
#include "sessiond/model/session.h"

#include <stdbool.h>

struct rf_op;
struct rf_kernel_part;
struct rf_recorder;

/* A consumer that has traces of the session. */
struct rf_session_consumer {
	struct rf_list node;
	struct rf_consumer *consumer; /* a reference, and a use */
};

struct rf_recording {
	struct rf_list node; /* in the recorder's list */
	struct rf_session *session;
	bool active; /* domains are to trace it */
	bool has_tree;
	uint32_t tree;        /* the broker's id */
	bool has_buffer_tree; /* ring buffers are files */
	uint32_t buffer_tree; /* the broker's ids */
	uint32_t buffer_chunk;
	char *snapshot_root; /* malloc'd: where the tree for snapshots is; NULL: there is none */
	uint32_t snapshot_tree;
	/* Realtime minus trace clock, ns: the same for all traces of the session, so that readers can merge them. */
	int64_t clock_offset;
	struct rf_op *waits_for_rotation; /* goes on when the one that is under way is over */
	struct rf_list traces;            /* those that are not ended: rf_output_trace.node, a reference each */
	struct rf_list consumers;         /* rf_session_consumer.node */
	struct rf_list app_sessions;      /* rf_app_session.session_node */
	struct rf_kernel_part *kernel;    /* sessiond/kernel's; NULL: the session has no kernel domain */
};

/* The session's, made and linked when there is none. NULL without memory. */
struct rf_recording *rf_recording_get(struct rf_recorder *recorder, struct rf_session *session);
/* Unlinks it from the session; drops its traces and consumers. Applications must have none of it any more. */
void rf_recording_free(struct rf_recording *recording);
/* Notes that CONSUMER works for the session. */
int rf_recording_use_consumer(struct rf_recording *recording, struct rf_consumer *consumer);
/* The consumer died: its traces record nothing more. */
void rf_recording_lost_consumer(
	struct rf_recorder *recorder, struct rf_recording *recording, struct rf_consumer *consumer);

#endif
