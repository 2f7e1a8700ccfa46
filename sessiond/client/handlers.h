/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the command table runs, one file a family. Each returns an LTTNG_ERR code or RF_LATER; see call.h.
 */
#ifndef RF_SESSIOND_CLIENT_HANDLERS_H
#define RF_SESSIOND_CLIENT_HANDLERS_H

#include "sessiond/client/call.h"

/* session_commands.c */
int rf_cmd_create_session(struct rf_call *call);
int rf_cmd_list_sessions(struct rf_call *call);
int rf_cmd_list_domains(struct rf_call *call);
int rf_cmd_data_pending(struct rf_call *call);
int rf_cmd_set_shm_path(struct rf_call *call);

/* lifecycle.c */
int rf_cmd_start(struct rf_call *call);
int rf_cmd_stop(struct rf_call *call);
int rf_cmd_destroy(struct rf_call *call);

/* channel_commands.c */
int rf_cmd_enable_channel(struct rf_call *call);
int rf_cmd_disable_channel(struct rf_call *call);
int rf_cmd_list_channels(struct rf_call *call);

/* event_commands.c */
int rf_cmd_enable_event(struct rf_call *call);
int rf_cmd_disable_event(struct rf_call *call);
int rf_cmd_list_events(struct rf_call *call);

/* context_commands.c */
int rf_cmd_add_context(struct rf_call *call);

/* tracepoint_commands.c */
int rf_cmd_list_tracepoints(struct rf_call *call);
int rf_cmd_list_fields(struct rf_call *call);
int rf_cmd_list_syscalls(struct rf_call *call);

/* tracker_commands.c */
int rf_cmd_tracker_change(struct rf_call *call);
int rf_cmd_tracker_get_policy(struct rf_call *call);
int rf_cmd_tracker_set_policy(struct rf_call *call);
int rf_cmd_tracker_get_set(struct rf_call *call);

/* rotation_commands.c */
int rf_cmd_rotate(struct rf_call *call);
int rf_cmd_rotation_info(struct rf_call *call);
int rf_cmd_rotation_set_schedule(struct rf_call *call);
int rf_cmd_rotation_list_schedules(struct rf_call *call);
int rf_cmd_clear(struct rf_call *call);

/* snapshot_commands.c */
int rf_cmd_snapshot_add_output(struct rf_call *call);
int rf_cmd_snapshot_del_output(struct rf_call *call);
int rf_cmd_snapshot_list_outputs(struct rf_call *call);
int rf_cmd_snapshot_record(struct rf_call *call);

/* regenerate_commands.c */
int rf_cmd_regenerate_metadata(struct rf_call *call);
int rf_cmd_regenerate_statedump(struct rf_call *call);

/* save_commands.c */
int rf_cmd_save(struct rf_call *call);

/* absent.c: what this daemon cannot do; each says so after the checks that the protocol puts first. */
int rf_cmd_not_supported(struct rf_call *call);
int rf_cmd_undefined(struct rf_call *call);
int rf_cmd_set_uri(struct rf_call *call);

#endif
