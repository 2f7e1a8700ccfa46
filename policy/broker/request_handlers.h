/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rows of requests.c point at: see rf_request_row.handle. */
#ifndef RF_POLICY_BROKER_REQUEST_HANDLERS_H
#define RF_POLICY_BROKER_REQUEST_HANDLERS_H

#include "policy/broker/state.h"

/* child_requests.c */
int rf_request_ready(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_spawn_consumer(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_stop_consumer(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_lookup_account(struct rf_peer *peer, struct rf_frame *frame);

/* tree_requests.c */
int rf_request_make_tree(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_make_dir(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_close_dir(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_remove_dir(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_make_chunk(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_end_chunk(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_close_tree(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_save_session(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_open_streams(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_open_metadata(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_open_buffers(struct rf_peer *peer, struct rf_frame *frame);

/* kernel_requests.c */
int rf_request_kernel_open(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_make_instance(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_remove_instance(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_open_events(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_track(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_add_probe(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_remove_probe(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_read_state(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_open_rings(struct rf_peer *peer, struct rf_frame *frame);
int rf_request_receive_program(struct rf_peer *peer, struct rf_frame *frame);

#endif
