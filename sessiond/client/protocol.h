/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and sizes of the client control protocol (liblttng-ctl 2.13). One request a connection: an envelope of fixed
 * size, a payload whose length the envelope's argument area gives, then, when fd_count says so, one byte that carries
 * file descriptors. Answer: a header of 24 bytes, a command header, data. Integers in host order, no padding.
 */
#ifndef RF_SESSIOND_CLIENT_PROTOCOL_H
#define RF_SESSIOND_CLIENT_PROTOCOL_H

#define RF_ENVELOPE_SIZE 13156u
#define RF_ENVELOPE_SESSION 4u   /* struct lttng_session, of which only the name matters */
#define RF_ENVELOPE_DOMAIN 4380u /* type, buffer scheme, 12 bytes, attribute area */
#define RF_ENVELOPE_DOMAIN_ATTR (RF_ENVELOPE_DOMAIN + 20u)
#define RF_ENVELOPE_ARGS 4688u
#define RF_ENVELOPE_ARGS_SIZE 8464u
#define RF_ENVELOPE_FD_COUNT 13152u

#define RF_PAYLOAD_MAX (1024u * 1024u) /* several times what any client of the stock library sends */
#define RF_FDS_MAX 253u                /* what one message can carry */

#define RF_REPLY_HEADER_SIZE 24u
#define RF_REPLY_MAX (64u * 1024u * 1024u)

/* Field sizes inside the records. */
#define RF_SESSION_NAME_FIELD 255u
#define RF_CHANNEL_NAME_FIELD 256u
#define RF_URI_SIZE 8210u

enum rf_client_domain {
	RF_DOMAIN_NONE = 0,
	RF_DOMAIN_KERNEL = 1,
	RF_DOMAIN_UST = 2,
	RF_DOMAIN_JUL = 3,
	RF_DOMAIN_LOG4J = 4,
	RF_DOMAIN_PYTHON = 5,
};

enum rf_client_buffers {
	RF_CLIENT_PER_PID = 0,
	RF_CLIENT_PER_UID = 1,
	RF_CLIENT_GLOBAL = 2,
};

enum rf_client_command {
	RF_CMD_ADD_CONTEXT = 0,
	RF_CMD_DISABLE_CHANNEL = 2,
	RF_CMD_DISABLE_EVENT = 3,
	RF_CMD_LIST_SYSCALLS = 4,
	RF_CMD_ENABLE_CHANNEL = 5,
	RF_CMD_ENABLE_EVENT = 6,
	RF_CMD_DESTROY_SESSION = 9,
	RF_CMD_LIST_CHANNELS = 10,
	RF_CMD_LIST_DOMAINS = 11,
	RF_CMD_LIST_EVENTS = 12,
	RF_CMD_LIST_SESSIONS = 13,
	RF_CMD_LIST_TRACEPOINTS = 14,
	RF_CMD_REGISTER_CONSUMER = 15,
	RF_CMD_START = 16,
	RF_CMD_STOP = 17,
	RF_CMD_LIST_FIELDS = 18,
	RF_CMD_SET_URI = 21,
	RF_CMD_DATA_PENDING = 24,
	RF_CMD_SNAPSHOT_ADD_OUTPUT = 25,
	RF_CMD_SNAPSHOT_DEL_OUTPUT = 26,
	RF_CMD_SNAPSHOT_LIST_OUTPUTS = 27,
	RF_CMD_SNAPSHOT_RECORD = 28,
	RF_CMD_SAVE = 31,
	RF_CMD_TRACKER_ADD = 32,
	RF_CMD_TRACKER_REMOVE = 33,
	RF_CMD_TRACKER_GET_POLICY = 34,
	RF_CMD_TRACKER_SET_POLICY = 35,
	RF_CMD_TRACKER_GET_SET = 36,
	RF_CMD_SET_SHM_PATH = 40,
	RF_CMD_REGENERATE_METADATA = 41,
	RF_CMD_REGENERATE_STATEDUMP = 42,
	RF_CMD_REGISTER_TRIGGER = 43,
	RF_CMD_UNREGISTER_TRIGGER = 44,
	RF_CMD_ROTATE = 45,
	RF_CMD_ROTATION_INFO = 46,
	RF_CMD_ROTATION_SET_SCHEDULE = 47,
	RF_CMD_ROTATION_LIST_SCHEDULES = 48,
	RF_CMD_CREATE_SESSION = 49,
	RF_CMD_CLEAR = 50,
	RF_CMD_LIST_TRIGGERS = 51,
	RF_CMD_ERROR_QUERY = 52,
	RF_CMD_COUNT = 53,
};

#endif
