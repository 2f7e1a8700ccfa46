/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/command.h"
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>

#define LENGTH(offset, bytes)                                                                                          \
	{                                                                                                              \
		{                                                                                                      \
			offset, bytes, 1                                                                               \
		}                                                                                                      \
	}
#define NO_SESSION RF_NO_SESSION
#define DOMAIN RF_DOMAIN_COMMAND
#define MAKES (RF_DOMAIN_COMMAND | RF_MAKES_DOMAIN)
#define NEEDS (RF_DOMAIN_COMMAND | RF_NEEDS_DOMAIN)
#define LINE RF_IN_LINE
#define BAD LTTNG_ERR_INVALID_PROTOCOL
#define INVALID LTTNG_ERR_INVALID

/* number, name, what it needs, where the payload's length is, code for an empty payload, what runs */
static const struct rf_command commands[RF_CMD_COUNT] = {
	[0] = {"add-context", MAKES | LINE, LENGTH(256, 4), BAD, rf_cmd_add_context},
	[1] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[2] = {"disable-channel", NEEDS | LINE, {{0}}, 0, rf_cmd_disable_channel},
	[3] = {"disable-event", NEEDS | LINE, LENGTH(256, 4), BAD, rf_cmd_disable_event},
	[4] = {"list-syscalls", NO_SESSION | DOMAIN, {{0}}, 0, rf_cmd_list_syscalls},
	[5] = {"enable-channel", MAKES | LINE, LENGTH(0, 4), INVALID, rf_cmd_enable_channel},
	[6] = {"enable-event", MAKES | LINE, LENGTH(256, 4), BAD, rf_cmd_enable_event},
	[7] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[8] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[9] = {"destroy-session", LINE, {{0}}, 0, rf_cmd_destroy},
	[10] = {"list-channels", DOMAIN, {{0}}, 0, rf_cmd_list_channels},
	[11] = {"list-domains", 0, {{0}}, 0, rf_cmd_list_domains},
	[12] = {"list-events", DOMAIN, {{0}}, 0, rf_cmd_list_events},
	[13] = {"list-sessions", NO_SESSION | DOMAIN, {{0}}, 0, rf_cmd_list_sessions},
	[14] = {"list-tracepoints", NO_SESSION | DOMAIN, {{0}}, 0, rf_cmd_list_tracepoints},
	[15] = {"register-consumer", DOMAIN, {{0}}, 0, rf_cmd_undefined},
	[16] = {"start", LINE | RF_CONSUMER_CHECK, {{0}}, 0, rf_cmd_start},
	[17] = {"stop", LINE | RF_CONSUMER_CHECK, {{0}}, 0, rf_cmd_stop},
	[18] = {"list-fields", NO_SESSION | DOMAIN, {{0}}, 0, rf_cmd_list_fields},
	[19] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[20] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[21] = {"set-uri", DOMAIN | LINE, {{0, 4, RF_URI_SIZE}}, INVALID, rf_cmd_set_uri},
	[22] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[23] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[24] = {"data-pending", 0, {{0}}, 0, rf_cmd_data_pending},
	[25] = {"snapshot-add-output", LINE, {{0}}, 0, rf_cmd_snapshot_add_output},
	[26] = {"snapshot-del-output", LINE, {{0}}, 0, rf_cmd_snapshot_del_output},
	[27] = {"snapshot-list-outputs", 0, {{0}}, 0, rf_cmd_snapshot_list_outputs},
	[28] = {"snapshot-record", LINE, {{0}}, 0, rf_cmd_snapshot_record},
	[29] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[30] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[31] = {"save", NO_SESSION, {{0}}, 0, rf_cmd_save},
	[32] = {"tracker-add", MAKES | LINE, LENGTH(16, 4), 0, rf_cmd_tracker_change},
	[33] = {"tracker-remove", MAKES | LINE, LENGTH(16, 4), 0, rf_cmd_tracker_change},
	[34] = {"tracker-get-policy", MAKES, {{0}}, 0, rf_cmd_tracker_get_policy},
	[35] = {"tracker-set-policy", MAKES | LINE, {{0}}, 0, rf_cmd_tracker_set_policy},
	[36] = {"tracker-get-set", MAKES, {{0}}, 0, rf_cmd_tracker_get_set},
	[37] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[38] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[39] = {NULL, DOMAIN, {{0}}, 0, NULL},
	[40] = {"set-shm-path", LINE, {{0}}, 0, rf_cmd_set_shm_path},
	[41] = {"regenerate-metadata", LINE, {{0}}, 0, rf_cmd_regenerate_metadata},
	[42] = {"regenerate-statedump", LINE, {{0}}, 0, rf_cmd_regenerate_statedump},
	[43] = {"register-trigger", NO_SESSION | DOMAIN, LENGTH(0, 4), BAD, rf_cmd_not_supported},
	[44] = {"unregister-trigger", NO_SESSION | DOMAIN, LENGTH(0, 4), BAD, rf_cmd_not_supported},
	[45] = {"rotate", LINE, {{0}}, 0, rf_cmd_rotate},
	[46] = {"rotation-info", 0, {{0}}, 0, rf_cmd_rotation_info},
	[47] = {"rotation-set-schedule", LINE, {{0}}, 0, rf_cmd_rotation_set_schedule},
	[48] = {"rotation-list-schedules", 0, {{0}}, 0, rf_cmd_rotation_list_schedules},
	[49] = {"create-session", NO_SESSION, {{0, 2, 1}, {2, 8, 1}}, BAD, rf_cmd_create_session},
	[50] = {"clear", LINE, {{0}}, 0, rf_cmd_clear},
	[51] = {"list-triggers", NO_SESSION, {{0}}, 0, rf_cmd_not_supported},
	[52] = {"error-query", NO_SESSION, LENGTH(0, 4), BAD, rf_cmd_not_supported},
};

const struct rf_command *rf_command_find(uint32_t number)
{
	return number < RF_CMD_COUNT ? &commands[number] : NULL;
}

static uint64_t read_length(const struct rf_request *request, const struct rf_length_field *field)
{
	struct rf_reader args = rf_request_args(request);

	rf_read_skip(&args, field->at);
	switch (field->width) {
	case 2:
		return rf_read_u16(&args);
	case 4:
		return rf_read_u32(&args);
	case 8:
		return rf_read_u64(&args);
	default:
		return 0;
	}
}

uint64_t rf_command_payload_len(const struct rf_command *command, const struct rf_request *request)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < sizeof(command->lengths) / sizeof(command->lengths[0]); i++) {
		const struct rf_length_field *field = &command->lengths[i];
		uint64_t len = field->width ? read_length(request, field) : 0;

		if (len > RF_PAYLOAD_MAX)
			return UINT64_MAX;
		total += len * field->unit;
	}
	return total;
}
