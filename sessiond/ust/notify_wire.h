/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages on an application's notify socket: it asks for the ids of channels, events and enumerations, and waits
 * for each answer before it goes on. Packed, the application's byte order (that of this host).
 *
 *   request  u32 kind, then
 *     event    (0)  u32 session, u32 channel, char name[256], i32 loglevel, u32 signature length, u32 length of the
 *                   fields, u32 URI length, 32 bytes of padding; signature, fields, URI
 *     channel  (1)  u32 session, u32 channel, u32 length of the context fields, 32 bytes of padding; fields
 *     enum     (2)  u32 session, char name[256], u32 length of the entries, 32 bytes of padding; entries
 *   reply    u32 kind, i32 code (0 or negative), then event: u32 id; channel: u32 id, u32 header type; enum: u64 id;
 *            32 bytes of padding
 *
 * Lengths are in bytes; fields are 920 and entries 336 bytes each. Decoded pointers are views of the message.
 */
#ifndef RF_SESSIOND_UST_NOTIFY_WIRE_H
#define RF_SESSIOND_UST_NOTIFY_WIRE_H

#include "common/wire.h"

#include <lttng/ust-ctl.h>

#define RF_NOTIFY_REPLY_MAX 48u
/* A message: 4096 fields with their names are 3.6 MiB. */
#define RF_NOTIFY_MESSAGE_MAX (8u * 1024 * 1024)
#define RF_NOTIFY_FIELDS_MAX 4096u
#define RF_NOTIFY_ENTRIES_MAX 16384u
/* The arguments of a tracepoint as text, which is skipped, and the URI of its model. */
#define RF_NOTIFY_SIGNATURE_MAX (1024u * 1024)
#define RF_NOTIFY_URI_MAX 65536u

struct rf_notification {
	uint32_t kind; /* enum lttng_ust_ctl_notify_cmd */
	uint32_t session;
	uint32_t channel;
	char name[LTTNG_UST_ABI_SYM_NAME_LEN];
	int32_t loglevel;
	const struct lttng_ust_ctl_field *fields;
	size_t field_count;
	const char *uri; /* NULL without */
	const struct lttng_ust_ctl_enum_entry *entries;
	size_t entry_count;
};

/*
 * How long the message is of which SIZE bytes are there: 0 while that cannot be told, -EPROTO when it can be none.
 * Never more than RF_NOTIFY_MESSAGE_MAX: every part is bounded before a byte of it has to be kept.
 */
ssize_t rf_notification_length(const uint8_t *bytes, size_t size);
/* BYTES hold exactly one message. 0 or -EPROTO. */
int rf_notification_decode(const uint8_t *bytes, size_t size, struct rf_notification *notification);
/* Returns the length of the reply written to OUT. */
size_t rf_notification_reply(
	uint8_t out[static RF_NOTIFY_REPLY_MAX], uint32_t kind, int32_t code, uint64_t id, uint32_t header_type);

#endif
